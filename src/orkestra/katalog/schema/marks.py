"""``motif``: the mark of what a Motif brought, as a merged Katalog shows it."""

from __future__ import annotations

from typing import Any, Final

from orkestra.katalog.schema.blocks import MARK, Block, Decoded, Field
from orkestra.katalog.schema.containers import Anything
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.schema.scalars import Text
from orkestra.katalog.source.nodes import MapNode, Node
from orkestra.katalog.terms import Binding


class _Later(FieldType):
    """Read by whoever knows the language it is in."""

    expects = "a map"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        return node if isinstance(node, MapNode) else decoder.wrong_type(node, where, self.expects)


_ANYTHING: Final = Anything()
_MARK: Final = Block(
    "a mark of a Motif",
    (
        Field("name", Text(), "its name in the top-level motifs", required=True),
        Field("inputs", _Later(), "the inputs, by name: what its templates read as .inputs"),
        Field("within", _Later(), "the mark of the Motif that imported it, whose inputs its own may read"),
    ),
)


class MarkType(FieldType):
    """Decodes to a Binding, one for each node however often it is used. Inputs speak the language of whoever gives
    them: the definition, or the outer Motif."""

    expects = "a map of name, inputs and within"
    block = _MARK

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        known = decoder.bindings.get(id(node))
        if known is not None:
            return known
        found = _MARK.decode(node, decoder, where)
        if not isinstance(found, Decoded) or "name" not in found:
            return MISSING
        outer = found.node.get("within")
        within = self.decode(outer, decoder, f"{where}.within") if outer is not None else None
        giver = decoder.within_motif(outer) if outer is not None else decoder.outermost()
        inputs: dict[str, Any] = {}
        given = found.node.get("inputs")
        for name, (_, value) in given.entries.items() if isinstance(given, MapNode) else ():
            decoded = _ANYTHING.decode(value, giver.for_owner(f"motif {found['name']}"), f"inputs.{name}")
            if decoded is not MISSING:
                inputs[name] = decoded
        binding = Binding(found["name"], inputs, within or None, decoder.position(node))
        decoder.bindings[id(node)] = binding
        return binding


MOTIF_ROW: Final = Field(MARK, MarkType(), "the Motif this came from, as a merged Katalog shows it", is_superset=True)
