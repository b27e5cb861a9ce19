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
    """Prints the report; forms for machines have nothing else on standard output."""
    if form == "human":
        click.echo(_for_people(report, is_coloured()), color=True)
    elif form == "json":
        from orkestra.katalog.diagnostics.documents import render_json

        click.echo(render_json(report), nl=False)
    elif form == "sarif":
        from orkestra.katalog.diagnostics.sarif import render_sarif

        click.echo(render_sarif(report, version=__version__), nl=False)
    elif form == "junit":
        from orkestra.katalog.diagnostics.junit import render_junit

        click.echo(render_junit(report, is_strict=is_strict), nl=False)
    else:
        from orkestra.katalog.diagnostics.annotations import render_annotations

        click.echo(render_annotations(report), nl=False)


def _for_people(report: Report, colour: bool) -> str:
    checked = f"{_files(len(report.files))} checked"
    if report.skipped:
        checked += f", {report.skipped:,} of other kinds left out"
    if not report.findings:
        return f"{checked}: no findings"
    return f"{render(report.findings, colour=colour)}{checked}"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"
