"""Running a program whose output is wanted: bounded, without a terminal, its complaints in the error."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from orkestra.katalog.compose.fetching import FetchError
from orkestra.katalog.compose.imports.bounds import Bounds

_SHOWN: Final = 300
_USERINFO: Final = re.compile(r"(?<=://)[^/@\s]+@")


def run(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], bounds: Bounds, *, given: bytes = b""
) -> bytes:
    """Standard output. Raises FetchError when the program is not there, fails, or takes too long or says too much."""
    program = shutil.which(arguments[0], path=environ.get("PATH"))
    if program is None:
        raise FetchError(f"{arguments[0]} is not on PATH", f"install {arguments[0]}, or leave the import out")
    out, complaints = folder / ".stdout", folder / ".stderr"
    with out.open("wb") as stdout, complaints.open("wb") as stderr:
        try:
            finished = subprocess.run(
                [program, *arguments[1:]],
                cwd=folder,
                env=dict(environ),
                input=given,
                stdout=stdout,
                stderr=stderr,
                timeout=bounds.left,
                check=False,
                preexec_fn=_limited(bounds),
            )
        except subprocess.TimeoutExpired:
            raise FetchError(f"{arguments[0]} did not end within {bounds.seconds:g} s") from None
    if finished.returncode != 0:
        raise FetchError(f"{arguments[0]} failed: {_said(complaints, folder) or f'exit code {finished.returncode}'}")
    if out.stat().st_size > bounds.bytes:
        raise FetchError(f"{arguments[0]} printed more than {bounds.bytes >> 20} MiB")
    return out.read_bytes()


def _limited(bounds: Bounds):  # type: ignore[no-untyped-def]
    """No file may grow beyond what an artifact may hold four times over: what git packs is larger than what it checks
    out."""
    if os.name != "posix":
        return None
    import resource

    most = bounds.bytes * 4

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return limit


def _said(complaints: Path, folder: Path) -> str:
    """The last lines of what it complained, without user names and passwords of URLs, and without advice on flags and
    places that nobody else has."""
    text = complaints.read_bytes()[-4096:].decode("utf-8", "replace").strip()
    text = text.replace(f"{folder}{os.sep}", "")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("Use --debug")]
    return _USERINFO.sub("", " ".join(lines[-3:]).removeprefix("Error: "))[-_SHOWN:]
