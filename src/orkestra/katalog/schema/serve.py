"""Rows of ``serve``: a form of few fields that becomes a CR."""

from __future__ import annotations

from typing import Any, Final

from orkestra.k8s.selectors import FieldSelector
from orkestra.katalog.schema.blocks import Field, LazyBlock
from orkestra.katalog.schema.conditions import condition_fields
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf
from orkestra.katalog.schema.decoder import Decoder, last_step
from orkestra.katalog.schema.records import NamedMap, Settings
from orkestra.katalog.schema.scalars import Choice, Flag, Int, Text
from orkestra.katalog.schema.shared import ANY, TEXT, FieldSelectorType, NameList, PathType
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode

FORM_TYPES: Final = ("string", "integer", "number", "boolean", "array", "object")


class FormOrder(Int):
    """A place in a form: any whole number but 0."""

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        found = super().read(node, decoder, where)
        if found == 0 and isinstance(found, int):
            decoder.report(1104, "order: expected a whole number other than 0", node.span, "count from 1")
        return found


FORM_FIELD: Final = Settings(
    "a form field",
    (
        Field("label", Text(), "what the form calls it", tier="W"),
        Field("hint", Text(), "a line of help", tier="W"),
        Field("placeholder", Text(), "what stands in an empty field", tier="W"),
        Field("category", Text(), "the group it is shown in", tier="W"),
        Field("order", FormOrder(), "its place; not 0, and no two the same", tier="W"),
        *condition_fields("it is shown"),
        Field("required", Flag(), "it must be filled in", False, tier="W"),
        Field("disabled", Flag(), "it is shown, and cannot be changed", False, tier="W"),
        Field("path", PathType(), "the field of the CR; spec.<name> unless given", tier="W"),
        Field("value", TEXT, "what is written there; `.value` is what was entered", tier="W"),
        Field("values", MapOf(TEXT, templated_keys=True), "what each choice writes", tier="W"),
        Field("default", ANY, "what stands there until it is changed", tier="W"),
        Field("override", ANY, "what is written whatever was entered", tier="W"),
        Field("type", Choice(*FORM_TYPES), "what may be entered", tier="W"),
        Field("enum", ListOf(ANY), "the choices", (), tier="W"),
    ),
    exclusive=(("value", "values"), ("default", "override")),
)


class Form(NamedMap):
    """Form fields by name; two of one order are reported."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoded = super().decode(node, decoder, where)
        seen: dict[str, ScalarNode] = {}
        for name, (_, value) in (node.entries if isinstance(node, MapNode) else {}).items():
            order = value.get("order") if isinstance(value, MapNode) and name not in self.reserved else None
            if not isinstance(order, ScalarNode):
                continue
            first = seen.setdefault(order.text, order)
            if first is not order:
                place = decoder.related(first.span, "the first one is here")
                message = f"{last_step(where)}: order {order.text} is taken twice"
                decoder.report(1203, message, order.span, "", (place,))
        return decoded


_INCLUDE: Final = Field("include", Text(), "a file of further fields", tier="W")
_FORM: Final = Form(FORM_FIELD, _INCLUDE)

PERMISSIONS: Final = Settings(
    "permissions",
    (
        Field("global", NameList(), "what it may do everywhere", (), tier="W"),
        Field("schema", Flag(), "it may read the form", True, tier="W"),
        Field("resources", NameList(), "what it may do with objects", (), tier="W"),
    ),
)

TOKENS: Final = NamedMap(
    Settings(
        "a token's rights",
        (
            Field("namespaces", NameList(), "where it may act; everywhere unless given", (), tier="W"),
            Field("permissions", PERMISSIONS, "what it may do", tier="W"),
        ),
    ),
    Field("include", Text(), "a file of tokens", tier="W"),
)

CONFIG: Final = Settings(
    "config",
    (
        Field(
            "response",
            Settings(
                "response",
                (
                    Field("default", Flag(), "the usual answer", True, tier="W"),
                    Field("payload", ANY, "further fields of the answer", tier="W"),
                    Field("exclude", NameList(), "fields that are left out", (), tier="W"),
                    Field(
                        "poll",
                        Settings(
                            "poll",
                            (
                                Field("url", TEXT, "where to ask for progress", tier="W"),
                                Field("field", PathType(), "the field that tells it", tier="W"),
                            ),
                        ),
                        "how progress is told",
                        tier="W",
                    ),
                ),
            ),
            "what is answered",
            tier="W",
        ),
    ),
)

APPLY: Final = Settings(
    "apply",
    (
        Field(
            "overrides",
            Settings(
                "overrides",
                (
                    Field("resourceConflict", Flag(), "an object that is there is changed", True, tier="W"),
                    Field("targetConflict", Flag(), "another target may take it over", True, tier="W"),
                    Field("keepPreviousSurface", Flag(), "the other target's children stay", False, tier="W"),
                ),
            ),
            "what may be overwritten",
            tier="W",
        ),
    ),
)

MODES: Final = Settings(
    "modes",
    (
        Field("target", Flag(), "by target", True, tier="W"),
        Field("cr", Flag(), "by whole CRs", True, tier="W"),
    ),
)


class TargetSelector(FieldSelectorType):
    """A field selector of at most three fields."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        found = super().decode(node, decoder, where)
        if isinstance(found, FieldSelector) and len(found.terms) > 3:
            decoder.report(1104, "fieldSelector: expected at most 3 fields", node.span)
        return found


