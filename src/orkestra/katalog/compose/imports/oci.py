"""An artifact of an OCI registry: its manifest, and the files of its layers.

Source: OCI distribution specification 1.1 (pull); the token exchange of the Docker registry.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from orkestra.katalog.compose.fetching import FetchError, Reference
from orkestra.katalog.compose.imports.artifacts import artifact_of, files_of_tar, first_of
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.katalog.compose.imports.http import credentials, get
from orkestra.katalog.places import Artifact

_NAME: Final = re.compile(
    r"(?P<host>[^/\s]+)/(?P<path>[a-z0-9._/-]+?)(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_MANIFESTS: Final = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"
_CHALLENGE: Final = re.compile(r'(\w+)="([^"]*)"')
_TITLE: Final = "org.opencontainers.image.title"
_LAYERS: Final = 200


@dataclass(frozen=True, slots=True)
class Pull:
    """One artifact being pulled. ``headers`` carry what the registry asked for."""

    host: str
    path: str
    ref: str
    headers: Mapping[str, str]
    bounds: Bounds

    @property
    def name(self) -> str:
        return f"{self.host}/{self.path}{'@' if self.ref.startswith('sha256:') else ':'}{self.ref}"

    def read(self, what: str, digest: str = "") -> bytes:
        """``manifests/…`` or ``blobs/…``. Raises FetchError, also when the content is not of ``digest``."""
        answer = get(f"{_scheme(self.host)}://{self.host}/v2/{self.path}/{what}", self.headers, self.bounds)
        if answer.status != 200:
            raise FetchError(f"{self.name}: the registry answers {answer.status}")
        if digest and digest != f"sha256:{hashlib.sha256(answer.body).hexdigest()}":
            raise FetchError(f"{self.name}: the registry's content is not of the digest it names")
        return answer.body


def fetch_oci(reference: Reference, environ: Mapping[str, str], bounds: Bounds) -> Artifact:
    """Raises FetchError."""
    pull, layers, digest = pull_layers(reference, environ, bounds)
    files: dict[str, bytes] = {}
    for layer, content in layers:
        title = (layer.get("annotations") or {}).get(_TITLE) if isinstance(layer.get("annotations"), dict) else None
        if "tar" in str(layer.get("mediaType", "")):
            files |= files_of_tar(content, pull.name, bounds)
        elif isinstance(title, str) and title and not title.startswith(("/", "..")):
            files[title] = content
    return artifact_of(pull.name, files, first_of(files, reference.wanted, pull.name), bounds, resolved=digest)


def pull_layers(
    reference: Reference, environ: Mapping[str, str], bounds: Bounds
) -> tuple[Pull, list[tuple[dict[str, Any], bytes]], str]:
    """(the pull, (descriptor, content) of each layer, the manifest's digest)."""
    found = _NAME.fullmatch(reference.url.removeprefix("oci://"))
    if found is None:
        raise FetchError(f"{reference.url[:200]} is no name of an OCI artifact: write host/path:tag")
    host, path = found["host"], found["path"]
    ref = found["digest"] or found["tag"] or "latest"
    own = credentials(reference.auth, environ) if reference.auth else _from_docker(host, environ)
    pull = Pull(host, path, ref, _authorized(host, path, ref, own, bounds), bounds)
    data = pull.read(f"manifests/{ref}", ref if ref.startswith("sha256:") else "")
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    layers = _layers(data, pull.name)
    contents: list[tuple[dict[str, Any], bytes]] = []
    left = bounds.bytes
    for layer in layers:
        content = pull.read(f"blobs/{layer['digest']}", str(layer["digest"]))
        left -= len(content)
        if left < 0:
            raise FetchError(f"{pull.name}: more than {bounds.bytes >> 20} MiB")
        contents.append((layer, content))
    return pull, contents, digest


def _layers(data: bytes, name: str) -> list[dict[str, Any]]:
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError):
        manifest = None
    layers = manifest.get("layers") if isinstance(manifest, dict) else None
    if not isinstance(layers, list) or len(layers) > _LAYERS or not all(_is_layer(layer) for layer in layers):
        raise FetchError(f"{name}: the registry's answer is no manifest of an artifact")
    return layers


def _is_layer(layer: Any) -> bool:
    return isinstance(layer, dict) and re.fullmatch(r"sha256:[0-9a-f]{64}", str(layer.get("digest"))) is not None


def _authorized(host: str, path: str, ref: str, own: Mapping[str, str], bounds: Bounds) -> dict[str, str]:
    """The headers to pull with: none, what we have, or a token that the registry gives for it."""
    accept = {"Accept": _MANIFESTS}
    answer = get(f"{_scheme(host)}://{host}/v2/{path}/manifests/{ref}", {**accept, **own}, bounds)
    challenge = answer.headers.get("www-authenticate", "")
    if answer.status != 401 or not challenge.lower().startswith("bearer "):
        return {**accept, **own}
    asked = dict(_CHALLENGE.findall(challenge))
    realm = asked.get("realm", "")
    if not realm.startswith(f"{_scheme(host)}://") and not realm.startswith("https://"):
        raise FetchError(f"{host}: the registry's token service is not reached over HTTPS")
    query = {"service": asked.get("service", ""), "scope": asked.get("scope", f"repository:{path}:pull")}
    is_basic = own.get("Authorization", "").startswith("Basic ")
    told = get(f"{realm}?{urllib.parse.urlencode(query)}", own if is_basic else {}, bounds)
    try:
        given = json.loads(told.body)
        token = given.get("token") or given.get("access_token")
    except (ValueError, AttributeError, RecursionError):
        token = None
    if told.status != 200 or not isinstance(token, str) or not token.isprintable():
        raise FetchError(f"{host}: the registry gives no token ({told.status})", "log in with docker or oras login")
    return {**accept, "Authorization": f"Bearer {token}"}


def _scheme(host: str) -> str:
    return "http" if host.partition(":")[0] in ("localhost", "127.0.0.1") else "https"


def _from_docker(host: str, environ: Mapping[str, str]) -> dict[str, str]:
    """What ``docker login`` kept for a host, in ``$DOCKER_CONFIG/config.json`` or ``~/.docker/config.json``."""
    folder = environ.get("DOCKER_CONFIG") or str(Path(environ.get("HOME") or Path.home()) / ".docker")
    try:
        kept = json.loads((Path(folder) / "config.json").read_bytes())
        found = kept["auths"][host]["auth"]
        base64.b64decode(found, validate=True)
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {"Authorization": f"Basic {found}"}
