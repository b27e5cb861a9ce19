"""14xx: conditions."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case


def _when(number: int, meaning: str, bad: str, good: str) -> Case:
    return Case(number, meaning, f"when:\n  - {bad}\n", f"when:\n  - {good}\n")


CONDITIONS: Final = (
    _when(
        1401,
        "No test of this name. All of them are in [katalog.md](katalog.md#tests-of-a-condition).",
        "{field: spec.host, operator: matches, value: example}",
        "{field: spec.host, operator: contains, value: example}",
    ),
    _when(
        1402,
        "A condition holds one test; several conditions are several items of the list.",
        "{field: spec.host, prefix: www, suffix: .com}",
        "{field: spec.host, prefix: www}\n  - {field: spec.host, suffix: .com}",
    ),
    _when(
        1403,
        "The test compares numbers.",
        "{field: spec.replicas, greaterThan: many}",
        "{field: spec.replicas, greaterThan: 3}",
    ),
    _when(
        1404,
        "Regular expressions are RE2: no look-around and no references back, and hence no input that hangs them.",
        "{field: spec.host, regex: '(?=www)'}",
        "{field: spec.host, regex: '^www'}",
    ),
    _when(
        1405,
        "`between` takes two numbers, the lower one first.",
        "{field: spec.replicas, between: '9,1'}",
        "{field: spec.replicas, between: '1,9'}",
    ),
    _when(1406, "Times of day are `HH:MM`, in UTC.", "{time: {after: 9pm}}", "{time: {after: '21:00'}}"),
    _when(
        1407,
        "Days are English names, or their first three letters.",
        "{dayOfWeek: {in: [Samstag]}}",
        "{dayOfWeek: {in: [sat]}}",
    ),
    _when(
        1408,
        "Five fields (minute, hour, day, month, weekday), or `@hourly` and its kin.",
        "{cron: '0 25 * * *'}",
        "{cron: '0 23 * * *'}",
    ),
    _when(
        1409,
        "The condition does not say what it looks at.",
        "{equals: web}",
        "{field: spec.tier, equals: web}",
    ),
    _when(
        1410,
        "The test has nothing to compare with.",
        "{field: spec.tier, operator: equals}",
        "{field: spec.tier, operator: equals, value: web}",
    ),
    _when(
        1411,
        "The CEL expression does not compile, or its result is neither true nor false.",
        "{cel: 'object.spec.replicas >'}",
        "{cel: 'object.spec.replicas > 3'}",
    ),
)
