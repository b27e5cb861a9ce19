"""A tree as YAML text that reads back as the same tree: block style, quotes where they were or are needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.source.scalars import resolve

Comment = Callable[[Node], str]

_STEP: Final = "  "
_PLAIN_START: Final = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=<]|-[^\s,\[\]{}]")
_UNSAFE: Final = re.compile(r": |:$| #|^---|^\.\.\.|[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LITERAL: Final = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]*")


def to_yaml(node: Node, comment: Comment | None = None) -> str:
    """``comment`` gives a remark for the end of a value's line, empty for none."""
    lines: list[str] = []
    for line in _lines(node, comment):
        lines.append(line)
    return "\n".join(lines) + "\n"


def _lines(node: Node, comment: Comment | None) -> Iterator[str]:
    if isinstance(node, MapNode) and node.entries:
        for key, value in node.entries.values():
            yield from _below(f"{_key(key)}:", value, comment, is_list_flush=True)
    elif isinstance(node, ListNode) and node.items:
        for item in node.items:
            yield from _item(item, comment)
    else:
        yield from _scalar("", node, comment)


def _below(head: str, value: Node, comment: Comment | None, *, is_list_flush: bool) -> Iterator[str]:
    """``key:`` and its value: on one line, or the value's own lines below."""
    if _is_leaf(value):
        yield from _scalar(f"{head} ", value, comment)
        return
    yield head
    step = "" if is_list_flush and isinstance(value, ListNode) else _STEP
    for line in _lines(value, comment):
        yield f"{step or _STEP}{line}" if line else line


def _item(item: Node, comment: Comment | None) -> Iterator[str]:
    if _is_leaf(item):
        yield from _scalar("- ", item, comment)
        return
    for n, line in enumerate(_lines(item, comment)):
        yield f"- {line}" if n == 0 else f"{_STEP}{line}" if line else line


def _is_leaf(node: Node) -> bool:
    if isinstance(node, ScalarNode):
        return True
    return not (node.entries if isinstance(node, MapNode) else node.items)


def _scalar(head: str, node: Node, comment: Comment | None) -> Iterator[str]:
    remark = comment(node) if comment else ""
    tail = f"  # {' '.join(remark.split())}" if remark else ""
    if isinstance(node, MapNode):
        yield f"{head}{{}}{tail}"
    elif isinstance(node, ListNode):
        yield f"{head}[]{tail}"
    elif _is_block(node):
        body = node.text.rstrip("\n")
        kept = len(node.text) - len(body)
        sign = "-" if kept == 0 else "" if kept == 1 else "+"
        yield f"{head}|{sign}{tail}"
        for line in [*body.split("\n"), *[""] * (kept - 1)]:
            yield f"{_STEP}{line}" if line else ""
    else:
        yield f"{head}{_text(node)}{tail}"


def _is_block(node: ScalarNode) -> bool:
    """Whether the text can stand as a literal block, and was one."""
    text = node.text
    if node.style not in ("|", ">") or node.tag not in ("", "str") or "\n" not in text.rstrip("\n"):
        return False
    lines = text.split("\n")
    return not lines[0].startswith((" ", "\t")) and bool(lines[0]) and _LITERAL.fullmatch(text) is not None


def _text(node: ScalarNode) -> str:
    text = node.text
    if node.tag in ("int", "float", "bool", "null"):
        return f"!!{node.tag} {quoted(text)}"
    if node.style or node.tag == "str":
        return quoted(text)
    if not text:
        return "null"
    return text if not isinstance(resolve(text), str) or _is_plain(text) else quoted(text)


def _key(key: ScalarNode) -> str:
    text = key.text
    return text if text != "<<" and _is_plain(text) and isinstance(resolve(text), str) else quoted(text)


def _is_plain(text: str) -> bool:
    return bool(_PLAIN_START.match(text)) and not _UNSAFE.search(text) and text == text.strip()


def quoted(text: str) -> str:
    """In double quotes, with YAML's escapes."""
    import json

    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
