"""Texts cells are made of: ages, label lists, container lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from orkestra.k8s.objects import Object
from orkestra.k8s.selectors import SelectorError, label_selector_of

NONE = "<none>"
UNKNOWN = "<unknown>"
UNSET = "<unset>"


def moment(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(text or ""))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def since(text: Any, now: datetime) -> str:
    then = moment(text)
    return UNKNOWN if then is None else duration((now - then).total_seconds())


def age(obj: Object, now: datetime) -> str:
    return since(obj["metadata"].get("creationTimestamp"), now)


def created(obj: Object) -> str:
    return str(obj["metadata"].get("creationTimestamp") or UNKNOWN)


def duration(seconds: float) -> str:
    """As k8s.io/apimachinery pkg/util/duration HumanDuration prints it: 118s, 5m17s, 3h20m, 2d3h, 400d, 3y."""
    total = int(seconds)
    if total < -1:
        return "<invalid>"
    if total < 0:
        return "0s"
    minutes, hours, days = total // 60, total // 3600, total // 86400
    if total < 120:
        return f"{total}s"
    if minutes < 10:
        return _pair(minutes, "m", total % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _pair(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if hours < 192:
        return _pair(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    if days < 2920:
        return _pair(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _pair(first: int, unit: str, second: int, small: str) -> str:
    return f"{first}{unit}{second}{small}" if second else f"{first}{unit}"


def labels_text(labels: Mapping[str, Any] | None) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or NONE


def selector_text(selector: Mapping[str, Any] | None) -> str:
    if selector is None:
        return NONE
    if "matchLabels" not in selector and "matchExpressions" not in selector:
        return labels_text(selector)
    try:
        return str(label_selector_of(selector)) or NONE
    except SelectorError:
        return "<error>"


def containers_and_images(spec: Mapping[str, Any]) -> list[str]:
    containers = spec.get("containers") or ()
    return [joined(c.get("name") for c in containers), joined(c.get("image") for c in containers)]


def joined(values: Iterable[Any]) -> str:
    return ",".join(str(value) for value in values if value is not None)


def text_of(value: Any, absent: str = NONE) -> str:
    return absent if value in (None, "") else str(value)


def spec_of(obj: Object) -> dict[str, Any]:
    return obj.get("spec") or {}


def status_of(obj: Object) -> dict[str, Any]:
    return obj.get("status") or {}


def name_of_row(obj: Object) -> str:
    return str(obj["metadata"].get("name") or "")
