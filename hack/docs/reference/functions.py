"""The registry of template functions -> docs/templates.md."""

from __future__ import annotations

from itertools import groupby

from orkestra.template import Function, Limits
from orkestra.template.functions import builtin_functions
from reference.markdown import code, table


def lines() -> list[str]:
    """A table for each domain; the example and what it renders."""
    out: list[str] = []
    for domain, rows in groupby(builtin_functions().values(), key=lambda row: row.domain):
        out += [f"### {'of Go itself' if domain == 'go' else domain}", ""]
        out += [*table(("Function", "Gives", "Example", "Result"), [_cells(row) for row in rows]), ""]
    return out


def _cells(row: Function) -> tuple[str, str, str, str]:
    shown = code(row.result.replace("\n", "⏎")) if row.result else ""
    return code(row.signature), row.description, code(row.example) if row.example else "", shown


def limit_lines() -> list[str]:
    """The bounds of one render."""
    limits = Limits()
    rows = (
        ("output, and every text on the way", f"{limits.output_bytes:,} bytes"),
        ("steps: loop passes, template calls, large values handed to functions", f"{limits.steps:,}"),
        ("templates within templates", f"{limits.depth:,}"),
    )
    return table(("What", "At most"), rows)
