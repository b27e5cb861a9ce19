"""Findings as JUnit XML, which test reporters of CI systems take: a suite for each file, a case for each finding.

Errors are failures, warnings and notes are passed cases with text; a file without findings is one passed case. The
element names are those Ant and Surefire write (surefire-test-report.xsd).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orkestra.katalog.diagnostics.codes import Severity
from orkestra.katalog.diagnostics.finding import Diagnostic
from orkestra.katalog.diagnostics.human import render_one
from orkestra.katalog.diagnostics.report import Report, code_of

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference (section 2.2)."""


def render_junit(report: Report, *, is_strict: bool = False) -> str:
    """The document. ``is_strict``: warnings are failures too."""
    failing = (Severity.ERROR, Severity.WARNING) if is_strict else (Severity.ERROR,)
    suites = [line for name, found in report.by_file().items() for line in _suite(name, found, failing)]
    tests = sum(max(1, len(found)) for found in report.by_file().values())
    failures = sum(1 for found in report.findings if found.severity in failing)
    head = f'<testsuites name="ork validate" tests="{tests}" failures="{failures}" errors="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>", ""])


def _suite(name: str, found: list[Diagnostic], failing: Sequence[Severity]) -> list[str]:
    failures = sum(1 for each in found if each.severity in failing)
    counts = f'tests="{max(1, len(found))}" failures="{failures}" errors="0" skipped="0"'
    cases = [line for each in found for line in _case(each, name, is_failure=each.severity in failing)]
    if not found:
        cases = [f'    <testcase name="no findings" classname={_quoted(name)}/>']
    return [f"  <testsuite name={_quoted(name)} {counts}>", *cases, "  </testsuite>"]


def _case(found: Diagnostic, suite: str, *, is_failure: bool) -> list[str]:
    title = f"{found.code} {code_of(found).title} ({found.span})"
    text = _escaped(render_one(found).rstrip())
    if is_failure:
        kind = f"message={_quoted(found.message)} type={_quoted(found.code)}"
        inside = f"      <failure {kind}>{text}</failure>"
    else:
        inside = f"      <system-out>{text}</system-out>"
    place = f'file={_quoted(found.file)} line="{found.span.line}"'
    return [f"    <testcase name={_quoted(title)} classname={_quoted(suite)} {place}>", inside, "    </testcase>"]


def _escaped(text: str) -> str:
    text = _NOT_XML.sub("�", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _quoted(text: str) -> str:
    escaped = _escaped(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
    return f'"{escaped}"'
