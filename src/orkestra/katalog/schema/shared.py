"""Field types that several tables share: templated values, labels, selectors, raw Kubernetes trees."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Final

from orkestra.k8s.selectors import (
    FieldSelector,
    LabelSelector,
    SelectorError,
    label_selector_of,
    parse_field_selector,
    parse_label_selector,
)
from orkestra.katalog.paths import PathError, parse_path
from orkestra.katalog.schema.containers import Anything, ByShape, ListOf, MapOf, OtherSpelling
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType, last_step
from orkestra.katalog.schema.scalars import Flag, Int, IntOrText, Text
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode, plain_value

TEXT: Final = Text(templated=True)
FLAG: Final = Flag(templated=True)
COUNT: Final = Int(0, templated=True)
NUMBER: Final = Int(templated=True)
PORT: Final = IntOrText(templated=True)
TEXTS: Final = ListOf(TEXT)
ANY: Final = Anything()
TREE: Final = Anything(shape="map")
TREES: Final = Anything(shape="list")
TEXT_MAP: Final = MapOf(TEXT, templated_keys=True)

_LABEL_KEY = re.compile(
    r"(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/)?"
    r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)
_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")


def _label_key(text: str) -> tuple[int, str] | None:
    return None if _LABEL_KEY.fullmatch(text) else (1110, f'"{text[:80]}" is not a label key')


def _label_value(text: str) -> tuple[int, str] | None:
    if _LABEL_VALUE.fullmatch(text):
        return None
    return 1110, f'"{text[:80]}" is not a label value: at most 63 letters, digits, "-", "_" and "."'


_LABEL_MAP: Final = MapOf(
    Text(templated=True, check=_label_value), expects="a map of labels", templated_keys=True, check_key=_label_key
)

LABELS: Final = ByShape(
    "a map of labels",
    mapping=_LABEL_MAP,
    sequence=OtherSpelling(1601, "a list of labels is an older spelling", "write a map: name: value", rewrite="labels"),
)

ANNOTATIONS: Final = ByShape(
    "a map of annotations",
    mapping=MapOf(TEXT, templated_keys=True, check_key=_label_key),
    sequence=OtherSpelling(
        1601, "a list of annotations is an older spelling", "write a map: name: value", rewrite="labels"
    ),
)


class LabelSelectorType(FieldType):
    """A flat label map, a Kubernetes LabelSelector or selector text; decodes to a LabelSelector. No templates."""

    expects = "a map of labels or a label selector"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        try:
            if isinstance(node, ScalarNode):
                return parse_label_selector(node.text)
            if isinstance(node, MapNode):
                return self._of_map(node, decoder, where)
        except SelectorError as error:
            decoder.report(1111, f"{last_step(where)}: {error}", node.span)
            return MISSING
        return decoder.wrong_type(node, where, self.expects)

    def _of_map(self, node: MapNode, decoder: Decoder, where: str) -> LabelSelector | Any:
        if set(node.entries) <= {"matchLabels", "matchExpressions"}:
            spec = plain_value(node)
            labels, expressions = spec.get("matchLabels") or {}, spec.get("matchExpressions") or []
            if not isinstance(labels, dict) or not isinstance(expressions, list):
                return decoder.wrong_type(node, where, self.expects)
            if not all(isinstance(e, dict) and isinstance(e.get("values") or [], list) for e in expressions):
                return decoder.wrong_type(node, where, self.expects)
            return label_selector_of(spec)
        for _, value in node.entries.values():
            if not isinstance(value, ScalarNode):
                return decoder.wrong_type(value, where, "the text of a label")
        pairs = [(key, value.text) for key, (_, value) in node.entries.items() if isinstance(value, ScalarNode)]
        return parse_label_selector(",".join(f"{key}={value}" for key, value in pairs))


class FieldSelectorType(FieldType):
    """``metadata.name=a,status.phase!=Running`` or a map of paths to values; decodes to a FieldSelector."""

    expects = "field selector text or a map of paths to values"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        try:
            if isinstance(node, ScalarNode):
                return parse_field_selector(node.text)
        except SelectorError as error:
            decoder.report(1111, f"{last_step(where)}: {error}", node.span)
            return MISSING
        if isinstance(node, MapNode) and all(isinstance(v, ScalarNode) for _, v in node.entries.values()):
            pairs = [(key, v.text) for key, (_, v) in node.entries.items() if isinstance(v, ScalarNode)]
            return FieldSelector(tuple((key, value, True) for key, value in pairs))
        return decoder.wrong_type(node, where, self.expects)


class PathType(FieldType):
    """A dotted field path; decodes to its steps. ``root`` is dropped from the front where it is written."""

    expects = "a field path such as spec.replicas"

    def __init__(self, root: str = "") -> None:
        self.root = root

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if not isinstance(node, ScalarNode):
            return decoder.wrong_type(node, where, self.expects)
        try:
            path = parse_path(node.text)
        except PathError as error:
            decoder.report(1115, f"{last_step(where)}: {error}", node.span)
            return MISSING
        return path[1:] if self.root and len(path) > 1 and path[0] == self.root else path


class NameList(FieldType):
    """A list of names, or one name; decodes to a tuple of texts."""

    expects = "a list of names"
    item: ClassVar[Text] = Text()

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        items = node.items if isinstance(node, ListNode) else [node]
        read = [self.item.decode(item, decoder, where) for item in items]
        return tuple(item for item in read if item is not MISSING)
