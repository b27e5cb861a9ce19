"""JSON-like values -> YAML that people read, with comments. Byte-stable: maps keep their order, nothing is wrapped.

What could be read as anything but text is quoted, by YAML 1.1 (PyYAML, Helm) and 1.2 alike; text of several lines
becomes a literal block where YAML can hold it so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./@+-]*(?:[: ](?=[A-Za-z0-9_.])[A-Za-z0-9_./@+-]+)*")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"])
_NUMBER_LIKE = re.compile(r"[-+.]?[0-9._]*(?:e[-+]?[0-9]+)?|\.(?:inf|nan)", re.IGNORECASE)
_BLOCK = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]*")
_FLOW_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Noted:
    """A value with lines of comment above it: an item of a list, a value of a map (above its key), or a document."""

    value: Any
    notes: tuple[str, ...]


def write(documents: Iterable[Any]) -> str:
    """One YAML stream; documents after the first are parted by ``---``. Values: maps with text keys, lists, scalars
    of JSON, and ``Noted`` ones. Ends with a line break."""
    return "---\n".join("\n".join(_document(document)) + "\n" for document in documents)


def _document(document: Any) -> Iterator[str]:
    value, notes = _parted(document)
    yield from _comments(notes, "")
    yield from _lines(value, "")


def _lines(value: Any, indent: str) -> Iterator[str]:
    """A map or a list in block style."""
    if isinstance(value, Mapping) and value:
        for key, noted in value.items():
            below, notes = _parted(noted)
            yield from _comments(notes, indent)
            yield from _entry(f"{indent}{_scalar(key)}:", below, indent)
    elif _is_list(value) and value:
        for noted in value:
            below, notes = _parted(noted)
            yield from _comments(notes, indent)
            yield from _item(below, indent)
    else:
        yield f"{indent}{_inline(value, indent)}"


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    is_list = _is_list(value) and value and not _is_flow(value, len(head))
    if is_list or (isinstance(value, Mapping) and value):
        yield head
        yield from _lines(value, f"{indent}  ")
    else:
        yield f"{head} {_inline(value, indent)}"


def _item(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple) and value:
        nested = iter(_lines(value, f"{indent}  "))
        first = next(nested)
        yield f"{indent}- {first.removeprefix(f'{indent}  ')}"
        yield from nested
    else:
        yield f"{indent}- {_inline(value, indent)}"


def _inline(value: Any, indent: str) -> str:
    if isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, Mapping):
        return "{}"
    if _is_list(value):
        return f"[{', '.join(_scalar(item) for item in value)}]"
    return _scalar(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _is_flow(value: Sequence[Any], used: int) -> bool:
    """Short words on one line, as RBAC rules are usually written."""
    if any(isinstance(item, Noted | Mapping) or _is_list(item) for item in value):
        return False
    return used + sum(len(_scalar(item)) + 2 for item in value) < _FLOW_WIDTH


def _text(value: str, indent: str) -> str:
    if "\n" not in value or not _BLOCK.fullmatch(value):
        return _scalar(value)
    body = value.rstrip("\n")
    ending = len(value) - len(body)
    if not body:
        return _scalar(value)
    chomp = {0: "-", 1: ""}.get(ending, "+")
    first = next(line for line in body.split("\n") if line)
    width = "2" if first[0] in " \t" or body[0] == "\n" else ""
    lines = (f"{indent}  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    return f"|{width}{chomp}\n" + "\n".join(lines)


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS and not _NUMBER_LIKE.fullmatch(value):
        return str(value)
    if _BLOCK.fullmatch(value):
        return json.dumps(value, ensure_ascii=False)
    return "".join(_escaped(value))


def _escaped(value: str) -> Iterator[str]:
    """Double-quoted, with YAML's own escapes for what JSON would write as a surrogate pair."""
    yield '"'
    for character in value:
        if _BLOCK.fullmatch(character) and character not in '"\\\n\t':
            yield character
        elif ord(character) > 0xFFFF:
            yield f"\\U{ord(character):08x}"
        else:
            yield json.dumps(character)[1:-1]
    yield '"'


def _parted(value: Any) -> tuple[Any, tuple[str, ...]]:
    return (value.value, value.notes) if isinstance(value, Noted) else (value, ())


def _comments(notes: Iterable[str], indent: str) -> Iterator[str]:
    for note in notes:
        for line in note.splitlines() or [""]:
            yield f"{indent}# {line}".rstrip()
