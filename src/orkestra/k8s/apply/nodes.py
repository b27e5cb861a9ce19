"""Schemas read as what ownership needs: is a map granular, by what does a list tell its items apart.

Rules: k8s.io/kube-openapi pkg/schemaconv/{smd,openapi}.go. Nodes are made lazily, field by field, since one request
touches few of a kind's hundreds of types, and are cached for the process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orkestra.k8s.builtin import Schema, definitions

MISSING: Any = object()
"""No value, where None is one."""

_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_RAW = "io.k8s.apimachinery.pkg.runtime.RawExtension"
_METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


class Field:
    """A declared field. ``empty`` is the value a typed object has where JSON leaves the field out (else MISSING)."""

    __slots__ = ("_make", "_node", "default", "empty", "key")

    def __init__(self, name: str, make: Callable[[], Node], default: Any = MISSING, empty: Any = MISSING) -> None:
        self.key = f"f:{name}"
        self.default = default
        self.empty = empty
        self._make = make
        self._node: Node | None = None

    @property
    def node(self) -> Node:
        node = self._node
        if node is None:
            node = self._node = self._make()
        return node


class Node:
    """What a place in an object may hold: a scalar, a map, a list, or several of them where the schema is silent."""

    __slots__ = (
        "element",
        "fields",
        "has_list",
        "has_map",
        "is_atomic_list",
        "is_atomic_map",
        "item",
        "keys",
        "scalar",
    )

    def __init__(self) -> None:
        self.scalar = ""
        """numeric, string, boolean or untyped; empty: no scalar."""
        self.has_map = False
        self.is_atomic_map = False
        self.fields: dict[str, Field] = {}
        self.element: Node | None = None
        """The type of undeclared keys; None: there may be none."""
        self.has_list = False
        self.is_atomic_list = True
        self.keys: tuple[str, ...] = ()
        """Sorted keys of an associative list of maps; empty for a set."""
        self.item: Field | None = None

    @property
    def items(self) -> Node:
        return self.item.node if self.item is not None else UNTYPED

    def key_default(self, name: str) -> Any:
        field = self.items.fields.get(name)
        return MISSING if field is None else field.default

    def child(self, name: str) -> Node | None:
        field = self.fields.get(name)
        return field.node if field is not None else self.element


def _free(is_deduced: bool) -> Node:
    node = Node()
    node.scalar, node.has_map, node.has_list = "untyped", True, True
    node.is_atomic_map = not is_deduced
    node.element = node
    return node


UNTYPED = _free(False)
"""Anything, owned as a whole."""
DEDUCED = _free(True)
"""Anything: maps key by key, lists as a whole."""


def builtin_node(name: str) -> Node:
    """The node of a built-in definition by its full name."""
    node = _named.get(name)
    if node is None:
        node = _named[name] = Node()  # before it is filled: definitions refer to themselves
        _fill(node, definitions()[name], _Reading(is_typed=True))
    return node


def custom_node(schema: Schema) -> Node:
    """The node of a custom resource from its version's ``openAPIV3Schema``."""
    node = Node()
    _fill(node, {"type": "object", **schema}, _Reading(is_typed=False))
    node.fields |= _object_fields()
    return node


class _Reading:
    """How a schema is read. ``is_typed``: objects are Go structs; ``preserves``: unknown fields stay from here on."""

    __slots__ = ("is_typed", "preserves")

    def __init__(self, is_typed: bool, preserves: bool = False) -> None:
        self.is_typed = is_typed
        self.preserves = preserves


def _scalar() -> Node:
    node = Node()
    node.scalar = "untyped"
    return node


_named: dict[str, Node] = {_QUANTITY: _scalar(), _RAW: UNTYPED}


def _object_fields() -> dict[str, Field]:
    def text() -> Node:
        node = Node()
        node.scalar = "string"
        return node

    return {
        "apiVersion": Field("apiVersion", text),
        "kind": Field("kind", text),
        "metadata": Field("metadata", lambda: builtin_node(_METADATA)),
    }


def _make(schema: Schema, reading: _Reading) -> Node:
    ref = schema.get("$ref")
    if not isinstance(ref, str):
        wrapped = schema.get("allOf")
        ref = wrapped[0].get("$ref") if isinstance(wrapped, list) and len(wrapped) == 1 else None
    if isinstance(ref, str) and reading.is_typed:
        node = builtin_node(ref.rpartition("/")[2])
        map_type = schema.get("x-kubernetes-map-type")
        if map_type is None or (map_type == "atomic") == node.is_atomic_map:
            return node
        return _with_map_type(node, map_type == "atomic")
    node = Node()
    _fill(node, schema, reading)
    return node


def _with_map_type(node: Node, is_atomic: bool) -> Node:
    out = Node()
    for slot in Node.__slots__:
        setattr(out, slot, getattr(node, slot))
    out.is_atomic_map = is_atomic
    return out


def _fill(node: Node, schema: Schema, reading: _Reading) -> None:
    if schema.get("x-kubernetes-preserve-unknown-fields") is True and not reading.preserves:
        reading = _Reading(reading.is_typed, preserves=True)
    match schema.get("type"):
        case "object":
            _fill_map(node, schema, reading)
        case "array":
            _fill_list(node, schema, reading)
        case "integer" | "number":
            node.scalar = "numeric"
        case "boolean":
            node.scalar = "boolean"
        case "string":
            node.scalar = "string" if schema.get("format", "") in ("", "byte") else "untyped"
        case None:
            node.scalar = "untyped"
            _fill_map(node, schema, reading)
            _fill_list(node, schema, reading)
        case _:
            node.scalar = "untyped"


def _fill_map(node: Node, schema: Schema, reading: _Reading) -> None:
    node.has_map = True
    node.is_atomic_map = schema.get("x-kubernetes-map-type") == "atomic"
    properties = schema.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    required = schema.get("required")
    required = required if isinstance(required, list) else []
    for name, child in properties.items():
        if isinstance(child, dict):
            node.fields[name] = _field(name, child, name in required, reading)
    if schema.get("x-kubernetes-embedded-resource") is True:
        node.fields = _object_fields() | node.fields
    extra = schema.get("additionalProperties")
    if isinstance(extra, dict):
        node.element = _make(extra, reading)
    elif extra is True or (extra is None and (reading.preserves or not properties)):
        node.element = DEDUCED


def _field(name: str, schema: Schema, is_required: bool, reading: _Reading) -> Field:
    default = schema.get("default", MISSING)
    empty = MISSING
    if reading.is_typed:
        # A Go struct that is no pointer is always there, and so is a scalar without omitempty: their schemas carry
        # the zero value as default. A required list or map is there as null.
        if default is not MISSING and not default and default is not None:
            empty = default
        elif is_required and schema.get("type") in ("array", "object"):
            empty = None
    return Field(name, lambda: _make(schema, reading), default, empty)


def _fill_list(node: Node, schema: Schema, reading: _Reading) -> None:
    node.has_list = True
    items = schema.get("items")
    if isinstance(items, dict):
        node.item = Field("", lambda: _make(items, reading))
    match schema.get("x-kubernetes-list-type"):
        case "set":
            node.is_atomic_list = False
        case "map":
            keys = schema.get("x-kubernetes-list-map-keys")
            node.is_atomic_list = False
            node.keys = tuple(sorted(map(str, keys))) if isinstance(keys, list) else ()
        case None if "merge" in str(schema.get("x-kubernetes-patch-strategy") or "").split(","):
            key = schema.get("x-kubernetes-patch-merge-key")
            node.is_atomic_list = False
            node.keys = (str(key),) if key else ()
