"""Literal credentials have no place in a file that lives in Git: values of known shapes wherever they stand, comments
included, and what stands under the name of a credential."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.credentials import is_literal, is_name, is_plain, looks_random, may_name, shaped, whole
from orkestra.katalog.diagnostics.finding import SourceText, Span
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_HINT_OF_NAMES = re.compile(r"pass|secret|token|credential|key", re.IGNORECASE)
_HINT: Final = "take it from a Secret (valueFrom, fromSecret), from the CR, or from a random function with once: true"
_WIDEST: Final = 64


def check_credentials(checked: Checked) -> None:
    find_credentials(checked.root, checked.sources(), checked.decoder)


def find_credentials(root: Node | None, sources: Iterable[SourceText], decoder: Decoder) -> None:
    """Reports the credentials of a file of any kind: ``root`` is its tree, ``sources`` the texts it is made of. All of
    them are kept out of what findings show."""
    sources = tuple(sources)
    for source in sources:
        for what, at in _in_text(source, decoder):
            _report(f"a literal credential: {what}", at, decoder)
    for entry_id, node in decoder.entry_nodes.items():
        for name, value, is_secret in _literals(node, is_secret=".secrets[" in entry_id):
            is_random = is_secret and ".secrets[" in entry_id and looks_random(value.text)
            is_named = is_name(name) if is_secret else is_plain(name)
            if (is_named or is_random) and _is_literal(value):
                _report_value(name, value, decoder)
    if root is not None and any(may_name(source.text) for source in sources):
        for name, value in _passwords(root):
            _report_value(name, value, decoder)


def _report_value(name: str, value: ScalarNode, decoder: Decoder) -> None:
    decoder.findings.conceal(value.source, value.span, value.text)
    _report(f"{name[:60]}: a literal credential", value.span, decoder)


def _report(message: str, at: Span, decoder: Decoder) -> None:
    """One finding a line: the name and the shape of a value are two signs of one thing."""
    if not decoder.findings.has_at(1701, at.file, at.line):
        decoder.report(1701, message, at, _HINT)


def _is_literal(value: ScalarNode) -> bool:
    return is_literal(value.text) and not value.is_null


def _in_text(source: SourceText, decoder: Decoder) -> Iterator[tuple[str, Span]]:
    """What is found by its shape, with its place."""
    text = source.text
    for found in shaped(text):
        line, column = _place(text, found.start)
        _, start, end = whole(found, text)
        decoder.findings.conceal(source, Span(line, column, *_place(text, end)), text[start:end])
        width = min(len(text[found.start : found.end].partition("\n")[0]), _WIDEST)
        yield found.what, Span(line, column, line, column + width, source.name)


def _place(text: str, at: int) -> tuple[int, int]:
    """Line and column of an offset."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _literals(entry: MapNode, *, is_secret: bool) -> Iterator[tuple[str, ScalarNode, bool]]:
    """(name, value, is it Secret data) of every literal that could hold a credential."""
    data = entry.get("data")
    if isinstance(data, MapNode):
        for name, (_, value) in data.entries.items():
            if isinstance(value, ScalarNode):
                yield name, value, is_secret
    env = entry.get("env")
    for item in env.items if isinstance(env, ListNode) else ():
        named, value_node = (item.get("name"), item.get("value")) if isinstance(item, MapNode) else (None, None)
        if isinstance(named, ScalarNode) and isinstance(value_node, ScalarNode):
            yield named.text, value_node, True


def _passwords(root: Node) -> Iterator[tuple[str, ScalarNode]]:
    """Literals under a key that is plainly a password's, or under a token's and like one, wherever they stand."""
    stack: list[Node] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, ListNode):
            stack.extend(item for item in node.items if not isinstance(item, ScalarNode))
        elif isinstance(node, MapNode):
            for name, (_, value) in node.entries.items():
                if not isinstance(value, ScalarNode):
                    stack.append(value)
                elif (
                    _HINT_OF_NAMES.search(name)
                    and _is_literal(value)
                    and (is_plain(name) or (is_name(name) and looks_random(value.text)))
                ):
                    yield name, value
