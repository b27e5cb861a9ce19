"""Built-in definitions compiled to closures that copy a document into the form the API prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from orkestra.devserver.typed import scalars
from orkestra.devserver.typed.scalars import Fix, Mismatch
from orkestra.k8s.builtin import Schema, definition_name, definitions
from orkestra.k8s.errors import BadRequest
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object

_REF = "#/components/schemas/"
_META = "io.k8s.apimachinery.pkg.apis.meta.v1."

_LEAVES: dict[str, Fix] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": scalars.quantity,
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": scalars.int_or_string,
    f"{_META}Time": scalars.time_of,
    f"{_META}MicroTime": scalars.micro_time_of,
}

_OMITTED_EMPTY_NAMES = frozenset({"name"})
"""Optional ``name`` fields declare "" as their default, yet an empty one is not printed."""

_OMITTED_ZEROS: dict[str, frozenset[str]] = {
    "Container": frozenset({"stdin", "stdinOnce", "tty", "workingDir"}),
    "ContainerPort": frozenset({"hostPort", "hostIP", "name"}),
    "DaemonSetSpec": frozenset({"minReadySeconds"}),
    "DeploymentSpec": frozenset({"minReadySeconds", "paused"}),
    "EnvVar": frozenset({"value"}),
    "NodeSpec": frozenset({"unschedulable"}),
    "PodSpec": frozenset({"hostNetwork", "hostPID", "hostIPC", "nodeName", "serviceAccountName", "hostname"}),
    "Probe": frozenset(
        {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"}
    ),
    "ReplicaSetSpec": frozenset({"minReadySeconds"}),
    "ServicePort": frozenset({"name", "nodePort"}),
    "ServiceSpec": frozenset({"publishNotReadyAddresses", "externalName", "loadBalancerIP", "healthCheckNodePort"}),
    "StatefulSetSpec": frozenset({"minReadySeconds"}),
    "VolumeMount": frozenset({"readOnly", "subPath", "subPathExpr"}),
}
"""Plain (not pointer) optional fields that people write zeros into: a zero is not printed (k8s.io/api types.go)."""


class Typed:
    """A decoded document, and whether fields were dropped because the type does not have them."""

    __slots__ = ("has_unknown", "obj")

    def __init__(self, obj: Object, has_unknown: bool) -> None:
        self.obj = obj
        self.has_unknown = has_unknown


class _Decoding:
    """What one run notes; a class attribute would be shared by nested runs."""

    __slots__ = ("has_unknown",)

    def __init__(self) -> None:
        self.has_unknown = False


_run = _Decoding()


def decode_as(gvk: GVK, document: Mapping[str, Any]) -> Typed:
    """Copy ``document`` as a built-in ``gvk``. Raises BadRequest on a JSON type the field cannot hold."""
    global _run  # noqa: PLW0603  the closures of one synchronous run share it; runs never interleave
    fix = _named(definition_name(gvk))
    _run = run = _Decoding()
    try:
        obj = fix(document)
    except Mismatch as mismatch:
        raise BadRequest(
            f'{gvk.kind} in version "{gvk.version}" cannot be handled as a {gvk.kind}: {mismatch.message()}'
        ) from mismatch
    return Typed(obj, run.has_unknown)


@cache
def _named(name: str) -> Fix:
    if name in _LEAVES:
        return _LEAVES[name]
    return _compile(definitions()[name], name)


def _compile(schema: Schema, struct: str = "") -> Fix:
    ref = _reference(schema)
    if ref:
        # Definitions may refer to themselves (JSONSchemaProps): the target is compiled when first met.
        return _LEAVES.get(ref) or _late(ref)
    properties = schema.get("properties")
    if properties:
        return _struct(schema, properties, struct)
    match schema.get("type"):
        case "object":
            values = schema.get("additionalProperties")
            return _map(_compile(values), type_text(schema)) if isinstance(values, dict) and values else _opaque
        case "array":
            return _array(_compile(schema.get("items") or {}), type_text(schema))
        case "string":
            match schema.get("format"):
                case "byte":
                    return scalars.base64
                case "date-time":
                    return scalars.time_of
            return scalars.string
        case "integer":
            return scalars.integer(32 if schema.get("format") == "int32" else 64)
        case "number":
            return scalars.number
        case "boolean":
            return scalars.boolean
    return _opaque


def _reference(schema: Schema) -> str:
    ref = schema.get("$ref")
    if isinstance(ref, str):
        return ref.removeprefix(_REF)
    wrapped = schema.get("allOf")
    if wrapped and len(wrapped) == 1:
        return str(wrapped[0].get("$ref") or "").removeprefix(_REF)
    return ""


def type_text(schema: Schema) -> str:
    """A schema's type as Go names it: ``[]v1.ServicePort``, ``map[string]string``."""
    if ref := _reference(schema):
        return _go_name(ref)
    match schema.get("type"):
        case "array":
            return f"[]{type_text(schema.get('items') or {})}"
        case "object":
            return f"map[string]{type_text(schema.get('additionalProperties') or {})}"
        case "integer":
            return "int32" if schema.get("format") == "int32" else "int64"
        case "number":
            return "float64"
        case "boolean":
            return "bool"
        case "string":
            return "[]uint8" if schema.get("format") == "byte" else "string"
    return "interface {}"


