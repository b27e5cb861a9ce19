"""Findings as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

Source: docs.github.com, "Workflow commands for GitHub Actions"; escaping as in actions/toolkit
packages/core/src/command.ts.
"""

from __future__ import annotations

from orkestra.katalog.diagnostics.codes import Severity
from orkestra.katalog.diagnostics.finding import Diagnostic
from orkestra.katalog.diagnostics.report import Report, code_of, encodable

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render_annotations(report: Report) -> str:
    """A line for each finding; nothing where there are none."""
    return "".join(f"{_annotation(found)}\n" for found in report.findings)


def _annotation(found: Diagnostic) -> str:
    span = found.span
    properties = {"file": found.file, "line": str(span.line), "col": str(span.column)}
    if span.end_line > span.line:
        properties["endLine"] = str(span.end_line)
    elif span.end_line and span.end_column > span.column + 1:
        properties["endColumn"] = str(span.end_column - 1)  # GitHub counts the last column in
    properties["title"] = f"{found.code} {code_of(found).title}"
    shown = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items())
    text = f"{found.message}\n{found.hint}" if found.hint else found.message
    return f"::{_COMMANDS[found.severity]} {shown}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return encodable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
