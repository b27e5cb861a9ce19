"""The tests a condition can make: long and short names, and what each compares with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

VALUE_TYPES: Final = ("string", "int", "float", "bool")
TYPE_NAMES: Final = ("map", "list", "string", "number", "bool", "null")


@dataclass(frozen=True, slots=True)
class Operator:
    """``argument``: text, number, range, list, regex, flag (true or false) or type (one of ``TYPE_NAMES``)."""

    name: str
    argument: str
    aliases: tuple[str, ...] = ()
    inverse_of: str = ""
    type_name: str = ""
    doc: str = ""


_ROWS: Final = (
    Operator("equals", "text", ("eq",), doc="the same text"),
    Operator("notEquals", "text", ("ne",), "equals", doc="another text"),
    Operator("contains", "text", doc="the value has this text in it"),
    Operator("notContains", "text", (), "contains", doc="the value does not have this text in it"),
    Operator("prefix", "text", doc="the value begins so"),
    Operator("notPrefix", "text", (), "prefix", doc="the value does not begin so"),
    Operator("suffix", "text", doc="the value ends so"),
    Operator("notSuffix", "text", (), "suffix", doc="the value does not end so"),
    Operator("regex", "regex", doc="an RE2 expression matches anywhere in the value"),
    Operator("exists", "flag", doc="the field is there and not empty text"),
    Operator("notExists", "flag", (), "exists", doc="the field is absent, null or empty text"),
    Operator("greaterThan", "number", ("gt",), doc="strictly greater"),
    Operator("lessThan", "number", ("lt",), doc="strictly less"),
    Operator("greaterThanOrEqual", "number", ("gte", "min"), doc="at least"),
    Operator("lessThanOrEqual", "number", ("lte", "max"), doc="at most"),
    Operator("between", "range", doc="lo,hi with both ends inside"),
    Operator("notBetween", "range", (), "between", doc="outside lo,hi"),
    Operator("in", "list", doc="one of a comma list; an empty item matches empty text"),
    Operator("notIn", "list", (), "in", doc="none of a comma list"),
    Operator("unique", "flag", doc="no other object of the kind has the same value"),
    Operator("typeOf", "type", doc="the value has this type"),
    Operator("typeMap", "flag", (), "", "map", doc="the value is a map"),
    Operator("typeList", "flag", (), "", "list", doc="the value is a list"),
    Operator("typeString", "flag", (), "", "string", doc="the value is text"),
    Operator("typeNumber", "flag", (), "", "number", doc="the value is a number"),
    Operator("typeBool", "flag", (), "", "bool", doc="the value is true or false"),
    Operator("typeNull", "flag", (), "", "null", doc="the value is null or absent"),
)

OPERATORS: Final[dict[str, Operator]] = {row.name: row for row in _ROWS}
"""Operator by long name."""

BY_ANY_NAME: Final[dict[str, Operator]] = {name: row for row in _ROWS for name in (row.name, *row.aliases)}
"""Operator by long or short name; all of these are keys of a condition and values of ``operator:``."""
