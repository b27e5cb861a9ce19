"""What the shell offers for arguments: entries of a Katalog, template functions, codes. Never an error, never slow."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem


def complete_entries(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The entries of the Katalog that is named so far, or of the usual one."""
    from orkestra.cli.definition import find_file
    from orkestra.cli.settings import CannotRun
    from orkestra.katalog import load

    try:
        katalog, _ = load(Path(find_file(ctx.params.get("file"))))
    except CannotRun:
        return []
    taken = ctx.params.get(param.name or "") or ()
    boxes = katalog.boxes if katalog is not None else ()
    return [
        CompletionItem(box.name, help=box.description or str(box.gvk.kind))
        for box in boxes
        if box.name.startswith(incomplete) and box.name not in taken
    ]


def complete_functions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Template functions, capitals aside."""
    from orkestra.template.functions import builtin_functions

    return [
        CompletionItem(row.name, help=row.description)
        for row in builtin_functions().values()
        if row.name.lower().startswith(incomplete.lower())
    ]


def complete_severities(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """``CODE=LEVEL``: codes first, then their levels."""
    from orkestra.cli.validation.severities import LEVELS
    from orkestra.katalog.diagnostics import CODES

    code, equals, _ = incomplete.partition("=")
    if equals:
        return [CompletionItem(text) for level in LEVELS if (text := f"{code}={level}").startswith(incomplete)]
    known = (each for each in CODES.values() if each.name.startswith(incomplete.upper()))
    return [CompletionItem(f"{each.name}=", help=each.title) for each in known]
