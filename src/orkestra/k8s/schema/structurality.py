"""Is a schema structural? What it says of values must rest on one spine of declared types.

Rules and texts: k8s.io/apiextensions-apiserver pkg/apiserver/schema/validation.go and complete.go. Works on the
JSON of the schema, because forbidden keywords (title under allOf …) are not part of a compiled one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.regex import RegexError, compile_regex
from orkestra.k8s.schema.causes import child, forbidden, invalid_value, key, required

Schema = Mapping[str, Any]

_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
_EMPTY_TYPE = {
    "root": "must not be empty at the root",
    "item": "must not be empty for specified array items",
    "field": "must not be empty for specified object fields",
}
_FORBIDDEN_IN_JUNCTORS = (
    ("type", "must be empty to be structural"),
    ("additionalProperties", "must be undefined to be structural"),
    ("default", "must be undefined to be structural"),
    ("title", "must be empty to be structural"),
    ("description", "must be empty to be structural"),
    ("nullable", "must be false to be structural"),
    ("x-kubernetes-preserve-unknown-fields", "must be false to be structural"),
    ("x-kubernetes-embedded-resource", "must be false to be structural"),
    ("x-kubernetes-int-or-string", "must be false to be structural"),
    ("x-kubernetes-list-map-keys", "must be empty to be structural"),
    ("x-kubernetes-list-type", "must be undefined to be structural"),
    ("x-kubernetes-map-type", "must be undefined to be structural"),
    ("x-kubernetes-validations", "must be empty to be structural"),
)
_POINTERS = ("default", "x-kubernetes-list-type", "x-kubernetes-map-type")
"""Of which an empty value is one, too."""
UNSUPPORTED = ("id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions")


def check_structure(schema: Schema, path: str) -> list[Cause]:
    """Everything that keeps ``schema`` from being structural, ordered by text as the API server does."""
    found = [*_invariants(schema, "root", path), *_completeness(schema, schema, path, path)]
    return sorted(found, key=lambda cause: f"{cause.field}: {cause.message}")


def unsupported_keyword(schema: Schema) -> str:
    """The text about the first keyword no structural schema may have; empty if there is none."""
    for keyword in UNSUPPORTED:
        if schema.get(keyword):
            return (
                f"OpenAPIV3Schema '{keyword.removeprefix('$') if keyword == '$schema' else keyword}' is not supported"
            )
    if schema.get("x-kubernetes-preserve-unknown-fields") is False:
        return "'x-kubernetes-preserve-unknown-fields' must be true or undefined"
    for inner in inner_schemas(schema):
        if text := unsupported_keyword(inner):
            return text
    return ""


def inner_schemas(schema: Schema) -> list[Schema]:
    """Those directly within; what has another shape is left out."""
    found = [schema.get(keyword) for keyword in ("items", "additionalProperties", "not")]
    for keyword in ("allOf", "anyOf", "oneOf"):
        many = schema.get(keyword)
        found += many if isinstance(many, list) else []
    named = schema.get("properties")
    found += named.values() if isinstance(named, Mapping) else []
    return [inner for inner in found if isinstance(inner, Mapping)]


def properties_of(schema: Schema) -> Mapping[str, Schema]:
    return schema.get("properties") or {}


def _invariants(schema: Schema, level: str, path: str) -> Iterator[Cause]:
    declared = schema.get("type") or ""
    items, additional = schema.get("items"), schema.get("additionalProperties")
    if declared == "array" and items is None:
        yield required(child(path, "items"), "must be specified")
    if isinstance(items, Mapping):
        yield from _invariants(items, "item", child(path, "items"))
    for name, prop in properties_of(schema).items():
        yield from _invariants(prop, "field", key(child(path, "properties"), name))
    if additional is not None:
        if level == "root":
            yield forbidden(child(path, "additionalProperties"), "must not be used at the root")
        if isinstance(additional, Mapping):
            yield from _invariants(additional, "field", child(path, "additionalProperties"))
    yield from _extensions(schema, path)
    first = (schema.get("allOf") or [{}])[0]
    skip_any_of = _filled(schema.get("anyOf")) == _INT_OR_STRING
    skip_first = isinstance(first, Mapping) and _filled(first.get("anyOf")) == _INT_OR_STRING
    yield from _value_validation(schema, path, skip_any_of, skip_first)
    yield from _types(schema, level, path, declared)
    yield from _metadata(schema, level, path)


def _is_absent(keyword: str, value: Any) -> bool:
    """As Go's encoding leaves out what is empty, numbers apart."""
    if value is None or keyword in _POINTERS:
        return value is None
    return value is False or value in ("", [], {})


def _filled(schemas: Any) -> Any:
    """Schemas without what is as good as absent."""
    if not isinstance(schemas, list):
        return schemas
    return [
        {word: value for word, value in each.items() if not _is_absent(word, value)}
        for each in schemas
        if isinstance(each, Mapping)
    ]


def _extensions(schema: Schema, path: str) -> Iterator[Cause]:
    if schema.get("x-kubernetes-int-or-string"):
        for keyword in ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"):
            if schema.get(keyword):
                text = "must be false if x-kubernetes-int-or-string is true"
                yield invalid_value(child(path, keyword), True, text)


