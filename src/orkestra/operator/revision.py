"""Revisions of a definition: what runs, what was refused, and how one differs from another. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from orkestra.katalog.digest import box_digest
from orkestra.katalog.model import Block, Katalog, OnDelete, OperatorBox, StatusSpec


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a revision came from. ``source``: a path, or ``ConfigMap namespace/name``; ``commit``: of Git, if known."""

    source: str
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Revision:
    """A definition that runs, or did."""

    katalog: Katalog
    origin: Origin
    at: datetime

    @property
    def digest(self) -> str:
        """SHA-256 of everything that was read."""
        return self.katalog.revision


@dataclass(frozen=True, slots=True)
class Rejected:
    """One that does not run: ``findings`` say why, as text for people, with files, lines and columns."""

    digest: str
    origin: Origin
    at: datetime
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Entries, by what a new revision means for their boxes. ``moved`` say the same as before, if elsewhere."""

    added: tuple[OperatorBox, ...] = ()
    removed: tuple[OperatorBox, ...] = ()
    changed: tuple[OperatorBox, ...] = ()
    moved: tuple[OperatorBox, ...] = ()

    def __str__(self) -> str:
        parts = ((row, getattr(self, row)) for row in ("added", "removed", "changed"))
        return "; ".join(f"{row}: {', '.join(box.name for box in boxes)}" for row, boxes in parts if boxes)


def compare(before: Katalog | None, after: Katalog) -> Change:
    """What swapping ``before`` for ``after`` means. An entry whose kind changes is another one of the same name."""
    old = {box.name: box for box in (before.boxes if before else ()) if box.enabled}
    new = {box.name: box for box in after.boxes if box.enabled}
    kept = [name for name in new if name in old and old[name].gvk == new[name].gvk]
    same = {name for name in kept if box_digest(old[name]) == box_digest(new[name])}
    return Change(
        added=tuple(box for name, box in new.items() if name not in kept),
        removed=tuple(box for name, box in old.items() if name not in kept),
        changed=tuple(new[name] for name in kept if name not in same),
        moved=tuple(new[name] for name in kept if name in same),
    )


def emptied(box: OperatorBox) -> OperatorBox:
    """The same entry with nothing to keep: working by it prunes every child."""
    return replace(
        box,
        conditions=None,
        on_create=Block(),
        on_reconcile=Block(),
        on_delete=OnDelete(),
        status=StatusSpec(conditions=False, readiness="reconcile"),
        ignore_status_patch=True,
        requeue=None,
        depends_on=(),
    )
