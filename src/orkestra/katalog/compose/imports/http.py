"""GET over HTTP: bounded, with credentials for the first host alone."""

from __future__ import annotations

import base64
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from orkestra.katalog.compose.fetching import Auth, FetchError, Reference
from orkestra.katalog.compose.imports.artifacts import artifact_of
from orkestra.katalog.compose.imports.bounds import Bounds, within
from orkestra.katalog.places import Artifact

_CHUNK: Final = 1 << 16
_MOVED: Final = frozenset((301, 302, 303, 307, 308))
_AGENT: Final = "orkestra"


@dataclass(frozen=True, slots=True)
class Answer:
    """Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def fetch_http(reference: Reference, environ: Mapping[str, str], bounds: Bounds) -> Artifact:
    """One file. Raises FetchError."""
    url = reference.url
    name = urllib.parse.urlsplit(url).path.rpartition("/")[2] or "katalog.yaml"
    answer = get(url, credentials(reference.auth, environ), bounds)
    if answer.status != 200:
        raise FetchError(
            f"{shown(url)}: the server answers {answer.status}", _status_hint(answer.status, reference.auth)
        )
    return artifact_of(shown(url), {name: answer.body}, name, bounds)


def credentials(auth: Auth | None, environ: Mapping[str, str]) -> dict[str, str]:
    """The headers that prove who asks. Raises FetchError when the variable is not set."""
    if auth is None:
        return {}
    secret = environ.get(auth.variable, "").strip()
    if not secret:
        raise FetchError(f"the environment variable {auth.variable} is not set", number=2008)
    if not secret.isprintable() or not secret.isascii():
        raise FetchError(f"the environment variable {auth.variable} holds what no header can", number=2008)
    if auth.type == "basic":
        return {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
    accept = {"Accept": "application/vnd.github.raw+json"} if auth.type == "github" else {}
    return {"Authorization": f"Bearer {secret}", **accept}


def get(url: str, headers: Mapping[str, str], bounds: Bounds) -> Answer:
    """The answer at the end of all redirects, whatever its status. Raises FetchError."""
    return within(bounds, shown(url), lambda: _follow(url, dict(headers), bounds))


def shown(url: str) -> str:
    """A URL for messages: without query, which may be signed."""
    return url.partition("?")[0].partition("#")[0][:300]


def _follow(url: str, headers: dict[str, str], bounds: Bounds) -> Answer:
    opener = urllib.request.build_opener(_Stay)
    for _ in range(bounds.redirects + 1):
        answer = _once(opener, url, headers, bounds)
        place = answer.headers.get("location")
        if answer.status not in _MOVED or not place:
            return answer
        following = urllib.parse.urljoin(url, place)
        if _origin(following) != _origin(url):
            headers.pop("Authorization", None)
        if not following.lower().startswith(("https://", "http://")):
            raise FetchError(f"{shown(url)} redirects to something that is not HTTP")
        if url.lower().startswith("https://") and not following.lower().startswith("https://"):
            raise FetchError(f"{shown(url)} redirects to plain HTTP: {shown(following)}")
        url = following
    raise FetchError(f"{shown(url)}: more than {bounds.redirects} redirects")


def _once(opener: urllib.request.OpenerDirector, url: str, headers: Mapping[str, str], bounds: Bounds) -> Answer:
    try:
        request = urllib.request.Request(url, headers={"User-Agent": _AGENT, **headers})
        try:
            answer = opener.open(request, timeout=bounds.left)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            body = _read(answer, url, bounds)
            return Answer(answer.status or 0, {k.lower(): v for k, v in answer.headers.items()}, body)
    except TimeoutError:
        raise FetchError(f"{shown(url)}: no whole answer within {bounds.seconds:g} s") from None
    except urllib.error.URLError as error:
        raise FetchError(f"{shown(url)} cannot be reached: {error.reason}") from None
    except FetchError:
        raise
    except Exception as error:  # whatever a server says that is no HTTP
        raise FetchError(f"{shown(url)}: the answer is no HTTP ({type(error).__name__})") from None


def _read(answer: Any, url: str, bounds: Bounds) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := answer.read1(_CHUNK) if hasattr(answer, "read1") else answer.read(_CHUNK):
        size += len(chunk)
        if size > bounds.bytes:
            raise FetchError(f"{shown(url)}: the answer is larger than {bounds.bytes >> 20} MiB")
        parts.append(chunk)
    return b"".join(parts)


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port


def _status_hint(status: int, auth: Auth | None) -> str:
    if status in (401, 403, 404):
        return f"is {auth.variable} right?" if auth else "if it is not public, write auth: {fromEnv: VARIABLE}"
    return ""