def _go_name(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def _late(name: str) -> Fix:
    found: Fix | None = None

    def fix(value: Any) -> Any:
        nonlocal found
        if found is None:
            found = _named(name)
        return found(value)

    return fix


def _opaque(value: Any) -> Any:
    return value


def _map(fix: Fix, wanted: str) -> Fix:
    is_text = fix is scalars.string

    def fix_map(value: Any) -> Any:
        if type(value) is not dict:
            raise Mismatch(value, wanted)
        if is_text:
            if all(type(item) is str for item in value.values()):
                return dict(value)
            # Go's error names the map's field, not the key; a null is the empty string.
            return {key: "" if item is None else fix(item) for key, item in value.items()}
        return {key: fix(item) for key, item in value.items() if item is not None}

    return fix_map


def _array(fix: Fix, wanted: str) -> Fix:
    def fix_array(value: Any) -> Any:
        if type(value) is not list:
            raise Mismatch(value, wanted)
        return [fix(item) for item in value if item is not None]

    return fix_array


def _struct(schema: Schema, properties: Mapping[str, Schema], name: str) -> Fix:
    required = frozenset(schema.get("required") or ())
    short = name.rpartition(".")[2]
    wanted = _go_name(name)
    zeros = _OMITTED_ZEROS.get(short, frozenset())
    fields: dict[str, tuple[Fix, bool]] = {}
    printed: list[tuple[str, Callable[[], Any]]] = []
    for field, sub in properties.items():
        omits_zero = (_is_collection(sub) and field not in required) or field in zeros
        fields[field] = (_compile(sub), omits_zero)
        zero = _zero(field, sub, field in required)
        if zero is not None:
            printed.append((field, zero))
    get = fields.get

    def fix_struct(value: Any) -> Any:
        if type(value) is not dict:
            raise Mismatch(value, wanted)
        out: dict[str, Any] = {}
        key = ""
        try:
            for key, item in value.items():
                if item is None:
                    if key not in fields:
                        _run.has_unknown = True
                    continue
                field = get(key)
                if field is None:
                    _run.has_unknown = True
                    continue
                fixed = field[0](item)
                if fixed or not field[1]:
                    out[key] = fixed
        except Mismatch as mismatch:
            mismatch.path.append(key)
            mismatch.struct = mismatch.struct or short
            raise
        for field_name, zero in printed:
            if field_name not in out:
                out[field_name] = zero()
        return out

    return fix_struct


def _is_collection(schema: Schema) -> bool:
    """Slices and maps are ``omitempty``: an empty one is not printed. Structs are not collections."""
    kind = schema.get("type")
    return kind == "array" or (kind == "object" and bool(schema.get("additionalProperties")))


def _zero(field: str, schema: Schema, is_required: bool) -> Callable[[], Any] | None:
    """What a missing field prints as: Go's zero value where the field is not ``omitempty``."""
    if "default" not in schema:
        return None
    default = schema["default"]
    if default == {}:
        fix = _compile(schema)
        return lambda: fix({})
    if default == "" and not is_required and field in _OMITTED_EMPTY_NAMES:
        return None
    return lambda: default


def decode_metadata(gvk: GVK, metadata: Any, *, find_unknown: bool) -> tuple[Object, list[str]]:
    """An ObjectMeta of a custom resource, copied, and the paths of unknown fields. Raises BadRequest."""
    global _run  # noqa: PLW0603  as in decode_as
    _run = run = _Decoding()
    try:
        meta: Object = _named(f"{_META}ObjectMeta")({} if metadata is None else metadata)
    except Mismatch as mismatch:
        mismatch.path.append("metadata")
        raise BadRequest(
            f'{gvk.kind} in version "{gvk.version}" cannot be handled as a {gvk.kind}: {mismatch.message()}'
        ) from None
    if not (find_unknown and run.has_unknown):
        return meta, []
    known = definitions()[f"{_META}ObjectMeta"]["properties"]
    return meta, [f"metadata.{key}" for key in metadata if key not in known]
