"""Selectors in children: a flat label map or a Kubernetes LabelSelector, with templates."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.containers import ListOf, MapOf
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.schema.scalars import Choice
from orkestra.katalog.schema.shared import TEXT, TEXT_MAP, TEXTS
from orkestra.katalog.source.nodes import MapNode, Node

_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")


class ChildSelector(FieldType):
    """Decodes to a LabelSelector, as a block: a flat map becomes its ``matchLabels``; an empty one selects all."""

    expects = "a map of labels or a label selector"
    block: ClassVar[Block] = Block(
        "a label selector",
        (
            Field("matchLabels", TEXT_MAP, "labels it must have"),
            Field(
                "matchExpressions",
                ListOf(
                    Block(
                        "a requirement",
                        (
                            Field("key", TEXT, "the label", required=True),
                            Field("operator", Choice(*_OPERATORS, templated=True), "how to compare", required=True),
                            Field("values", TEXTS, "with what; none for Exists and DoesNotExist"),
                        ),
                    )
                ),
                "tests that must hold",
            ),
        ),
    )
    _flat: ClassVar[MapOf] = MapOf(TEXT, expects=expects, templated_keys=True)

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if not isinstance(node, MapNode):
            return decoder.wrong_type(node, where, self.expects)
        if set(node.entries) <= self.block.fields.keys():
            return self.block.decode(node, decoder, where)
        labels = self._flat.decode(node, decoder, where)
        return labels if labels is MISSING else {"matchLabels": labels}


SELECTOR: Final = ChildSelector()
