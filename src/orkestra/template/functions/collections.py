"""Lists and maps: what they hold, parts of them, and values taken as one or the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orkestra.template.functions.arguments import integer, items, text
from orkestra.template.functions.conditional import are_equal
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, object_of, scalar_text

COLLECTIONS: Final = Domain("collections", [])
function = COLLECTIONS.function


@function(
    "listHas(list, value) bool",
    "Whether the value is among the items. Scalars are equal when they print the same.",
    '{{ listHas (split "a,b" ",") "b" }}',
    "true",
)
def list_has(of: Any, value: Any) -> bool:
    is_scalar = not isinstance(value, (list, tuple, Mapping))
    return any(
        are_equal(item, value)
        for item in items(of)
        if isinstance(item, (list, tuple, Mapping)) is not is_scalar and (item is None) is (value is None)
    )


@function(
    "listGet(list, i int)",
    "The item at an index, from the end when negative; nothing beyond the ends.",
    '{{ listGet (split "a,b" ",") -1 }}',
    "b",
)
def list_get(of: Any, i: Any) -> Any:
    found, at = items(of), integer(i)
    return found[at] if -len(found) <= at < len(found) else None


@function("listLen(list) int", "The number of items.", '{{ listLen (split "a,b" ",") }}', "2")
def list_len(of: Any) -> int:
    return len(items(of))


@function("mapGet(map, key string)", "The value of a key.", '{{ mapGet (labels .children.deployment) "app" }}', "web")
def map_get(of: Any, key: Any) -> Any:
    return object_of(of).get(text(key))


@function("mapKeys(map) list", "The keys, sorted.", "{{ mapKeys (labels .children.deployment) }}", "[app shard tier]")
def map_keys(of: Any) -> list[str]:
    return sorted(map(str, object_of(of)))


@function(
    "mapValues(map) list",
    "The values, in the order of their keys.",
    "{{ mapValues (labels .children.deployment) }}",
    "[web 7 front]",
)
def map_values(of: Any) -> list[Any]:
    found = object_of(of)
    return [found[key] for key in sorted(found, key=str)]


@function(
    "mapPick(map, key string, …) map",
    "Only these keys of it.",
    '{{ mapPick (labels .children.deployment) "app" }}',
    "map[app:web]",
)
def map_pick(of: Any, *keys: Any) -> Fields:
    found, wanted = object_of(of), {text(key) for key in keys}
    return {key: value for key, value in found.items() if key in wanted}


@function(
    "mapOmit(map, key string, …) map",
    "All but these keys of it.",
    '{{ mapOmit (labels .children.deployment) "app" "shard" }}',
    "map[tier:front]",
)
def map_omit(of: Any, *keys: Any) -> Fields:
    found, unwanted = object_of(of), {text(key) for key in keys}
    return {key: value for key, value in found.items() if key not in unwanted}


@function(
    "asList(value) list",
    "The value if it is a list, else an empty one; toList makes a list of one.",
    '{{ len (asList "a") }}',
    "0",
)
def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


@function("asMap(value) map", "The value if it is a map, else an empty one.", '{{ len (asMap "a") }}', "0")
def as_map(value: Any) -> Fields:
    return value if isinstance(value, Mapping) else {}


@function(
    "asString(value) string",
    "The value if it is a scalar, as it prints; else the empty text.",
    "{{ asString 3 | len }}",
    "1",
)
def as_string(value: Any) -> str:
    return scalar_text(value)
