"""One node of a structural schema, read once from the JSON of ``openAPIV3Schema``.

Only what decides about objects is kept: descriptions, titles and examples are not. Keywords with a wrong JSON type
are a SchemaError that names the place; unknown keywords are ignored, as the typed decoder of the API server does.
Keywords: k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1/types_jsonschema.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orkestra.k8s.formats import supported_format
from orkestra.k8s.regex import Regex, RegexError, compile_regex

MAX_DEPTH = 200
"""Deeper schemas are refused: every walk over values recurses along the schema."""


class SchemaError(ValueError):
    """A schema that cannot be read: ``path`` is the dotted place inside it."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


@dataclass(slots=True, frozen=True)
class Rule:
    """One entry of ``x-kubernetes-validations``."""

    rule: str
    message: str = ""
    message_expression: str = ""
    reason: str = ""
    field_path: str = ""
    optional_old_self: bool | None = None


@dataclass(slots=True, eq=False)
class Node:
    types: tuple[str, ...] = ()
    nullable: bool = False
    format: str = ""
    default: Any = None
    """None where there is no default: a null default is none at all (defaulting/algorithm.go)."""
    enum: tuple[Any, ...] = ()
    required: tuple[str, ...] = ()
    properties: dict[str, Node] = field(default_factory=dict)
    additional: Node | bool | None = None
    items: Node | None = None
    maximum: float | None = None
    exclusive_maximum: bool = False
    minimum: float | None = None
    exclusive_minimum: bool = False
    multiple_of: float | None = None
    max_length: int | None = None
    min_length: int | None = None
    pattern: str = ""
    regex: Regex | None = None
    """None where there is no pattern or the pattern is no regular expression."""
    regex_problem: str = ""
    max_items: int | None = None
    min_items: int | None = None
    unique_items: bool = False
    max_properties: int | None = None
    min_properties: int | None = None
    all_of: tuple[Node, ...] = ()
    any_of: tuple[Node, ...] = ()
    one_of: tuple[Node, ...] = ()
    not_: Node | None = None
    int_or_string: bool = False
    preserve_unknown: bool = False
    embedded: bool = False
    list_type: str = ""
    list_map_keys: tuple[str, ...] = ()
    map_type: str = ""
    rules: tuple[Rule, ...] = ()
    has_rules: bool = False
    """This node or one below it (on the structural spine, or under allOf) has rules; the next two likewise."""
    has_embedded: bool = False
    has_list_types: bool = False

    @property
    def type(self) -> str:
        """The one declared type; empty for int-or-string and untyped nodes."""
        return self.types[0] if len(self.types) == 1 else ""

    def child(self, name: str) -> Node | None:
        """The schema of the field or map entry ``name``."""
        found = self.properties.get(name)
        if found is None and isinstance(self.additional, Node):
            return self.additional
        return found


def parse_schema(schema: Any, path: str = "", depth: int = 0) -> Node:
    """``openAPIV3Schema`` -> Node. Raises SchemaError."""
    if not isinstance(schema, Mapping):
        raise SchemaError(path, "must be an object")
    if depth > MAX_DEPTH:
        raise SchemaError(path, f"schemas may not be nested deeper than {MAX_DEPTH}")
    read = _Reader(schema, path, depth)
    declared = read.text("type")
    int_or_string = read.flag("x-kubernetes-int-or-string")
    types: tuple[str, ...] = ("integer", "string") if int_or_string else (declared,) if declared else ()
    pattern = read.text("pattern")
    regex, regex_problem = _regex(pattern)
    node = Node(
        types=types,
        nullable=read.flag("nullable"),
        format=supported_format(read.text("format"), types),
        default=schema.get("default"),
        enum=tuple(read.array("enum")),
        required=read.texts("required"),
        properties=read.properties(),
        additional=read.additional(),
        items=read.items(),
        maximum=read.number("maximum"),
        exclusive_maximum=read.flag("exclusiveMaximum"),
        minimum=read.number("minimum"),
        exclusive_minimum=read.flag("exclusiveMinimum"),
        multiple_of=read.number("multipleOf"),
        max_length=read.count("maxLength"),
        min_length=read.count("minLength"),
        pattern=pattern,
        regex=regex,
        regex_problem=regex_problem,
        max_items=read.count("maxItems"),
        min_items=read.count("minItems"),
        unique_items=read.flag("uniqueItems"),
        max_properties=read.count("maxProperties"),
        min_properties=read.count("minProperties"),
        all_of=read.schemas("allOf"),
        any_of=read.schemas("anyOf"),
        one_of=read.schemas("oneOf"),
        not_=read.schema("not"),
        int_or_string=int_or_string,
        preserve_unknown=read.flag("x-kubernetes-preserve-unknown-fields"),
        embedded=read.flag("x-kubernetes-embedded-resource"),
        list_type=read.text("x-kubernetes-list-type"),
        list_map_keys=read.texts("x-kubernetes-list-map-keys"),
        map_type=read.text("x-kubernetes-map-type"),
        rules=read.rules(),
    )
    _mark(node)
    return node