class SurfaceBlock(LazyBlock):
    """The operatorBox of a target. It is compiled beside the entry's own, and decoded there."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        return None if isinstance(node, MapNode) else decoder.wrong_type(node, where, "a map")


_TARGET_ROWS: Final = (
    Field("include", Text(), "a file that holds this block", tier="W"),
    Field("tokens", TOKENS, "who may use it", {}, tier="W"),
    Field("config", CONFIG, "what is answered", tier="W"),
    Field("clusters", NameList(), "the clusters it applies to", (), tier="W"),
    Field("modes", MODES, "what may be sent", tier="W"),
    Field("apply", APPLY, "how it is applied", tier="W"),
)

TARGET: Final = Settings(
    "a target",
    (
        Field("primary", Flag(), "used when none is named; exactly one is", False, tier="W"),
        Field("enabled", Flag(), "it can be used", True, tier="W"),
        *_TARGET_ROWS,
        Field("operatorBox", SurfaceBlock("operator_box:OPERATOR_BOX"), "its own children and status", tier="W"),
        Field("fieldSelector", TargetSelector(), "which objects are its own; at most 3 fields", tier="W"),
        Field("aliases", NameList(), "other names of it", (), tier="W"),
    ),
    doc="A named variant of serve.",
)


class ServeBlock(Settings):
    """Rules across the rows of ``serve``: named targets have one primary."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        found = super().decode(node, decoder, where)
        targets = node.get("target") if isinstance(node, MapNode) else None
        if isinstance(targets, MapNode) and targets.entries and not targets.is_broken:
            _check_primary(targets, decoder)
        return found


def _check_primary(targets: MapNode, decoder: Decoder) -> None:
    primary = [value for _, value in targets.entries.values() if _is_primary(value)]
    if not primary:
        decoder.report(1103, "target: one of the targets is primary", targets.span, "write primary: true in one")
    for second in primary[1:]:
        place = decoder.related(primary[0].span, "the first one is here")
        decoder.report(1203, "target: a second primary one", second.span, "exactly one is primary", (place,))


def _is_primary(node: Node) -> bool:
    found = node.get("primary") if isinstance(node, MapNode) else None
    return isinstance(found, ScalarNode) and found.value is True


SERVE: Final = ServeBlock(
    "serve",
    (
        Field("enabled", Flag(), "it is served", False, tier="W"),
        Field("category", Text(), "the group it is shown in", tier="W"),
        Field("description", Text(), "what it is, for people", tier="W"),
        Field("ignore", NameList(), "fields of the CR that are not shown", (), tier="W"),
        Field("fields", _FORM, "the form, by field names", {}, tier="W"),
        Field("labels", _FORM, "labels of the CR from the form", {}, tier="W"),
        Field("annotations", _FORM, "annotations of the CR from the form", {}, tier="W"),
        Field(
            "target",
            ByShape("a name, or a map of named targets", scalar=Text(), mapping=MapOf(TARGET)),
            "the target, or targets by name",
            tier="W",
        ),
        Field("targetOverride", Flag(), "a request may name another target", False, tier="W"),
        Field("name", TEXT, "the CR's name", tier="W"),
        Field("namespace", TEXT, "its namespace; required for namespaced kinds", tier="W"),
        *_TARGET_ROWS,
    ),
    doc="Self-service: a form of few fields that becomes a CR.",
)
