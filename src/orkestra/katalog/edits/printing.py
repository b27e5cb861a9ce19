"""Outline -> text. Unchanged parts come out as they were read; moved ones are shifted, flows that changed restated."""

from __future__ import annotations

import re

from orkestra.katalog.edits.outline import ITEM, Kind, Outline, Part

_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def print_outline(outline: Outline) -> str:
    """The file's text."""
    root, newline = outline.root, outline.newline
    if root.kind.is_flow:
        text = root.sep + flow_text(root) + root.tail + root.foot
    else:
        text = root.sep + _parts(root, root.inner, newline) + root.foot
    return _ended(text, newline) + outline.suffix if outline.suffix else text


def _part(part: Part, column: int, newline: str, *, is_inline: bool) -> str:
    """One part of a block with its key at ``column``; ``is_inline``: right behind a dash."""
    by = column - part.column
    head = part.key if is_inline else shift(part.lead, by) + _inline_leads(part, column) + " " * column + part.key
    if part.kind is Kind.LEAF or part.kind.is_flow:
        value = part.value if part.kind is Kind.LEAF else flow_text(part)
        text = head + _continued(part.sep + value, by) + part.tail
    else:
        text = head + _continued(part.sep, by) + _parts(part, column + part.inner - part.column, newline)
    if part.foot:
        text = _ended(text, newline) + shift(part.foot, by)
    return text


def _inline_leads(part: Part, column: int) -> str:
    """Comments above what stands behind a dash go above the dash."""
    leads = ""
    while part.is_inline and part.parts:
        part = part.parts[0]
        leads += shift(part.lead, column - part.column)
    return leads


def _parts(part: Part, column: int, newline: str) -> str:
    text = ""
    for n, child in enumerate(part.parts):
        printed = _part(child, column, newline, is_inline=part.is_inline and n == 0)
        text = _ended(text, newline) + printed if text else printed
    return text


def flow_text(part: Part) -> str:
    """A flow, or a leaf, from its first to its last character."""
    if part.kind is Kind.LEAF:
        return part.value
    if not part.is_restated:
        inner = "".join(child.lead + child.key + child.sep + flow_text(child) for child in part.parts)
        return part.value + inner + part.closing
    inner = ", ".join(_restated(child) for child in part.parts)
    return part.value + inner + part.closing.strip(" \t\r\n,")


def _restated(child: Part) -> str:
    if child.key in ("", ITEM):
        return flow_text(child)
    value = flow_text(child)
    return f"{child.key}: {value}" if value else child.key  # {a:} would be a key "a:"


def shift(lines: str, by: int) -> str:
    """Whole lines moved to the right, or to the left as far as they can."""
    return "".join(_moved(line, by) for line in _LINES.findall(lines)) if by else lines


def _continued(text: str, by: int) -> str:
    """The same for a text that begins in the middle of a line."""
    first, newline, rest = text.partition("\n")
    return first + newline + shift(rest, by) if newline and by else text


def _moved(line: str, by: int) -> str:
    if line in ("\n", "\r\n"):
        return line
    if by > 0:
        return " " * by + line
    return line[min(-by, len(line) - len(line.lstrip(" "))) :]


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline
