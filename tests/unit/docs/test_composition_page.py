"""docs/composition.md: its files, laid out as it says, load and do what it tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog import Katalog, load, render
from orkestra.katalog.compose import includes
from orkestra.katalog.schema.profiles import PROFILE_BLOCKS
from orkestra.template import DEFAULT_ENVIRONMENT
from tests.unit.docs.pages import blocks, read, section, spans

PAGE = read("composition.md")
KOMPOSER, INCLUDE, MOTIF, IMPORTS, PROFILES = blocks(PAGE, "yaml")[:5]
HEAD = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: base}
spec:
  crds:
    website:
      apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}
      namespace: shop
"""


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}" for line in text.splitlines(keepends=True))


@pytest.fixture
def katalog(tmp_path: Path) -> Katalog:
    box = "onReconcile: {pods: [{name: p, image: x, resources: {profile: web}}]}\n" + INCLUDE
    files = {
        "base/katalog.yaml": HEAD + indented(IMPORTS, 6) + "      operatorBox:\n" + indented(box, 8) + PROFILES,
        "base/parts/status.yaml": "fields:\n  - {path: phase, value: Included}\n",
        "base/motifs/web.yaml": MOTIF,
        "overlays/production/komposer.yaml": KOMPOSER,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = load(tmp_path / "overlays" / "production" / "komposer.yaml", root=tmp_path)
    assert found[0] is not None and not found[1], render(found[1])
    return found[0]


def test_the_files_of_the_page_are_one_katalog(katalog: Katalog) -> None:
    (website,) = katalog.boxes
    assert (katalog.name, website.workers, website.namespace) == ("production", 8, "")
    assert [entry.kind for entry in website.on_reconcile.entries] == ["pods", "deployments"]
    assert [(field.path[0], str(field.value)) for field in website.status.fields] == [
        ("port", "{{ .inputs.port }}"),
        ("phase", "Included"),
        ("phase", "Ready"),
    ]
    resources = website.on_reconcile.entries[0].fields["resources"]
    assert resources.render({"spec": {"cpu": "1"}}, DEFAULT_ENVIRONMENT)["requests"] == {"cpu": "1"}


def test_the_blocks_named_are_those_that_include() -> None:
    told = set(spans(section(PAGE, "Includes").partition("Blocks that take")[2])) - {"include"}
    known: set[str] = set()

    def walk(sites: includes.Sites, where: str) -> None:
        for key, below in sites.items():
            if below == includes.BLOCK:
                known.add(where if not key else f"{where}.{key}".strip("."))
            elif not isinstance(below, str):
                is_root = key in ("spec", "crds", "operatorBox", "motifs")
                walk(below, "" if is_root else where if key == "*" else f"{where}.{key}".strip("."))

    walk(includes.KATALOG, "")
    short = {name.removeprefix("serve.").removeprefix("target.") for name in known} - {"gateway.tokens"}
    assert told == short


def test_the_classes_named_are_those_there_are() -> None:
    told = spans(section(PAGE, "Profiles of your own").partition("Classes:")[2])
    assert set(told) == set(PROFILE_BLOCKS)
