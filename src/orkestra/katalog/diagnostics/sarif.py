"""Findings as SARIF 2.1.0, which code scanning services take.

Source: OASIS Static Analysis Results Interchange Format 2.1.0, sections 3.14 (run), 3.27 (result), 3.30 (region),
3.49 (reportingDescriptor) and 3.55 (fix). Columns count UTF-16 code units there (3.14.17); ours count characters, and
we say so.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

import msgspec

from orkestra.katalog.diagnostics.codes import Code
from orkestra.katalog.diagnostics.finding import Diagnostic, Span, printable_fixes
from orkestra.katalog.diagnostics.report import Report, code_of, encodable

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def render_sarif(report: Report, *, version: str) -> str:
    """One run of the tool ``ork`` of ``version``; its rules are the codes that were found."""
    codes = sorted({code_of(found) for found in report.findings}, key=lambda code: code.number)
    index = {code.name: n for n, code in enumerate(codes)}
    run = {
        "tool": {
            "driver": {
                "name": "ork",
                "semanticVersion": version,
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": _location(name)} for name in report.files],
        "results": [_result(found, index[found.code]) for found in printable_fixes(report.findings)],
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _rule(code: Code) -> dict[str, Any]:
    return {
        "id": code.name,
        "shortDescription": {"text": code.title},
        "defaultConfiguration": {"level": code.severity.value},
    }


def _result(found: Diagnostic, rule: int) -> dict[str, Any]:
    text = f"{found.message}\n{found.hint}" if found.hint else found.message
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": found.severity.value,
        "message": {"text": _plain(text)},
        "locations": [_place(found.file, found.span, found.quote)],
    }
    if found.path:
        result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": encodable(found.path), "kind": "member"}]
    if found.related:
        result["relatedLocations"] = [
            {**_place(other.file, other.span, other.quote), "id": n, "message": {"text": _plain(other.message)}}
            for n, other in enumerate(found.related, start=1)
        ]
    if found.fix:
        result["fixes"] = [_fix(found)]
    return result


def _fix(found: Diagnostic) -> dict[str, Any]:
    replacements: list[dict[str, Any]] = []
    for edit in found.fix:
        region = {"startLine": edit.span.line, "startColumn": edit.span.column}
        region |= {"endLine": edit.span.end_line, "endColumn": edit.span.end_column}
        replacements.append({"deletedRegion": region, "insertedContent": {"text": encodable(edit.text)}})
    change = {"artifactLocation": _location(found.file), "replacements": replacements}
    return {"description": {"text": _plain(found.hint or found.message)}, "artifactChanges": [change]}


def _plain(text: str) -> str:
    """Brackets and braces mean links and arguments in a message (3.11.5, 3.11.6)."""
    for character, escaped in (("\\", "\\\\"), ("[", "\\["), ("]", "\\]"), ("{", "{{"), ("}", "}}")):
        text = text.replace(character, escaped)
    return encodable(text)


def _place(file: str, span: Span, line: str) -> dict[str, Any]:
    region: dict[str, Any] = {"startLine": span.line, "startColumn": span.column}
    if span.end_line:
        region |= {"endLine": span.end_line, "endColumn": span.end_column}
    if line:
        region["snippet"] = {"text": encodable(line)}
    return {"physicalLocation": {"artifactLocation": _location(file), "region": region}}


def _location(file: str) -> dict[str, str]:
    path = PurePath(file)
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix(), safe="/", errors="surrogateescape")}
