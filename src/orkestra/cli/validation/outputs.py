"""A report in the form that was asked for, on standard output."""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from orkestra import __version__
from orkestra.katalog.diagnostics import render
from orkestra.katalog.diagnostics.report import Report

FORMS: Final = ("human", "json", "sarif", "junit", "github")


def is_coloured() -> bool:
    """Only on a terminal, and not where NO_COLOR is set (no-color.org: to anything but nothing)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def write(report: Report, form: str, *, is_strict: bool) -> None:
    """Prints the report; forms for machines have nothing else on standard output, and are UTF-8 whatever it is."""
    if form == "human":
        encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        click.echo(_for_people(report, is_coloured()).encode(encoding, "replace"))
    else:
        click.echo(_for_machines(report, form, is_strict).encode("utf-8", "replace"), nl=False)


def _for_machines(report: Report, form: str, is_strict: bool) -> str:
    if form == "json":
        from orkestra.katalog.diagnostics.documents import render_json

        return render_json(report)
    if form == "sarif":
        from orkestra.katalog.diagnostics.sarif import render_sarif

        return render_sarif(report, version=__version__)
    if form == "junit":
        from orkestra.katalog.diagnostics.junit import render_junit

        return render_junit(report, is_strict=is_strict)
    from orkestra.katalog.diagnostics.annotations import render_annotations

    return render_annotations(report)


def _for_people(report: Report, colour: bool) -> str:
    checked = f"{_files(len(report.files))} checked"
    if report.skipped:
        checked += f", {report.skipped:,} of other kinds left out"
    if not report.findings:
        return f"{checked}: no findings"
    return f"{render(report.findings, colour=colour)}{checked}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
