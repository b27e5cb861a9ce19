"""The API's errors: ``metav1.Status`` as exceptions, told apart by reason, never by text.

The client raises them from responses, the embedded API server raises them in its handlers and renders ``status``.
Reasons and codes: k8s.io/apimachinery pkg/apis/meta/v1/types.go (StatusReason) and pkg/api/errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from orkestra.k8s.objects import Object


@dataclass(frozen=True, slots=True)
class Cause:
    """One entry of ``status.details.causes``: ``reason`` (FieldValueRequired …), dotted ``field``, ``message``."""

    reason: str
    message: str
    field: str = ""

    def as_dict(self) -> dict[str, str]:
        out = {"reason": self.reason, "message": self.message}
        return out | {"field": self.field} if self.field else out


class StatusError(Exception):
    """An API error. ``code`` is the HTTP status; ``retry_after`` is in seconds (0: the server named none).

    ``details`` given empty are told as empty, as a server does that knows no more; None leaves them out.
    """

    reason: ClassVar[str] = ""
    default_code: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        *,
        code: int = 0,
        causes: Sequence[Cause] = (),
        details: Mapping[str, Any] | None = None,
        retry_after: float = 0,
        reason: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.causes = tuple(causes)
        self.details = dict(details or {})
        self._tells_details = details is not None
        self.retry_after = retry_after
        self.status_reason = reason or self.reason

    @property
    def status(self) -> Object:
        """The ``Status`` object a server answers with."""
        details = dict(self.details)
        if self.causes:
            details["causes"] = [cause.as_dict() for cause in self.causes]
        if self.retry_after:
            details["retryAfterSeconds"] = max(1, round(self.retry_after))
        status: Object = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.status_reason:
            status["reason"] = self.status_reason
        if details or self._tells_details:
            status["details"] = details
        status["code"] = self.code
        return status


class BadRequest(StatusError):
    reason, default_code = "BadRequest", 400


class Unauthorized(StatusError):
    reason, default_code = "Unauthorized", 401


class Forbidden(StatusError):
    reason, default_code = "Forbidden", 403


class NotFound(StatusError):
    reason, default_code = "NotFound", 404


class MethodNotAllowed(StatusError):
    reason, default_code = "MethodNotAllowed", 405


class NotAcceptable(StatusError):
    reason, default_code = "NotAcceptable", 406


class Conflict(StatusError):
    """A stale resourceVersion, a failed precondition, or fields another manager owns (causes tell which)."""

    reason, default_code = "Conflict", 409

    @property
    def is_field_conflict(self) -> bool:
        return any(cause.reason == "FieldManagerConflict" for cause in self.causes)


class AlreadyExists(StatusError):
    reason, default_code = "AlreadyExists", 409


class Gone(StatusError):
    reason, default_code = "Gone", 410


class Expired(StatusError):
    """The resourceVersion or continue token is too old: list again."""

    reason, default_code = "Expired", 410


class RequestEntityTooLarge(StatusError):
    reason, default_code = "RequestEntityTooLarge", 413


class UnsupportedMediaType(StatusError):
    reason, default_code = "UnsupportedMediaType", 415


class Invalid(StatusError):
    reason, default_code = "Invalid", 422


class TooManyRequests(StatusError):
    reason, default_code = "TooManyRequests", 429


class InternalError(StatusError):
    reason, default_code = "InternalError", 500


class ServiceUnavailable(StatusError):
    reason, default_code = "ServiceUnavailable", 503


class Timeout(StatusError):
    reason, default_code = "Timeout", 504


class ServerTimeout(StatusError):
    reason, default_code = "ServerTimeout", 500


_BY_REASON: dict[str, type[StatusError]] = {
    cls.reason: cls
    for cls in (
        BadRequest, Unauthorized, Forbidden, NotFound, MethodNotAllowed, NotAcceptable, Conflict, AlreadyExists,
        Gone, Expired, RequestEntityTooLarge, UnsupportedMediaType, Invalid, TooManyRequests, InternalError,
        ServiceUnavailable, Timeout, ServerTimeout,
    )
}  # fmt: skip
_BY_CODE: dict[int, type[StatusError]] = {
    400: BadRequest, 401: Unauthorized, 403: Forbidden, 404: NotFound, 405: MethodNotAllowed, 406: NotAcceptable,
    409: Conflict, 410: Gone, 413: RequestEntityTooLarge, 415: UnsupportedMediaType, 422: Invalid,
    429: TooManyRequests, 500: InternalError, 503: ServiceUnavailable, 504: Timeout,
}  # fmt: skip


def status_error(status: Any, code: int = 0, retry_after: float = 0) -> StatusError:
    """The exception for a ``Status`` body (any JSON value; proxies answer with their own) and an HTTP code."""
    if not isinstance(status, dict):
        status = {"message": str(status) if status else ""}
    code = code or (status["code"] if isinstance(status.get("code"), int) else 0)
    reason = str(status.get("reason") or "")
    cls = _BY_REASON.get(reason) or _BY_CODE.get(code) or StatusError
    raw = status.get("details")
    details: dict[str, Any] = dict(raw) if isinstance(raw, dict) else {}
    listed = details.pop("causes", None)
    causes = [
        Cause(str(c.get("reason") or ""), str(c.get("message") or ""), str(c.get("field") or ""))
        for c in (listed if isinstance(listed, list) else ())
        if isinstance(c, dict)
    ]
    named = details.pop("retryAfterSeconds", 0)
    wait = retry_after or (float(named) if isinstance(named, int) else 0)
    message = str(status.get("message") or f"the server answered {code}")
    told = details if isinstance(raw, dict) else None
    return cls(message, code=code, causes=causes, details=told, retry_after=wait, reason=reason)
