"""Field types made of others: lists, maps, free-form trees, and fields that take several shapes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType, last_step
from orkestra.katalog.schema.scalars import AnyScalar
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.values import Constant, Value, list_value, map_value, named_value


class ListOf(FieldType):
    """A list of one type. What cannot be read is left out, reported."""

    def __init__(self, item: FieldType, *, expects: str = "", hint: str = "") -> None:
        self.item = item
        self.expects = expects or "a list"
        self.hint = hint

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if not isinstance(node, ListNode):
            return decoder.wrong_type(node, where, self.expects, self.hint)
        decoded = [self.item.decode(item, decoder, f"{where}[{n}]") for n, item in enumerate(node.items)]
        return [item for item in decoded if item is not MISSING]


class MapOf(FieldType):
    """A map of one type; ``templated_keys`` lets keys be templates. ``check_key`` returns (code, message) or None."""

    def __init__(
        self,
        value: FieldType,
        *,
        expects: str = "",
        templated_keys: bool = False,
        check_key: Callable[[str], tuple[int, str] | None] | None = None,
    ) -> None:
        self.value = value
        self.expects = expects or "a map"
        self.templated_keys = templated_keys
        self.check_key = check_key

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if not isinstance(node, MapNode):
            return decoder.wrong_type(node, where, self.expects)
        templates: dict[str, Value] = {}
        plain: dict[str, Any] = {}
        for text, (key, value) in node.entries.items():
            is_template = self.templated_keys and "{{" in text
            problem = self.check_key(text) if self.check_key and not is_template else None
            if problem:
                decoder.report(problem[0], f"{last_step(where)}: {problem[1]}", key.span)
            name = decoder.template(key, "text", f"{where}.{text}") if is_template else None
            decoded = self.value.decode(value, decoder, f"{where}.{text}")
            if decoded is MISSING or name is MISSING:
                continue
            plain[text] = decoded
            if isinstance(name, Value):
                templates[text] = name
        if templates:
            return map_value([(templates.get(text) or Constant(text), value) for text, value in plain.items()])
        return named_value(plain) if self.templated_keys else plain


class Anything(FieldType):
    """Any tree, templates in it evaluated; plain scalars mean what kubectl takes them for. Decodes to a Value."""

    expects = "any value"
    _scalar = AnyScalar(templated=True)

    def __init__(self, *, shape: str = "") -> None:
        self.shape = shape
        if shape:
            self.expects = f"a {shape}"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        is_right = {"map": MapNode, "list": ListNode}.get(self.shape, object)
        if not isinstance(node, is_right):
            return decoder.wrong_type(node, where, self.expects)
        return self._tree(node, decoder, where)

    def _tree(self, node: Node, decoder: Decoder, where: str) -> Any:
        if isinstance(node, ScalarNode):
            return self._scalar.decode(node, decoder, where)
        if isinstance(node, ListNode):
            items = [self._tree(item, decoder, f"{where}[{n}]") for n, item in enumerate(node.items)]
            return list_value([item for item in items if item is not MISSING])
        entries: list[tuple[Value, Value]] = []
        for text, (key, child) in node.entries.items():
            name = decoder.template(key, "text", f"{where}.{text}") if "{{" in text else Constant(text)
            value = self._tree(child, decoder, f"{where}.{text}")
            if value is not MISSING and isinstance(name, Value):
                entries.append((name, value))
        return MISSING if node.is_broken else map_value(entries)


class ByShape(FieldType):
    """A field that takes more than one shape, each with its own type."""

    def __init__(
        self,
        expects: str,
        *,
        scalar: FieldType | None = None,
        sequence: FieldType | None = None,
        mapping: FieldType | None = None,
    ) -> None:
        self.expects = expects
        self.shapes: dict[type, FieldType | None] = {ScalarNode: scalar, ListNode: sequence, MapNode: mapping}

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        chosen = self.shapes[type(node)]
        return chosen.decode(node, decoder, where) if chosen else decoder.wrong_type(node, where, self.expects)


class Shorthand(FieldType):
    """A single value that stands for a map with one key; decodes to that map."""

    def __init__(self, key: str, value: FieldType) -> None:
        self.key = key
        self.value = value
        self.expects = value.expects

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoded = self.value.decode(node, decoder, f"{where}.{self.key}")
        return decoded if decoded is MISSING else {self.key: decoded}


class OtherSpelling(FieldType):
    """A shape of another generation of the language: recognised, refused, today's form named.

    ``rewrite`` names the conversion that makes today's form of it; empty: there is none.
    """

    def __init__(self, number: int, message: str, hint: str, *, rewrite: str = "") -> None:
        self.number = number
        self.message = message
        self.hint = hint
        self.rewrite = rewrite
        self.expects = hint

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        decoder.report(self.number, f"{last_step(where)}: {self.message}", node.span, self.hint)
        return MISSING


class Raw(FieldType):
    """The node itself, for fields whose meaning hangs on another field."""

    expects = "a value"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        return node
