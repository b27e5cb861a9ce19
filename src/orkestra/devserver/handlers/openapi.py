"""OpenAPI v3 documents, one per group version: what kubectl validates, merges and explains with."""

from __future__ import annotations

import hashlib
from typing import Any

from orkestra.devserver.handlers.forms import encode
from orkestra.devserver.kinds import CustomKind, Kind
from orkestra.devserver.registry import Registry
from orkestra.k8s.builtin import definition_name, definitions, kubernetes_version, referenced
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object

_META = "io.k8s.apimachinery.pkg.apis.meta.v1."
_REF = "#/components/schemas/"
_ALWAYS = tuple(f"{_META}{name}" for name in ("DeleteOptions", "ListMeta", "ObjectMeta", "Patch", "Status"))
_PATCHES = ("apply-patch+yaml", "json-patch+json", "merge-patch+json", "strategic-merge-patch+json")
_WRITE_PARAMETERS = (
    ("dryRun", "When present, modifications are not persisted. Valid value: All."),
    ("fieldManager", "The name of the actor that makes the change; required for apply requests."),
    (
        "fieldValidation",
        "Unknown or duplicate fields: Ignore drops them, Warn (the default) also warns, Strict refuses.",
    ),
)
_COLLECTION_PARAMETERS = (
    ("labelSelector", "string"),
    ("fieldSelector", "string"),
    ("limit", "integer"),
    ("continue", "string"),
    ("resourceVersion", "string"),
    ("resourceVersionMatch", "string"),
    ("sendInitialEvents", "boolean"),
    ("allowWatchBookmarks", "boolean"),
    ("timeoutSeconds", "integer"),
    ("watch", "boolean"),
)


