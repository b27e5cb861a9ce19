"""Warning events about an object (``_warnings``), in the order they are embedded."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, maps_at, object_of, text_at

WARNINGS: Final = Domain("warnings", [])
function = WARNINGS.function


def _warnings(o: Any) -> list[Fields]:
    return maps_at(object_of(o), "_warnings")


def _message(event: Fields) -> str:
    return text_at(event, "message") or text_at(event, "note")  # events.k8s.io calls it a note


@function("hasWarnings(o) bool", "Whether there are any.", "{{ hasWarnings .children.statefulSet }}", "true")
def has_warnings(o: Any) -> bool:
    return bool(_warnings(o))


@function("warningCount(o) int", "How many there are.", "{{ warningCount .children.statefulSet }}", "2")
def warning_count(o: Any) -> int:
    return len(_warnings(o))


@function(
    "firstWarning(o) string",
    "The message of the first.",
    "{{ firstWarning .children.statefulSet }}",
    "Back-off restarting failed container",
)
def first_warning(o: Any) -> str:
    return next(map(_message, _warnings(o)), "")


@function(
    "warningMessages(o) list",
    "The message of each.",
    '{{ join (warningMessages .children.statefulSet) "; " }}',
    "Back-off restarting failed container; Readiness probe failed",
)
def warning_messages(o: Any) -> list[str]:
    return list(map(_message, _warnings(o)))


@function(
    "warningReasons(o) list",
    "Their reasons, each once.",
    "{{ warningReasons .children.statefulSet }}",
    "[BackOff Unhealthy]",
)
def warning_reasons(o: Any) -> list[str]:
    return [reason for reason in dict.fromkeys(text_at(event, "reason") for event in _warnings(o)) if reason]
