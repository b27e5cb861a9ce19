"""Rows of imports -> where they lead: a file beside, or a Reference for the fetcher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orkestra.katalog.compose.fetching import Auth, FetchError, Reference
from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.source.nodes import MapNode, Node, plain_value

REGISTRY: Final = "ghcr.io/orkspace/orkestra-registry"
_SCHEMES: Final = ("http://", "https://")


def is_url(text: str) -> bool:
    return text.lower().startswith(_SCHEMES)


def auth_of(found: Decoded | None) -> Auth | None:
    return Auth(found["type"], found["fromEnv"]) if found is not None and "fromEnv" in found else None


def http_reference(url: str, auth: Auth | None) -> Reference:
    return Reference("http", without_credentials(url), auth=auth)


def registry_references(row: Decoded, environ: Mapping[str, str]) -> list[tuple[str, Reference]]:
    """(name, reference) for every Katalog that a row of ``imports.registry`` asks for. Raises FetchError."""
    file = "komposer.yaml" if row["useKomposer"] else "katalog.yaml"
    auth = auth_of(row["auth"])
    patterns: Mapping[str, Decoded] = row["katalog"] or {}
    if row["oci"] not in (False, None):
        base = _oci_base(row["oci"], row["url"], environ.get("ORK_REGISTRY") or f"{REGISTRY}/patterns/katalogs")
        named: list[tuple[str, str]] = [(name, pattern["version"]) for name, pattern in patterns.items()]
        wanted = {name: _paths(pattern, file) for name, pattern in patterns.items()}
        return [
            (name or base, oci_reference(f"{base}/{name}" if name else base, version, wanted.get(name, (file,)), auth))
            for name, version in named or [("", "latest")]
        ]
    url = without_credentials(row["url"])
    if not patterns:
        return [(url, Reference("git", url, {"branch": "main"}, (file,), auth))]
    return [
        (name, Reference("git", url, _revision_of(pattern), _git_paths(name, pattern, file), auth))
        for name, pattern in patterns.items()
    ]


def motif_reference(row: Decoded, environ: Mapping[str, str]) -> Reference:
    """The OCI artifact of a Motif. Raises FetchError."""
    base = _oci_base(row["oci"], "", environ.get("ORK_MOTIFS_REGISTRY") or f"{REGISTRY}/motifs")
    return oci_reference(f"{base}/{row['motif']}", row["version"], ("motif.yaml",), auth_of(row["auth"]))


def helm_reference(row: Decoded, value_files: list[str]) -> Reference:
    """``value_files``: their contents, in order. Raises FetchError."""
    values: Node | None = row["values"]
    if not is_url(row["repo"]) and not row["repo"].startswith("oci://"):
        hint = "package the chart and serve it, or import its Katalog by files"
        raise FetchError(f"repo: {row['repo'][:200]} is no https:// or oci:// URL", hint)
    options: dict[str, Any] = {"chart": row["chart"], "version": row["version"]}
    if row["path"]:
        options["path"] = row["path"]
    if value_files:
        options["valueFiles"] = value_files
    if isinstance(values, MapNode):
        options["values"] = plain_value(values)
    return Reference("helm", without_credentials(row["repo"]), options, (), auth_of(row["auth"]))


def oci_reference(name: str, version: str, wanted: tuple[str, ...], auth: Auth | None) -> Reference:
    """``name`` may carry a tag or digest of its own."""
    last = name.rpartition("/")[2]
    if "@" not in last and ":" not in last:
        name = f"{name}@{version}" if version.startswith("sha256:") else f"{name}:{version}"
    return Reference("oci", name, {}, wanted, auth)


def without_credentials(url: str) -> str:
    """Raises FetchError where a URL holds a password: it would be printed and kept."""
    scheme, slashes, rest = url.partition("://")
    host = rest.partition("/")[0]
    if slashes and "@" in host:
        user = host.rpartition("@")[0]
        if ":" in user or scheme.lower() in ("http", "https"):
            raise FetchError("the URL holds credentials", "leave them out and write auth: {fromEnv: VARIABLE}", 1701)
    return url


def _oci_base(oci: Any, url: str, default: str) -> str:
    if isinstance(oci, str) and oci:
        return oci.removeprefix("oci://").rstrip("/")
    return (url or default).removeprefix("oci://").rstrip("/")


def _revision_of(pattern: Decoded) -> dict[str, str]:
    for key in ("commit", "tag"):
        if pattern[key]:
            return {key: pattern[key]}
    return {"branch": pattern["branch"]}


def _paths(pattern: Decoded, file: str) -> tuple[str, ...]:
    return (pattern["path"],) if pattern["path"] else (file,)


def _git_paths(name: str, pattern: Decoded, file: str) -> tuple[str, ...]:
    if pattern["path"]:
        return (pattern["path"],)
    return (f"{name}/{file}", f"katalogs/{name}/{file}", f"patterns/katalogs/{name}/{file}", f"{name}.yaml")
