"""``ork diff``: what counts as different, what it is called, and what follows from it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from orkestra.cli.comparing.changes import Change, compare
from orkestra.cli.comparing.effects import effect_of
from orkestra.cli.diff import command
from orkestra.katalog import load_text
from orkestra.katalog.model import Katalog
from tests.unit.generate.katalogs import SHOP

NEW_ROLES = ", for which roles made anew have to allow it (formerKinds: [services])"
BASE = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      apiTypes: {group: shop.io, version: v1, kind: Website, plural: websites}
      operatorBox:
        reconciler: {workers: 3}
        onCreate:
          jobs:
            - {name: seed, image: a}
        onReconcile:
          deployments:
            - name: "{{ .metadata.name }}"
              image: "{{ .spec.image }}"
              env: [{name: A, value: "1"}, {name: B, value: "2"}]
              when: [{field: spec.x, exists: true}, {field: spec.y, gt: 3}]
          services:
            - {name: web, port: 80, targetPort: 8080, headless: true}
        status:
          fields:
            - {path: url, value: x}
"""


def loaded(text: str) -> Katalog:
    katalog, findings = load_text(text)
    assert katalog is not None, findings
    return katalog


def told(*replacements: tuple[str, str]) -> list[tuple[str, str, str]]:
    """(how, field or child's kind, effect) of each change that the replacements make."""
    text = BASE
    for before, after in replacements:
        assert before in text
        text = text.replace(before, after, 1)
    old, new = loaded(BASE), loaded(text)
    return [(c.how, c.field or (c.child or ("",))[0], effect_of(c, old, new)) for c in compare(old, new)]


@pytest.mark.parametrize(
    "replacement",
    [
        ("{workers: 3}", "{}"),
        ('env: [{name: A, value: "1"}, {name: B, value: "2"}]', 'env: [{value: "2", name: B}, {name: A, value: "1"}]'),
        (
            "when: [{field: spec.x, exists: true}, {field: spec.y, gt: 3}]",
            "when: [{field: spec.y, greaterThan: 3}, {field: spec.x, operator: exists}]",
        ),
        ("name: web, port: 80,", 'name: "web", port: "80",'),
        ("spec:\n", "\n\nspec:\n"),
        ("      operatorBox:", "      enabled: true\n      operatorBox:"),
    ],
)
def test_what_means_the_same_is_no_difference(replacement: tuple[str, str]) -> None:
    assert told(replacement) == []


@pytest.mark.parametrize(
    ("replacements", "expected"),
    [
        ([("image: a}", "image: b}")], [("changed", "image", "only a Job that is still to be made has it")]),
        (
            [('image: "{{ .spec.image }}"', 'image: "{{ .spec.img }}"')],
            [("changed", "image", "the Deployment is updated in place, and its pods are replaced")],
        ),
        (
            [('value: "2"', 'value: "3"')],
            [("changed", "env[B].value", "the Deployment is updated in place, and its pods are replaced")],
        ),
        ([("port: 80,", "port: 81,")], [("changed", "port", "the Service is updated in place")]),
        (
            [("gt: 3", "gt: 4")],
            [("changed", "when", "the Deployment comes or goes with the new conditions")],
        ),
        (
            [("            - {name: web, port: 80, targetPort: 8080, headless: true}\n", "            []\n")],
            [("removed", "services", f"the Service of each object is pruned{NEW_ROLES}")],
        ),
        (
            [
                ("            - {name: web, port: 80, targetPort: 8080, headless: true}\n", "            []\n"),
                ("reconciler: {workers: 3}", "formerKinds: [services]\n        reconciler: {workers: 3}"),
            ],
            [
                ("changed", "formerKinds", "what is left of the kinds it had is watched, and pruned"),
                ("removed", "services", "the Service of each object is pruned"),
            ],
        ),
        (
            [("- {name: seed, image: a}", "[]")],
            [("removed", "jobs", "the Job of each object stays as it is, and is made for no new one")],
        ),
        (
            [("name: web", "name: front")],
            [("renamed", "services", "the Service of the old name is pruned, and one of the new name is created")],
        ),
        (
            [("            - {name: web", "            - {name: more, port: 1}\n            - {name: web")],
            [("added", "services", "one Service more is created for each object")],
        ),
        ([("workers: 3", "workers: 5")], [("changed", "workers", "")]),
        (
            [("{path: url, value: x}", "{path: link, value: x}")],
            [
                ("removed", "status.url", "it is no longer written"),
                ("added", "status.link", "it appears in the status of each object"),
            ],
        ),
        (
            [("    website:", "    site:")],
            [
                (
                    "renamed",
                    "",
                    "the operator is another one by name only: objects and children stay; metrics and routes have the "
                    "new name",
                )
            ],
        ),
        ([("kind: Website,", "kind: Page,")], None),
        ([("{name: shop}", "{name: store}")], [("changed", "metadata.name", "marks on objects carry the new name")]),
    ],
)
def test_a_difference_has_its_name_and_its_effect(
    replacements: list[tuple[str, str]], expected: list[tuple[str, str, str]] | None
) -> None:
    found = told(*replacements)
    if expected is None:
        assert found[0][:2] == ("changed", "gvk") and "unmanaged" in found[0][2]
    else:
        assert found == expected


