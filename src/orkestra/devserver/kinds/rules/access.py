"""Roles and bindings (pkg/apis/rbac/validation)."""

from __future__ import annotations

from orkestra.k8s.errors import Cause
from orkestra.k8s.objects import Object
from orkestra.k8s.schema.causes import invalid_value, not_supported, required


def check_role(obj: Object, _old: Object | None) -> list[Cause]:
    found: list[Cause] = []
    for index, rule in enumerate(obj.get("rules") or ()):
        at = f"rules[{index}]"
        if not rule.get("verbs"):
            found.append(required(f"{at}.verbs"))
        if rule.get("nonResourceURLs"):
            continue
        if not rule.get("apiGroups"):
            found.append(required(f"{at}.apiGroups", "resource rules must supply at least one api group"))
        if not rule.get("resources"):
            found.append(required(f"{at}.resources", "resource rules must supply at least one resource"))
    return found


def check_binding(obj: Object, old: Object | None) -> list[Cause]:
    found: list[Cause] = []
    role = obj.get("roleRef") or {}
    kinds = ("ClusterRole",) if obj.get("kind") == "ClusterRoleBinding" else ("Role", "ClusterRole")
    if role.get("kind") not in kinds:
        found.append(not_supported("roleRef.kind", role.get("kind"), kinds))
    if not role.get("name"):
        found.append(required("roleRef.name"))
    for index, subject in enumerate(obj.get("subjects") or ()):
        at = f"subjects[{index}]"
        if not subject.get("name"):
            found.append(required(f"{at}.name"))
        kind = subject.get("kind")
        if kind not in ("ServiceAccount", "User", "Group"):
            found.append(not_supported(f"{at}.kind", kind, ("ServiceAccount", "User", "Group")))
        elif kind == "ServiceAccount" and not subject.get("namespace") and len(kinds) == 1:
            # A RoleBinding has a namespace of its own to look in.
            found.append(required(f"{at}.namespace"))
    if old is not None and old.get("roleRef") != role:
        shown = {"APIGroup": role.get("apiGroup"), "Kind": role.get("kind"), "Name": role.get("name")}
        found.append(invalid_value("roleRef", shown, "field is immutable"))
    return found
