"""Findings as a JSON document of our own: stable keys, one object a finding, for scripts."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from orkestra.katalog.diagnostics.codes import Severity
from orkestra.katalog.diagnostics.finding import Diagnostic, Span, printable_fixes
from orkestra.katalog.diagnostics.report import Report, code_of, encodable

FORMAT: Final = 1
"""Raised when a key is renamed or changes its meaning; new keys do not raise it."""


def render_json(report: Report) -> str:
    """``{format, files, findings, summary}``; lines and columns count from 1, the end is exclusive.

    A finding that can be fixed without thinking has ``fix``, edits to make all together, unless they would show a
    credential; what was fixed is ``fixed``.
    """
    document: dict[str, Any] = {
        "format": FORMAT,
        "files": [encodable(name) for name in report.files],
        "findings": [finding_document(found) for found in printable_fixes(report.findings)],
        "summary": {
            "files": len(report.files),
            "skipped": report.skipped,
            "errors": report.count(Severity.ERROR),
            "warnings": report.count(Severity.WARNING),
            "notes": report.count(Severity.NOTE),
        },
    }
    if report.fixed:
        document["fixed"] = [finding_document(found) for found in printable_fixes(report.fixed)]
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def finding_document(found: Diagnostic) -> dict[str, Any]:
    """One finding, as in ``findings``."""
    document: dict[str, Any] = {
        "code": found.code,
        "severity": found.severity.value,
        "title": code_of(found).title,
        "message": encodable(found.message),
        "file": encodable(found.file),
        **_place(found.span),
    }
    if found.path:
        document["path"] = encodable(found.path)
    if found.hint:
        document["hint"] = encodable(found.hint)
    if found.fix:
        document["fix"] = [{**_place(edit.span), "text": encodable(edit.text)} for edit in found.fix]
    if found.related:
        document["related"] = [
            {"message": encodable(other.message), "file": encodable(other.file), **_place(other.span)}
            for other in found.related
        ]
    return document


def _place(span: Span) -> dict[str, int]:
    place = {"line": span.line, "column": span.column}
    if span.end_line:
        place |= {"endLine": span.end_line, "endColumn": span.end_column}
    return place
