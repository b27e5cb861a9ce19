"""Many files, rewritten one after another, and what is told of it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import click

from orkestra.cli.printing import print_data
from orkestra.cli.rewriting.differences import coloured, patch
from orkestra.cli.rewriting.originals import original_of, read_ours, reason_against
from orkestra.cli.rewriting.replacing import replace_file
from orkestra.cli.settings import CannotRun
from orkestra.cli.validation.files import STDIN_NAME, Candidate, none_is_ours
from orkestra.cli.validation.outputs import is_coloured
from orkestra.katalog.diagnostics import Diagnostic, Findings, SourceText, Span, render
from orkestra.katalog.diagnostics.report import encodable

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Note:
    """One line of the report: what was done at a place, or what was left there."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What a rewriting makes of a text. ``left``: what is there still and needs a person."""

    text: str
    done: Sequence[Note] = ()
    left: Sequence[Note] = ()


Rewriting = Callable[[SourceText, Findings], Rewritten]


@dataclass(frozen=True, slots=True)
class Mode:
    """``is_check``: only say whether something would change; ``shows_difference``: print it as a patch; either way
    nothing is written. ``verb``: what was done to a file, in the past tense."""

    verb: str
    is_check: bool = False
    shows_difference: bool = False
    form: str = "human"

    @property
    def writes(self) -> bool:
        return not (self.is_check or self.shows_difference)


@dataclass(slots=True)
class File:
    """What became of one file."""

    name: str
    before: str = ""
    rewritten: Rewritten = field(default_factory=lambda: Rewritten(""))
    findings: list[Diagnostic] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        return not self.findings and self.rewritten.text != self.before


def run(candidates: Iterable[Candidate], rewriting: Rewriting, mode: Mode) -> int:
    """Rewrites, reports, and gives the exit code: 1 when a file does not parse, something is left, or with ``is_check``
    something would change. Raises CannotRun for files that cannot be read or replaced, and where none is ours."""
    files: list[File] = []
    others = 0
    for candidate in candidates:
        found = _rewrite(candidate, rewriting, mode)
        if found is None:
            others += 1
        else:
            files.append(found)
    if not files:
        raise CannotRun(none_is_ours(others, "name one with its path"))
    if mode.form == "human":
        _print_report(files, mode)
    else:
        print_data(_document(files, mode), mode.form)
    needs_someone = any(file.findings or file.rewritten.left for file in files)
    return 1 if needs_someone or (mode.is_check and any(file.is_changed for file in files)) else 0


def _rewrite(candidate: Candidate, rewriting: Rewriting, mode: Mode) -> File | None:
    data = read_ours(candidate)
    if data is None:
        return None
    findings = Findings()
    original = original_of(data, candidate.name, findings)
    file = File(candidate.name, findings=findings.sorted())
    if original is None:
        return file
    file.before = original.source.text
    file.rewritten = rewriting(original.source, findings)
    file.findings = [each for each in findings.sorted() if each.is_error]
    if candidate.name == STDIN_NAME and mode.writes and mode.form == "human":
        text = file.before if file.findings else file.rewritten.text
        click.echo(original.encode(text), nl=False)
    elif file.is_changed and mode.writes and candidate.name != STDIN_NAME:
        replace_candidate(candidate, original.encode(file.rewritten.text))
    return file


def replace_candidate(candidate: Candidate, data: bytes) -> None:
    """Puts ``data`` in the place of a file. Raises CannotRun when that may not be."""
    reason = reason_against(candidate)
    if reason:
        raise CannotRun(f"{candidate.name}: not rewritten: {reason}")
    try:
        replace_file(candidate.name, data)
    except OSError as error:
        raise CannotRun(f"{candidate.name}: not rewritten: {error.strerror or error}") from None


def _print_report(files: Sequence[File], mode: Mode) -> None:
    """The patch on standard output, all else on standard error, so that either can be taken alone."""
    for file in files:
        if mode.shows_difference and file.is_changed:
            text = patch(encodable(file.name), file.before, file.rewritten.text)
            click.echo(coloured(text) if is_coloured() else encodable(text).encode(), nl=False)
        if file.findings:
            click.echo(render(file.findings, colour=sys.stderr.isatty()), err=True, nl=False)
        for note in file.rewritten.done:
            click.echo(_line(file.name, note), err=True)
        for note in file.rewritten.left:
            click.echo(_line(file.name, note), err=True)
    changed = sum(file.is_changed for file in files)
    would = "" if mode.writes else "would be "
    same = len(files) - changed
    click.echo(
        f"{_count(changed)} {would}{mode.verb}, {same:,} left as {'it is' if same == 1 else 'they are'}", err=True
    )
    if mode.is_check and not mode.shows_difference:
        for file in files:
            if file.is_changed:
                click.echo(f"{encodable(file.name)}: would be {mode.verb}")


def _line(name: str, note: Note) -> str:
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in note.text)
    return f"{encodable(name)}:{note.span}: {text}"


def _count(number: int) -> str:
    return "1 file" if number == 1 else f"{number:,} files"


def _document(files: Sequence[File], mode: Mode) -> dict[str, Any]:
    from orkestra.katalog.diagnostics.documents import finding_document

    documents: list[dict[str, Any]] = []
    for file in files:
        document: dict[str, Any] = {
            "file": encodable(file.name),
            "changed": file.is_changed,
            "done": [_note(note) for note in file.rewritten.done],
            "left": [_note(note) for note in file.rewritten.left],
            "findings": [finding_document(found) for found in file.findings],
        }
        if mode.shows_difference:
            document["diff"] = encodable(patch(file.name, file.before, file.rewritten.text) if file.is_changed else "")
        if file.name == STDIN_NAME:
            document["text"] = encodable(file.rewritten.text)
        documents.append(document)
    return {"format": FORMAT, "written": mode.writes, "files": documents}


def _note(note: Note) -> dict[str, Any]:
    return {"line": note.span.line, "column": note.span.column, "text": encodable(note.text)}
