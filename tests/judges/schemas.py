"""Random structural schemas, sound and spoilt, and values near them."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

Schema = dict[str, Any]

FORMATS = [
    "date-time",
    "date",
    "duration",
    "byte",
    "email",
    "uri",
    "uuid",
    "ipv4",
    "ipv6",
    "cidr",
    "mac",
    "hostname",
    "password",
    "int32",
    "int64",
    "float",
    "double",
    "bsonobjectid",
    "isbn",
    "ssn",
    "hexcolor",
    "creditcard",
    "datetime",
    "k8s-short-name",
    "nonsense",
]
PATTERNS = ("^a", "b$", "[0-9]+", "^(a|b)*$", r"\d", r"^\w{1,3}$", "x?y", r"\pL", "^[^a-c]+$")
BROKEN_PATTERNS = ("(", "a{2,1}", "(?=a)", r"\1", "[z-a]", "*")
TEXTS = (
    "",
    "a",
    "ab",
    "abc",
    "b1",
    "é",
    "5%",
    "10",
    "true",
    "xy",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "1h",
    "90m",
    "aGk=",
    "a@example.com",
    "https://example.com/a?b=c",
    "192.168.0.1",
    "10.0.0.0/8",
    "::1",
    "00:11:22:33:44:55",
    "null",
    "123e4567-e89b-12d3-a456-426614174000",
    "#ffaa00",
    "a" * 40,
    "\n",
    "x y",
    "2024-13-01",
    "1.5h",
    "-1s",
    "A",
)
NUMBERS = (-3, -1, 0, 1, 2, 3, 5, 7, 10, 12, 100, 2**31, -(2**31) - 1, 2**53, 0.5, 1.0, -1.5, 2.25, 10.0, 1e10, 1e20)
KEYS = ("a", "b", "c", "k", "x-y", "in")


def sound(random: Random, depth: int = 3) -> Schema:
    """Mostly sound: corners may still be refused."""
    kind = random.choice(("string", "integer", "number", "boolean", "array", "object", "object", "map", "any", "open"))
    if depth <= 0 and kind in ("array", "object", "map"):
        kind = "string"
    found = _MAKERS[kind](random, depth)
    if random.random() < 0.15:
        found["nullable"] = True
    if random.random() < 0.12:
        found |= _junctor(random, found)
    if random.random() < 0.08 and found.get("type") in _BY_TYPE:
        found["enum"] = [value(random, found, 0) for _ in range(random.randint(1, 3))]
    if random.random() < 0.2:
        found["default"] = value(random, found, 0)
    return found


def _string(random: Random, depth: int) -> Schema:
    found: Schema = {"type": "string"}
    if random.random() < 0.3:
        found["format"] = random.choice(FORMATS)
    if random.random() < 0.3:
        found["maxLength"] = random.randint(0, 6)
    if random.random() < 0.2:
        found["minLength"] = random.randint(0, 3)
    if random.random() < 0.25:
        found["pattern"] = random.choice(PATTERNS)
    return found


def _number(random: Random, depth: int) -> Schema:
    found: Schema = {"type": "number"} | _range(random)
    if random.random() < 0.25:
        found["format"] = random.choice(("float", "double", "int32", "int64", "nonsense"))
    return found


def _integer(random: Random, depth: int) -> Schema:
    found: Schema = {"type": "integer"} | _range(random)
    if random.random() < 0.3:
        found["format"] = random.choice(("int32", "int64", "float", "nonsense"))
    return found


def _range(random: Random) -> Schema:
    found: Schema = {}
    if random.random() < 0.3:
        found["minimum"] = random.choice((-1, 0, 1, 2.5))
        if random.random() < 0.3:
            found["exclusiveMinimum"] = True
    if random.random() < 0.3:
        found["maximum"] = random.choice((3, 7, 10, 9.75))
        if random.random() < 0.3:
            found["exclusiveMaximum"] = True
    if random.random() < 0.15:
        found["multipleOf"] = random.choice((1, 2, 0.5, 3, 0.1))
    return found


def _boolean(random: Random, depth: int) -> Schema:
    return {"type": "boolean"}


def _array(random: Random, depth: int) -> Schema:
    found: Schema = {"type": "array", "items": sound(random, depth - 1)}
    if random.random() < 0.3:
        found["maxItems"] = random.randint(0, 3)
    if random.random() < 0.2:
        found["minItems"] = random.randint(0, 2)
    roll = random.random()
    if roll < 0.12:
        found["items"] = _string(random, 0)
        found["x-kubernetes-list-type"] = "set"
    elif roll < 0.3:
        found["items"] = {
            "type": "object",
            "properties": {"k": _plain(random), "v": sound(random, depth - 2)},
            "required": ["k"],
        }
        found |= {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}
    elif roll < 0.35:
        found["x-kubernetes-list-type"] = "atomic"
    return found


def _plain(random: Random) -> Schema:
    return {"type": random.choice(("string", "integer", "boolean"))}


def _object(random: Random, depth: int) -> Schema:
    names = random.sample(KEYS, random.randint(0, 4))
    found: Schema = {"type": "object", "properties": {name: sound(random, depth - 1) for name in names}}
    if names and random.random() < 0.35:
        found["required"] = random.sample(names, random.randint(1, len(names)))
    if random.random() < 0.1:
        found["x-kubernetes-preserve-unknown-fields"] = True
    if random.random() < 0.1:
        found["x-kubernetes-map-type"] = random.choice(("atomic", "granular"))
    return found | _sizes(random)


def _map(random: Random, depth: int) -> Schema:
    return {"type": "object", "additionalProperties": sound(random, depth - 1)} | _sizes(random)


def _sizes(random: Random) -> Schema:
    found: Schema = {}
    if random.random() < 0.12:
        found["maxProperties"] = random.randint(0, 3)
    if random.random() < 0.12:
        found["minProperties"] = random.randint(0, 2)
    return found


def _any(random: Random, depth: int) -> Schema:
    found: Schema = {"x-kubernetes-int-or-string": True}
    if random.random() < 0.3:
        found["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    if random.random() < 0.3:
        found["pattern"] = random.choice(PATTERNS)
    return found


def _open(random: Random, depth: int) -> Schema:
    found: Schema = {"x-kubernetes-preserve-unknown-fields": True}
    if random.random() < 0.6:
        found["type"] = "object"
        if random.random() < 0.25:
            found["x-kubernetes-embedded-resource"] = True
    return found


def _junctor(random: Random, schema: Schema) -> Schema:
    """Without structure of its own: value checks on what is declared."""
    word = random.choice(("allOf", "anyOf", "oneOf", "not"))
    if word == "not":
        return {"not": _assertion(random, schema)}
    return {word: [_assertion(random, schema) for _ in range(random.randint(1, 3))]}


def _assertion(random: Random, schema: Schema) -> Schema:
    kind = schema.get("type")
    if kind == "string":
        return random.choice(
            ({"pattern": random.choice(PATTERNS)}, {"maxLength": 2}, {"minLength": 2}, {"enum": ["a", "b"]})
        )
    if kind in ("integer", "number"):
        return random.choice(({"minimum": 2}, {"maximum": 5}, {"multipleOf": 2}, {"enum": [1, 2]}))
    if kind == "array":
        return random.choice(({"maxItems": 1}, {"minItems": 1}))
    names = list(schema.get("properties") or {})
    if kind == "object" and names:
        name = random.choice(names)
        inner = _assertion(random, schema["properties"][name])
        return random.choice(({"required": [name]}, {"properties": {name: inner}}, {"maxProperties": 1}))
    return random.choice(({"minProperties": 1}, {"enum": [True, 1, "a"]}, {"minLength": 1}))


_MAKERS = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
    "map": _map,
    "any": _any,
    "open": _open,
}
_BY_TYPE = ("string", "integer", "number", "boolean")


def spoilt(random: Random) -> Schema:
    """A schema with a flaw or two somewhere."""
    found = sound(random, random.randint(0, 3))
    for _ in range(random.randint(1, 2)):
        at = random.choice(list(_nodes(found)))
        random.choice(_FLAWS)(random, at)
    return found


def _nodes(schema: Schema) -> list[Schema]:
    below = [*(schema.get("properties") or {}).values()]
    below += [schema[word] for word in ("items", "additionalProperties", "not") if isinstance(schema.get(word), dict)]
    for word in ("allOf", "anyOf", "oneOf"):
        below += schema.get(word) or []
    return [schema, *(node for each in below for node in _nodes(each))]


def _set(key: str, *values: Any) -> Any:
    return lambda random, node: node.update({key: copy.deepcopy(random.choice(values))})


def _drop(key: str) -> Any:
    return lambda random, node: node.pop(key, None)


_FLAWS = (
    _drop("type"),
    _drop("items"),
    _drop("properties"),
    _drop("required"),
    _set("type", "string", "integer", "object", "array", "null", "text", ""),
    _set("additionalProperties", {"type": "string"}, True, False),
    _set("properties", {"a": {"type": "string"}}, {"metadata": {"type": "object"}}),
    _set("items", {"type": "string"}, {"type": "object", "properties": {"k": {"type": "string"}}}),
    _set("uniqueItems", True),
    _set("default", None, "a", 1, {}, [], {"zz": 1}, {"a": 5}, [1], True, 1.5),
    _set("pattern", *BROKEN_PATTERNS),
    _set("nullable", True),
    _set("enum", [], ["a", "a"], [1, "a", None], [{"a": 1}]),
    _set("required", ["zz"], ["a", "a"], []),
    _set("x-kubernetes-list-type", "map", "set", "atomic", "none", ""),
    _set("x-kubernetes-list-map-keys", ["k"], [], ["zz"], ["k", "k"]),
    _set("x-kubernetes-map-type", "atomic", "granular", "none"),
    _set("x-kubernetes-int-or-string", True, False),
    _set("x-kubernetes-preserve-unknown-fields", True, False),
    _set("x-kubernetes-embedded-resource", True),
    _set("minLength", -1, 9),
    _set("maxLength", 0, -1),
    _set("maxItems", 0, -2),
    _set("minimum", 99),
    _set("multipleOf", 0, -1, 0.5),
    _set("exclusiveMinimum", True),
    _set("format", "int-or-string", "date", "int32", "é"),
    _set("allOf", [{"type": "string"}], [{"properties": {"zz": {"minLength": 1}}}], [{}], [{"nullable": True}], []),
    _set("anyOf", [{"type": "integer"}, {"type": "string"}], [{"default": 1}], [{"description": "x"}]),
    _set("oneOf", [{"items": {"type": "string"}}], [{"additionalProperties": {"minLength": 1}}]),
    _set("not", {"type": "string"}, {"not": {"type": "object"}}, {"required": ["a"]}, {"title": "t"}),
    _set("id", "x"),
    _set("$ref", "#/x"),
    _set("$schema", "http://json-schema.org/draft-04/schema#", "x"),
    _set("definitions", {"a": {"type": "string"}}),
    _set("dependencies", {"a": ["b"]}),
    _set("patternProperties", {"^a": {"type": "string"}}),
    _set("additionalItems", True, {"type": "string"}),
    _set("title", "t"),
    _set("description", "d"),
    _set("externalDocs", {"url": "https://example.com"}, {"url": "::"}),
    _set("example", {"a": 1}),
)


def value(random: Random, schema: Schema, junk: float = 0.1) -> Any:
    """Near a schema: the shape it declares, its bounds not minded; with ``junk`` chance anything at any place."""
    if random.random() < junk:
        return _junk(random, 2)
    if schema.get("nullable") and random.random() < 0.2:
        return None
    if schema.get("enum") and random.random() < 0.6:
        return copy.deepcopy(random.choice(schema["enum"]))
    kind = schema.get("type")
    if kind == "string":
        return random.choice(TEXTS)
    if kind == "integer":
        return random.choice([n for n in NUMBERS if n == int(n)])
    if kind == "number":
        return random.choice(NUMBERS)
    if kind == "boolean":
        return random.random() < 0.5
    if kind == "array":
        return [value(random, schema.get("items") or {}, junk) for _ in range(random.randint(0, 3))]
    if schema.get("x-kubernetes-int-or-string"):
        return random.choice((1, 5, "a", "5%", "b1"))
    if schema.get("x-kubernetes-embedded-resource"):
        found = {"apiVersion": random.choice(("v1", "apps/v1", "a/b/c")), "kind": random.choice(("Pod", "a b"))}
        found |= {"metadata": {"name": random.choice(("a", "A!")), "labels": {"a": random.choice(("b", "!"))}}}
        return {key: found[key] for key in random.sample(list(found), random.randint(1, 3))}
    if kind == "object":
        return _map_value(random, schema, junk)
    return _junk(random, 2)


def _map_value(random: Random, schema: Schema, junk: float) -> dict[str, Any]:
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        return {name: value(random, more, junk) for name in random.sample(KEYS, random.randint(0, 3))}
    named: Schema = schema.get("properties") or {}
    wanted = [name for name in named if name in (schema.get("required") or []) or random.random() < 0.6]
    found = {name: value(random, named[name], junk) for name in wanted if random.random() > junk}
    if random.random() < junk:
        found["zz"] = _junk(random, 1)
    return found


def _junk(random: Random, depth: int) -> Any:
    roll = random.random()
    if depth and roll < 0.15:
        return [_junk(random, depth - 1) for _ in range(random.randint(0, 2))]
    if depth and roll < 0.3:
        return {name: _junk(random, depth - 1) for name in random.sample(KEYS, random.randint(0, 2))}
    return random.choice((None, True, False, *NUMBERS, *TEXTS))
