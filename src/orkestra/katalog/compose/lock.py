"""``komposer.lock``: which content each remote import stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from orkestra.katalog.compose.fetching import Reference
from orkestra.katalog.diagnostics.finding import Findings
from orkestra.katalog.places import Artifact, Place
from orkestra.katalog.roots import read_bounded
from orkestra.katalog.source import decode_text, parse, plain_value
from orkestra.katalog.source.emit import quoted

FILE: Final = "komposer.lock"
VERSION: Final = 1
_HEAD: Final = "# Made by ork lock; commit it. It pins what every remote import stands for.\n"


class LockError(Exception):
    """A lock that does not read."""


@dataclass(frozen=True, slots=True)
class Pin:
    """``digest`` of all files; ``resolved``: the commit or manifest they came from, where there is one."""

    digest: str
    resolved: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    pins: Mapping[str, Pin] = field(default_factory=dict)

    def get(self, label: str) -> Pin | None:
        return self.pins.get(label)


def beside(entry: Path | Place) -> Lock | None:
    """The lock in the folder of an entry file, None where there is none. Raises OSError, LockError."""
    try:
        if isinstance(entry, Path):
            return from_text(read_bounded(entry.parent / FILE), str(entry.parent / FILE))
        place = entry.find(FILE)
        return from_text(place.read(), place.name)
    except FileNotFoundError:
        return None


def lock_of(fetched: Iterable[tuple[Reference, Artifact]]) -> Lock:
    return Lock({ref.label: Pin(artifact.digest, artifact.resolved) for ref, artifact in fetched})


def to_text(lock: Lock) -> str:
    """Byte-stable: sorted by import."""
    lines = [f"version: {VERSION}", "imports:" if lock.pins else "imports: []"]
    for label in sorted(lock.pins):
        pin = lock.pins[label]
        lines += [f"  - import: {quoted(label)}", f"    digest: {pin.digest}"]
        lines += [f"    resolved: {pin.resolved}"] if pin.resolved else []
    return _HEAD + "\n".join(lines) + "\n"


def from_text(data: bytes, name: str = FILE) -> Lock:
    """Raises LockError."""
    findings = Findings()
    source = decode_text(data, name, findings)
    tree = parse(source, findings) if source.text.strip() else None
    found = plain_value(tree) if tree is not None else None
    for problem in findings.sorted():
        raise LockError(f"{name}:{problem.span}: {problem.message}")
    if not isinstance(found, dict) or found.get("version") != VERSION or not isinstance(found.get("imports"), list):
        raise LockError(f"{name}: expected version {VERSION} with imports; make it anew with ork lock")
    pins: dict[str, Pin] = {}
    for row in found["imports"]:
        if (
            not isinstance(row, dict)
            or not isinstance(row.get("import"), str)
            or not isinstance(row.get("digest"), str)
        ):
            raise LockError(f"{name}: expected import and digest in every row; make it anew with ork lock")
        pins[row["import"]] = Pin(row["digest"], str(row.get("resolved") or ""))
    return Lock(pins)