def test_a_child_that_moves_to_another_block_is_the_same_child() -> None:
    line = "            - {name: web, port: 80, targetPort: 8080, headless: true}\n"
    found = told(
        (f"          services:\n{line}", ""), ("          jobs:\n", f"          services:\n{line}          jobs:\n")
    )
    assert found == [("moved", "services", "the Service is no longer kept in line")]


def test_entries_come_and_go_with_what_that_means_for_their_objects() -> None:
    more = "    blog:\n      apiTypes: {group: shop.io, version: v1, kind: Blog, plural: blogs}\n"
    one, two = loaded(BASE), loaded(BASE + more)
    pruning = loaded(BASE + more + "      operatorBox: {prune: true}\n")
    (added,) = compare(one, two)
    (removed,) = compare(two, one)
    (pruned,) = compare(pruning, one)
    assert effect_of(added, one, two) == "its operator starts; every Blog is reconciled"
    assert "unmanaged" in effect_of(removed, two, one)
    assert "are deleted" in effect_of(pruned, pruning, one)


def test_every_change_of_every_kind_has_a_two_way_form() -> None:
    """Whatever a comparison finds one way, the other way finds as well."""
    opposite = {"added": "removed", "removed": "added"}
    old, new = loaded(BASE), loaded(SHOP)

    def keys(changes: list[Change], *, flip: bool) -> set[Any]:
        return {
            (opposite.get(c.how, c.how) if flip else c.how, c.block, (c.child or ("",))[0], c.field) for c in changes
        }

    assert keys(compare(old, new), flip=True) == keys(compare(new, old), flip=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(BASE)
    Path("b.yaml").write_text(BASE.replace("image: a}", "image: b}"))
    Path("wrong.yaml").write_text("kind: Katalog\n")
    return tmp_path


def ork(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(command, arguments, input=stdin, standalone_mode=False)


def code_of(result: Result) -> int:
    return int(result.return_value if result.exception is None else getattr(result.exception, "exit_code", 99))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("a.yaml", "a.yaml"), 0),
        (("a.yaml", "b.yaml"), 1),
        (("a.yaml", "absent.yaml"), 2),
        (("a.yaml", "wrong.yaml"), 2),
        (("git:main", "a.yaml"), 2),
        (("git:main:a.yaml", "a.yaml"), 2),
        (("-", "-"), 2),
    ],
)
def test_exit_codes_are_those_of_diff(folder: Path, arguments: tuple[str, ...], code: int) -> None:
    assert code_of(ork(*arguments)) == code


def test_standard_input_is_one_of_the_two(folder: Path) -> None:
    assert code_of(ork("-", "a.yaml", stdin=BASE)) == 0
    assert code_of(ork("b.yaml", "-", stdin=BASE)) == 1


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_data_has_the_change_its_place_and_its_effect(folder: Path, form: str) -> None:
    read = json.loads if form == "json" else yaml.safe_load
    assert read(ork("a.yaml", "b.yaml", "-o", form).stdout) == {
        "a": "a.yaml",
        "b": "b.yaml",
        "changes": [
            {
                "change": "changed",
                "entry": "website",
                "block": "onCreate",
                "child": {"kind": "Job", "name": "seed"},
                "field": "image",
                "before": "a",
                "after": "b",
                "effect": "only a Job that is still to be made has it",
            }
        ],
    }


def test_people_read_it_by_entry_and_child(folder: Path) -> None:
    assert ork("a.yaml", "b.yaml").stdout == (
        "website:\n  ~ onCreate Job seed\n      image: a -> b\n      => only a Job that is still to be made has it\n"
    )


CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.shop.io}
spec:
  group: shop.io
  names: {kind: Website, plural: websites}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""


def git(*arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *settings, *arguments], check=True, capture_output=True)


def commit_all() -> None:
    git("init")
    git("add", ".")
    git("commit", "-m", "first")


