"""Compiled values: constants, templates, and lists and maps of them.

A value renders against a scope (root name -> data) and never changes it. A template that fails raises RenderError,
which names the entry, the field, the expression and the place in the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from orkestra.katalog.paths import Path
from orkestra.katalog.source.origin import Origin
from orkestra.template import Declared, Environment, Read, Template, TemplateError
from orkestra.template.run import Run

Scope: TypeAlias = Mapping[str, Any]
Wanted = Literal["text", "int", "number", "bool", "any"]
"""What a field holds: decides how a rendered result is taken over."""


_NUMBER = re.compile(r"[-+]?[0-9]{1,300}(\.[0-9]{0,300})?([eE][-+]?[0-9]{1,3})?", re.ASCII)


class RenderError(Exception):
    """A template that failed for one object. ``line`` and ``column`` are those of the file."""

    def __init__(self, entry_id: str, field: str, expression: str, place: tuple[str, int, int], message: str) -> None:
        self.entry_id = entry_id
        self.field = field
        self.expression = expression
        self.file, self.line, self.column = place
        self.message = message
        super().__init__(f"{self.file}:{self.line}:{self.column}: {entry_id}: {field}: {message}")


class Value:
    """Something to render. ``paths`` are the field paths it may read from the scope. Not an ABC: every value is asked
    what it is many times over, which would cost ten times as much."""

    __slots__ = ()
    paths: frozenset[Path]

    @property
    def is_constant(self) -> bool:
        return False

    def render(self, scope: Scope, env: Environment) -> Any:
        """The value for ``scope``; must not be changed by the caller. Raises RenderError."""
        raise NotImplementedError


class Constant(Value):
    """What the file says, as it is."""

    __slots__ = ("value",)
    paths: frozenset[Path] = frozenset()

    def __init__(self, value: Any) -> None:
        self.value = value

    @property
    def is_constant(self) -> bool:
        return True

    def render(self, scope: Scope, env: Environment) -> Any:
        return self.value

    def __str__(self) -> str:
        return str(self.value)


class TemplateValue(Value):
    """A string with ``{{``. ``entry_id`` and ``field`` say whose it is."""

    __slots__ = ("_take", "entry_id", "field", "origin", "paths", "template", "wanted")

    def __init__(self, template: Template, wanted: Wanted, origin: Origin, entry_id: str, field: str) -> None:
        self.template = template
        self._take = _TAKERS[wanted]
        self.wanted = wanted
        self.origin = origin
        self.entry_id = entry_id
        self.field = field
        self.paths: frozenset[Path] = template.paths

    @property
    def text(self) -> str:
        return self.origin.text

    @property
    def functions_used(self) -> frozenset[str]:
        return self.template.functions_used

    @property
    def is_plain(self) -> bool:
        """Whether it only prints fields, so that there is no call or condition to judge."""
        return self.template.is_plain

    @property
    def reads(self) -> tuple[Read, ...]:
        """The paths it may read, each with its place in the template's text."""
        return self.template.reads

    @property
    def declared(self) -> tuple[Declared, ...]:
        """The functions it calls that are templates themselves."""
        return self.template.declared

    def value_within(self, scope: Scope, run: Run) -> Any:
        """Its value as part of another render. Raises TemplateError with the place in the template, FunctionError."""
        return self.template.value_within(scope, run)

    def render(self, scope: Scope, env: Environment) -> Any:
        try:
            if self._take is None:
                return self.template.render(scope, env)
            return self._take(self.template.value(scope, env))
        except TemplateError as error:
            line, column = self.origin.locate(error.line, error.column)
            message = error.message
            expression = error.expression or self.text
        except _WrongResult as wrong:
            line, column = self.origin.locate()
            message = str(wrong)
            expression = self.text
        place = (self.origin.file, line, column)
        raise RenderError(self.entry_id, self.field, expression, place, message)

    def __str__(self) -> str:
        return self.text


class ListValue(Value):
    __slots__ = ("items", "paths")

    def __init__(self, items: tuple[Value, ...]) -> None:
        self.items = items
        self.paths: frozenset[Path] = frozenset().union(*(item.paths for item in items))

    def render(self, scope: Scope, env: Environment) -> Any:
        return [item.render(scope, env) for item in self.items]


class MapValue(Value):
    """A map; keys may be templates too. Two keys that render alike: the later wins."""

    __slots__ = ("entries", "paths")

    def __init__(self, entries: tuple[tuple[Value, Value], ...]) -> None:
        self.entries = entries
        paths: set[Path] = set()
        for key, value in entries:
            if type(key) is not Constant:
                paths |= key.paths
            if type(value) is not Constant:
                paths |= value.paths
        self.paths: frozenset[Path] = frozenset(paths)

    def render(self, scope: Scope, env: Environment) -> Any:
        return {key.render(scope, env): value.render(scope, env) for key, value in self.entries}


class PresetValue(Value):
    """A block whose profile is a template: the fields of the preset of that name, under ``rest``. A name that is none
    of ``options`` (lower case -> fields) stays, for whoever knows the built-in ones."""

    __slots__ = ("name", "options", "paths", "rest")

    def __init__(self, name: Value, options: Mapping[str, Value], rest: Value) -> None:
        self.name = name
        self.options = options
        self.rest = rest
        self.paths: frozenset[Path] = name.paths.union(rest.paths, *(value.paths for value in options.values()))

    def render(self, scope: Scope, env: Environment) -> Any:
        name = self.name.render(scope, env)
        chosen = self.options.get(str(name or "").strip().lower())
        rest = self.rest.render(scope, env)
        return {"profile": name, **rest} if chosen is None else {**chosen.render(scope, env), **rest}


class ChosenValue(Value):
    """One field of an entry whose profile is a template: what the preset of that name says, else ``other``."""

    __slots__ = ("name", "options", "other", "paths")

    def __init__(self, name: Value, options: Mapping[str, Value], other: Value) -> None:
        self.name = name
        self.options = options
        self.other = other
        self.paths: frozenset[Path] = name.paths.union(other.paths, *(value.paths for value in options.values()))

    def render(self, scope: Scope, env: Environment) -> Any:
        name = str(self.name.render(scope, env) or "").strip().lower()
        return self.options.get(name, self.other).render(scope, env)


def list_value(items: list[Value]) -> Value:
    """A list; a constant when all its items are."""
    constant: list[Any] = []
    for item in items:
        if not isinstance(item, Constant):
            return ListValue(tuple(items))
        constant.append(item.value)
    return Constant(constant)


def map_value(entries: list[tuple[Value, Value]]) -> Value:
    """A map; a constant when all its keys and values are."""
    constant: dict[Any, Any] = {}
    for key, value in entries:
        if not isinstance(key, Constant) or not isinstance(value, Constant):
            return MapValue(tuple(entries))
        constant[key.value] = value.value
    return Constant(constant)


def named_value(values: Mapping[str, Value]) -> Value:
    """The same of a map whose keys are no templates."""
    constant: dict[str, Any] = {}
    for name, value in values.items():
        if not isinstance(value, Constant):
            return MapValue(tuple((Constant(name), value) for name, value in values.items()))
        constant[name] = value.value
    return Constant(constant)


class _WrongResult(Exception):
    """The template ran, but its result does not fit the field."""


def _take_int(value: Any) -> int | None:
    number = _take_number(value)
    if number is None or isinstance(number, int):
        return number
    if number.is_integer():
        return int(number)
    raise _WrongResult(f"expected a whole number, got {value!r}")


def _take_number(value: Any) -> int | float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and (found := _NUMBER.fullmatch(value.strip())):
        return float(value) if found[1] or found[2] else int(value)
    raise _WrongResult(f"expected a number, got {_brief(value)}")


def _take_bool(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in ("true", "false"):
        return word == "true"
    if isinstance(value, str) and not word:
        return None
    raise _WrongResult(f"expected true or false, got {_brief(value)}")


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


_TAKERS: dict[Wanted, Callable[[Any], Any] | None] = {
    "text": None,
    "int": _take_int,
    "number": _take_number,
    "bool": _take_bool,
    "any": lambda value: value,
}
