"""``roles``, ``clusterRoles`` and their bindings -> rbac.authorization.k8s.io/v1."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f

_GROUP = "rbac.authorization.k8s.io"
_VERSION = f"{_GROUP}/v1"
_RULE_LISTS = ("apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs")


def role(fields: f.Fields, cx: f.ChildContext) -> Object:
    return _role(fields, "Role")


def cluster_role(fields: f.Fields, cx: f.ChildContext) -> Object:
    return _role(fields, "ClusterRole")


def role_binding(fields: f.Fields, cx: f.ChildContext) -> Object:
    return _binding(fields, cx, "RoleBinding", "Role")


def cluster_role_binding(fields: f.Fields, cx: f.ChildContext) -> Object:
    return _binding(fields, cx, "ClusterRoleBinding", "ClusterRole")


def _role(fields: f.Fields, kind: str) -> Object:
    rules = [{part: f.texts(rule, part) for part in _RULE_LISTS if rule.get(part)} for rule in f.maps(fields, "rules")]
    return {"apiVersion": _VERSION, "kind": kind, "metadata": f.described(fields), "rules": rules}


def _binding(fields: f.Fields, cx: f.ChildContext, kind: str, default: str) -> Object:
    reference = f.mapping(fields, "roleRef")
    role_kind = f.text(reference, "kind", default)
    if role_kind not in ("Role", "ClusterRole"):
        raise f.FieldError("roleRef.kind", "Role or ClusterRole", role_kind)
    role_ref = {"apiGroup": _GROUP, "kind": role_kind, "name": f.required_text(reference, "name")}
    subjects = [_subject(item, index, cx) for index, item in enumerate(f.maps(fields, "subjects"))]
    if not subjects:
        raise f.FieldError("subjects", "at least one", [])
    meta = f.described(fields)
    return {"apiVersion": _VERSION, "kind": kind, "metadata": meta, "roleRef": role_ref, "subjects": subjects}


def _subject(item: f.Fields, index: int, cx: f.ChildContext) -> Object:
    kind = f.text(item, "kind", "ServiceAccount")
    try:
        name = f.required_text(item, "name")
    except f.FieldError as error:
        raise error.below(f"subjects[{index}]") from None
    if kind in ("User", "Group"):
        return {"apiGroup": _GROUP, "kind": kind, "name": name}
    if kind != "ServiceAccount":
        raise f.FieldError(f"subjects[{index}].kind", "ServiceAccount, User or Group", kind)
    namespace = f.text(item, "namespace", cx.namespace or cx.cr_namespace)
    if not namespace:
        raise f.FieldError(f"subjects[{index}].namespace", "a namespace, since the CR has none", "")
    return {"kind": kind, "name": name, "namespace": namespace}
