"""Faults on purpose, for tests of clients: refusals, resets, latency, stalled watches, forced compaction.

Served only where the server was started with ``faults=True``:

``POST /faults`` with a rule
    ``{"kind": "status", "code": 429, "retryAfter": 1, "method": "PATCH", "path": "/api/v1/", "count": 3}``:
    the next ``count`` requests (0: all) whose method is ``method`` (none: any) and whose path contains ``path`` are
    answered with that code. ``kind`` may also be ``reset`` (the connection is cut without an answer), ``latency``
    (``seconds`` of waiting before the request is served) and ``stall`` (watches that match send nothing for
    ``seconds``, 0 for as long as the rule stands, yet stay open).
``POST /faults/compact``
    all history is forgotten: watches and pages of earlier revisions get 410.
``GET /faults``, ``DELETE /faults``
    the rules as they stand; none any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from orkestra.k8s.errors import BadRequest, StatusError, TooManyRequests, status_error

FaultKind = Literal["status", "reset", "latency", "stall"]
_KINDS = ("status", "reset", "latency", "stall")
_MAX_SECONDS = 3600.0
_MAX_RULES = 1000


@dataclass(slots=True)
class Fault:
    """One rule. ``left`` counts down; -1 means for ever. ``until`` is loop time, 0 for no end."""

    kind: FaultKind
    method: str = ""
    path: str = ""
    code: int = 503
    retry_after: float = 0
    seconds: float = 0
    left: int = -1
    until: float = 0

    def matches(self, method: str, path: str) -> bool:
        return self.left != 0 and (not self.method or self.method == method) and self.path in path


def parse_fault(document: Any, now: float) -> Fault:
    """Raises BadRequest."""
    if not isinstance(document, dict) or document.get("kind") not in _KINDS:
        raise BadRequest(f"a fault needs a kind, one of {', '.join(_KINDS)}")
    seconds, code = _number(document, "seconds", 0, _MAX_SECONDS), int(_number(document, "code", 503, 599))
    if document["kind"] == "status" and code < 400:
        raise BadRequest("code must be between 400 and 599")
    count = int(_number(document, "count", 0, 10**9))
    return Fault(
        kind=document["kind"],
        method=str(document.get("method") or "").upper(),
        path=str(document.get("path") or ""),
        code=code,
        retry_after=_number(document, "retryAfter", 0, _MAX_SECONDS),
        seconds=seconds,
        left=count or -1,
        until=now + seconds if document["kind"] == "stall" and seconds else 0,
    )


def _number(document: Mapping[str, Any], name: str, default: float, most: float) -> float:
    value = document.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise BadRequest(f"{name} must be a number between 0 and {most:g}")
    return value


class Faults:
    """The rules that stand, oldest first."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._rules)

    def add(self, fault: Fault) -> None:
        if len(self._rules) >= _MAX_RULES:
            raise BadRequest(f"there are {_MAX_RULES} rules already")
        self._rules.append(fault)

    def clear(self) -> None:
        self._rules.clear()

    def listed(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def take(self, method: str, path: str) -> Fault | None:
        """The first rule about a request, counted down; stalls are asked for separately."""
        for rule in self._rules:
            if rule.kind != "stall" and rule.matches(method, path):
                if rule.left > 0:
                    rule.left -= 1
                    if not rule.left:
                        self._rules.remove(rule)
                return rule
        return None

    def is_stalled(self, path: str, now: float) -> bool:
        self._rules = [rule for rule in self._rules if not rule.until or rule.until > now]
        return any(rule.kind == "stall" and rule.matches("GET", path) for rule in self._rules)


def refusal(fault: Fault) -> StatusError:
    """The answer of a status fault."""
    if fault.code == 429:
        return TooManyRequests(
            "the server has received too many requests and has asked us to try again later",
            retry_after=fault.retry_after or 1,
        )
    return status_error({"message": f"injected fault {fault.code}"}, fault.code, fault.retry_after)
