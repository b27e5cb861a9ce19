"""ConfigMaps and bundles: what is mounted means what was written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from orkestra.cli import cli
from orkestra.generate.configmap import ENTRY_KEY, MAX_BYTES, TooLarge, packed, references
from orkestra.katalog import load
from tests.unit.docs.pages import ROOT

CRD = (ROOT / "examples" / "website" / "crd.yaml").read_text()
KATALOG = """\
# what we run
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: sites}
spec:
  crds:
    website:
      crdFile: %s  # the type
      operatorBox: {onReconcile: {configMaps: [{data: {k: v}}]}}
"""


def run(command: str, *arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["generate", command, *map(str, arguments)], standalone_mode=False)
    code = done.return_value if isinstance(done.return_value, int) else getattr(done.exception, "code", 2)
    return code, done.stdout, f"{done.stderr}{done.exception or ''}"


def written(folder: Path, crd: str) -> Path:
    (folder / ".git").mkdir()
    path = folder / "operators" / "sites.yaml"
    path.parent.mkdir()
    path.write_text(KATALOG % crd)
    target = path.parent / crd.strip("'\"")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(CRD)
    return path


@pytest.mark.parametrize(
    "crd", ["./crd.yaml", "crd.yaml", "../crds/website.yaml", '"../shared/crd.yaml"', "a/katalog.yaml"]
)
def test_a_mounted_configmap_means_what_was_written(tmp_path: Path, crd: str) -> None:
    path = written(tmp_path, crd)
    data = yaml.safe_load(run("configmap", "-f", path)[1])["data"]
    mount = tmp_path / "mount"
    mount.mkdir()
    for key, content in data.items():
        (mount / key).write_text(content)
    mounted, findings = load(mount / ENTRY_KEY)
    original, _ = load(path)
    assert not findings and mounted is not None and original is not None
    assert mounted.boxes[0].gvk == original.boxes[0].gvk and mounted.boxes[0].crd == original.boxes[0].crd
    assert data[ENTRY_KEY].startswith("# what we run\n") and "# the type" in data[ENTRY_KEY]


def test_files_that_would_share_a_key_are_told_apart() -> None:
    text = KATALOG % "a/crd.yaml" + "    other: {crdFile: b/crd.yaml}\n    third: {crdFile: ../c/crd.yaml}\n"
    data = packed(text, {"a/crd.yaml": "one", "b/crd.yaml": "two", "../c/crd.yaml": "one"})
    assert {key: value for key, value in data.items() if key != ENTRY_KEY} == {"crd.yaml": "one", "b.crd.yaml": "two"}
    assert [found.path for found in references(data[ENTRY_KEY])] == ["./crd.yaml", "./b.crd.yaml", "./crd.yaml"]


def test_what_an_alias_repeats_is_rewritten_once() -> None:
    text = KATALOG % "&crd ../x/crd.yaml" + "    other: {crdFile: *crd}\n"
    data = packed(text, {"../x/crd.yaml": "one"})
    assert "crdFile: &crd ./crd.yaml  #" in data[ENTRY_KEY] and "{crdFile: *crd}" in data[ENTRY_KEY]


def test_nothing_is_changed_where_nothing_has_to_be() -> None:
    text = KATALOG % "./crd.yaml"
    assert packed(text, {"./crd.yaml": CRD})[ENTRY_KEY] == text


def test_more_than_a_configmap_carries_is_told_before_the_api_server_does() -> None:
    text = KATALOG % "crd.yaml"
    with pytest.raises(TooLarge, match=r"1,048,577 bytes and the API server takes 1,048,576 \(largest: crd.yaml "):
        packed(text, {"crd.yaml": "x" * (MAX_BYTES - len(text) + 1)})
    assert packed(text, {"crd.yaml": "x" * (MAX_BYTES - len(text))})


def test_the_command_tells_of_size(tmp_path: Path) -> None:
    path = written(tmp_path, "crd.yaml")
    crd = path.parent / "crd.yaml"
    crd.write_text(CRD + "#" * 300_000)
    assert run("configmap", "-f", path)[0] == 0
    assert "use --server-side" in run("configmap", "-f", path)[2]
    crd.write_text(CRD + f"#{'x' * 99}\n" * 11_000)
    code, out, err = run("configmap", "-f", path)
    assert (code, out) == (1, "") and "the API server takes 1,048,576" in err


def test_what_cannot_run_makes_none(tmp_path: Path) -> None:
    path = written(tmp_path, "crd.yaml")
    path.write_text(path.read_text().replace("configMaps", "configMap"))
    code, out, err = run("configmap", "-f", path)
    assert (code, out) == (1, "") and "ORK1101" in err


def test_check_holds_the_committed_file_to_the_katalog(tmp_path: Path) -> None:
    path, out = written(tmp_path, "crd.yaml"), tmp_path / "cm.yaml"
    assert run("configmap", "-f", path, "-o", out)[0] == 0
    assert run("configmap", "-f", path, "-o", out, "--check")[0] == 0
    path.write_text(path.read_text().replace("k: v", "k: w"))
    code, shown, _ = run("configmap", "-f", path, "-o", out, "--check")
    assert code == 1 and "+          operatorBox: {onReconcile: {configMaps: [{data: {k: w}}]}}\n" in shown


def test_a_bundle_is_the_same_as_a_stream_and_as_files(tmp_path: Path) -> None:
    path, out = written(tmp_path, "crd.yaml"), tmp_path / "deploy"
    stream = run("bundle", "-f", path, "-n", "ops")[1]
    assert run("bundle", "-f", path, "-n", "ops", "-o", out)[0] == 0
    names = ("namespace.yaml", "service-account.yaml", "rbac.yaml", "katalog-configmap.yaml")
    assert "---\n".join((out / name).read_text() for name in names) == stream
    kinds = [doc["kind"] for doc in yaml.safe_load_all(stream)]
    assert kinds[:2] == ["Namespace", "ServiceAccount"] and kinds[-1] == "ConfigMap"
    assert (out / "rbac.yaml").read_text() == run("rbac", "-f", path, "-n", "ops")[1]


def test_check_of_a_bundle_tells_of_each_file(tmp_path: Path) -> None:
    path, out = written(tmp_path, "crd.yaml"), tmp_path / "deploy"
    run("bundle", "-f", path, "-o", out)
    path.write_text(path.read_text().replace("configMaps", "secrets"))
    code, shown, err = run("bundle", "-f", path, "-o", out, "--check")
    assert code == 1 and "[secrets]" in shown and err.count("is not up to date") == 2


def test_a_definition_of_several_files_is_one_in_the_configmap(tmp_path: Path) -> None:
    base = written(tmp_path, "../crds/website.yaml")
    komposer = tmp_path / "overlays" / "production" / "komposer.yaml"
    komposer.parent.mkdir(parents=True)
    override = "website: {operatorBox: {reconciler: {workers: 2}}}"
    komposer.write_text(
        "apiVersion: orkestra.orkspace.io/v1\nkind: Komposer\nmetadata: {name: k}\n"
        f"imports: {{files: [../../operators/{base.name}]}}\nspec: {{crds: {{{override}}}}}\n"
    )
    data = yaml.safe_load(run("configmap", "-f", komposer)[1])["data"]
    assert set(data) == {ENTRY_KEY, "website.yaml"}
    assert data[ENTRY_KEY].startswith("# One Katalog, made of ../../operators/sites.yaml, komposer.yaml\n")
    mount = tmp_path / "mount"
    mount.mkdir()
    for key, content in data.items():
        (mount / key).write_text(content)
    mounted, findings = load(mount / ENTRY_KEY)
    assert mounted is not None and not findings
    assert mounted.boxes[0].workers == 2 and mounted.boxes[0].crd is not None
