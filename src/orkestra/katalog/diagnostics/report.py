"""What a run over many files found, whatever form it is then given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orkestra.katalog.diagnostics.codes import CODES, Code, Severity
from orkestra.katalog.diagnostics.finding import Diagnostic

_BY_NAME = {code.name: code for code in CODES.values()}


@dataclass(frozen=True, slots=True)
class Report:
    """``files``: what was checked, in order, as findings name them. ``skipped``: how many others were left alone.
    ``fixed``: what was found too, and fixed."""

    files: tuple[str, ...]
    findings: tuple[Diagnostic, ...]
    skipped: int = 0
    fixed: tuple[Diagnostic, ...] = ()

    def count(self, severity: Severity) -> int:
        return sum(1 for found in self.findings if found.severity is severity)

    def fails(self, *, is_strict: bool = False) -> bool:
        """Whether an error is among the findings; ``is_strict``: or a warning."""
        failing = (Severity.ERROR, Severity.WARNING) if is_strict else (Severity.ERROR,)
        return any(found.severity in failing for found in self.findings)

    def by_file(self) -> dict[str, list[Diagnostic]]:
        """The findings of every file: those checked in their order, then any other file a finding is in."""
        grouped: dict[str, list[Diagnostic]] = {name: [] for name in self.files}
        for found in self.findings:
            grouped.setdefault(found.file, []).append(found)
        return grouped


def code_of(found: Diagnostic) -> Code:
    return _BY_NAME[found.code]


def counted(findings: Iterable[Diagnostic]) -> str:
    """``2 errors, 1 warning``; empty when there is nothing."""
    severities = [found.severity for found in findings]
    counts = [(severity, severities.count(severity)) for severity in Severity]
    return ", ".join(f"{n} {severity}{'s' if n != 1 else ''}" for severity, n in counts if n)


def encodable(text: str) -> str:
    """``text`` without what UTF-8 cannot carry: names of files may hold bytes that are no text."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