def _types(schema: Schema, level: str, path: str, declared: str) -> Iterator[Cause]:
    is_embedded = bool(schema.get("x-kubernetes-embedded-resource"))
    is_open = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    at = child(path, "type")
    if is_embedded and declared != "object":
        text = "must be object if x-kubernetes-embedded-resource is true"
        yield invalid_value(at, declared, text) if declared else required(at, text)
    elif not declared and not schema.get("x-kubernetes-int-or-string") and not is_open:
        yield required(at, _EMPTY_TYPE[level])
    if is_embedded and schema.get("additionalProperties") is not None:
        text = "must not be used if x-kubernetes-embedded-resource is set"
        yield forbidden(child(path, "additionalProperties"), text)
    if level == "root" and declared and declared != "object":
        yield invalid_value(at, declared, "must be object at the root")
    if is_embedded and not is_open and not properties_of(schema):
        text = (
            "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"
        )
        yield required(child(path, "properties"), text)


def _metadata(schema: Schema, level: str, path: str) -> Iterator[Cause]:
    props = properties_of(schema)
    is_resource = level == "root" or bool(schema.get("x-kubernetes-embedded-resource"))
    for name in ("kind", "apiVersion"):
        if is_resource and name in props and props[name].get("type") != "string":
            at = child(key(child(path, "properties"), name), "type")
            yield invalid_value(at, props[name].get("type") or "", "must be string")
    meta = props.get("metadata")
    if meta is None:
        return
    at = key(child(path, "properties"), "metadata")
    if is_resource and meta.get("type") != "object":
        yield invalid_value(child(at, "type"), meta.get("type") or "", "must be object")
    if level == "root":
        only_names = not set(properties_of(meta)) - {"name", "generateName"}
        others = {
            k
            for k, v in meta.items()
            if k not in ("type", "default", "properties") and v not in (None, "", False, [], {})
        }
        if not only_names or others:
            text = "must not specify anything other than name and generateName, but metadata is implicitly specified"
            yield forbidden(at, text)


def _value_validation(schema: Schema, path: str, skip_any_of: bool, skip_first: bool) -> Iterator[Cause]:
    if not skip_any_of:
        yield from _junctor(schema, "anyOf", path)
    for index, inner in enumerate(schema.get("allOf") or ()):
        yield from _nested(inner, f"{child(path, 'allOf')}[{index}]", skip_first and index == 0)
    yield from _junctor(schema, "oneOf", path)
    if isinstance(schema.get("not"), Mapping):
        yield from _nested(schema["not"], child(path, "not"), False)
    pattern = schema.get("pattern")
    if pattern:
        try:
            compile_regex(str(pattern))
        except RegexError as problem:
            text = f"must be a valid regular expression, but isn't: {problem}"
            yield invalid_value(child(path, "pattern"), pattern, text)


def _junctor(schema: Schema, keyword: str, path: str) -> Iterator[Cause]:
    for index, inner in enumerate(schema.get(keyword) or ()):
        yield from _nested(inner, f"{child(path, keyword)}[{index}]", False)


def _nested(schema: Schema, path: str, skip_any_of: bool) -> Iterator[Cause]:
    """Under a logical junctor only value validations may stand."""
    yield from _value_validation(schema, path, skip_any_of, False)
    if isinstance(schema.get("items"), Mapping):
        yield from _nested(schema["items"], child(path, "items"), False)
    for name, prop in properties_of(schema).items():
        yield from _nested(prop, key(child(path, "properties"), name), False)
    for keyword, text in _FORBIDDEN_IN_JUNCTORS:
        if not _is_absent(keyword, schema.get(keyword)):
            yield forbidden(child(path, keyword), text)
    if "metadata" in properties_of(schema):
        yield forbidden(key(child(path, "properties"), "metadata"), "must not be specified in a nested context")


def _completeness(values: Schema, spine: Schema | None, spine_path: str, path: str) -> Iterator[Cause]:
    """What junctors talk about must exist on the spine."""
    for keyword in ("not", "allOf", "anyOf", "oneOf"):
        inner = values.get(keyword)
        if isinstance(inner, Mapping):
            yield from _nested_completeness(inner, spine, spine_path, child(path, keyword))
        for index, one in enumerate(inner if isinstance(inner, list) else ()):
            yield from _nested_completeness(one, spine, spine_path, f"{child(path, keyword)}[{index}]")


def _nested_completeness(values: Schema, spine: Schema | None, spine_path: str, path: str) -> Iterator[Cause]:
    if spine is None:
        yield required(spine_path, f"because it is defined in {path}")
        return
    yield from _completeness(values, spine, spine_path, path)
    if isinstance(values.get("items"), Mapping):
        items = spine.get("items")
        yield from _nested_completeness(values["items"], items, child(spine_path, "items"), child(path, "items"))
    for name, prop in properties_of(values).items():
        at, place = key(child(spine_path, "properties"), name), key(child(path, "properties"), name)
        yield from _nested_completeness(prop, properties_of(spine).get(name), at, place)
