"""``--fix``: what takes no thought is rewritten, and what is left is the report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orkestra.cli.validation.files import STDIN_NAME, Candidate
from orkestra.cli.validation.outputs import is_coloured
from orkestra.katalog import Diagnostic, load_place
from orkestra.katalog.compose import fetcher_beside
from orkestra.katalog.diagnostics import Findings
from orkestra.katalog.diagnostics.report import Report, encodable

if TYPE_CHECKING:
    from orkestra.cli.validation.runs import Request


def fix_files(request: Request, form: str, *, is_dry: bool) -> Report:
    """Fixes every candidate, and judges what is then there. Raises CannotRun for files that cannot be replaced."""
    if any(candidate.name == STDIN_NAME for candidate in request.candidates):
        if form != "human":
            raise click.UsageError(f"--fix prints the text of standard input, where -o {form} would print its report")
        if len(request.candidates) > 1:
            raise click.UsageError("--fix takes standard input alone: its text goes to standard output")
    files: list[str] = []
    left: list[Diagnostic] = []
    fixed: list[Diagnostic] = []
    skipped = 0
    for candidate in request.candidates:
        found = _fix_file(candidate, request, is_dry=is_dry, is_patch=is_dry and form == "human")
        if found is None:
            skipped += 1
            continue
        files.append(candidate.name)
        fixed += found[0]
        left += found[1]
    if form == "human":
        for each in fixed:
            said = "would be fixed" if is_dry else "fixed"
            click.echo(
                f"{encodable(each.file)}:{each.span}: {said}: {each.code} {_on_one_line(each.message)}", err=True
            )
    if fixed and not is_dry and len(files) > 1:  # what one file imports, a later turn may have fixed
        from orkestra.cli.validation.progress import Progress
        from orkestra.cli.validation.runs import validate

        return replace(validate(request, Progress()), fixed=tuple(fixed))
    return Report(tuple(files), tuple(left), skipped, tuple(fixed))


Outcome = tuple[Sequence[Diagnostic], Sequence[Diagnostic]]
"""What was fixed, and what is left."""


def _fix_file(candidate: Candidate, request: Request, *, is_dry: bool, is_patch: bool) -> Outcome | None:
    from orkestra.cli.rewriting.differences import coloured, patch
    from orkestra.cli.rewriting.originals import original_of, read_ours
    from orkestra.cli.rewriting.runs import replace_candidate
    from orkestra.cli.validation.runs import today
    from orkestra.katalog.edits.fixes import fix
    from orkestra.katalog.places import DiskPlace

    data = read_ours(candidate)
    if data is None:
        return None

    fetch = fetcher_beside(Path(candidate.name), os.environ, is_locked=request.is_locked)

    def judge(text: str | bytes) -> list[Diagnostic]:
        content = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        place = DiskPlace(Path(candidate.name), request.root)
        found = load_place(place, content, crds=request.crds, fetch=fetch, today=today(), judges_crds=True)[1]
        return request.severities.weigh(found, candidate.name)

    original = original_of(data, candidate.name, Findings())
    if original is None:
        return [], judge(data)
    before = original.source.text
    found = fix(original.source, judge)
    if candidate.name == STDIN_NAME and not is_dry:
        click.echo(original.encode(found.text), nl=False)
    elif found.text != before and not is_dry:
        replace_candidate(candidate, original.encode(found.text))
    elif is_patch:
        text = patch(encodable(candidate.name), before, found.text)
        click.echo(coloured(text) if is_coloured() else encodable(text).encode(), nl=False)
    return found.done, found.remaining


def _on_one_line(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
