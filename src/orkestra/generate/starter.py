"""A CRD, or a kind alone -> a Katalog to start from: it loads, and every template in it reads a field that exists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orkestra.generate.evidence import scalar_leaves
from orkestra.generate.kinds import guess_plural
from orkestra.k8s.builtin import builtin_resource
from orkestra.k8s.gvk import GVK
from orkestra.katalog.checks.schematypes import schema_of_version
from orkestra.katalog.crdfile import CrdFacts
from orkestra.katalog.schema.documents import API_VERSION

_MOST_KEYS: Final = 12
_PORTS: Final = ("port", "containerPort", "targetPort")
_HOSTS: Final = ("host", "hostname", "domain")
_NAME: Final = "{{ .metadata.name }}"


def starter_of_kind(gvk: GVK) -> dict[str, Any]:
    """For a kind of which nothing else is known; a built-in one gets the selector it needs."""
    builtin = builtin_resource(gvk)
    types: dict[str, Any] = {"group": gvk.group, "version": gvk.version, "kind": gvk.kind}
    types["plural"] = builtin.plural if builtin is not None else guess_plural(gvk.kind)
    if not gvk.group:
        del types["group"]
    entry: dict[str, Any] = {"apiTypes": types}
    if builtin is not None:
        entry["labelSelector"] = {"orkestra.orkspace.io/managed": "true"}
    block = {"configMaps": [{"name": f"{_NAME}-config", "data": {"owner": _NAME}}]}
    return _katalog(gvk, entry, {"onReconcile": block})


def starter_of_crd(facts: CrdFacts, crd_file: str) -> dict[str, Any]:
    """For the kind of a CRD; its stored version's schema says what the children can be made from. ``crd_file``: the
    CRD as the Katalog names it; empty to name the kind alone."""
    gvk = facts.gvk()
    schema = schema_of_version(facts.crd, gvk.version) or {}
    spec = _fields(schema, "spec")
    entry: dict[str, Any] = (
        {"crdFile": crd_file}
        if crd_file
        else {"apiTypes": {"group": gvk.group, "version": gvk.version, "kind": gvk.kind, "plural": facts.plural}}
    )
    box: dict[str, Any] = {"onReconcile": _children(spec, facts)}
    status = _status(schema, box["onReconcile"])
    if status:
        box["status"] = {"fields": status}
    return _katalog(gvk, entry, box)


def _katalog(gvk: GVK, entry: dict[str, Any], box: dict[str, Any]) -> dict[str, Any]:
    name = gvk.kind.lower()
    return {
        "apiVersion": API_VERSION,
        "kind": "Katalog",
        "metadata": {"name": f"{name}-operator"},
        "spec": {"crds": {name: {**entry, "operatorBox": box}}},
    }


def _fields(schema: Mapping[str, Any], root: str) -> dict[str, str]:
    """Dotted path below the root -> type, of the scalars."""
    inner = (schema.get("properties") or {}).get(root) or {}
    return {".".join(path): str(each["type"]) for path, each in scalar_leaves(inner) if _is_plain(path)}


def _is_plain(path: tuple[str, ...]) -> bool:
    return all(step.isidentifier() for step in path)


def _children(spec: Mapping[str, str], facts: CrdFacts) -> dict[str, Any]:
    namespace = {} if facts.namespaced else {"namespace": "default"}
    if spec.get("image") != "string":
        return {"configMaps": [_settings(spec, namespace)]}
    deployment: dict[str, Any] = {"name": _NAME, **namespace, "image": _read("image")}
    if spec.get("replicas") == "integer":
        deployment["replicas"] = _read("replicas")
    port = next((name for name in _PORTS if spec.get(name) == "integer"), "")
    children: dict[str, Any] = {"deployments": [deployment]}
    if port:
        deployment["port"] = _read(port)
        children["services"] = [{"name": _NAME, **namespace, "port": _read(port)}]
    host = next((name for name in _HOSTS if spec.get(name) == "string"), "")
    if host and port:
        children["ingresses"] = [
            {
                "name": _NAME,
                **namespace,
                "host": _read(host),
                "serviceName": _NAME,
                "servicePort": _read(port),
                "when": [{"field": f"spec.{host}", "exists": True}],
            }
        ]
    return children


def _settings(spec: Mapping[str, str], namespace: dict[str, str]) -> dict[str, Any]:
    """One key for each scalar, without those that would print nothing."""
    data = {path: f'{{{{ .spec.{path} | default "" }}}}' for path in list(spec)[:_MOST_KEYS]}
    return {"name": f"{_NAME}-config", **namespace, "data": data or {"owner": _NAME}}


def _status(schema: Mapping[str, Any], children: Mapping[str, Any]) -> list[dict[str, Any]]:
    known = _fields(schema, "status")
    found: list[dict[str, Any]] = []
    for name in ("readyReplicas", "replicas"):
        if "deployments" in children and known.get(name) == "integer":
            value = f"{{{{ .children.deployment.status.{name} | default 0 }}}}"
            found.append({"path": name, "value": value, "type": "int"})
    return found


def _read(path: str) -> str:
    return f"{{{{ .spec.{path} }}}}"


def parse_kind(text: str) -> GVK | None:
    """``group/version/Kind``, or ``version/Kind`` for the core group; None where it is neither."""
    parts = text.split("/")
    if len(parts) not in (2, 3) or not all(parts) or not parts[-1][:1].isupper() or text.startswith((".", "/")):
        return None
    return GVK(parts[0] if len(parts) == 3 else "", parts[-2], parts[-1])
