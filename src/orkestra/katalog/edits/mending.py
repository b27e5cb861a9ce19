"""Text that is no sound YAML, where what was meant cannot be mistaken: unquoted templates, tabs for indentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from orkestra.katalog.diagnostics.finding import Diagnostic, Findings, SourceText
from orkestra.katalog.edits.meaning import meaning_of
from orkestra.katalog.edits.written import parse_written

_VALUE = re.compile(
    r"""(?P<head>[ ]*(?:-[ ]+)*(?:[^\s'"#&*!|>%@`{}\[\],:-][^\s'"#{}\[\],:]*:[ ]+|(?<=-[ ])))"""
    r"""(?P<value>\{\{.*?)(?P<tail>[ \t]*(?:(?<=[ \t])\#.*)?)"""
)
_IN_FLOW = re.compile(r"""(?<=[:,\[{-][ ])\{\{[^{}"']*\}\}(?=[ ]*[,}\]])""")
_OPENS_BLOCK = re.compile(r"(?:^|[:-])[ ]+(?:[&!]\S+[ ]+)*[|>][-+0-9]*[ \t]*(?:#.*)?$")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_TAB_WIDTHS: Final = (2, 4, 8)


def mend(source: SourceText, broken: Iterable[Diagnostic]) -> str:
    """The text with what ``broken`` findings hint at done wherever it occurs; the same text where nothing is sure."""
    if any(found.code == "ORK1002" for found in broken):
        return _without_tabs(source)
    return "".join(line if is_content else _quoted(line) for line, is_content in _lines(source.text))


def quoted(text: str) -> str:
    """A scalar of one line in quotes: double ones where nothing in it needs escaping there."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _quoted(line: str) -> str:
    body = line.rstrip("\r\n")
    found = _VALUE.fullmatch(body)
    if found and found["value"].rstrip().endswith(("}}", *"/:-_.0123456789abcdefghijklmnopqrstuvwxyz")):
        return found["head"] + quoted(found["value"]) + found["tail"] + line[len(body) :]
    return _IN_FLOW.sub(lambda match: quoted(match.group()), body) + line[len(body) :]


def _without_tabs(source: SourceText) -> str:
    """Each tab of an indentation as so many spaces, if it does not matter how many."""
    made: list[tuple[str, Any]] = []
    for width in _TAB_WIDTHS:
        text = "".join(line if is_content else _untabbed(line, width) for line, is_content in _lines(source.text))
        written = parse_written(SourceText(source.name, text), Findings())
        if written is not None:
            made.append((text, meaning_of(written.root)))
    if made and all(meaning == made[0][1] for _, meaning in made):
        return made[0][0]
    return source.text


def _untabbed(line: str, width: int) -> str:
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].replace("\t", " " * width) + body


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Every line, and whether it is content of a block scalar."""
    inside: int | None = None
    for line in _LINES.findall(text):
        body = line.rstrip("\r\n")
        indent = len(body) - len(body.lstrip(" "))
        if inside is not None and (not body.strip() or indent > inside):
            yield line, True
            continue
        inside = indent if _OPENS_BLOCK.search(body) else None
        yield line, False
