"""An append log on disk: what was answered is in it, whatever happens to the process afterwards.

File: a magic line, then frames ``length (u32) | crc32 (u32) | payload``. Payload: operation byte, revision (u64),
three length-prefixed strings (group, plural, path), the object's bytes. A torn or damaged tail is dropped on load.
A rewrite puts a snapshot of everything into a new file and renames it over the old one.

A frame is handed to the kernel before the write is answered, so a killed process loses nothing; a power cut may lose
the last moments, as it is not synced per write.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from orkestra.devserver.storage.records import TableKey

_MAGIC = b"orkestra-journal-1\n"
_FRAME = struct.Struct("<II")
_HEAD = struct.Struct("<BQHHH")
_MAX_FRAME = 64 << 20

PUT, DELETE, REVISION = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One journalled commit; ``raw`` of a DELETE is the last state. REVISION ends a snapshot: its counter."""

    operation: int
    revision: int
    table: TableKey
    path: str
    raw: bytes


class JournalError(OSError):
    """The file is not a journal, or the directory is in use; the text says which."""


def encode_entry(operation: int, revision: int, table: TableKey, path: str, raw: bytes) -> bytes:
    group, plural, name = table.group.encode(), table.plural.encode(), path.encode()
    payload = b"".join((_HEAD.pack(operation, revision, len(group), len(plural), len(name)), group, plural, name, raw))
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def read_entries(data: bytes) -> tuple[list[Entry], int]:
    """The entries of a journal and how many bytes of it are sound. Raises JournalError on a foreign file."""
    if not data:
        return [], 0
    if not data.startswith(_MAGIC):
        raise JournalError("the journal was not written by this program")
    entries: list[Entry] = []
    at = len(_MAGIC)
    while at + _FRAME.size <= len(data):
        length, crc = _FRAME.unpack_from(data, at)
        start = at + _FRAME.size
        payload = data[start : start + length]
        if length > _MAX_FRAME or len(payload) < length or length < _HEAD.size or zlib.crc32(payload) != crc:
            break
        entries.append(_entry(payload))
        at = start + length
    return entries, at


def _entry(payload: bytes) -> Entry:
    operation, revision, *lengths = _HEAD.unpack_from(payload)
    at = _HEAD.size
    texts: list[str] = []
    for length in lengths:
        texts.append(payload[at : at + length].decode())
        at += length
    return Entry(operation, revision, TableKey(texts[0], texts[1]), texts[2], payload[at:])


class Journal:
    """The open log of one data directory; one process at a time. Raises JournalError or OSError on opening."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._path = directory / "journal"
        self._lock = self._locked(directory / "lock")
        try:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            os.close(self._lock)
            raise
        self.size = 0
        self._live = 0

    @staticmethod
    def _locked(path: Path) -> int:
        import fcntl

        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(fd)
            raise JournalError(f"{path.parent} is in use by another server") from None
        return fd

    def load(self) -> Iterator[Entry]:
        """Every sound entry, oldest first; what follows the last sound one is cut off the file."""
        data = self._path.read_bytes()
        entries, sound = read_entries(data)
        if sound < len(data):
            os.ftruncate(self._fd, sound)
        os.lseek(self._fd, sound, os.SEEK_SET)
        self.size = sound
        if not sound:
            self._write(_MAGIC)
        yield from entries

    def append(self, frame: bytes) -> None:
        self._write(frame)

    def needs_rewrite(self, live_bytes: int) -> bool:
        """True once the log is mostly history: over 64 MiB and four times what is alive."""
        return self.size > 64 << 20 and self.size > 4 * live_bytes

    def rewrite(self, frames: Iterable[bytes]) -> None:
        """Replace the log by a snapshot, atomically: a crash at any moment leaves the old or the new file."""
        fresh = self._path.with_suffix(".new")
        fd = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        size = 0
        try:
            with open(fd, "wb", closefd=False) as file:
                size += file.write(_MAGIC)
                for frame in frames:
                    size += file.write(frame)
            os.fsync(fd)
            os.replace(fresh, self._path)
        except OSError:
            os.close(fd)
            raise
        os.close(self._fd)
        self._fd, self.size = fd, size

    def close(self) -> None:
        os.fsync(self._fd)
        os.close(self._fd)
        os.close(self._lock)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]
        self.size += len(data)
