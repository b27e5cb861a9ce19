"""A report in the form that was asked for, on standard output."""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from orkestra import __version__
from orkestra.katalog.diagnostics import render
from orkestra.katalog.diagnostics.report import Report, counted

FORMS: Final = ("human", "json", "sarif", "junit", "github")


def is_coloured() -> bool:
    """Only on a terminal, and not where NO_COLOR is set (no-color.org: to anything but nothing)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def write(report: Report, form: str, *, is_strict: bool, beside: bool = False) -> None:
    """Prints the report; forms for machines have nothing else on standard output, and are UTF-8 whatever it is.

    ``beside``: the form for people goes to standard error, because standard output has a text or a patch.
    """
    if form == "human":
        stream = sys.stderr if beside else sys.stdout
        encoding = getattr(stream, "encoding", None) or "utf-8"
        colour = stream.isatty() if beside else is_coloured()
        click.echo(_for_people(report, colour).encode(encoding, "replace"), err=beside)
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
    if report.fixed:
        checked += f", {counted(report.fixed)} fixed"
    if report.skipped:
        checked += f", {report.skipped:,} of other kinds left out"
    if not report.findings:
        return f"{checked}: no findings{' left' if report.fixed else ''}"
    return f"{render(report.findings, colour=colour)}{checked}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
