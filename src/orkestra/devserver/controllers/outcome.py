"""What pods are told to do, by annotation or by the name of their image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from orkestra.k8s.objects import annotations_of

OUTCOME_ANNOTATION = "devserver.orkestra.io/outcome"
DELAY_ANNOTATION = "devserver.orkestra.io/delay"
DEFAULT_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 24 * 3600.0

_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_TERM = re.compile(r"(\d{1,12}(?:\.\d{0,9})?|\.\d{1,9})(ns|us|µs|μs|ms|s|m|h)")


class Outcome(Enum):
    READY = "ready"
    FAIL = "fail"
    HANG = "hang"
    CRASHLOOP = "crashloop"
    IMAGE_PULL = "imagepull"


def outcome_of(pod: Mapping[str, Any], owner: Mapping[str, Any] | None) -> Outcome:
    """The pod's own annotation, else its controller's, else what its images say. An unknown word means ready."""
    for holder in (pod, owner or {}):
        told = annotations_of(holder).get(OUTCOME_ANNOTATION)
        if told:
            return next((each for each in Outcome if each.value == told.strip().lower()), Outcome.READY)
    if any(is_unpullable(str(container.get("image") or "")) for container in containers_of(pod)):
        return Outcome.IMAGE_PULL
    return Outcome.READY


def delay_of(pod: Mapping[str, Any], owner: Mapping[str, Any] | None) -> float:
    """Seconds from creation to the outcome; a text that is no Go duration counts as none."""
    for holder in (pod, owner or {}):
        told = annotations_of(holder).get(DELAY_ANNOTATION)
        if told:
            seconds = parse_duration(told.strip())
            if seconds is not None:
                return min(seconds, LONGEST_DELAY_SECONDS)
    return DEFAULT_DELAY_SECONDS


def parse_duration(text: str) -> float | None:
    """``1h2m3.5s`` -> seconds; None where the text is no non-negative Go duration (Go: time.ParseDuration)."""
    if text == "0":
        return 0.0
    at, total = 0, 0.0
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None:
            return None
        total += float(term[1]) * _UNIT_SECONDS[term[2]]
        at = term.end()
    return total if at else None


def is_unpullable(image: str) -> bool:
    """A tag ``does-not-exist``, or ``invalid`` anywhere in the name."""
    name, _, tag = image.rpartition(":")
    if not name or "/" in tag:
        name, tag = image, ""
    return tag == "does-not-exist" or "invalid" in name


def containers_of(pod: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    spec = pod.get("spec")
    found = spec.get("containers") if isinstance(spec, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
