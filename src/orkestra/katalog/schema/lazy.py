"""The rows of blocks few files have: each is imported when one is met."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from orkestra.katalog.schema.blocks import Block, Decoded, Field, LazyBlock, State
from orkestra.katalog.schema.conditions import condition_fields, conditions_of
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.schema.records import NamedList
from orkestra.katalog.schema.scalars import Choice, Duration
from orkestra.katalog.schema.shared import NameList
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

if TYPE_CHECKING:
    from orkestra.katalog.parts.gates import Enrichment

EXTERNAL: Final = NamedList(
    LazyBlock("calls:EXTERNAL_CALL"), "name", what="the external call", hint='put "- " before the call'
)
EXTERNAL_FIELD: Final = Field("external", EXTERNAL, "calls made before the templates", (), state=State.LATER, tier="W")
CROSS: Final = NamedList(
    LazyBlock("calls:CROSS_READ"), "as", "crd", what="the cross alias", hint='put "- " before the alias'
)
PROVIDERS: Final = NamedList(LazyBlock("packaging:PROVIDER"), "name", what="the provider")
ACTIONS: Final = MapOf(ListOf(LazyBlock("packaging:ACTION")), expects="a map of provider names to actions")


class Backoff(ByShape):
    """A duration, which is the first wait, or a map; decodes to a RetryBackoff."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        from orkestra.katalog.parts.calls import RetryBackoff

        found = super().decode(node, decoder, where)
        return RetryBackoff(initial_seconds=found) if isinstance(found, float) else found


RETRY_BACKOFF: Final = Backoff("a duration or a map", scalar=Duration(), mapping=LazyBlock("calls:RETRY_BLOCK"))


class Setup(ByShape):
    """A list of files, or a map; decodes to the map's settings."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        found = super().decode(node, decoder, where)
        return {"apply": found, "helm": (), "wait": ()} if isinstance(found, tuple) else found


SETUP: Final = Setup("a list of files, or a map", sequence=NameList(), mapping=LazyBlock("packaging:SETUP_BLOCK"))

ENRICHMENTS: Final = (
    "pods", "events", "warnings", "owner", "replicasets", "pvcs", "pvc", "pv", "storageclass", "backingpods",
    "endpoints", "node", "hpa", "cronjob", "ingress",
)  # fmt: skip
"""What can be put beside an object for templates."""


class EnrichList(FieldType):
    """A list of targets, each a name or ``{name: {when, or}}``; decodes to a tuple of Enrichment."""

    expects = "a list of targets"
    _conditions = Block("an enrichment", condition_fields("it is looked up"))
    _target = Choice(*ENRICHMENTS)

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if not isinstance(node, ListNode):
            return decoder.wrong_type(node, where, self.expects)
        found: list[Enrichment] = []
        seen: dict[str, Node] = {}
        for n, item in enumerate(node.items):
            one = self._one(item, decoder, f"{where}[{n}]")
            if one is None:
                continue
            first = seen.setdefault(one.target, item)
            if first is not item:
                place = decoder.related(first.span, "the first one is here")
                decoder.report(1203, f"enrich: {one.target} is named twice", item.span, "", (place,))
            found.append(one)
        return tuple(found)

    def _one(self, item: Node, decoder: Decoder, where: str) -> Enrichment | None:
        from orkestra.katalog.parts.gates import Enrichment

        if isinstance(item, MapNode) and len(item.entries) == 1:
            ((key, value),) = item.entries.values()
            target = self._target.decode(key, decoder, where)
            if isinstance(value, ScalarNode) and value.is_null:
                return None if target is MISSING else Enrichment(target, None, decoder.position(key))
            decoded = self._conditions.decode(value, decoder, where)
            if target is MISSING or not isinstance(decoded, Decoded):
                return None
            return Enrichment(target, conditions_of(decoded), decoder.position(key))
        if not isinstance(item, ScalarNode):
            decoder.wrong_type(item, where, "a name, or a map of one name to its conditions")
            return None
        target = self._target.decode(item, decoder, where)
        return None if target is MISSING else Enrichment(target, None, decoder.position(item))