def test_a_revision_of_git_brings_the_files_it_names(folder: Path) -> None:
    text = BASE.replace(
        "apiTypes: {group: shop.io, version: v1, kind: Website, plural: websites}", "crdFile: ../crds/crd.yaml"
    )
    (folder / "apps").mkdir()
    (folder / "crds").mkdir()
    (folder / "apps/katalog.yaml").write_text(text)
    (folder / "crds/crd.yaml").write_text(CRD)
    commit_all()
    assert code_of(ork("git:HEAD:apps/katalog.yaml", "apps/katalog.yaml")) == 0
    (folder / "crds/crd.yaml").write_text(CRD.replace("plural: websites}", "plural: websites, shortNames: [w]}"))
    result = ork("git:HEAD:apps/katalog.yaml", "apps/katalog.yaml")
    assert code_of(result) == 1
    assert "apply the CRD before the definition" in result.stdout
    (folder / "apps/katalog.yaml").write_text(text.replace("workers: 3", "workers: 4"))
    assert "workers: 3 -> 4" in ork("git:HEAD:apps/katalog.yaml", "apps/katalog.yaml").stdout


def test_imports_includes_and_motifs_are_those_of_the_revision(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = "apiVersion: orkestra.orkspace.io/v1\n"
    woven = {
        "overlays/komposer.yaml": f"{head}kind: Komposer\nmetadata: {{name: all}}\n"
        "imports: {files: [../base/katalog.yaml]}\n",
        "base/katalog.yaml": BASE.replace(
            "reconciler: {workers: 3}", "reconciler: {include: ../parts/link.yaml}"
        ).replace("      operatorBox:", "      imports: [{motif: ../motifs/web.yaml}]\n      operatorBox:"),
        "parts/real/reconciler.yaml": "workers: 3\n",
        "motifs/web.yaml": f"{head}kind: Motif\nmetadata: {{name: web}}\n"
        "resources: {configMaps: [{name: more, data: {a: b}}]}\n",
    }
    for name, text in woven.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "parts/link.yaml").symlink_to("real/reconciler.yaml")
    commit_all()
    monkeypatch.chdir(folder / "overlays")
    argument = "git:HEAD:komposer.yaml"
    assert (code_of(ork(argument, "komposer.yaml")), ork(argument, "komposer.yaml").stdout) == (0, "")
    (folder / "parts/real/reconciler.yaml").write_text("workers: 5\n")
    result = ork(argument, "komposer.yaml")
    assert code_of(result) == 1
    assert "workers: 3 -> 5" in result.stdout
    for name in ("parts", "motifs"):
        shutil.rmtree(folder / name)
    result = ork(argument, argument)
    assert code_of(result) == 0, "nothing of the working tree counts"


@pytest.mark.parametrize(
    ("include", "words"),
    [
        ("../../out.yaml", "leads out of the repository"),
        ("/etc/passwd", "is absolute"),
        ("missing.yaml", "git:HEAD:apps/missing.yaml cannot be read"),
        ("out.yaml", "leads out of the repository"),
        ("loop.yaml", "symbolic links"),
        ("folder", "Is a directory"),
    ],
)
def test_files_of_a_revision_stay_in_the_repository(folder: Path, include: str, words: str) -> None:
    apps = folder / "apps"
    (apps / "folder").mkdir(parents=True)
    (apps / "folder/a.yaml").write_text("a: 1\n")
    (apps / "out.yaml").symlink_to("../../out.yaml")
    (apps / "loop.yaml").symlink_to("loop.yaml")
    (apps / "katalog.yaml").write_text(
        BASE.replace("reconciler: {workers: 3}", f"reconciler: {{include: '{include}'}}")
    )
    commit_all()
    result = ork("git:HEAD:apps/katalog.yaml", "apps/katalog.yaml")
    assert code_of(result) == 2
    assert words in str(result.exception.message)  # type: ignore[union-attr]
    assert "git:HEAD:apps/katalog.yaml:" in str(result.exception.message)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("git:nowhere:a.yaml", "git:nowhere: there is no such revision here"),
        ("git:HEAD:c.yaml", "git:HEAD:c.yaml: No such file or directory"),
        ("git:HEAD:../a.yaml", "leads out of the repository"),
        ("git:--help:a.yaml", "expected git:REVISION:path"),
    ],
)
def test_a_revision_or_file_that_is_not_there(folder: Path, argument: str, words: str) -> None:
    (folder / "a.yaml").write_text(BASE)
    commit_all()
    result = ork(argument, "a.yaml")
    assert code_of(result) == 2
    assert words in str(result.exception.message)  # type: ignore[union-attr]
