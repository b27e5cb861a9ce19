"""Field types of single values. ``templated`` ones decode to a Value, the others to plain Python values."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import Any

from orkestra.katalog.diagnostics.finding import Advice
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType, last_step
from orkestra.katalog.source.nodes import Node, ScalarNode
from orkestra.katalog.source.scalars import resolve
from orkestra.katalog.suggest import advice_for
from orkestra.katalog.values import Constant, Wanted
from orkestra.template.times.durations import DurationError, format_duration, parse_duration


class ScalarType(FieldType):
    """Common walk of all scalars: shape, template or not, then the type's own reading."""

    wanted: Wanted = "text"

    def __init__(self, *, templated: bool = False) -> None:
        self.templated = templated

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if not isinstance(node, ScalarNode):
            return decoder.wrong_type(node, where, self.expects)
        if "{{" in node.text:
            if self.templated:
                return decoder.template(node, self.wanted, where)
            if not isinstance(self, Text):
                hint = "templates are not evaluated in this field"
                return decoder.wrong_type(node, where, self.expects, hint)
        value = self.read(node, decoder, where)
        return Constant(value) if self.templated and value is not MISSING else value

    @abstractmethod
    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        """The value of a scalar that is no template, or MISSING after reporting."""


class Text(ScalarType):
    """Text as written: ``no``, ``1.10`` and ``22:30`` stay what they are. ``check`` returns (code, message) or None.

    ``is_native``: a template's result keeps its own type.
    """

    expects = "text"

    def __init__(
        self,
        *,
        templated: bool = False,
        is_native: bool = False,
        check: Callable[[str], tuple[int, str] | None] | None = None,
    ) -> None:
        super().__init__(templated=templated)
        self.check = check
        if is_native:
            self.wanted = "any"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if self.check is None and isinstance(node, ScalarNode):  # by far the most
            if not self.templated:
                return node.text
            return decoder.template(node, self.wanted, where) if "{{" in node.text else Constant(node.text)
        return super().decode(node, decoder, where)

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        problem = self.check(node.text) if self.check else None
        if problem:
            number, message = problem
            decoder.report(number, f"{last_step(where)}: {message}", node.span)
            return MISSING
        return node.text


class Choice(ScalarType):
    """One of a few words; ``any_case`` takes them however capitalised and gives the listed form."""

    def __init__(self, *words: str, templated: bool = False, any_case: bool = False) -> None:
        super().__init__(templated=templated)
        self.words = words
        self.any_case = any_case
        self.expects = f"one of {', '.join(words)}"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        if node.text in self.words:
            return node.text
        if self.any_case:
            for word in self.words:
                if word.lower() == node.text.lower():
                    return word
        message = f'{last_step(where)}: "{node.text[:60]}" is not one of {", ".join(self.words)}'
        decoder.report(1105, message, node.span, lambda: self._hint(node.text))
        return MISSING

    def _hint(self, text: str) -> str | Advice:
        return advice_for(text, self.words) or ""


class Flag(ScalarType):
    """true or false, in any of YAML's words; templated ones also as quoted text."""

    expects = "true or false"
    wanted: Wanted = "bool"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        if isinstance(node.value, bool):
            return node.value
        if node.text in ("true", "false"):
            if self.templated:
                return node.text == "true"
            return decoder.wrong_type(node, where, self.expects, Advice("remove the quotes", node.text))
        return decoder.wrong_type(node, where, self.expects)


class Int(ScalarType):
    """A whole number, quoted or not, within bounds."""

    wanted: Wanted = "int"

    def __init__(self, low: int | None = None, high: int | None = None, *, templated: bool = False) -> None:
        super().__init__(templated=templated)
        self.low = low
        self.high = high
        self.expects = "a whole number" + _bounds(low, high)

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        value = resolve(node.text.strip())
        if isinstance(value, bool) or not isinstance(value, int):
            return decoder.wrong_type(node, where, self.expects)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            decoder.report(1104, f"{last_step(where)}: expected {self.expects}, found {value}", node.span)
            return MISSING
        return value


class Number(ScalarType):
    """A number, whole or not, of at least ``low``."""

    wanted: Wanted = "number"

    def __init__(self, low: float, *, templated: bool = False) -> None:
        super().__init__(templated=templated)
        self.low = low
        self.expects = f"a number of at least {low:g}"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return decoder.wrong_type(node, where, self.expects)
        if value < self.low:
            decoder.report(1104, f"{last_step(where)}: expected {self.expects}, found {node.text}", node.span)
            return MISSING
        return float(value)


class IntOrText(ScalarType):
    """A number, or text such as a port's name or a percentage."""

    expects = "a whole number or text"
    wanted: Wanted = "any"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        value = resolve(node.text)
        return value if isinstance(value, int) and not isinstance(value, bool) else node.text


class Duration(ScalarType):
    """A duration. Plain ones decode to seconds; templated ones keep the text, which must parse if it is no template."""

    expects = "a duration such as 30s or 1h30m"

    def __init__(self, low: float | None = None, high: float | None = None, *, templated: bool = False) -> None:
        super().__init__(templated=templated)
        self.low = low
        self.high = high

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        if self.templated and not node.text:
            return node.text
        try:
            seconds = parse_duration(node.text)
        except DurationError as error:
            seconds_text = f"{node.text}s" if node.text.isascii() and node.text.isdigit() else ""
            hint = Advice(f"write {seconds_text} for seconds", seconds_text) if seconds_text else ""
            decoder.report(1107, f"{last_step(where)}: {error}", node.span, hint)
            return MISSING
        low = 0.0 if self.low is None else self.low
        if seconds < low or (self.high is not None and seconds > self.high):
            limits = f"at least {format_duration(low)}"
            if self.high is not None:
                limits += f" and at most {format_duration(self.high)}"
            decoder.report(1104, f"{last_step(where)}: expected {limits}, found {node.text}", node.span)
            return MISSING
        return node.text if self.templated else seconds


class AnyScalar(ScalarType):
    """A value of whatever type it is written in."""

    expects = "a single value"
    wanted: Wanted = "any"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        value = node.value
        if isinstance(value, float) and not math.isfinite(value):
            decoder.report(1014, f"{last_step(where)}: {node.text} is not a number JSON can hold", node.span)
            return MISSING
        return value


def _bounds(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" of at least {low}"
    return f" of at most {high}" if high is not None else ""
