"""Rows of ``onDelete``: Jobs are described in full, everything else by what names it."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.conditions import condition_fields
from orkestra.katalog.schema.containers import ListOf
from orkestra.katalog.schema.entries import EntryList
from orkestra.katalog.schema.kinds import CHILD_KINDS, ChildKind, entry_block
from orkestra.katalog.schema.lazy import EXTERNAL_FIELD
from orkestra.katalog.schema.scalars import Duration, Flag, Text

_NOT_ON_DELETION: Final = frozenset({"reconcile", "forceConflict", "readyWhen", "drift", "sleep"})
_NAMING: Final = frozenset({"name", "namespace", "when", "or", "forEach"})
_NAMING_CUSTOM: Final = frozenset({"apiVersion", "kind", "metadata", "when", "or", "forEach"})
_LONGEST_SECONDS: Final = 366 * 86400.0
TIMEOUT_SECONDS: Final = 300.0


def _entry_block(kind: ChildKind) -> Block:
    rows = entry_block(kind).fields.values()
    if kind.key == "jobs":
        kept = [row for row in rows if row.name not in _NOT_ON_DELETION]
        return Block("an entry of jobs on deletion", kept, doc="One Job that runs, and ends, before the CR may go.")
    names = _NAMING_CUSTOM if kind.key == "custom" else _NAMING
    title = f"an entry of {kind.key} on deletion"
    return Block(title, [row for row in rows if row.name in names], doc="One child of this CR to delete, by name.")


def _kind_fields() -> tuple[Field, ...]:
    return tuple(_kind_field(kind) for kind in CHILD_KINDS)


def _kind_field(kind: ChildKind) -> Field:
    doc = "run to its end" if kind.key == "jobs" else f"{kind.kind or 'other'} children to delete"
    return Field(kind.key, EntryList(kind.key, _entry_block(kind)), doc, is_superset=kind.is_superset)


_KINDS: Final = _kind_fields()

GROUP: Final = Block(
    "a group",
    (Field("name", Text(), "what messages call it"), *_KINDS),
    doc="What is done together.",
)

ON_DELETE: Final = Block(
    "onDelete",
    (
        *condition_fields("anything is done on deletion"),
        Field("ordered", Flag(), "group after group, each waiting until the one before is gone", False),
        Field("timeout", Duration(0.001, _LONGEST_SECONDS), "how long all of it may take", TIMEOUT_SECONDS),
        Field("groups", ListOf(GROUP), "what is done in sequence; what stands outside groups comes first"),
        EXTERNAL_FIELD,
        *_KINDS,
    ),
    doc="What happens between the deletion of a CR and its end.",
)
