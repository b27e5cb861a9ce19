"""Imports of charts: the chart is fetched and verified here, and only rendered by ``helm``, here a stand-in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from orkestra.katalog import load
from orkestra.katalog.compose import FetchError, Reference
from orkestra.katalog.compose.imports import fetcher
from tests.imports.servers import files, serving
from tests.unit.katalog.compose.trees import entry, katalog, komposer, write

CHART = b"a chart, packed"
HELM = """#!/bin/sh
# prints a Service, then a Katalog whose description is the value it was given
test "$1 $2 $3" = "template katalog chart.tgz" || exit 3
test "$(cat chart.tgz)" = "a chart, packed" || { echo "Error: not that chart" >&2; exit 1; }
echo 'kind: Service'
echo ---
cat "$KATALOG_FILE"
cat values0.yaml values1.yaml 2>/dev/null | sed 's/^/# /'
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    program = tmp_path / "bin" / "helm"
    program.parent.mkdir()
    program.write_text(HELM)
    program.chmod(0o755)
    (tmp_path / "rendered.yaml").write_text(katalog(entry("Site")))
    return {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "KATALOG_FILE": str(tmp_path / "rendered.yaml"),
        "HOME": str(tmp_path),
    }


def index(digest: str) -> bytes:
    return f"entries:\n  shop:\n    - {{version: 1.2.3, digest: {digest}, urls: [charts/shop.tgz]}}\n".encode()


ANOTHER = {"charts/shop.tgz": b"other", "index.yaml": index("''")}


def served(digest: str = "") -> dict[str, bytes]:
    return {"index.yaml": index(digest or hashlib.sha256(CHART).hexdigest()), "charts/shop.tgz": CHART}


def test_documents_of_kind_katalog_are_taken(tmp_path: Path, environ: dict[str, str]) -> None:
    with serving(files(**served())) as (url, _):
        write(
            tmp_path / "own",
            more="size: big\n",
            komposer=komposer(
                f"imports: {{helm: [{{repo: '{url}', chart: shop, version: 1.2.3, "
                "valueFiles: [more.yaml], values: {a: 1}}]}\n"
            ),
        )
        found, findings = load(tmp_path / "own" / "komposer.yaml", root=tmp_path, fetch=fetcher(environ))
        assert found is not None, findings
        assert [box.name for box in found.boxes] == ["site"]


@pytest.mark.parametrize(
    ("options", "contents", "message"),
    [
        ({"chart": "shop", "version": "9.9.9"}, served(), r"has no version 9\.9\.9 of shop"),
        ({"chart": "nope", "version": "1.2.3"}, served(), "has no chart nope"),
        ({"chart": "shop", "version": "1.2.3"}, served("ab" * 32), "not of the digest"),
        ({"chart": "shop", "version": "1.2.3"}, {"index.yaml": b"<html>: ["}, "has no chart"),
        ({"chart": "shop", "version": "1.2.3"}, {}, "answers 404"),
        ({"chart": "shop", "version": "1.2.3"}, ANOTHER, "not that chart"),
    ],
)  # fmt: skip
def test_charts_that_cannot_be_had(
    options: dict[str, str], contents: dict[str, bytes], message: str, environ: dict[str, str]
) -> None:
    with serving(files(**contents)) as (url, _), pytest.raises(FetchError, match=message):
        fetcher(environ)(Reference("helm", url, options))


def test_a_machine_without_helm_is_told(environ: dict[str, str]) -> None:
    with serving(files(**served())) as (url, _), pytest.raises(FetchError, match="helm is not on PATH"):
        fetcher({**environ, "PATH": "/nowhere"})(Reference("helm", url, {"chart": "shop", "version": "1.2.3"}))
