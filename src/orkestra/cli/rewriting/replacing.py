"""Replacing a file at once: readers see the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


def replace_file(name: str, data: bytes) -> None:
    """Writes ``data`` in the place of a file, through a symbolic link to what it leads to. Mode stays, and owner where
    that is allowed. Raises OSError, with the old file as it was."""
    path = Path(os.path.realpath(name))
    status = path.stat()
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            _keep_owner(file.fileno(), status)
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _keep_owner(file: int, status: os.stat_result) -> None:
    if (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid()):
        return
    try:
        os.fchown(file, status.st_uid, status.st_gid)
    except PermissionError:
        pass
