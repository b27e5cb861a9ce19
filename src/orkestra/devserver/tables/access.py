"""Rows of role bindings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from orkestra.devserver.tables.cells import age, name_of_row
from orkestra.k8s.objects import Object


def binding(obj: Object, now: datetime) -> list[Any]:
    role = obj.get("roleRef") or {}
    users, groups, accounts = [], [], []
    for subject in obj.get("subjects") or ():
        match subject.get("kind"):
            case "User":
                users.append(str(subject.get("name")))
            case "Group":
                groups.append(str(subject.get("name")))
            case "ServiceAccount":
                accounts.append(f"{subject.get('namespace', '')}/{subject.get('name')}")
    listed = [", ".join(names) for names in (users, groups, accounts)]
    return [name_of_row(obj), f"{role.get('kind')}/{role.get('name')}", age(obj, now), *listed]
