"""A file as it is: its text, and what stands around it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orkestra.cli.settings import CannotRun
from orkestra.cli.validation.files import STDIN_NAME, Candidate, is_ours
from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.source import decode_text

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Original:
    """``source`` has no byte-order mark; ``encode`` puts it back."""

    source: SourceText
    has_mark: bool

    def encode(self, text: str) -> bytes:
        return (_BOM if self.has_mark else b"") + text.encode()


def read_ours(candidate: Candidate) -> bytes | None:
    """The bytes of a file to rewrite; None when it is none of Orkestra's and was not named. Raises CannotRun."""
    try:
        data = candidate.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no file name"
        raise CannotRun(f"{candidate.name}: {reason}") from None
    return data if candidate.is_named or is_ours(data) else None


def original_of(data: bytes, name: str, findings: Findings) -> Original | None:
    """None when the bytes are no text, which ``findings`` then say."""
    source = decode_text(data, name, findings)
    return None if findings.has_errors else Original(source, data.startswith(_BOM))


def reason_against(candidate: Candidate) -> str:
    """Why a file may be read but not replaced; empty when it may."""
    if candidate.name == STDIN_NAME:
        return ""
    path = Path(candidate.name)
    try:
        if path.is_symlink() and not candidate.is_named:
            return f"it is a symbolic link: name it, or {os.path.realpath(path)}, to rewrite what it leads to"
        if not stat.S_IMODE(path.stat().st_mode) & 0o222 or not os.access(path, os.W_OK):
            return "it is read-only"
        if not os.access(Path(os.path.realpath(path)).parent, os.W_OK):
            return "its folder is read-only"
    except OSError as error:
        return error.strerror or "it cannot be looked at"
    return ""
