"""Random condition lists, as JSON-like values."""

from __future__ import annotations

from typing import Any

from orkestra.katalog.operators import BY_ANY_NAME, VALUE_TYPES
from tests.fuzz.chance import Chance
from tests.fuzz.regexes import pattern_of
from tests.fuzz.templates import Grammar

_FIELDS = (
    *(
        "a",
        "b",
        "c",
        "n",
        "map.a",
        "map.é",
        "list[0]",
        "list[-1]",
        'map["a.b"]',
        "none.deeper",
        "metadata.labels.a/b",
        "map",
    ),
    *("", ".", "a..b", "a[", "[0]", "{{ .a }}", "{{ .list }}", "{{ .n }}", "{{ index .list 9 }}", "{{", "spec.x"),
)
_NUMBERS = ("0", "1", "2.5", "-1", "1e3", "1,3", "3, 1", "a,b", ",", "0x10", "9" * 400, "nan", "inf")
_CEL = (
    *(
        "object.a == 1",
        "has(object.map.a)",
        "object.list.all(x, x > 0)",
        "object.c.startsWith('t')",
        "object.n < 3",
        "true",
    ),
    *(
        "object.a.b.c",
        "1/0 == 1",
        "object.c.matches('^t')",
        "size(object.list) > 1 && object.n == 2",
        "object.none == null",
    ),
    *("[1,2].exists(x, x == object.n)", "object", "(", "quantity('1Gi').isGreaterThan(quantity(object.c))", "'a'.b"),
)
_CRONS = (
    "*/5 * * * *",
    "@daily",
    "0 0 31 2 *",
    "* * *",
    "",
    "0 22 * * MON-FRI",
    "60 * * * *",
    "@every 5m",
    "0 0 L * *",
)
_TIMES = ("22:30", "06:00", "24:00", "9:05", "a", "", 1350, "00:00")
_DAYS = ("Mon", "tuesday", "SUN", "weekday", "", 3)


def condition_of(chance: Chance) -> dict[str, Any]:
    """One condition, mostly of one test that fits."""
    kind = chance.random()
    if kind < 0.06:
        return {"cel": chance.one(_CEL)}
    if kind < 0.1:
        return {"cron": chance.one(_CRONS), "duration": chance.one(("1h", "60s", "x", "", 5, "1mo"))}
    if kind < 0.14:
        return {"time": {chance.one(("after", "before")): chance.one(_TIMES) for _ in range(2)}}
    if kind < 0.18:
        key = chance.one(("weekday", "weekend", "in", "notIn"))
        return {"dayOfWeek": {key: True if key.startswith("w") else [chance.one(_DAYS) for _ in range(2)]}}
    found: dict[str, Any] = {"field": chance.one(_FIELDS) if chance.maybe(0.9) else Grammar(chance).template()}
    name = chance.one(tuple(BY_ANY_NAME))
    if chance.maybe(0.7):
        found[name] = _argument(chance, name)
    else:
        found |= {"operator": name if chance.maybe(0.97) else "like", "value": _argument(chance, name)}
    if chance.maybe(0.15):
        found["valueType"] = chance.one((*VALUE_TYPES, "text"))
    if chance.maybe(0.1):
        found["negate"] = chance.one((True, False, "yes", 1))
    if chance.maybe(0.04):
        found[chance.one(("source", "notify", "equals", "filed", "cel", "cron"))] = chance.scalar()
    return found


def _argument(chance: Chance, name: str) -> Any:
    if chance.maybe(0.15):
        return chance.value(2, odd=0.3)
    if chance.maybe(0.1):
        return chance.one(
            ("{{ .a }}", "{{ .list }}", "{{ .none }}", "{{ .c }}", "{{ .nope | toUpper }}", "{{ add .a 1 }}")
        )
    if "atch" in name or "egex" in name:
        return pattern_of(chance)
    if name.lower() in ("exists", "notexists", "unique"):
        return chance.one((True, False, "true"))
    if name.lower() == "typeof":
        return chance.one(("map", "list", "string", "number", "bool", "null", "text"))
    if name[-2:].lower() == "in" or "tween" in name:
        return chance.one((["x", 1, "text"], "x, text", *_NUMBERS))
    return chance.one((*_NUMBERS, "x", "text", "te", "", True, 2))