class OpenAPI:
    """Documents are made on demand, once per state of the registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._made: dict[str, bytes] = {}
        self._builtin: dict[str, bytes] = {}
        self._generation = 0

    def index(self) -> bytes:
        """The list of documents, each with a hash that changes with its content."""
        paths = {}
        for group, versions in self._registry.groups().items():
            for version in versions:
                path = f"apis/{group}/{version}" if group else f"api/{version}"
                paths[path] = {"serverRelativeURL": f"/openapi/v3/{path}?hash={self._hash(group, version)}"}
        return encode({"paths": paths})

    def document(self, path: str) -> bytes | None:
        """The document at ``api/v1`` or ``apis/GROUP/VERSION``; None where nothing is served."""
        if self._generation != self._registry.generation:
            self._made.clear()
            self._generation = self._registry.generation
        match path.strip("/").split("/"):
            case ["api", version]:
                group = ""
            case ["apis", group, version]:
                pass
            case _:
                return None
        kinds = self._registry.kinds_in(group, version)
        if not kinds:
            return None
        # Built-in groups never change: their documents outlive the arrival of custom ones.
        made = self._made if any(kind.is_custom for kind in kinds) else self._builtin
        if path not in made:
            made[path] = encode(_document(kinds))
        return made[path]

    def _hash(self, group: str, version: str) -> str:
        """Cheap, without making the document: built-in ones by release, custom ones by their schemas."""
        digest = hashlib.sha256(f"{kubernetes_version()}/{group}/{version}".encode())
        for kind in self._registry.kinds_in(group, version):
            if isinstance(kind, CustomKind):
                digest.update(encode([kind.info.plural, kind.info.kind, sorted(kind.info.subresources), kind.schema]))
        return digest.hexdigest().upper()


def _document(kinds: list[Kind]) -> Object:
    paths: Object = {}
    own: Object = {}
    named: set[str] = set(_ALWAYS)
    for kind in kinds:
        schema_name = _schema_name(kind, named, own)
        _add_paths(paths, kind, schema_name, named)
    described = definitions(described=True)
    schemas = {name: described[name] for name in sorted(referenced(named))}
    version = kubernetes_version().removeprefix("v").rpartition(".")[0]
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": version},
        "paths": paths,
        "components": {"schemas": {**schemas, **own}},
    }


def _schema_name(kind: Kind, named: set[str], own: Object) -> str:
    """The schema of a kind: a packaged definition, or one made of its own schema."""
    gvk = kind.info.gvk
    if not isinstance(kind, CustomKind):
        name = definition_name(gvk)
        named.add(name)
        try:
            named.add(definition_name(GVK(gvk.group, gvk.version, f"{gvk.kind}List")))
        except KeyError:
            pass
        return name
    prefix = ".".join([*reversed(gvk.group.split(".")), gvk.version])
    name = f"{prefix}.{gvk.kind}"
    meta = definitions(described=True)
    texts = meta["io.k8s.api.core.v1.ConfigMap"]["properties"]
    schema = dict(kind.schema or {"type": "object", "x-kubernetes-preserve-unknown-fields": True})
    schema["properties"] = {
        **schema.get("properties", {}),
        "apiVersion": texts["apiVersion"],
        "kind": texts["kind"],
        "metadata": {
            "description": texts["metadata"].get("description", ""),
            "allOf": [{"$ref": f"{_REF}{_META}ObjectMeta"}],
        },
    }
    schema["x-kubernetes-group-version-kind"] = [{"group": gvk.group, "kind": gvk.kind, "version": gvk.version}]
    own[name] = schema
    own[f"{prefix}.{kind.info.list_kind}"] = {
        "type": "object",
        "required": ["items"],
        "description": f"{kind.info.list_kind} is a list of {gvk.kind}",
        "properties": {
            "apiVersion": texts["apiVersion"],
            "kind": texts["kind"],
            "items": {"type": "array", "items": {"$ref": f"{_REF}{name}"}},
            "metadata": {"allOf": [{"$ref": f"{_REF}{_META}ListMeta"}]},
        },
        "x-kubernetes-group-version-kind": [{"group": gvk.group, "kind": kind.info.list_kind, "version": gvk.version}],
    }
    return name


def _add_paths(paths: Object, kind: Kind, schema: str, named: set[str]) -> None:
    info = kind.info
    scope = "/namespaces/{namespace}" if info.namespaced else ""
    root = f"/apis/{info.group}/{info.version}" if info.group else f"/api/{info.version}"
    verbs = info.verbs
    collection: Object = {}
    if "list" in verbs:
        collection["get"] = _operation(kind, "list", schema, _query(_COLLECTION_PARAMETERS))
    if "create" in verbs:
        collection["post"] = _operation(kind, "post", schema, _writes(), body=_json_body(schema))
    if "deletecollection" in verbs:
        collection["delete"] = _operation(kind, "deletecollection", schema, _query(_COLLECTION_PARAMETERS))
    if collection:
        paths[f"{root}{scope}/{info.plural}"] = {**collection, "parameters": _path_parameters(kind, has_name=False)}
    if info.namespaced and "list" in verbs:
        everywhere = _operation(kind, "list", schema, _query(_COLLECTION_PARAMETERS))
        paths[f"{root}/{info.plural}"] = {"get": everywhere}
    if "get" not in verbs:
        return
    one = f"{root}{scope}/{info.plural}/{{name}}"
    paths[one] = {**_object_operations(kind, schema), "parameters": _path_parameters(kind, has_name=True)}
    for name in sorted(info.subresources & {"status", "scale"}):
        target = schema
        if name == "scale":
            target = "io.k8s.api.autoscaling.v1.Scale"
            named.add(target)
        operations = {
            verb: entry for verb, entry in _object_operations(kind, target).items() if verb in ("get", "put", "patch")
        }
        paths[f"{one}/{name}"] = {**operations, "parameters": _path_parameters(kind, has_name=True)}


def _object_operations(kind: Kind, schema: str) -> Object:
    found: Object = {"get": _operation(kind, "get", schema, [])}
    verbs = kind.info.verbs
    if "update" in verbs:
        found["put"] = _operation(kind, "put", schema, _writes(), body=_json_body(schema))
    if "patch" in verbs:
        types = _PATCHES[:3] if kind.is_custom else _PATCHES
        content = {f"application/{name}": {"schema": {"$ref": f"{_REF}{_META}Patch"}} for name in types}
        parameters = [*_writes(), _parameter("force", "boolean", "Take over fields other managers own.")]
        found["patch"] = _operation(kind, "patch", schema, parameters, body={"content": content, "required": True})
    if "delete" in verbs:
        parameters = _query((("dryRun", "string"), ("gracePeriodSeconds", "integer"), ("propagationPolicy", "string")))
        found["delete"] = _operation(kind, "delete", schema, parameters, body=_json_body(f"{_META}DeleteOptions"))
    return found


def _operation(kind: Kind, action: str, schema: str, parameters: list[Object], body: Object | None = None) -> Object:
    gvk = kind.info.gvk
    answer = {"application/json": {"schema": {"$ref": f"{_REF}{schema}"}}}
    operation: Object = {
        "description": f"{action} {gvk.kind}",
        "parameters": parameters,
        "responses": {"200": {"description": "OK", "content": answer}, "401": {"description": "Unauthorized"}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": {"group": gvk.group, "version": gvk.version, "kind": gvk.kind},
    }
    if body is not None:
        operation["requestBody"] = body
    return operation


def _json_body(schema: str) -> Object:
    return {"content": {"application/json": {"schema": {"$ref": f"{_REF}{schema}"}}}}


def _writes() -> list[Object]:
    return [_parameter(name, "string", text) for name, text in _WRITE_PARAMETERS]


def _query(names: tuple[tuple[str, str], ...]) -> list[Object]:
    return [_parameter(name, kind) for name, kind in names]


def _parameter(name: str, kind: str, description: str = "", place: str = "query") -> Object:
    found: dict[str, Any] = {"name": name, "in": place, "schema": {"type": kind, "uniqueItems": True}}
    if description:
        found["description"] = description
    if place == "path":
        found["required"] = True
    return found


def _path_parameters(kind: Kind, *, has_name: bool) -> list[Object]:
    found = []
    if has_name:
        found.append(_parameter("name", "string", f"name of the {kind.info.kind}", "path"))
    if kind.info.namespaced:
        found.append(_parameter("namespace", "string", "object name and auth scope", "path"))
    return found
