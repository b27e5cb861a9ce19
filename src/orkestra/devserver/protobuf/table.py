"""Which message a kind is, and which fields a message has."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

_REPEATED, _PRESENT, _INLINE = 1, 2, 4
OPTIONS = frozenset(("DeleteOptions", "CreateOptions", "UpdateOptions", "PatchOptions", "ApplyOptions", "ListOptions"))


@dataclass(frozen=True, slots=True)
class Field:
    """``kind`` is s (string), i (integer), b (bool), y (bytes), d (double) or m (``message``); ``is_map`` makes it the
    kind of a map's values. ``is_present_when_zero``: a Go pointer, whose zero value means something."""

    number: int
    name: str
    kind: str
    message: str
    is_map: bool
    is_repeated: bool
    is_present_when_zero: bool
    is_inline: bool


def message_of(api_version: str, kind: str) -> str | None:
    """``apps/v1``, ``Deployment`` -> ``apps.v1.Deployment``; options are the same message in every group."""
    kinds = _data()["kinds"]
    name = kinds.get(f"{api_version}/{kind}")
    return str(name) if name else (f"meta.v1.{kind}" if kind in OPTIONS else None)


@cache
def by_number(message: str) -> dict[int, Field]:
    """Empty for an unknown message."""
    return {field.number: field for field in _fields(message)}


@cache
def by_name(message: str) -> dict[str, Field]:
    return {field.name: field for field in _fields(message) if not field.is_inline}


@cache
def inlined(message: str) -> tuple[Field, ...]:
    """Messages whose fields stand among those of ``message`` in JSON."""
    return tuple(field for field in _fields(message) if field.is_inline)


def _fields(message: str) -> list[Field]:
    out = []
    for number, name, code, flags in _data()["messages"].get(message, ()):
        kind = code.removeprefix("M")
        out.append(
            Field(
                number, name, kind[0], kind[2:], code.startswith("M"),
                bool(flags & _REPEATED), bool(flags & _PRESENT), bool(flags & _INLINE),
            )
        )  # fmt: skip
    return out


@cache
def _data() -> dict[str, Any]:
    raw = files(__package__).joinpath("messages.json.gz").read_bytes()
    data: dict[str, Any] = msgspec.json.decode(gzip.decompress(raw))
    return data
