"""Encodings, digests, names that Kubernetes accepts, and switch tables."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Any, Final

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import integer, text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.types import json_of
from orkestra.template.values import finished, from_bytes, go_bytes

DATA: Final = Domain("data", [])
function = DATA.function

_NOT_NAME: Final = re.compile(r"[^a-z0-9]+")
_NOT_NAME_CHAR: Final = re.compile(r"[^a-z0-9-]+")
_SHORT_DIGEST: Final = 8


@function("toBase64(s string) string", "The text in base64.", '{{ toBase64 "ab" }}', "YWI=")
def to_base64(s: Any) -> str:
    return base64.b64encode(go_bytes(text(s))).decode()


@function("fromBase64(s string) string", "The text that was in base64.", '{{ fromBase64 "YWI=" }}', "ab")
def from_base64(s: Any) -> str:
    try:
        data = base64.b64decode(go_bytes(text(s).replace("\n", "").replace("\r", "")), validate=True)
    except (binascii.Error, ValueError):
        raise FunctionError("the text is not base64") from None
    return from_bytes(data)


@function("toJSON(value) string", "The same as toJson.", '{{ toJSON "a" }}', '"a"', needs_environment=True)
def to_json(environment: Environment, value: Any) -> str:
    return json_of(value, environment.limits.output_bytes)


@function(
    "sha256sum(s string) string",
    "The first 8 hexadecimal digits of the SHA-256 digest.",
    '{{ sha256sum "abc" }}',
    "ba7816bf",
)
def sha256sum(s: Any) -> str:
    return hashlib.sha256(go_bytes(text(s))).hexdigest()[:_SHORT_DIGEST]


@function(
    "slugify(s string) string",
    "Lower-case letters and digits, with single dashes for everything between.",
    '{{ slugify "Hello, World!" }}',
    "hello-world",
)
def slugify(s: Any) -> str:
    return _NOT_NAME.sub("-", finished(text(s)).lower()).strip("-")


@function(
    "truncateName(s string, n int) string",
    "A valid Kubernetes name of at most n characters: a longer one is cut and ends in a digest of the whole, so that"
    " two long names stay different.",
    '{{ truncateName "my-web" 63 }}',
    "my-web",
)
def truncate_name(s: Any, n: Any) -> str:
    whole, most = text(s), integer(n)
    if most < 1:
        raise FunctionError("the length must be at least 1")
    name = _NOT_NAME_CHAR.sub("-", finished(whole).lower()).strip("-")
    if len(name) <= most:
        return name
    digest = sha256sum(whole)
    if most <= _SHORT_DIGEST + 1:
        return name[:most].strip("-")
    return f"{name[: most - _SHORT_DIGEST - 1].rstrip('-')}-{digest}"


@function(
    "repoSlug(url string) string",
    "Owner and name of a repository, as a name: from https, ssh and scp-like addresses.",
    '{{ repoSlug "https://github.com/acme/Web.git" }}',
    "acme-web",
)
def repo_slug(url: Any) -> str:
    scheme, _, address = text(url).strip().rpartition("://")
    path = re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/").removesuffix(".git")
    parts = [part for part in re.split(r"[/:]", path) if part]
    has_host = bool(scheme) or ":" in path or ("." in parts[0] if parts else False)
    return slugify("-".join(parts[1 if has_host else 0 :][-2:]))


@function(
    "lookup(key, k1, v1, …, otherwise)",
    "The value beside the first key equal to the given one; a single value left over serves all others.",
    '{{ lookup "b" "a" 1 "b" 2 }}',
    "2",
)
def lookup(key: Any, *table: Any) -> Any:
    wanted = text(key)
    for at in range(0, len(table) - 1, 2):
        if text(table[at]) == wanted:
            return table[at + 1]
    return table[-1] if len(table) % 2 else None
