"""The functions every Go template has. ``and``, ``or`` are compiled, not called, because they stop early.

Two sets: Go's own behaviour, and the contract's, in which a missing value prints as nothing, has length 0 and yields
a missing value when indexed or sliced.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError
from orkestra.template.functions import comparison, escaping
from orkestra.template.functions.function import Domain, Function
from orkestra.template.gofmt import sprint, sprintf, sprintln
from orkestra.template.values import Byte, Int, byte_length, from_bytes, go_bytes, go_int, type_name

DOMAIN: Final = "go"
MissingMode = Literal["empty", "go"]


@cache
def go_functions(missing: MissingMode) -> Mapping[str, Function]:
    """Go's built-in functions by name, as they treat missing values in one mode."""
    domain = Domain(DOMAIN, [])
    _register_logic(domain)
    _register_printing(domain, "<nil>" if missing == "go" else "", "<no value>" if missing == "go" else "")
    _register_access(domain, is_lenient=missing == "empty")
    return {row.name: row for row in domain.functions}


def index(item: Any, keys: tuple[Any, ...], is_lenient: bool) -> Any:
    """``index x 1 "a"``: one step per key. Raises FunctionError; lenient: None from None."""
    if item is None and not (is_lenient and keys):
        raise FunctionError("index of untyped nil")
    for key in keys:
        if item is None:
            if is_lenient:
                return None
            raise FunctionError("index of nil pointer")
        if isinstance(item, Mapping):
            if not isinstance(key, str):
                if key is None:
                    raise FunctionError("value is nil; should be of type string")
                raise FunctionError(f"value has type {type_name(key)}; should be string")
            item = item.get(key)
        elif isinstance(item, (list, tuple)):
            item = item[_position(key, len(item) - 1)]
        elif isinstance(item, str):
            data = go_bytes(item)
            item = Byte(data[_position(key, len(data) - 1)])
        else:
            raise FunctionError(f"can't index item of type {type_name(item)}")
    return item


def cut(item: Any, positions: tuple[Any, ...], is_lenient: bool) -> Any:
    """``slice x 1 2``: Go's x[1:2], in bytes for a string. Raises FunctionError; lenient: None from None."""
    if item is None:
        if is_lenient:
            return None
        raise FunctionError("slice of untyped nil")
    if len(positions) > 3:
        raise FunctionError(f"too many slice indexes: {len(positions)}")
    if isinstance(item, str):
        if len(positions) == 3:
            raise FunctionError("cannot 3-index slice a string")
        data = go_bytes(item)
        start, end = _bounds(positions, len(data))
        return from_bytes(data[start:end])
    if isinstance(item, (list, tuple)):
        start, end = _bounds(positions, len(item))
        return list(item[start:end])
    raise FunctionError(f"can't slice item of type {type_name(item)}")


def length(item: Any, is_lenient: bool = True) -> Int:
    """``len``: bytes of a string, items of a list or map. Raises FunctionError; lenient: 0 for None."""
    if isinstance(item, str):
        return go_int(byte_length(item))
    if isinstance(item, (list, tuple, Mapping)):
        return go_int(len(item))
    if item is None:
        if is_lenient:
            return go_int(0)
        raise FunctionError("len of nil pointer")
    raise FunctionError(f"len of type {type_name(item)}")


def _position(key: Any, last: int) -> int:
    if isinstance(key, bool) or not isinstance(key, int):
        raise FunctionError(
            "cannot index slice/array with nil"
            if key is None
            else f"cannot index slice/array with type {type_name(key)}"
        )
    if not 0 <= key <= last:
        raise FunctionError(f"index out of range: {key if abs(key) < 2**63 else 'too large'}")
    return key


def _bounds(positions: tuple[Any, ...], size: int) -> tuple[int, int]:
    found = [_position(position, size) for position in positions]
    start, end = (*found, *(0, size)[len(found) :])[:2]
    if start > end:
        raise FunctionError(f"invalid slice index: {start} > {end}")
    if len(found) == 3 and end > found[2]:
        raise FunctionError(f"invalid slice index: {end} > {found[2]}")
    return start, end


def _compiled(*_values: Any) -> Any:
    raise FunctionError("is compiled, not called")


def _refused_call(_function: Any, *_arguments: Any) -> Any:
    raise FunctionError("is not supported: data hold no functions to call")


