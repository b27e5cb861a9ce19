"""Rows of ``normalize``, ``validation``, ``mutation``, ``conversion`` and ``webhooks``."""

from __future__ import annotations

from typing import Any, Final

from orkestra.katalog.operators import VALUE_TYPES
from orkestra.katalog.parts.admission import (
    Conversion,
    ConversionPath,
    Mutation,
    MutationRule,
    Normalize,
    Rule,
    Validation,
    Webhooks,
)
from orkestra.katalog.paths import Path, PathError, parse_path
from orkestra.katalog.schema.blocks import Decoded, Field
from orkestra.katalog.schema.calls import FIRES
from orkestra.katalog.schema.conditions import FIELD, OPERATOR_FIELDS, TEST_FIELDS, condition_fields, condition_of
from orkestra.katalog.schema.containers import ListOf, MapOf
from orkestra.katalog.schema.decoder import MISSING, Decoder
from orkestra.katalog.schema.lazy import EXTERNAL
from orkestra.katalog.schema.marks import MOTIF_ROW
from orkestra.katalog.schema.records import Record
from orkestra.katalog.schema.scalars import Choice, Flag, Text
from orkestra.katalog.schema.shared import ANY, TEXT, PathType
from orkestra.katalog.source.nodes import MapNode, Node
from orkestra.katalog.values import Value

_UNCHANGING: Final = ("apiVersion", "kind", "status")
_FIXED_METADATA: Final = ("name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp")


class FieldValues(MapOf):
    """A map of dotted paths to values; decodes to (path, value) pairs. ``root`` stands before every path."""

    def __init__(self, root: str) -> None:
        super().__init__(ANY, expects="a map of field paths to values")
        self.root = root

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoded = super().decode(node, decoder, where)
        if decoded is MISSING or not isinstance(node, MapNode):
            return MISSING
        found: list[tuple[Path, Value]] = []
        for text, value in decoded.items():
            key = node.entries[text][0]
            try:
                path = parse_path(text)
            except PathError as error:
                decoder.report(1115, str(error), key.span)
                continue
            found.append((path if path[0] == self.root and len(path) > 1 else (self.root, *path), value))
        return tuple(found)


NORMALIZE: Final = Record(
    Normalize,
    "normalize",
    (Field("spec", FieldValues("spec"), "dotted paths below spec, and what to put there", required=True, tier="W"),),
    names={"fields": "spec"},
    doc="Changes of the CR in memory, before mutation and validation. Each template sees the CR as it came.",
)


def _test(found: Decoded, decoder: Decoder, where: str) -> Any:
    return condition_of(found, decoder, where) or MISSING


RULE: Final = Record(
    Rule,
    "a validation rule",
    (
        Field("field", FIELD, "a dotted path of the CR, or a template whose result is the value", required=True),
        Field("message", TEXT, "what to say when the test does not hold", required=True),
        Field("action", Choice("deny", "warn"), "refuse, or tell and go on", "deny"),
        *TEST_FIELDS,
        *condition_fields("the rule is looked at"),
        MOTIF_ROW,
        Field("link", Text(), "the field of serve it is about"),
        Field("fires", FIRES, "when the rule is looked at"),
        *OPERATOR_FIELDS,
    ),
    made={"test": _test},
    doc="One of the [tests](#tests-of-a-condition) as a key, or `operator` and `value`. It must hold for every CR.",
)

VALIDATION: Final = Record(
    Validation,
    "validation",
    (
        Field("external", EXTERNAL, "calls made before the rules", (), tier="W"),
        Field("rules", ListOf(RULE, hint='put "- " before the rule'), "what must hold, in order", ()),
        Field("include", Text(), "a file of rules that come first", tier="W"),
    ),
    doc="What a CR must be: at admission, and again at every reconcile.",
)


def _changed(found: Decoded, decoder: Decoder, where: str) -> Any:
    path: Path = found["field"]
    if path[0] in _UNCHANGING or (path[0] == "metadata" and (len(path) < 2 or path[1] in _FIXED_METADATA)):
        message = f"field: {'.'.join(path)} cannot be changed by a mutation"
        decoder.report(1512, message, found.value_span("field"), "change spec, or labels and annotations")
        return MISSING
    return path


MUTATION_RULE: Final = Record(
    MutationRule,
    "a mutation rule",
    (
        Field("field", PathType(), "a dotted path of the CR", required=True, tier="W"),
        Field("default", ANY, "what to put where nothing is", tier="W"),
        Field("override", ANY, "what to put whatever is there", tier="W"),
        Field("valueType", Choice(*VALUE_TYPES), "the type to write it as; as it stands unless given", tier="W"),
        *condition_fields("the field is set"),
        MOTIF_ROW,
        Field("fires", FIRES, "when the rule is applied", tier="W"),
    ),
    made={
        "field": _changed,
        "field_position": lambda found, decoder, where: decoder.position(found.node.entries["field"][1]),
    },
    exclusive=(("default", "override"),),
    one_of=(("default", "override"),),
)

MUTATION: Final = Record(
    Mutation,
    "mutation",
    (
        Field("mutateFirst", Flag(), "before validation at admission", False, tier="W"),
        Field("external", EXTERNAL, "calls made before the rules", (), tier="W"),
        Field("rules", ListOf(MUTATION_RULE, hint='put "- " before the rule'), "what is set, in order", (), tier="W"),
        Field("include", Text(), "a file of rules that come first", tier="W"),
    ),
    doc="Defaults and overrides of a CR's fields.",
)


def _check_path(found: Decoded, decoder: Decoder) -> None:
    if found["from"] and found["from"] == found["to"]:
        decoder.report(1118, f"to: {found['to']} is the version it comes from", found.value_span("to"))


CONVERSION_PATH: Final = Record(
    ConversionPath,
    "a conversion path",
    (
        Field("from", Text(), "a version", required=True, tier="F"),
        Field("to", Text(), "another version", required=True, tier="F"),
        Field("spec", FieldValues("spec"), "dotted paths below spec, and what to put there", (), tier="F"),
    ),
    names={"source": "from", "target": "to", "fields": "spec"},
    check=_check_path,
)

CONVERSION: Final = Record(
    Conversion,
    "conversion",
    (
        Field("storageVersion", Text(), "the version objects are stored in", required=True, tier="F"),
        Field("updateCRD", Flag(), "write the webhook into the CRD", False, tier="F"),
        Field("participant", Flag(), "convert for a CRD that another Katalog owns", False, tier="F"),
        Field("paths", ListOf(CONVERSION_PATH), "how one version becomes another", (), tier="F"),
    ),
    names={"update_crd": "updateCRD"},
    doc="How objects of one version become objects of another.",
)

_OPERATIONS: Final = ("CREATE", "UPDATE", "DELETE")

WEBHOOKS: Final = Record(
    Webhooks,
    "webhooks",
    (
        Field("validation", Flag(), "rules hold at admission", True, tier="W"),
        Field("mutation", Flag(), "mutations apply at admission", True, tier="W"),
        Field("operations", ListOf(Choice(*_OPERATIONS)), "for which requests", ("CREATE", "UPDATE"), tier="W"),
    ),
    doc="Which admission webhooks the entry takes part in.",
)
