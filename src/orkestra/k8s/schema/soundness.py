"""Is a CRD's schema sound? Keywords, list types, defaults, rules.

Rules and texts: ValidateCustomResourceDefinitionOpenAPISchema in k8s.io/apiextensions-apiserver
pkg/apis/apiextensions/validation/validation.go; defaults: pkg/apiserver/schema/defaulting/validation.go. What rules may
cost at most is estimated in ``rulecosts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from orkestra.k8s.errors import Cause
from orkestra.k8s.schema import causes
from orkestra.k8s.schema.causes import child, forbidden, invalid_value, key, not_supported, required
from orkestra.k8s.schema.defaults import copy_json
from orkestra.k8s.schema.embedded import check_embedded
from orkestra.k8s.schema.fieldpaths import resolve_field_path
from orkestra.k8s.schema.node import Node, SchemaError, parse_schema
from orkestra.k8s.schema.pruning import prune_unknown
from orkestra.k8s.schema.structurality import Schema, check_structure, properties_of, unsupported_keyword
from orkestra.k8s.schema.verdicts import explain

if TYPE_CHECKING:
    from orkestra.k8s.schema.rulesoundness import Rules

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_REASONS = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_META = ("metadata", "kind", "apiVersion")
_MOST_TIMES: Final = 2**64 - 1


@dataclass(frozen=True, slots=True)
class _Place:
    """What holds at a point of the walk."""

    path: str
    is_root: bool = False
    is_inside_meta: bool = False
    no_defaults: str = ""
    """Why defaults may not stand here; empty if they may."""
    uncorrelatable: str = ""
    """The list or map above whose parts cannot be followed through an update; empty if there is none."""
    may_have_rules: bool = True
    cardinality: int | None = 1
    """How often a value may stand here; None where nothing bounds that."""

    def below(self, schema: Schema, **changed: Any) -> _Place:
        """What holds in what ``schema``, which is here, has below."""
        times = _occurrences(schema)
        known = None if self.cardinality is None or times is None else min(_MOST_TIMES, self.cardinality * times)
        return replace(self, is_root=False, cardinality=known, **changed)


def _occurrences(schema: Schema) -> int | None:
    """How often what is below a schema may occur in one value of it; None where nothing bounds that."""
    if schema.get("type") == "object" and schema.get("additionalProperties") is not None:
        most = schema.get("maxProperties")
    elif schema.get("type") == "array":
        most = schema.get("maxItems")
    else:
        return 1
    return None if most is None else max(0, int(most))


def check_structural(schema: Any, path: str = "") -> list[Cause]:
    """What is wrong with ``openAPIV3Schema``; fields are below ``path``. Empty if a CRD may have it."""
    try:
        root = parse_schema(schema)
    except SchemaError as problem:
        return [
            invalid_value(child(path, problem.path) if problem.path else path or causes.NO_FIELD, "", problem.problem)
        ]
    unsupported = unsupported_keyword(schema)
    found: list[Cause] = []
    is_sound = False
    if not unsupported:
        found = check_structure(schema, path) or _check_defaults(root, path)
        is_sound = not found
    walk = _Walk(is_sound)
    walk.visit(schema, root, _Place(path, is_root=True))
    found += walk.schema_failures + walk.rule_failures + (walk.rules.causes(path) if walk.rules else [])
    return found or ([invalid_value(path or causes.NO_FIELD, "", unsupported)] if unsupported else [])


def _check_defaults(root: Node, path: str) -> list[Cause]:
    return list(_defaults_below(root, path, is_root=True))


def _defaults_below(node: Node, path: str, *, is_root: bool = False) -> Iterator[Cause]:
    if node.default is not None:
        yield from _check_default(node, child(path, "default"))
    if node.items is not None:
        yield from _defaults_below(node.items, child(path, "items"))
    for name, prop in node.properties.items():
        if (is_root or node.embedded) and name in _META:
            continue
        yield from _defaults_below(prop, key(child(path, "properties"), name))


def _check_default(node: Node, path: str) -> Iterator[Cause]:
    pruned = copy_json(node.default)
    if prune_unknown(pruned, node, is_resource=node.embedded):
        yield invalid_value(path, node.default, "must not have unknown fields")
    failures = list(check_embedded(node, node.default, path))
    if not failures:
        failures = [_below(path, cause, ".") for cause in explain(node, node.default)]
    if not failures and node.has_rules:
        from orkestra.k8s.schema.rulesoundness import check_default

        failures = [_below(path, cause) for cause in check_default(node, node.default)]
    yield from failures


def _below(path: str, cause: Cause, before_index: str = "") -> Cause:
    if cause.field in ("", causes.NO_FIELD):
        return replace(cause, field=path)
    separator = before_index if cause.field.startswith("[") else "."
    return replace(cause, field=f"{path}{separator}{cause.field}")


class _Walk:
    """Visits every schema inside a schema; ``node`` is None under junctors, where no rules run."""

    def __init__(self, is_sound: bool) -> None:
        self.schema_failures: list[Cause] = []
        self.rule_failures: list[Cause] = []
        self.rules: Rules | None = None
        self._is_sound = is_sound

    def visit(self, schema: Schema, node: Node | None, place: _Place) -> None:
        before = len(self.schema_failures)
        self.schema_failures += _keywords(schema, place)
        self._visit_inner(schema, node, place)
        self.schema_failures += [*_list_and_map_types(schema, place.path), *_key_properties(schema, place.path)]
        rules = schema.get("x-kubernetes-validations") or []
        self.schema_failures += [
            c for i, rule in enumerate(rules) for c in _rule_texts(rule, _rule_path(place, i), node)
        ]
        if rules and self._is_sound and node is not None and len(self.schema_failures) == before:
            self.rule_failures += self._check_rules(node, place)

    def _check_rules(self, node: Node, place: _Place) -> Iterable[Cause]:
        if self.rules is None:
            from orkestra.k8s.schema.rulesoundness import Rules

            self.rules = Rules()
        return self.rules.check(
            node,
            place.path,
            is_root=place.is_root,
            cardinality=place.cardinality,
            uncorrelatable=place.uncorrelatable,
        )

    def _visit_inner(self, schema: Schema, node: Node | None, place: _Place) -> None:
        additional, items = schema.get("additionalProperties"), schema.get("items")
        if isinstance(additional, Mapping):
            reason = "inside additionalProperties applying to object metadata" if place.is_inside_meta else ""
            at = child(place.path, "additionalProperties")
            inner = place.below(schema, path=at, no_defaults=reason or place.no_defaults)
            self.visit(additional, node.additional if node and isinstance(node.additional, Node) else None, inner)
        for name, prop in properties_of(schema).items():
            self.visit(prop, node.properties.get(name) if node else None, _property_place(schema, name, place))
        for keyword in ("not", "allOf", "oneOf", "anyOf"):
            found = schema.get(keyword)
            at = child(place.path, keyword)
            if isinstance(found, Mapping):
                self.visit(found, None, replace(place, path=at, is_root=False))
            for index, one in enumerate(found if isinstance(found, list) else ()):
                self.visit(one, None, replace(place, path=f"{at}[{index}]", is_root=False))
        if isinstance(items, Mapping):
            inner = place.below(schema, path=child(place.path, "items"))
            if schema.get("x-kubernetes-list-type") != "map" and not inner.uncorrelatable:
                inner = replace(inner, uncorrelatable=place.path)
            self.visit(items, node.items if node else None, inner)


def _property_place(schema: Schema, name: str, place: _Place) -> _Place:
    inner = place.below(schema, path=key(child(place.path, "properties"), name))
    if name in _META and (place.is_root or schema.get("x-kubernetes-embedded-resource")):
        inner = replace(inner, is_inside_meta=True)
        if place.is_root:
            inner = replace(inner, no_defaults=f"in top-level {name}")
    return inner


def _rule_path(place: _Place, index: int) -> str:
    return f"{child(place.path, 'x-kubernetes-validations')}[{index}]"


def _keywords(schema: Schema, place: _Place) -> Iterator[Cause]:
    path, declared = place.path, schema.get("type") or ""
    if declared and declared not in _TYPES:
        yield not_supported(child(path, "type"), declared, _TYPES)
    if schema.get("default") is not None and place.no_defaults:
        yield forbidden(child(path, "default"), f"must not be set {place.no_defaults}")
    for keyword in ("id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"):
        if schema.get(keyword) not in (None, "", {}):
            yield forbidden(child(path, keyword), f"{keyword} is not supported")
    if declared == "null":
        yield forbidden(child(path, "type"), "type cannot be set to null, use nullable as an alternative")
    if place.is_inside_meta and schema.get("x-kubernetes-embedded-resource"):
        yield forbidden(child(path, "x-kubernetes-embedded-resource"), "must not be used inside of resource meta")
    if schema.get("uniqueItems"):
        text = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        yield forbidden(child(path, "uniqueItems"), text)
    additional = schema.get("additionalProperties")
    if properties_of(schema) and (additional is False or isinstance(additional, Mapping)):
        text = "additionalProperties and properties are mutual exclusive"
        yield forbidden(child(path, "additionalProperties"), text)
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        yield invalid_value(child(path, "x-kubernetes-preserve-unknown-fields"), False, "must be true or undefined")


def _wrong_kind(schema: Schema, path: str, wanted: str, keyword: str) -> Cause | None:
    declared = schema.get("type") or ""
    if schema.get(keyword) is None or declared == wanted:
        return None
    text = f"must be {wanted} if {keyword} is specified"
    at = child(path, "type")
    return invalid_value(at, declared, text) if declared else required(at, text)


def _list_and_map_types(schema: Schema, path: str) -> Iterator[Cause]:
    map_type, list_type = schema.get("x-kubernetes-map-type"), schema.get("x-kubernetes-list-type")
    if problem := _wrong_kind(schema, path, "object", "x-kubernetes-map-type"):
        yield problem
    if map_type is not None and map_type not in ("atomic", "granular"):
        yield not_supported(child(path, "x-kubernetes-map-type"), map_type, ("atomic", "granular"))
    items = schema.get("items")
    if problem := _wrong_kind(schema, path, "array", "x-kubernetes-list-type"):
        yield problem
    elif list_type == "set" and isinstance(items, Mapping):
        yield from _set_items(items, child(path, "items"))
    if list_type is not None and list_type not in ("atomic", "set", "map"):
        yield not_supported(child(path, "x-kubernetes-list-type"), list_type, ("atomic", "set", "map"))
    if schema.get("x-kubernetes-list-map-keys") and list_type != "map":
        text = "must be map if x-kubernetes-list-map-keys is non-empty"
        at = child(path, "x-kubernetes-list-type")
        yield invalid_value(at, list_type, text) if list_type is not None else required(at, text)
    if list_type == "map":
        yield from _map_items(schema, path)


def _set_items(items: Schema, path: str) -> Iterator[Cause]:
    text = "must be atomic as item of a list with x-kubernetes-list-type=set"
    inner_list, inner_map = items.get("x-kubernetes-list-type"), items.get("x-kubernetes-map-type")
    if items.get("type") == "array" and inner_list not in (None, "atomic"):
        yield invalid_value(child(path, "x-kubernetes-list-type"), inner_list, text)
    if items.get("type") == "object" and inner_map != "atomic":
        yield invalid_value(
            child(path, "x-kubernetes-map-type"), inner_list, text
        )  # the list type, as the server has it


def _map_items(schema: Schema, path: str) -> Iterator[Cause]:
    keys, items = schema.get("x-kubernetes-list-map-keys") or [], schema.get("items")
    at = child(path, "x-kubernetes-list-map-keys")
    if not keys:
        yield required(at, "must not be empty if x-kubernetes-list-type is map")
    if items is None:
        yield required(child(path, "items"), "must have a schema if x-kubernetes-list-type is map")
        return
    inner = child(path, "items")
    if items.get("type") != "object":
        text = "must be object if parent array's x-kubernetes-list-type is map"
        yield invalid_value(child(inner, "type"), items.get("type") or "", text)
        return
    for index, name in enumerate(keys):
        prop = properties_of(items).get(name)
        if prop is None:
            yield invalid_value(at, keys, "entries must all be names of item properties")
        elif prop.get("type") in ("array", "object"):
            text = "must be a scalar type if parent array's x-kubernetes-list-type is map"
            yield invalid_value(child(key(child(inner, "properties"), name), "type"), "object", text)
        if name in keys[:index]:
            yield invalid_value(at, keys, "must not contain duplicate entries")


def _key_properties(schema: Schema, path: str) -> Iterator[Cause]:
    """Items of set and map lists are never null; keys of map lists are always there."""
    items, list_type = schema.get("items"), schema.get("x-kubernetes-list-type")
    if not isinstance(items, Mapping) or list_type not in ("set", "map"):
        return
    inner = child(path, "items")
    if items.get("nullable"):
        yield forbidden(child(inner, "nullable"), f"cannot be nullable when x-kubernetes-list-type is {list_type}")
    for name in (schema.get("x-kubernetes-list-map-keys") or []) if list_type == "map" else []:
        prop = properties_of(items).get(name)
        if prop is None:
            continue
        at, reason = key(child(inner, "properties"), name), "this property is in x-kubernetes-list-map-keys, so it"
        if name not in (items.get("required") or []) and prop.get("default") is None:
            yield required(child(at, "default"), f"{reason} must have a default or be a required property")
        if prop.get("nullable"):
            yield forbidden(child(at, "nullable"), f"{reason} cannot be nullable")


def _rule_texts(rule: Mapping[str, Any], path: str, node: Node | None) -> Iterator[Cause]:
    text, message = rule.get("rule") or "", rule.get("message") or ""
    expression, field = rule.get("messageExpression") or "", rule.get("fieldPath") or ""
    has_break = any(char in message.strip() for char in "\r\n")
    if not text.strip():
        yield required(child(path, "rule"), "rule is not specified")
    elif message and not message.strip():
        yield invalid_value(child(path, "message"), message, "must be non-empty if specified")
    elif has_break:
        yield invalid_value(child(path, "message"), message, "must not contain line breaks")
    elif any(char in text.strip() for char in "\r\n") and not message.strip():
        yield required(child(path, "message"), "message must be specified if rule contains line breaks")
    if expression and not expression.strip():
        yield required(child(path, "messageExpression"), "messageExpression must be non-empty if specified")
    reason = rule.get("reason")
    if reason is not None and reason not in _REASONS:
        yield not_supported(child(path, "reason"), reason, _REASONS)
    if field and not field.strip():
        yield invalid_value(child(path, "fieldPath"), field, "must be non-empty if specified")
    if any(char in field for char in "\r\n"):
        yield invalid_value(child(path, "fieldPath"), field, "must not contain line breaks")
    if field and node is not None and resolve_field_path(field, node) is None:
        yield invalid_value(child(path, "fieldPath"), field, "must be a valid path")
