"""ServiceAccounts, and what is told of the rights they lack."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from orkestra.client.config import AuthConfig, ClusterConfig
from orkestra.client.requests import Request
from orkestra.generate.writer import Noted
from orkestra.k8s.objects import Object
from tests.scenes import Scene, built_in

ACCOUNT = "orkestra"


def plain(documents: Iterable[Any]) -> list[Object]:
    """Documents without their comments."""
    return [_plain(document) for document in documents]


def _plain(value: Any) -> Any:
    if isinstance(value, Noted):
        return _plain(value.value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


async def grant(scene: Scene, documents: Iterable[Object]) -> None:
    """Create roles and bindings."""
    for document in documents:
        info = built_in(document["kind"], document["apiVersion"])
        await scene.api.create(info, document, field_manager="test")


async def signed_in(scene: Scene) -> ClusterConfig:
    """The configuration of the account: its token, and nothing else."""
    await scene.add(built_in("ServiceAccount"), {"metadata": {"name": ACCOUNT}})
    path = f"/api/v1/namespaces/{scene.namespace}/serviceaccounts/{ACCOUNT}/token"
    body = b'{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"expirationSeconds":3600}}'
    answer = await scene.api._open.send(Request("create", "serviceaccounts", "POST", path, body))
    return replace(scene.config, auth=AuthConfig(token=json.loads(answer)["status"]["token"]))


def says(text: str, rule: Object) -> bool:
    """Does ``text`` name one of the verbs of ``rule`` on its resource, as ours or as the API server's words?"""
    resource, group = rule["resources"][0], rule["apiGroups"][0]
    shown = re.escape(f"{resource}.{group}" if group else resource)
    for verb in rule["verbs"]:
        if re.search(rf"permission to {verb} {shown}(?![-.\w/])", text):
            return True
        if re.search(rf'cannot {verb} resource "{re.escape(resource)}" in API group "{re.escape(group)}"', text):
            return True
        if verb in ("escalate", "bind") and "attempting to grant RBAC permissions not currently held" in text:
            return True
        if resource.endswith("/finalizers") and "a resource you can't set finalizers on" in text:
            return True
    return False


async def may(scene: Scene, rule: Object, namespace: str) -> bool:
    """Whether the API server has learnt of a rule: roles take effect a moment after they are made."""
    resource, _, subresource = rule["resources"][0].partition("/")
    attributes = {"group": rule["apiGroups"][0], "resource": resource, "verb": rule["verbs"][0]}
    attributes |= {"namespace": namespace, "subresource": subresource, "name": (rule.get("resourceNames") or [""])[0]}
    user = f"system:serviceaccount:{scene.namespace}:{ACCOUNT}"
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "metadata": {},
        "spec": {"user": user, "groups": ["system:authenticated"], "resourceAttributes": attributes},
    }
    info = built_in("SubjectAccessReview", "authorization.k8s.io/v1")
    answer = await scene.api.create(info, review, field_manager="test")
    return bool(answer["status"]["allowed"])


async def until_allowed(scene: Scene, documents: Iterable[Object]) -> None:
    for document in documents:
        for rule in document.get("rules", ()):
            namespace = document["metadata"].get("namespace", "")
            await scene.eventually(partial(may, scene, rule, namespace), f"the API server knows {rule}")
