"""What kstatus says of an object, and the facts its rules read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

EMPTY: dict[str, Any] = {}


class Status(StrEnum):
    CURRENT = "Current"
    IN_PROGRESS = "InProgress"
    FAILED = "Failed"
    TERMINATING = "Terminating"
    UNKNOWN = "Unknown"


class KStatus(NamedTuple):
    """``reason`` is the CamelCase word for a Reconciling or Stalled condition; empty when Current or Terminating."""

    status: Status
    message: str
    reason: str = ""

    @property
    def is_current(self) -> bool:
        return self.status is Status.CURRENT


class Facts(NamedTuple):
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    status: Mapping[str, Any]
    conditions: list[dict[str, Any]]
    now: datetime | None

    def is_true(self, type: str) -> bool:
        return any(c.get("type") == type and c.get("status") == "True" for c in self.conditions)


def number(values: Mapping[str, Any], key: str, default: int = 0) -> int:
    value = values.get(key)
    return value if type(value) is int else default


def current(message: str) -> KStatus:
    return KStatus(Status.CURRENT, message)


def in_progress(reason: str, message: str) -> KStatus:
    return KStatus(Status.IN_PROGRESS, message, reason)


def failed_for(reason: str, message: str) -> KStatus:
    return KStatus(Status.FAILED, message, reason)


def malformed(message: str) -> KStatus:
    return KStatus(Status.UNKNOWN, message, "Malformed")


def said(status: Status, condition: Mapping[str, Any]) -> KStatus:
    return KStatus(status, str(condition.get("message") or ""), str(condition.get("reason") or ""))
