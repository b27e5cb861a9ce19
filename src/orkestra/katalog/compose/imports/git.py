"""A Git repository at one commit, through ``git`` on PATH: shallow, without a work tree."""

from __future__ import annotations

import base64
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from orkestra.katalog.compose.fetching import FetchError, Reference
from orkestra.katalog.compose.imports.artifacts import artifact_of, files_of_tar, first_of
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.katalog.compose.imports.http import credentials
from orkestra.katalog.compose.imports.programs import run
from orkestra.katalog.places import Artifact

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PROTOCOLS: Final = "file:git:http:https:ssh"


def fetch_git(reference: Reference, environ: Mapping[str, str], bounds: Bounds) -> Artifact:
    """All files of the commit, beginning with the first of ``reference.wanted``. Raises FetchError."""
    url = reference.url
    if url.startswith("-") or "::" in url:
        raise FetchError(f"{url[:200]} is no address of a Git repository")
    wanted = _ref(reference.options)
    with tempfile.TemporaryDirectory(prefix="ork-git-") as name:
        folder = Path(name)
        env = _environment(reference, environ)
        run(["git", "init", "--quiet", "--bare", "."], folder, env, bounds)
        run(["git", "fetch", "--quiet", "--depth", "1", "--no-tags", "--", url, wanted], folder, env, bounds)
        commit = run(["git", "rev-parse", "FETCH_HEAD^{commit}"], folder, env, bounds).decode().strip()
        if not _COMMIT.fullmatch(commit):
            raise FetchError(f"{url} gives no commit for {wanted}")
        files = files_of_tar(run(["git", "archive", "--format=tar", commit], folder, env, bounds), url, bounds)
    label = f"{url.removesuffix('.git')}@{commit[:12]}"
    return artifact_of(label, files, first_of(files, reference.wanted, label), bounds, resolved=commit)


def _ref(options: Mapping[str, object]) -> str:
    if options.get("commit"):
        wanted = str(options["commit"])
        if not _COMMIT.fullmatch(wanted):
            raise FetchError(f"commit: expected all 40 characters of a commit, found {wanted[:80]}")
        return wanted
    wanted = f"refs/tags/{options['tag']}" if options.get("tag") else f"refs/heads/{options.get('branch', 'main')}"
    if ":" in wanted or "\n" in wanted or " " in wanted:
        raise FetchError(f"{wanted[:80]} is no name of a branch or tag")
    return wanted


def _environment(reference: Reference, environ: Mapping[str, str]) -> dict[str, str]:
    """Credentials come by the environment: arguments are for everyone to see."""
    env = {key: value for key, value in environ.items() if not key.startswith("GIT_")}
    for key in ("GIT_SSL_CAINFO", "GIT_SSH_COMMAND", "GIT_SSH"):
        if key in environ:
            env[key] = environ[key]
    env |= {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": _PROTOCOLS, "GIT_ASKPASS": "true", "LC_ALL": "C"}
    if reference.auth is not None:
        header = credentials(reference.auth, environ)["Authorization"]
        if reference.auth.type == "github":
            secret = environ[reference.auth.variable].strip()
            header = "Basic " + base64.b64encode(f"x-access-token:{secret}".encode()).decode()
        env |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{reference.url}.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: {header}",
        }
    return env
