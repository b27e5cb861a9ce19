"""Whether a text is what it should be: addresses, images, JSON, ports. Nothing, and lists and maps, never are."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from orkestra.k8s.formats import is_email
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import integer
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import scalar_text
from orkestra.template.values import finished

VALIDATION: Final = Domain("validation", [])
function = VALIDATION.function

_HOST: Final = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?)"
    r"|\[[0-9A-Fa-f:.]{2,45}\]",
    re.A,
)
_SCP: Final = re.compile(r"(?:[A-Za-z0-9._-]+@)?([A-Za-z0-9.-]+):(?!//)([^\s:]+)", re.A)
_GIT_SCHEMES: Final = ("https", "http", "ssh", "git", "git+ssh")
# The grammar of distribution/reference (reference.go): a path of small letters, a tag, a digest.
_PATH: Final = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*", re.A)
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}", re.A)
_DIGEST: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}", re.A)
_REGISTRY: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?|\[[0-9A-Fa-f:]+\](?::[0-9]+)?", re.A)
_LONGEST_URL: Final = 8192
_LONGEST_REPOSITORY: Final = 255
_MOST_PORT: Final = 65_535


def host_of(url: str, schemes: tuple[str, ...] = ()) -> str:
    """The host of an absolute URL, or nothing where the text is none."""
    if not url or len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if not parts.scheme or (schemes and parts.scheme not in schemes):
        return ""
    return host if host and is_host(f"[{host}]" if ":" in host else host) else ""


def is_host(host: str) -> bool:
    return len(host) <= 253 and _HOST.fullmatch(host) is not None


@function(
    "isValidEmail(s string) bool",
    "Whether it is a mail address.",
    '{{ isValidEmail "ops@example.com" }}',
    "true",
)
def is_valid_email(s: Any) -> bool:
    written = scalar_text(s)
    return len(written) <= _LONGEST_URL and is_email(written)


@function(
    "isValidGitRepository(s string) bool",
    "Whether it is the address of a repository: https, http, ssh, git, or user@host:path.",
    '{{ isValidGitRepository "git@github.com:acme/web.git" }}',
    "true",
)
def is_valid_git_repository(s: Any) -> bool:
    written = scalar_text(s)
    if "://" in written:
        return bool(host_of(written, _GIT_SCHEMES)) and urlsplit(written).path.strip("/") != ""
    found = _SCP.fullmatch(written) if len(written) <= _LONGEST_URL else None
    return found is not None and is_host(found[1]) and found[2].strip("/") != ""


@function(
    "isValidURL(s string) bool",
    "Whether it is an absolute URL: a scheme and a host.",
    '{{ isValidURL "https://example.com/a?b=c" }}',
    "true",
)
def is_valid_url(s: Any) -> bool:
    written = scalar_text(s)
    return "://" in written and bool(host_of(written))


@function(
    "isValidImageRef(s string) bool",
    "Whether it is the name of a container image.",
    '{{ isValidImageRef "registry.example.com/acme/web:1.27" }}',
    "true",
)
def is_valid_image_ref(s: Any) -> bool:
    named, at, digest = scalar_text(s).partition("@")
    if at and not _DIGEST.fullmatch(digest):
        return False
    registry, slash, rest = named.partition("/")
    if slash and ("." in registry or ":" in registry or registry == "localhost" or registry != registry.lower()):
        if not _REGISTRY.fullmatch(registry):
            return False
    else:
        rest = named
    path, colon, tag = rest.partition(":")
    if colon and not _TAG.fullmatch(tag):
        return False
    return len(path) <= _LONGEST_REPOSITORY and _PATH.fullmatch(path) is not None


@function("isValidJSON(s string) bool", "Whether it is JSON.", """{{ isValidJSON `{"a": 1}` }}""", "true")
def is_valid_json(s: Any) -> bool:
    import msgspec  # few templates need it, and every start of the command line would pay for it

    try:
        msgspec.json.decode(finished(scalar_text(s)).encode())
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True


@function("isValidPort(port int) bool", "Whether it is a number from 1 to 65535.", "{{ isValidPort 8080 }}", "true")
def is_valid_port(port: Any) -> bool:
    try:
        return 1 <= integer(port) <= _MOST_PORT
    except FunctionError:
        return False
