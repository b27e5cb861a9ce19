"""Files -> an artifact with its digest; archives -> files."""

from __future__ import annotations

import hashlib
import io
import posixpath
import tarfile
from collections.abc import Mapping

from orkestra.katalog.compose.fetching import FetchError
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.katalog.places import Artifact


def artifact_of(name: str, files: Mapping[str, bytes], entry: str, bounds: Bounds, *, resolved: str = "") -> Artifact:
    """Raises FetchError for more than the bounds allow."""
    if len(files) > bounds.files or sum(map(len, files.values())) > bounds.bytes:
        raise FetchError(f"{name}: more than {bounds.files:,} files or {bounds.bytes >> 20} MiB")
    return Artifact(name, dict(files), entry, digest_of(files, entry), resolved)


def digest_of(files: Mapping[str, bytes], entry: str) -> str:
    """``sha256:…`` over the paths and contents of all files, and which of them is the entry."""
    digest = hashlib.sha256(entry.encode())
    for path in sorted(files):
        digest.update(b"\0" + path.encode("utf-8", "surrogateescape") + b"\0")
        digest.update(hashlib.sha256(files[path]).digest())
    return f"sha256:{digest.hexdigest()}"


def files_of_tar(data: bytes, name: str, bounds: Bounds) -> dict[str, bytes]:
    """Regular files of a tar archive, compressed or not; links, devices and paths that lead out are left out. Raises
    FetchError for what is no archive or too much."""
    found: dict[str, bytes] = {}
    left = bounds.bytes
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r|*") as archive:
            for member in archive:
                path = posixpath.normpath(member.name)
                if not member.isreg() or path.startswith(("/", "../")) or path == "..":
                    continue
                left -= member.size
                if left < 0 or len(found) >= bounds.files:
                    raise FetchError(f"{name}: more than {bounds.files:,} files or {bounds.bytes >> 20} MiB")
                content = archive.extractfile(member)
                found[path] = content.read(member.size) if content is not None else b""
    except FetchError:
        raise
    except Exception as error:  # tarfile raises what it pleases: TypeError where a header is cut
        raise FetchError(f"{name}: not a tar archive ({type(error).__name__})") from None
    return found


def first_of(files: Mapping[str, bytes], wanted: tuple[str, ...], name: str) -> str:
    """The first wanted path that is there. Raises FetchError."""
    for path in wanted:
        if posixpath.normpath(path) in files:
            return posixpath.normpath(path)
    raise FetchError(f"{name} has none of {', '.join(wanted)}")
