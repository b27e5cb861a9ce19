"""The quick answer: is this value valid? Compiled to closures, no paths, no texts.

``True`` means that ``verdicts`` and ``listtypes`` would find nothing; ``False`` means they must look. The two say the
same (a property test holds them together); only the speed differs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from orkestra.k8s.formats import accepts
from orkestra.k8s.schema import numbers
from orkestra.k8s.schema.node import Node

Test = Callable[[Any], bool]
_INT64 = range(-(2**63), 2**63)


def compile_acceptance(node: Node) -> Test | None:
    """The test of ``node``; None accepts every value."""
    tests = [*_value_tests(node), *_junctor_tests(node)]
    if not tests:
        return None
    test = _all(tests)
    if node.nullable and not node.enum:
        return lambda value: value is None or test(value)
    return test


def _all(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda value: first(value) and second(value)
    every = tuple(tests)

    def test_all(value: Any) -> bool:
        for test in every:  # noqa: SIM110 - a generator would cost more than the tests it drives
            if not test(value):
                return False
        return True

    return test_all


def _is_string(value: Any) -> bool:
    return type(value) is str


def _is_boolean(value: Any) -> bool:
    return type(value) is bool


def _is_integer(value: Any) -> bool:
    return type(value) is int and value in _INT64


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _is_int_or_string(value: Any) -> bool:
    return type(value) is str or (type(value) is int and value in _INT64)


def _type_test(node: Node) -> Test | None:
    if node.int_or_string:
        return _is_int_or_string
    match node.type:
        case "":
            return (lambda value: value is not None) if node.enum or node.format else None
        case "string":
            return _is_string
        case "boolean":
            return _is_boolean
        case "integer":
            return _is_integer
        case "number":
            return _is_number
        case "object":
            return _object_test(node)
        case "array":
            return _array_test(node)
    return lambda value: False


def _value_tests(node: Node) -> list[Test]:
    """The tests of type and values; one closure where the type allows, because calls are what costs here."""
    texts = frozenset(value for value in node.enum if type(value) is str)
    if node.type == "string" and node.enum and len(texts) == len(node.enum) and not _has_string_limits(node):
        return [lambda value: type(value) is str and value in texts]
    if node.type == "string" and not node.enum:
        return [_string_test(node)]
    if node.type == "integer" and not node.enum:
        return [_integer_test(node)]
    out = [test for test in (_type_test(node),) if test is not None]
    if node.type in ("", "string") and _has_string_limits(node):
        out.append(_when(str, _string_test(node)))
    if node.type in ("", "number", "integer"):
        bounds = (node.maximum, node.minimum, node.multiple_of)
        if any(bound is not None for bound in bounds) or node.format in ("int32", "float"):
            out.append(lambda value: type(value) not in (int, float) or not numbers.check_number(node, value, ""))
    if not node.types:
        if node.properties or node.required or node.additional is not None or _has_property_limits(node):
            out.append(_when(dict, _object_test(node)))
        if node.items or node.min_items or node.max_items is not None or node.unique_items or node.list_type:
            out.append(_when(list, _array_test(node)))
    if node.enum:  # null is held against the enum as any other value
        out.append(lambda value: numbers.is_in_enum(value, node.enum))
    return out


def _has_string_limits(node: Node) -> bool:
    return bool(node.max_length is not None or node.min_length or node.pattern or node.format)


def _has_property_limits(node: Node) -> bool:
    return bool(node.min_properties or node.max_properties is not None)


def _when(kind: type, test: Test) -> Test:
    return lambda value: type(value) is not kind or test(value)


def _string_test(node: Node) -> Test:
    if not _has_string_limits(node):
        return _is_string
    least = node.min_length or 0
    most = node.max_length if node.max_length is not None else sys.maxsize
    is_match = node.regex.is_match if node.regex is not None else None
    if node.pattern and is_match is None:
        return lambda value: False
    is_formatted = accepts(node.format) if node.format else None
    if is_match is None and is_formatted is None:
        return lambda value: type(value) is str and least <= len(value) <= most

    def test_string(value: Any) -> bool:
        if type(value) is not str or not least <= len(value) <= most:
            return False
        if is_match is not None and not is_match(value):
            return False
        return is_formatted is None or is_formatted(value)

    return test_string


def _integer_test(node: Node) -> Test:
    """Whole bounds become one interval; fractional ones and multiples are left to the worded check."""
    low, high = (-(2**31), 2**31 - 1) if node.format == "int32" else (-(2**63), 2**63 - 1)
    for bound, is_exclusive, is_maximum in (
        (node.maximum, node.exclusive_maximum, True),
        (node.minimum, node.exclusive_minimum, False),
    ):
        if bound is None:
            continue
        if bound != bound // 1 or not low <= bound <= high:
            return lambda value: _is_integer(value) and not numbers.check_number(node, value, "")
        if is_maximum:
            high = min(high, int(bound) - is_exclusive)
        else:
            low = max(low, int(bound) + is_exclusive)
    if node.multiple_of is not None:
        return lambda value: type(value) is int and low <= value <= high and not numbers.check_number(node, value, "")
    return lambda value: type(value) is int and low <= value <= high


def _junctor_tests(node: Node) -> list[Test]:
    out: list[Test] = []
    if node.any_of:
        some = tuple(map(compile_acceptance, node.any_of))
        if None not in some:
            out.append(lambda value: any(test(value) for test in some if test is not None))
    if node.one_of:
        one = tuple(test or _is_anything for test in map(compile_acceptance, node.one_of))
        out.append(lambda value: sum(test(value) for test in one) == 1)
    out += [test for test in map(compile_acceptance, node.all_of) if test is not None]
    if node.not_ is not None:
        unwanted = compile_acceptance(node.not_) or _is_anything
        out.append(lambda value: not unwanted(value))
    return out


def _is_anything(value: Any) -> bool:
    return True


def _object_test(node: Node) -> Test:
    required = node.required
    tests = {name: test for name, prop in node.properties.items() if (test := _leaf(prop)) is not None}
    others = _leaf(node.additional) if isinstance(node.additional, Node) else None
    if others is not None:
        known: dict[str, Any] = dict.fromkeys(node.properties)
        tests = known | tests
    least, most = node.min_properties or 0, node.max_properties
    is_closed = node.additional is False
    properties = node.properties
    lookup = tests.get

    def test_object(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for name in required:
            if name not in value:
                return False
        if (most is not None and len(value) > most) or len(value) < least:
            return False
        if is_closed and not value.keys() <= properties.keys():
            return False
        for name, item in value.items():
            test = lookup(name, others)
            if test is None or type(item) is test:
                continue
            if type(test) is type or not test(item):
                return False
        return True

    return test_object


def _leaf(node: Node) -> Any:
    """The test of a field: a plain type where that says it all (saves the call), else a closure, else None."""
    test = compile_acceptance(node)
    return {_is_string: str, _is_boolean: bool}.get(test, test)  # type: ignore[arg-type] # None is a fine key here


def _array_test(node: Node) -> Test:
    item_test = compile_acceptance(node.items) if node.items is not None else None
    least, most = node.min_items or 0, node.max_items
    is_distinct = _distinct_test(node)

    def test_array(value: Any) -> bool:
        if type(value) is not list or len(value) < least:
            return False
        if most is not None and len(value) > most:
            return False
        if item_test is not None:
            for item in value:
                if not item_test(item):
                    return False
        return is_distinct is None or len(value) < 2 or is_distinct(value)

    return test_array


def _distinct_test(node: Node) -> Test | None:
    """Errs on the side of False: Python's 1 == True is a duplicate here and none on the second look."""
    if node.list_type == "map":
        keys = node.list_map_keys

        def has_distinct_keys(value: list[Any]) -> bool:
            try:
                if len(keys) == 1:
                    return len({item.get(keys[0]) for item in value}) == len(value)
                return len({tuple([item.get(key) for key in keys]) for item in value}) == len(value)
            except (TypeError, AttributeError):
                return False

        return has_distinct_keys
    if node.list_type == "set" or node.unique_items:

        def has_distinct_items(value: list[Any]) -> bool:
            try:
                return len(set(value)) == len(value)
            except TypeError:
                return False

        return has_distinct_items
    return None
