"""Words and characters that are read as something else than they look: YAML 1.1's words and numbers where nothing says
that text is meant, quotes and spaces that only look like them, marks that hide what the text says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import SourceText, Span
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_WORDS: Final = frozenset(
    form for word in ("y", "n", "yes", "no", "on", "off") for form in (word, word.title(), word.upper())
)
_MODES = re.compile(r"mode$", re.IGNORECASE)
_ODD = re.compile("[\u00a0\u200b\u202a-\u202f\u2060\u2066-\u2069\ufeff\u201c-\u201f\u2018-\u201b]")
_HIDING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NARROW: Final = frozenset("\u00a0\u202f")
_QUOTES: Final = frozenset("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f")
_TRAILING = re.compile(r"[-+]?[0-9]+\.[0-9]*0")
_OCTAL = re.compile(r"[-+]?0[0-7]+")
_OTHER_BASE = re.compile(r"[-+]?0[xXbBoO][0-9a-fA-F_]+|[-+]?[0-9]+(?:_[0-9]+)+|[0-9]+[eE][0-9]+")


def check_scalars(checked: Checked) -> None:
    for box in checked.boxes:
        for entry in (*box.entries, *box.on_delete.entries):
            if entry.kind == "custom":
                node = checked.decoder.entry_nodes[entry.id]
                for key in ("spec", "status"):
                    for name, value in _scalars(node.get(key), key):
                        _check(name, value, checked)
    for source in checked.sources():
        if not source.text.isascii():
            _check_characters(source, checked)


def _scalars(node: Node | None, name: str) -> Iterator[tuple[str, ScalarNode]]:
    """Unquoted scalars of a tree in which nothing says what type is meant."""
    if isinstance(node, ScalarNode):
        if node.is_plain and not node.tag:
            yield name, node
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from _scalars(item, name)
    elif isinstance(node, MapNode):
        for key, (_, value) in node.entries.items():
            yield from _scalars(value, key)


def _check(name: str, node: ScalarNode, checked: Checked) -> None:
    text, value = node.text, node.value
    if text in _WORDS:
        meant = "true" if value else "false"
        checked.report(1221, f"{name[:60]}: {text} is read as {meant}", node.span, f'write {meant}, or "{text}"')
        return
    is_octal = _OCTAL.fullmatch(text) and not _MODES.search(name)
    if not isinstance(value, str) and (_TRAILING.fullmatch(text) or is_octal or _OTHER_BASE.fullmatch(text)):
        message = f"{name[:60]}: {text} is read as the number {value}"
        checked.report(1221, message, node.span, f'write {value}, or "{text}" with quotes')


def _check_characters(source: SourceText, checked: Checked) -> None:
    """Characters that look like others, or like nothing. Within a sentence most of them are right."""
    text = source.text
    for found in _ODD.finditer(text):
        at, character = found.start(), found.group()
        if (character in _QUOTES or character in _NARROW) and not _is_outer(text, at):
            continue
        before = text.rfind("\n", 0, at) + 1
        line = text.count("\n", 0, at) + 1
        span = Span(line, at - before + 1, line, at - before + 2, source.name)
        code = f"U+{ord(character):04X}"
        if character in _HIDING:
            message = f"{code} changes the order in which the line is shown, so that it reads otherwise than it runs"
            checked.report(1707, message, span, "take it out")
        elif character in _QUOTES:
            checked.report(1222, f"{code} is no quote to YAML: it is part of the value", span, "write \" or '")
        else:
            checked.report(1222, f"{code} looks like a space and is none", span, "write a space, or nothing")


def _is_outer(text: str, at: int) -> bool:
    """Whether a character stands where a value, or a word of a template, would begin."""
    return text[max(0, at - 8) : at].rstrip(" ").endswith((":", "-", "[", "{", ",", "|", "\n"))
