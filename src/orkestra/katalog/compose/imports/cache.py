"""Artifacts by digest, in the user's cache folder. What is there is verified whenever it is read."""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from orkestra.katalog.compose.imports.artifacts import digest_of
from orkestra.katalog.places import Artifact


class Cache:
    """A folder with one file for each artifact."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, digest: str) -> Artifact | None:
        """None when it is not there, or not what it was."""
        try:
            kept = json.loads(self._path(digest).read_bytes())
            files = {str(path): base64.b64decode(text, validate=True) for path, text in kept["files"].items()}
            artifact = Artifact(str(kept["name"]), files, str(kept["entry"]), digest, str(kept["resolved"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return artifact if digest_of(files, artifact.entry) == digest and artifact.entry in files else None

    def put(self, artifact: Artifact) -> None:
        """Keeps it, whole or not at all; a cache that cannot be written to is none."""
        kept = {
            "name": artifact.name,
            "entry": artifact.entry,
            "resolved": artifact.resolved,
            "files": {path: base64.b64encode(data).decode() for path, data in artifact.files.items()},
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self.folder)
            with os.fdopen(handle, "w") as file:
                json.dump(kept, file)
            os.replace(name, self._path(artifact.digest))
        except OSError:
            return

    def _path(self, digest: str) -> Path:
        return self.folder / (digest.replace(":", "-").replace("/", "_") + ".json")


def cache_folder(environ: Mapping[str, str]) -> Path:
    """``$XDG_CACHE_HOME/orkestra/imports``, else below ``~/.cache``."""
    home = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME") or Path.home()) / ".cache")
    return Path(home) / "orkestra" / "imports"