def _mark(node: Node) -> None:
    below = [*node.properties.values(), *(n for n in (node.items, node.additional) if isinstance(n, Node))]
    node.has_rules = bool(node.rules) or any(n.has_rules for n in (*below, *node.all_of))
    node.has_embedded = node.embedded or any(n.has_embedded for n in below)
    node.has_list_types = node.list_type in ("set", "map") or any(n.has_list_types for n in below)


def _regex(pattern: str) -> tuple[Regex | None, str]:
    if not pattern:
        return None, ""
    try:
        return compile_regex(pattern), ""
    except RegexError as problem:
        return None, str(problem)


class _Reader:
    """Reads keywords with their JSON type checked."""

    def __init__(self, schema: Mapping[str, Any], path: str, depth: int) -> None:
        self._schema = schema
        self._path = path
        self._depth = depth

    def _at(self, keyword: str) -> str:
        return f"{self._path}.{keyword}" if self._path else keyword

    def _value(self, keyword: str, kinds: tuple[type, ...], wanted: str) -> Any:
        value = self._schema.get(keyword)
        if value is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
            raise SchemaError(self._at(keyword), f"must be {wanted}")
        return value

    def text(self, keyword: str) -> str:
        return self._value(keyword, (str,), "a string") or ""

    def flag(self, keyword: str) -> bool:
        return self._value(keyword, (bool,), "a boolean") or False

    def number(self, keyword: str) -> float | None:
        value = self._value(keyword, (int, float), "a number")
        return None if value is None else float(value)

    def count(self, keyword: str) -> int | None:
        value: int | None = self._value(keyword, (int,), "an integer")
        return value

    def array(self, keyword: str) -> list[Any]:
        return self._value(keyword, (list, tuple), "an array") or []

    def texts(self, keyword: str) -> tuple[str, ...]:
        values = self.array(keyword)
        if not all(isinstance(value, str) for value in values):
            raise SchemaError(self._at(keyword), "must be an array of strings")
        return tuple(values)

    def schemas(self, keyword: str) -> tuple[Node, ...]:
        return tuple(
            parse_schema(value, f"{self._at(keyword)}[{index}]", self._depth + 1)
            for index, value in enumerate(self.array(keyword))
        )

    def schema(self, keyword: str) -> Node | None:
        value = self._schema.get(keyword)
        return None if value is None else parse_schema(value, self._at(keyword), self._depth + 1)

    def properties(self) -> dict[str, Node]:
        values = self._value("properties", (Mapping,), "an object") or {}
        return {
            str(name): parse_schema(value, f"{self._at('properties')}[{name}]", self._depth + 1)
            for name, value in values.items()
        }

    def additional(self) -> Node | bool | None:
        value = self._schema.get("additionalProperties")
        if value is None or isinstance(value, bool):
            return value
        return parse_schema(value, self._at("additionalProperties"), self._depth + 1)

    def items(self) -> Node | None:
        value = self._schema.get("items")
        if isinstance(value, list):
            raise SchemaError(self._at("items"), "must be a schema object and not an array")
        return self.schema("items")

    def rules(self) -> tuple[Rule, ...]:
        return tuple(self._rule(value, index) for index, value in enumerate(self.array("x-kubernetes-validations")))

    def _rule(self, value: Any, index: int) -> Rule:
        path = f"{self._at('x-kubernetes-validations')}[{index}]"
        if not isinstance(value, Mapping):
            raise SchemaError(path, "must be an object")
        read = _Reader(value, path, self._depth)
        return Rule(
            rule=read.text("rule"),
            message=read.text("message"),
            message_expression=read.text("messageExpression"),
            reason=read.text("reason"),
            field_path=read.text("fieldPath"),
            optional_old_self=read._value("optionalOldSelf", (bool,), "a boolean"),
        )