def _register_logic(domain: Domain) -> None:
    add = domain.function

    def and_(first: Any, *others: Any) -> Any:
        return _compiled(first, *others)

    add("and(x, …)", "The first argument that is empty, or the last one.", "{{ and 1 0 2 }}", "0")(and_)
    add("or(x, …)", "The first argument that is not empty, or the last one.", "{{ or 0 2 3 }}", "2")(and_)
    add("not(x) bool", "Whether the argument is empty.", "{{ not 0 }}", "true")(lambda value: not value)
    add("eq(x, y, …) bool", "Whether the first argument equals any other.", "{{ eq 1 2 1 }}", "true")(equals_checked)
    add("ne(x, y) bool", "Whether the arguments differ.", "{{ ne 1 2 }}", "true")(comparison.differs)
    add("lt(x, y) bool", "x < y", "{{ lt 1 2 }}", "true")(comparison.is_less)
    add("le(x, y) bool", "x <= y", "{{ le 2 2 }}", "true")(comparison.is_at_most)
    add("gt(x, y) bool", "x > y", "{{ gt 1 2 }}", "false")(comparison.is_greater)
    add("ge(x, y) bool", "x >= y", "{{ ge 2 2 }}", "true")(comparison.is_at_least)
    add("call(f, …)", "Refused: templates see data, not functions.", "", "")(_refused_call)


def equals_checked(first: Any, *others: Any) -> bool:
    if not others:
        raise FunctionError("missing argument for comparison")
    return comparison.equals_any(first, *others)


def _register_printing(domain: Domain, nil: str, no_value: str) -> None:
    def print_(environment: Environment, *values: Any) -> str:
        return sprint(values, environment.limits.output_bytes, nil)

    def println(environment: Environment, *values: Any) -> str:
        return sprintln(values, environment.limits.output_bytes, nil)

    def printf(environment: Environment, form: Any, *values: Any) -> str:
        if not isinstance(form, str):
            got = "no value" if form is None else type_name(form)
            raise FunctionError(f"wrong type for value; expected string; got {got}")
        return sprintf(form, values, environment.limits.output_bytes, nil)

    def joined(environment: Environment, values: tuple[Any, ...]) -> str:
        if len(values) == 1 and isinstance(values[0], str):
            return values[0]
        shown = tuple(no_value if value is None else value for value in values)
        return sprint(shown, environment.limits.output_bytes)

    def html(environment: Environment, *values: Any) -> str:
        return escaping.escape_html(joined(environment, values))

    def js(environment: Environment, *values: Any) -> str:
        return escaping.escape_javascript(joined(environment, values))

    def urlquery(environment: Environment, *values: Any) -> str:
        return escaping.escape_query(joined(environment, values))

    rows = (
        ("print(x, …) string", "The arguments as text.", '{{ print "a" 1 }}', "a1", print_),
        ("println(x, …) string", "The arguments, spaced, and a line break.", '{{ println "a" 1 }}', "a 1\n", println),
        ("printf(format, x, …) string", "Go's Sprintf.", '{{ printf "%03d" 7 }}', "007", printf),
        ("html(x, …) string", "Escaped for HTML.", '{{ html "a<b" }}', "a&lt;b", html),
        ("js(x, …) string", "Escaped for JavaScript.", '{{ js "a\'b" }}', "a\\'b", js),
        ("urlquery(x, …) string", "Escaped for a URL's query.", '{{ urlquery "a b&c" }}', "a+b%26c", urlquery),
    )
    for signature, description, example, result, call in rows:
        domain.function(signature, description, example, result, needs_environment=True)(call)


def _register_access(domain: Domain, is_lenient: bool) -> None:
    def index_(item: Any, *keys: Any) -> Any:
        return index(item, keys, is_lenient)

    def slice_(item: Any, *positions: Any) -> Any:
        return cut(item, positions, is_lenient)

    def len_(item: Any) -> Int:
        return length(item, is_lenient)

    add = domain.function
    add("index(x, key, …)", "x[key]…, of maps, lists and the bytes of a string.", '{{ index "abc" 1 }}', "98")(index_)
    add("slice(x, from, to)", "x[from:to], in bytes for a string.", '{{ slice "abcd" 1 3 }}', "bc")(slice_)
    add("len(x) int", "Bytes of a string, items of a list or map.", '{{ len "abc" }}', "3")(len_)
