"""Rows of ``observe``: watches and events."""

from __future__ import annotations

from typing import Any, Final

from orkestra.katalog.parts.gates import (
    EventObject,
    EventTrigger,
    KeyFrom,
    Observe,
    Watch,
    WatchIndex,
)
from orkestra.katalog.schema.blocks import Decoded, Field, State
from orkestra.katalog.schema.calls import call_name
from orkestra.katalog.schema.containers import ListOf, MapOf, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder
from orkestra.katalog.schema.gates import ENQUEUE_GATE
from orkestra.katalog.schema.records import NamedList, Record
from orkestra.katalog.schema.scalars import Choice, Text
from orkestra.katalog.schema.shared import TEXT, PathType
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_CHANGES: Final = ListOf(Choice("create", "update", "delete"))
_ALL: Final = ("create", "update", "delete")


def _check_key(found: Decoded, decoder: Decoder) -> None:
    if "namespace" in found and "label" in found:
        decoder.report(1106, "namespace and label exclude each other in keyFrom", found.key_span("namespace"))


KEY_FROM: Final = Record(
    KeyFrom,
    "keyFrom",
    (
        Field("label", Text(), "the label that holds the CR's name", tier="W"),
        Field("name", TEXT, "the CR's name, from the watched object", tier="W"),
        Field("namespace", TEXT, "the CR's namespace; the watched object's unless given", tier="W"),
    ),
    exclusive=(("label", "name"),),
    one_of=(("label", "name"),),
    check=_check_key,
    doc="Which CR a watched object belongs to. Templates see the watched object.",
)


class Watches(ListOf):
    """Watches; the second of one object or kind is reported. Decodes to a tuple."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoded = super().decode(node, decoder, where)
        seen: dict[tuple[str, ...], Node] = {}
        for item in node.items if isinstance(node, ListNode) else ():
            key = tuple(_text(item, name) for name in ("apiVersion", "kind", "namespace", "name"))
            first = seen.setdefault(key, item)
            if first is not item and all(key[:2]):
                place = decoder.related(first.span, "the first one is here")
                shown = "/".join(part for part in key[1:] if part)
                decoder.report(1203, f"{shown} is watched twice", item.span, "make one watch of them", (place,))
        return decoded if decoded is MISSING else tuple(decoded)


def _text(node: Node, key: str) -> str:
    found = node.get(key) if isinstance(node, MapNode) else None
    return found.text if isinstance(found, ScalarNode) else ""


WATCH: Final = Record(
    Watch,
    "a watch",
    (
        Field("apiVersion", Text(), "the watched kind's apiVersion", required=True, tier="W"),
        Field("kind", Text(), "the watched kind", required=True, tier="W"),
        Field("namespace", Text(), "only in this namespace", tier="W"),
        Field("name", Text(), "only this object", tier="W"),
        Field("on", _CHANGES, "which changes count", _ALL, tier="W"),
        Field("keyFrom", KEY_FROM, "which CR it belongs to; its owner, else every CR, unless given", tier="W"),
        Field(
            "index",
            NamedList(
                Record(
                    WatchIndex,
                    "an index",
                    (
                        Field("name", Text(), "what lookups call it", required=True, tier="W"),
                        Field("field", PathType(), "a field of the watched object", required=True, tier="W"),
                    ),
                ),
                "name",
                what="the index",
            ),
            "lookups by a field of the watched object",
            (),
            tier="W",
        ),
    ),
    doc="Another kind whose changes make the CR reconcile.",
)

_OBJECT: Final = Record(
    EventObject,
    "the object of an event",
    (
        Field("apiVersion", Text(), "its apiVersion", tier="F"),
        Field("kind", Text(), "its kind", tier="F"),
        Field("name", Text(), "its name", tier="F"),
        Field("namespace", Text(), "its namespace", tier="F"),
    ),
    one_of=(("apiVersion", "kind", "name", "namespace"),),
)

_FILTERS: Final = ("reason", "action", "type", "reportingController", "reportingInstance", "regarding", "related")

EVENT: Final = Record(
    EventTrigger,
    "an event trigger",
    (
        Field("reason", Text(), "events of this reason", tier="F"),
        Field("action", Text(), "events of this action", tier="F"),
        Field("type", Choice("Normal", "Warning"), "events of this type", tier="F"),
        Field("reportingController", Text(), "events of this controller", tier="F"),
        Field("reportingInstance", Text(), "events of this instance", tier="F"),
        Field("namespace", Text(), "events in this namespace", tier="F"),
        Field("on", _CHANGES, "which changes count", _ALL, tier="F"),
        Field("regarding", _OBJECT, "the object an event is about", tier="F"),
        Field("related", _OBJECT, "a second object of an event", tier="F"),
        Field("keyFrom", KEY_FROM, "which CR it belongs to", tier="F"),
        Field("enqueueGate", ENQUEUE_GATE, "what must hold before the CR is queued", tier="F"),
    ),
    one_of=((*_FILTERS, "namespace"),),
    doc="Events (events.k8s.io/v1) that make the CR reconcile; templates see them as `.events.<name>`.",
)

OBSERVE: Final = Record(
    Observe,
    "observe",
    (
        Field("watch", Watches(WATCH, hint='put "- " before the watch'), "other kinds to watch", (), tier="W"),
        Field("events", MapOf(EVENT, check_key=call_name), "events to watch, by camelCase names", {}, tier="F"),
        Field("include", Text(), "a file that holds this block", tier="W"),
        Field("cross", Raw(), state=State.NEWER, target="operatorBox.cross", moves_to="../cross", tier="W"),
    ),
    doc="What else makes a CR reconcile.",
)
