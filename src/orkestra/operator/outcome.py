"""What a reconcile came to, as values: failures with their kind, and what was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from orkestra.k8s.errors import Conflict, Forbidden, Invalid, NotFound, StatusError


class Reason(StrEnum):
    """Reasons of the Ready condition. Stable: users match on them; each is documented."""

    SUCCEEDED = "ReconcileSucceeded"
    PROGRESSING = "ChildrenProgressing"
    CHILD_FAILED = "ChildFailed"
    ERROR = "ReconcileError"
    INVALID_TEMPLATE = "InvalidTemplate"
    INVALID_CHILD = "InvalidChild"
    INVALID_STATUS = "InvalidStatus"
    CONFLICT = "Conflict"
    FORBIDDEN = "Forbidden"


class Failure(Exception):
    """A reconcile that cannot go on. ``is_retried``: something outside may mend it, so it is tried again with back-off;
    otherwise the next change of the CR, its children or its definition is what helps."""

    def __init__(self, reason: Reason, message: str, *, is_retried: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.is_retried = is_retried


def failure_of(error: StatusError, doing: str) -> Failure:
    """The failure an API error means; ``doing`` says what was tried: ``create Deployment default/shop``."""
    text = f"cannot {doing}: {error.message}"
    if isinstance(error, Conflict) and error.is_field_conflict:
        return Failure(Reason.CONFLICT, text, is_retried=False)
    if isinstance(error, Forbidden) and not any(cause.reason == "NamespaceTerminating" for cause in error.causes):
        return Failure(Reason.FORBIDDEN, text, is_retried=True)
    if isinstance(error, Invalid) or error.code == 400:
        return Failure(Reason.INVALID_CHILD, text, is_retried=False)
    if isinstance(error, NotFound):
        return Failure(Reason.ERROR, text, is_retried=True)
    return Failure(Reason.ERROR, text, is_retried=True)


@dataclass(frozen=True, slots=True)
class Drift:
    """A child that somebody else changed; ``text`` says which and where."""

    kind: str
    text: str


@dataclass(slots=True)
class Outcome:
    """Collected while a reconcile runs; ``status.py`` turns it into conditions."""

    failures: list[Failure] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """What is not ready yet, first blocker first."""
    failed_children: list[str] = field(default_factory=list)
    drifted: list[Drift] = field(default_factory=list)
    corrected: list[Drift] = field(default_factory=list)
    writes: int = 0

    @property
    def failure(self) -> Failure | None:
        return self.failures[0] if self.failures else None
