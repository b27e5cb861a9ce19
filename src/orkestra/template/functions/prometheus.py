"""Answers of Prometheus, as an external call of that protocol gives them.

Read are the series of an instant query (the call's ``result``, the API's ``data.result``, or the list itself), a
scalar, and plain numbers. Samples that are not finite are left out.
"""

from __future__ import annotations

import math
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import is_number, number, plain_number, text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, field_of, maps_at, object_of, scalar_text, text_at

PROMETHEUS: Final = Domain("prometheus", [])
function = PROMETHEUS.function

_LONGEST_NUMBER: Final = 64


def _result(x: Any) -> Any:
    if x is None or isinstance(x, (str, int, float, list, tuple)):
        return x
    found = object_of(x)
    inner = field_of(found, "data", "result")
    if inner is None:
        inner = found.get("result")
    return inner if not isinstance(inner, dict) or "metric" in inner else _result(inner)


def _series(x: Any) -> list[Fields]:
    result = _result(x)
    return [entry for entry in maps_at(result) if "value" in entry or "values" in entry]


def _sample(value: Any) -> int | float | None:
    """Of a number, its text, or the pair of a time and such a text."""
    if isinstance(value, (list, tuple)):
        value = value[1] if len(value) == 2 else None
        if isinstance(value, (list, tuple)):  # a range: its last pair
            return None
    if is_number(value):
        return value if isinstance(value, int) or math.isfinite(value) else None
    written = scalar_text(value) if isinstance(value, str) else ""
    try:
        found = number(written) if written and len(written) <= _LONGEST_NUMBER else None
    except FunctionError:
        return None
    return found if isinstance(found, int) or (found is not None and math.isfinite(found)) else None


def _samples(x: Any) -> list[int | float]:
    result = _result(x)
    values: list[Any] = []
    for entry in _series(result):
        points = entry.get("values")
        values.append(points[-1] if isinstance(points, (list, tuple)) and points else entry.get("value"))
    if not values and (isinstance(result, (str, int, float)) or _is_pair(result)):
        values = [result]
    return [sample for value in values if (sample := _sample(value)) is not None]


def _is_pair(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and is_number(value[0])


@function("promValue(x) number", "The value of the first series; 0 without.", "{{ promValue .external.prom }}", "0.25")
def prom_value(x: Any) -> int | float:
    return plain_number(next(iter(_samples(x)), 0))


@function("promSum(x) number", "The values of all series together.", "{{ promSum .external.prom }}", "1.75")
def prom_sum(x: Any) -> int | float:
    return plain_number(sum(_samples(x)))


@function("promMax(x) number", "The largest value; 0 without.", "{{ promMax .external.prom }}", "1.5")
def prom_max(x: Any) -> int | float:
    return plain_number(max(_samples(x), default=0))


@function(
    "promAboveThreshold(x, threshold number) bool",
    "Whether any series is above the threshold.",
    "{{ promAboveThreshold .external.prom 1 }}",
    "true",
)
def prom_above_threshold(x: Any, threshold: Any) -> bool:
    limit = number(threshold)
    return any(sample > limit for sample in _samples(x))


@function(
    "promBelowThreshold(x, threshold number) bool",
    "Whether any series is below the threshold.",
    "{{ promBelowThreshold .external.prom 0.1 }}",
    "false",
)
def prom_below_threshold(x: Any, threshold: Any) -> bool:
    limit = number(threshold)
    return any(sample < limit for sample in _samples(x))


@function("promSeriesCount(x) int", "How many series there are.", "{{ promSeriesCount .external.prom }}", "2")
def prom_series_count(x: Any) -> int:
    return len(_series(x))


@function(
    "promLabelValues(x, label string) list",
    "The values of a label, sorted, each once.",
    '{{ promLabelValues .external.prom "pod" }}',
    "[web-0 web-1]",
)
def prom_label_values(x: Any, label: Any) -> list[str]:
    wanted = text(label)
    return sorted({text_at(entry, "metric", wanted) for entry in _series(x)} - {""})
