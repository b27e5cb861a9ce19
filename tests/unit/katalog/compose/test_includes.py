"""``include`` of blocks: what the file says goes under what is written inline."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from orkestra.katalog import load
from orkestra.katalog.compose import includes
from orkestra.katalog.schema.blocks import Field
from tests.unit.katalog.compose.trees import composed, entry, findings, katalog, loaded, merged, motif, places, write
from tests.unit.katalog.tables import nested, rows_of


def test_status_and_reconciler_may_be_files_and_inline_wins(tmp_path: Path) -> None:
    box = """
    reconciler: {include: parts/reconciler.yaml, workers: 2}
    status:
      include: parts/status.yaml
      fields: [{path: phase, value: own}]
    """
    write(
        tmp_path,
        parts__reconciler="workers: 7\nresync: 2m\nqueue: {maxDepth: 10}\n",
        parts__status="fields:\n  - {path: phase, value: included}\n  - {path: url, value: x}\n",
        katalog=katalog(entry("Site", box)),
    )
    site = loaded(tmp_path / "katalog.yaml").boxes[0]
    assert (site.workers, site.resync_seconds, site.queue.max_depth) == (2, 120.0, 10)
    assert [(".".join(f.path), str(f.value)) for f in site.status.fields] == [
        ("phase", "included"),
        ("url", "x"),
        ("phase", "own"),
    ]
    assert site.status.fields[0].position.file.endswith("parts/status.yaml")


def test_included_rules_come_first_and_calls_take_the_place_of_their_item(tmp_path: Path) -> None:
    more = """
    validation:
      include: rules.yaml
      rules: [{field: spec.b, message: own, exists: true}]
      external:
        - {name: first, url: "http://a"}
        - include: calls.yaml
        - {name: last, url: "http://c"}
    """
    write(
        tmp_path,
        rules="rules: [{field: spec.a, message: included, exists: true}]\n",
        calls='calls: [{name: middle, url: "http://b"}]\n',
        katalog=katalog(entry("Site", more=more)),
    )
    validation = merged(tmp_path / "katalog.yaml")["spec"]["crds"]["site"]["validation"]
    assert [rule["field"] for rule in validation["rules"]] == ["spec.a", "spec.b"]
    assert [call["name"] for call in validation["external"]] == ["first", "middle", "last"]
    assert "include" not in validation


def test_included_files_include_relative_to_themselves(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__one="include: ../b/two.yaml\nworkers: 5\n",
        b__two="include: three.yaml\nworkers: 9\nresync: 3m\n",
        b__three="queue: {failureThreshold: 8}\n",
        katalog=katalog(entry("Site", "reconciler: {include: a/one.yaml}")),
    )
    site = loaded(tmp_path / "katalog.yaml").boxes[0]
    assert (site.workers, site.resync_seconds, site.queue.failure_threshold) == (5, 180.0, 8)
    steps = [
        (step.means, Path(step.file).name, str(step.at.line))
        for step in composed(tmp_path / "katalog.yaml").trail.steps
    ]
    assert steps == [("include", "one.yaml", "9"), ("include", "two.yaml", "1"), ("include", "three.yaml", "1")]


@pytest.mark.parametrize(
    ("include", "code"),
    [
        ("gone.yaml", "ORK1016"),
        ("../outside.yaml", "ORK1112"),
        ("/etc/hostname", "ORK1112"),
        ("~/x.yaml", "ORK1112"),
        ("link.yaml", "ORK1112"),
        (".", "ORK1016"),
        ('"a\\0b"', "ORK1112"),
        ("list.yaml", "ORK2006"),
        ("broken.yaml", "ORK1001"),
        ("binary.yaml", "ORK1010"),
        ("empty.yaml", "ORK1015"),
        ("[a]", "ORK1102"),
    ],
)
def test_paths_that_lead_nowhere_or_out_are_told_once(tmp_path: Path, include: str, code: str) -> None:
    write(tmp_path, outside="workers: 3\n")
    folder = tmp_path / "root"
    write(
        folder,
        list="[a]\n",
        broken="a: [\n",
        empty="",
        katalog=katalog(entry("Site", f"reconciler: {{include: {include}}}")),
    )
    (folder / "binary.yaml").write_bytes(b"a: \xff\n")
    os.symlink(tmp_path / "outside.yaml", folder / "link.yaml")
    found = findings(folder / "katalog.yaml")
    assert [f.code for f in found] == [code]


def test_cycles_are_told_with_their_path(tmp_path: Path) -> None:
    write(
        tmp_path,
        a="include: b.yaml\n",
        b="include: a.yaml\n",
        katalog=katalog(entry("Site", "reconciler: {include: a.yaml}")),
    )
    found = findings(tmp_path / "katalog.yaml")
    assert places(found) == [("ORK2001", "b.yaml", "1:10")]
    names = [Path(name).name for name in found[0].message.partition("each other: ")[2].split(" → ")]
    assert names == ["a.yaml", "b.yaml", "a.yaml"]


def test_depth_is_bounded(tmp_path: Path) -> None:
    for n in range(40):
        write(tmp_path, **{f"f{n}": f"include: f{n + 1}.yaml\n"})
    write(tmp_path, katalog=katalog(entry("Site", "reconciler: {include: f0.yaml}")))
    assert [f.code for f in findings(tmp_path / "katalog.yaml")] == ["ORK2005"]


def test_a_bomb_of_includes_is_bounded(tmp_path: Path) -> None:
    big = "fields:\n" + "".join(f"  - {{path: a{n}, value: x}}\n" for n in range(2_000))
    entries = "".join(entry(f"Site{n}", "status: {include: big.yaml}") for n in range(30))
    write(tmp_path, big=big, katalog=katalog(entries))
    found = findings(tmp_path / "katalog.yaml")
    assert "ORK2005" in {f.code for f in found}


def test_top_level_blocks_and_motifs_include_too(tmp_path: Path) -> None:
    write(
        tmp_path,
        notes="functions: [{name: one, expression: '\"1\"'}, {name: two, expression: '\"2\"'}]\n",
        status="fields: [{path: phase, value: '{{ two }}'}]\n",
        web=motif("notes: {include: notes.yaml}\nstatus: {include: status.yaml}\n"),
        katalog=katalog(
            entry("Site", more="imports: [{motif: web.yaml}]"),
            rest="notes: {include: notes.yaml, functions: [{name: two, expression: '\"own\"'}]}\n",
        ),
    )
    tree = merged(tmp_path / "katalog.yaml")
    assert {f["name"]: f["expression"] for f in tree["notes"]["functions"]} == {"one": '"1"', "two": '"own"'}
    assert loaded(tmp_path / "katalog.yaml").boxes[0].status.fields[0].motif is not None


def test_every_block_of_the_reference_has_a_site() -> None:
    flat: list[str] = []

    def walk(sites: includes.Sites, where: str) -> None:
        for key, below in sites.items():
            if isinstance(below, str):
                flat.append(f"{where}.{key}".strip("."))
            else:
                walk(below, f"{where}.{key}")

    walk(includes.KATALOG, "")
    for wanted in ("notes", "profiles", "gateway.api.auth", "gateway.clusters", "spec.crds.*.validation",
                   "spec.crds.*.mutation", "spec.crds.*.serve", "spec.crds.*.serve.fields", "spec.crds.*.serve.tokens",
                   "spec.crds.*.serve.target", "spec.crds.*.operatorBox.reconciler", "spec.crds.*.operatorBox.status",
                   "spec.crds.*.operatorBox.observe", "spec.crds.*.operatorBox.onCreate.external"):  # fmt: skip
        assert wanted in flat


def test_a_key_that_is_spelt_with_escapes_includes_too(tmp_path: Path) -> None:
    text = katalog(entry("Site", "status: {include: status.yaml}")).replace("include:", '"\\x69nclude":')
    write(tmp_path, status="fields: [{path: phase, value: included}]\n", katalog=text)
    assert "include:" not in text
    assert str(loaded(tmp_path / "katalog.yaml").boxes[0].status.fields[0].value) == "included"


@pytest.mark.parametrize("kind", ["Katalog", "Komposer", "Motif", "E2E"])
def test_every_include_of_the_tables_is_looked_for(kind: str, tmp_path: Path) -> None:
    """A row that is read and leads nowhere would swallow what is written."""
    asked = 0
    for steps, row in rows_of(kind):
        newer = "reconcile" in steps and "operatorBox" in steps
        if steps[-1] != "include" or newer or not isinstance(row, Field):
            continue
        head = {"apiVersion": "orkestra.orkspace.io/v1", "kind": kind, "metadata": {"name": "shop"}}
        file = tmp_path / "file.yaml"
        file.write_text(json.dumps(head | nested(steps, "nowhere.yaml")))
        assert any("nowhere.yaml" in found.message for found in load(file, root=tmp_path)[1]), ".".join(steps)
        asked += 1
    assert asked >= {"Katalog": 30, "Komposer": 4, "Motif": 3, "E2E": 1}[kind]
