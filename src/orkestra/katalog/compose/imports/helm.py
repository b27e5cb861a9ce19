"""What a chart renders, through ``helm template`` on PATH. The chart itself is fetched here, so that time, size and
credentials are ours to bound, and ``helm`` reaches nothing."""

from __future__ import annotations

import hashlib
import json
import tempfile
import urllib.parse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from orkestra.katalog.compose.fetching import FetchError, Reference
from orkestra.katalog.compose.imports.artifacts import artifact_of
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.katalog.compose.imports.http import credentials, get, shown
from orkestra.katalog.compose.imports.oci import pull_layers
from orkestra.katalog.compose.imports.programs import run
from orkestra.katalog.diagnostics.finding import Findings
from orkestra.katalog.places import Artifact
from orkestra.katalog.source import decode_text, parse, plain_value

_RENDERED: Final = "rendered.yaml"


def fetch_helm(reference: Reference, environ: Mapping[str, str], bounds: Bounds) -> Artifact:
    """All documents the chart renders, as one file. Raises FetchError."""
    options = reference.options
    chart, version = str(options["chart"]), str(options["version"])
    data = _from_registry(reference, chart, version, environ, bounds) if reference.url.startswith("oci://") else None
    if data is None:
        data = _from_repository(reference, chart, version, environ, bounds)
    with tempfile.TemporaryDirectory(prefix="ork-helm-") as name:
        folder = Path(name)
        (folder / "chart.tgz").write_bytes(data)
        arguments = ["helm", "template", "katalog", "chart.tgz"]
        for n, text in enumerate([*options.get("valueFiles", ()), json.dumps(options.get("values") or {})]):
            (folder / f"values{n}.yaml").write_text(str(text))
            arguments += ["--values", f"values{n}.yaml"]
        if options.get("path"):
            arguments += ["--show-only", str(options["path"])]
        env = {**environ, "HELM_CACHE_HOME": name, "HELM_CONFIG_HOME": name, "HELM_DATA_HOME": name}
        try:
            rendered = run(arguments, folder, env, bounds)
        except FetchError as error:
            raise FetchError(f"chart {chart[:80]} {version[:40]}: {error}", error.hint, error.number) from None
    label = f"{shown(reference.url)}/{chart}-{version}"
    resolved = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return artifact_of(label, {_RENDERED: rendered}, _RENDERED, bounds, resolved=resolved)


def _from_registry(reference: Reference, chart: str, version: str, environ: Mapping[str, str], bounds: Bounds) -> bytes:
    whole = Reference("oci", f"{reference.url.rstrip('/')}/{chart}:{version}", auth=reference.auth)
    pull, layers, _ = pull_layers(whole, environ, bounds)
    for layer, content in layers:
        if "helm.chart.content" in str(layer.get("mediaType")):
            return content
    raise FetchError(f"{pull.name} is no Helm chart")


def _from_repository(
    reference: Reference, chart: str, version: str, environ: Mapping[str, str], bounds: Bounds
) -> bytes:
    headers = credentials(reference.auth, environ)
    base = reference.url.rstrip("/") + "/"
    answer = get(f"{base}index.yaml", headers, bounds)
    if answer.status != 200:
        raise FetchError(f"{shown(base)}index.yaml: the server answers {answer.status}")
    findings = Findings()
    tree = parse(decode_text(answer.body, "index.yaml", findings), findings) if answer.body.strip() else None
    index: Any = plain_value(tree) if tree is not None and not findings.has_errors else None
    entries = index.get("entries") if isinstance(index, dict) else None
    releases = entries.get(chart) if isinstance(entries, dict) else None
    if not isinstance(releases, list):
        raise FetchError(f"{shown(base)} has no chart {chart[:80]}")
    release = next((r for r in releases if isinstance(r, dict) and str(r.get("version")) == version), None)
    urls = release.get("urls") if release else None
    if release is None or not isinstance(urls, list) or not urls or not isinstance(urls[0], str):
        known = ", ".join(str(r.get("version")) for r in releases[:5] if isinstance(r, dict))
        raise FetchError(
            f"{shown(base)} has no version {version[:40]} of {chart[:80]}", f"there is: {known}" if known else ""
        )
    url = urllib.parse.urljoin(base, urls[0])
    is_same = urllib.parse.urlsplit(url)[:2] == urllib.parse.urlsplit(base)[:2]
    answer = get(url, headers if is_same else {}, bounds)
    if answer.status != 200:
        raise FetchError(f"{shown(url)}: the server answers {answer.status}")
    told = str(release.get("digest") or "").removeprefix("sha256:")
    if told and told != hashlib.sha256(answer.body).hexdigest():
        raise FetchError(f"{shown(url)}: the chart is not of the digest its repository names")
    return answer.body
