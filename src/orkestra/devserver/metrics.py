"""Requests counted as a real server counts them, so that tests can tell how many writes a program made."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from orkestra.devserver.handlers.requests import Target


class Series(NamedTuple):
    """The labels of ``apiserver_request_total``, in the order they are printed."""

    code: str
    group: str
    resource: str
    subresource: str
    verb: str
    version: str


class RequestCounts:
    """Grows with the kinds and verbs that are used, not with requests."""

    def __init__(self) -> None:
        self._counts: Counter[Series] = Counter()

    def count(self, method: str, target: Target, code: int, *, is_watch: bool = False, is_apply: bool = False) -> None:
        info = target.kind.info
        verb = "APPLY" if is_apply else method
        if method == "GET" and not target.name:
            verb = "WATCH" if is_watch else "LIST"
        elif method == "DELETE" and not target.name:
            verb = "DELETECOLLECTION"
        self._counts[Series(str(code), info.group, info.plural, target.subresource, verb, info.version)] += 1

    def exposition(self) -> str:
        """The text format Prometheus reads."""
        lines = [
            "# HELP apiserver_request_total Requests answered, by verb, resource and code.",
            "# TYPE apiserver_request_total counter",
        ]
        for series, number in sorted(self._counts.items()):
            labels = ",".join(f'{name}="{value}"' for name, value in zip(Series._fields, series, strict=True))
            lines.append(f"apiserver_request_total{{{labels}}} {number}")
        return "\n".join([*lines, ""])
