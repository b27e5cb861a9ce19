"""Rows every resource entry has, and the assembling of a ResourceEntry."""

from __future__ import annotations

from typing import Any, Final

from orkestra.katalog.model import Drift, ForEach, ResourceEntry
from orkestra.katalog.paths import PathError, parse_path
from orkestra.katalog.schema.blocks import MARK, Block, Decoded, Field, State, as_value
from orkestra.katalog.schema.conditions import ConditionList, condition_fields, conditions_of
from orkestra.katalog.schema.containers import ByShape, ListOf
from orkestra.katalog.schema.decoder import Decoder, FieldType
from orkestra.katalog.schema.marks import MOTIF_ROW
from orkestra.katalog.schema.scalars import Choice, Duration, Flag, Text
from orkestra.katalog.schema.shared import ANNOTATIONS, LABELS, TEXT, PathType
from orkestra.katalog.source.nodes import Node
from orkestra.katalog.terms import Conditions
from orkestra.katalog.values import ChosenValue, Constant, TemplateValue, Value

FOR_EACH: Final = Block(
    "forEach",
    (
        Field(
            "field", Text(templated=True, is_native=True), "the list or map: a dotted path or a template", required=True
        ),
        Field("as", Text(), "a second name for the item", "item"),
    ),
    doc="One child per item of a list or map.",
)

DRIFT: Final = ByShape(
    "correct, report, or a map with ignore",
    scalar=Choice("correct", "report"),
    mapping=Block(
        "drift",
        (
            Field("mode", Choice("correct", "report"), "what to do about the other fields", "correct"),
            Field("ignore", ListOf(PathType()), "fields of the child that may differ", required=True),
        ),
    ),
)

_LONGEST_SLEEP: Final = 86400.0
_CORRECT: Final = Drift()

CONTROL_FIELDS: Final = (
    *condition_fields("this child exists"),
    Field("forEach", FOR_EACH, "repeats the entry over a list or map"),
    Field("reconcile", Flag(), "on an onCreate entry: keep it in line as well", False),
    Field("forceConflict", Flag(), "take fields over that another manager owns"),
    Field("readyWhen", ConditionList(), "when the child counts as ready", is_superset=True),
    Field("drift", DRIFT, "what to do about foreign changes", is_superset=True),
    MOTIF_ROW,
    Field("sleep", Duration(0, _LONGEST_SLEEP), "a pause before this entry", 0.0, state=State.LATER, tier="F"),
)
"""Fields that steer an entry; the rest describes the child."""

CHILD_FIELDS: Final = (
    Field("name", TEXT, "the child's name; the default is made from the CR's"),
    Field("namespace", TEXT, "the child's namespace; the CR's unless given"),
    Field("labels", LABELS, "labels beside the ownership labels"),
    Field("annotations", ANNOTATIONS, "annotations of the child"),
    *CONTROL_FIELDS,
)

_CONTROL: Final = frozenset(row.name for row in CONTROL_FIELDS) | {"name", "namespace", "autoscale"}


class EntryList(FieldType):
    """The entries of one kind; decodes to a tuple of ResourceEntry."""

    expects = "a list of entries"

    def __init__(self, kind: str, block: Block) -> None:
        self.kind = kind
        self.block = block
        self._list = ListOf(block, expects=self.expects, hint='put "- " before the entry')

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        items = getattr(node, "items", None)
        if not isinstance(items, list):
            return self._list.decode(node, decoder, where)
        found: list[ResourceEntry] = []
        for n, item in enumerate(items):
            entry_id = f"{decoder.owner}.{where.removeprefix('operatorBox.')}[{n}]"
            scoped = decoder.for_owner(entry_id)
            decoded = self.block.decode(item, scoped, "")
            if isinstance(decoded, Decoded):
                decoder.entry_nodes[entry_id] = decoded.node
                found.append(self._entry(decoded, scoped, entry_id))
        return tuple(found)

    def _entry(self, decoded: Decoded, decoder: Decoder, entry_id: str) -> ResourceEntry:
        fields = _fields_of(decoded)
        values = decoded.values
        name, namespace = values.get("name"), values.get("namespace")
        metadata = values.get("metadata")
        if isinstance(metadata, Decoded):
            name, namespace = metadata["name"], metadata["namespace"]
        ready_when = values.get("readyWhen")
        return ResourceEntry(
            kind=self.kind,
            id=entry_id,
            position=decoder.position(decoded.node),
            name=name,
            namespace=namespace,
            fields=fields,
            conditions=conditions_of(decoded),
            for_each=_for_each(values.get("forEach"), decoder),
            drift=_drift(values.get("drift")),
            force_conflict=values.get("forceConflict"),
            ready_when=Conditions(when=ready_when) if ready_when else None,
            reconcile=bool(values.get("reconcile")),
            sleep_seconds=values.get("sleep") or 0.0,
            autoscale=values.get("autoscale"),
            motif=values.get(MARK),
        )


def _fields_of(decoded: Decoded) -> dict[str, Value]:
    fields = {
        name: value if isinstance(value, Value) else as_value(value)
        for name, value in decoded.values.items()
        if name not in _CONTROL
    }
    if not decoded.presets:
        return fields
    profile = fields["profile"]
    wins = decoded.block.profile_class == "networkPolicies"
    for name in dict.fromkeys(key for preset in decoded.presets.values() for key in preset.values):
        own = fields.get(name)
        given = {low: as_value(p.values[name]) for low, p in decoded.presets.items() if name in p.values}
        if own is None or wins:
            fields[name] = ChosenValue(profile, given, own or Constant(None))
    fields["profile"] = ChosenValue(profile, dict.fromkeys(decoded.presets, Constant("")), profile)
    return fields


def _drift(found: Any) -> Drift:
    if isinstance(found, Decoded):
        return Drift(found["mode"], tuple(found["ignore"] or ()))
    return Drift(found) if found else _CORRECT


def _for_each(found: Decoded | None, decoder: Decoder) -> ForEach | None:
    if found is None or "field" not in found:
        return None
    field: Value = found["field"]
    position = decoder.position(found.node.entries["field"][1])
    if isinstance(field, TemplateValue):
        return ForEach(field, None, found["as"], position)
    try:
        path = parse_path(field.value if isinstance(field, Constant) else "")
    except PathError as error:
        decoder.report(1115, f"forEach: {error}", found.value_span("field"))
        return None
    return ForEach(None, path, found["as"], position)
