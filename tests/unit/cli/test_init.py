"""``ork init``: a repository that is whole, and never at the cost of what is there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from orkestra.cli import cli
from orkestra.gitops import repository
from orkestra.gitops.health import CEL, LUA

REPO = "https://git.example.com/platform.git"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), standalone_mode=False)


def init(folder: Path, tool: str, *more: str) -> Result:
    return run("init", str(folder), "--gitops", tool, "--repo", REPO, "--yes", *more)


def documents(path: Path) -> list[Any]:
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("tool", ["argocd", "flux"])
def test_what_is_written_validates_and_is_up_to_date(
    tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = init(tmp_path, tool, "--env", "staging", "--env", "production")
    assert done.return_value == 0, done.stderr
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").touch()
    monkeypatch.chdir(tmp_path)
    for environment in ("staging", "production"):
        assert (
            run("validate", "-f", f"operator-definitions/overlays/{environment}/komposer.yaml", "--strict").return_value
            == 0
        )
    steps = documents(tmp_path / ".github/workflows/validate.yaml")[0]["jobs"]["validate"]["steps"]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    lines = [line for step in steps for line in str(step.get("run", "")).splitlines()]
    checks = [shlex.split(line) for line in lines if line.endswith("--check")]
    assert len(checks) == 4
    for _, *arguments in checks:
        assert run(*arguments).return_value == 0, arguments
    base = tmp_path / "operator-definitions/base/katalog.yaml"
    base.write_text(base.read_text().replace("workers: 2", "workers: 3"))
    assert run(*checks[0][1:]).return_value == 1, "the committed ConfigMap is another than the definition's"
    readme = (tmp_path / "README.md").read_text()
    assert all(" ".join(["ork", *arguments[:-1]]) in readme for _, *arguments in checks)


def test_argocd_gets_waves_and_health(tmp_path: Path) -> None:
    init(tmp_path, "argocd")
    (application,) = documents(tmp_path / "clusters/production/application.yaml")
    sources = application["spec"]["sources"]
    assert {source["repoURL"] for source in sources} == {REPO}
    for source in sources:
        assert (tmp_path / source["path"]).is_dir()
    assert (tmp_path / sources[0]["path"] / sources[0]["helm"]["valueFiles"][0]).is_file()
    waves = {
        str(path.relative_to(tmp_path)): {
            (d.get("metadata", {}).get("annotations") or {}).get(repository.WAVE) for d in documents(path)
        }
        for source in sources[1:]
        for path in (tmp_path / source["path"]).rglob("*.yaml")
    }
    assert waves == {
        "operator-definitions/base/crds/website.yaml": {None},
        "operator-definitions/overlays/production/deploy/katalog-configmap.yaml": {"1"},
        "operator-definitions/overlays/production/deploy/kustomization.yaml": {None},
        "operator-definitions/overlays/production/deploy/rbac.yaml": {"1"},
        "applications/production/namespace.yaml": {"2"},
        "applications/production/website.yaml": {"2"},
    }
    (config,) = documents(tmp_path / "infrastructure/argocd/argocd-cm.yaml")
    assert config["data"] == {"resource.customizations.health.platform.example.com_Website": LUA}


def test_flux_gets_dependencies_and_health(tmp_path: Path) -> None:
    init(tmp_path, "flux", "--source", "platform")
    layers = {
        each["metadata"]["name"]: each["spec"]
        for each in documents(tmp_path / "clusters/production/kustomizations.yaml")
    }
    needs = {name: [need["name"] for need in spec.get("dependsOn", ())] for name, spec in layers.items()}
    assert needs == {
        "orkestra-runtime": [],
        "orkestra-crds": [],
        "orkestra-definitions": ["orkestra-runtime", "orkestra-crds"],
        "orkestra-applications": ["orkestra-definitions"],
    }
    for spec in layers.values():
        assert spec["wait"] is True and spec["sourceRef"] == {"kind": "GitRepository", "name": "platform"}
        assert (tmp_path / spec["path"]).is_dir()
    assert not layers["orkestra-crds"]["prune"]
    (check,) = layers["orkestra-applications"]["healthCheckExprs"]
    assert check == {"apiVersion": "platform.example.com/v1", "kind": "Website", **CEL}
    (release,) = documents(tmp_path / "infrastructure/orkestra/flux/production/helmrelease.yaml")
    chart = release["spec"]["chart"]["spec"]
    assert (tmp_path / chart["chart"] / "Chart.yaml").is_file()
    assert all((tmp_path / name).is_file() for name in chart["valuesFiles"])
    assert "sync-wave" not in "".join(
        path.read_text() for path in tmp_path.rglob("*.yaml") if "chart" not in path.parts
    )


def test_values_are_among_those_of_the_chart(tmp_path: Path) -> None:
    from jsonschema import Draft7Validator

    init(tmp_path, "flux")
    chart = tmp_path / repository.CHART_FOLDER
    schema = json.loads((chart / "values.schema.json").read_text())
    for name in (repository.VALUES, repository.values_of("production")):
        assert not list(Draft7Validator(schema).iter_errors(yaml.safe_load((tmp_path / name).read_text())))


@pytest.mark.parametrize("tool", ["argocd", "flux"])
def test_each_environment_has_values_of_its_own(tool: str, tmp_path: Path) -> None:
    init(tmp_path, tool, "--env", "staging", "--env", "production")
    shared = yaml.safe_load((tmp_path / repository.VALUES).read_text())
    assert "config" not in shared["runtime"]
    for environment in ("staging", "production"):
        own = yaml.safe_load((tmp_path / repository.values_of(environment)).read_text())
        assert own == {"runtime": {"config": {"environment": environment}}}
        if tool == "argocd":
            (application,) = documents(tmp_path / f"clusters/{environment}/application.yaml")
            chart = application["spec"]["sources"][0]
            last = (tmp_path / chart["path"] / chart["helm"]["valueFiles"][-1]).resolve()
        else:
            layers = documents(tmp_path / f"clusters/{environment}/kustomizations.yaml")
            (release,) = documents(tmp_path / layers[0]["spec"]["path"] / "helmrelease.yaml")
            last = (tmp_path / release["spec"]["chart"]["spec"]["valuesFiles"][-1]).resolve()
        assert last == tmp_path / repository.values_of(environment)


def test_argocd_writes_the_commit_on_all_that_is_generated(tmp_path: Path) -> None:
    init(tmp_path, "argocd")
    (application,) = documents(tmp_path / "clusters/production/application.yaml")
    source = application["spec"]["sources"][2]
    annotations = source["kustomize"]["commonAnnotations"]
    assert annotations == {"orkestra.orkspace.io/git-commit": "$ARGOCD_APP_REVISION"}
    folder = tmp_path / source["path"]
    (kustomization,) = documents(folder / "kustomization.yaml")
    assert {*kustomization["resources"], "kustomization.yaml"} == {path.name for path in folder.iterdir()}


def test_nothing_is_overwritten_and_nothing_written_beside_it(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "clusters/production").mkdir(parents=True)
    (tmp_path / "clusters/production/application.yaml").symlink_to("nowhere")
    done = init(tmp_path, "argocd")
    said = f"{done.exception}"
    assert done.return_value is None and "README.md" in said and "clusters/production/application.yaml" in said
    assert files_in(tmp_path) == {"README.md"} and (tmp_path / "README.md").read_text() == "mine"


def test_a_folder_with_other_things_is_added_to(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert init(tmp_path, "flux").return_value == 0
    assert (tmp_path / "notes.txt").read_text() == "mine" and (tmp_path / "README.md").is_file()


def test_a_dry_run_shows_the_tree_and_writes_nothing(tmp_path: Path) -> None:
    done = run("init", str(tmp_path / "new"), "--gitops", "argocd", "--repo", REPO, "--dry-run")
    assert done.return_value == 0 and not (tmp_path / "new").exists()
    assert "komposer.yaml" in done.stdout and "chart/  (" in done.stdout


def test_the_remote_of_the_folder_is_the_repository(tmp_path: Path) -> None:
    done = run("init", str(tmp_path), "--gitops", "argocd", "--yes")
    assert "--repo" in str(done.exception)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", REPO], check=True)
    assert run("init", str(tmp_path), "--gitops", "argocd", "--yes").return_value == 0
    assert REPO in (tmp_path / "clusters/production/application.yaml").read_text()


@pytest.mark.parametrize("name", ["../x", "Prod", "a b", "", "-", "x" * 41, "é"])
def test_names_of_environments_are_names(name: str, tmp_path: Path) -> None:
    assert "--env" in str(init(tmp_path, "flux", "--env", name).exception)
    assert files_in(tmp_path) == set()


def test_an_installation_without_the_chart_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> dict[str, str]:
        raise FileNotFoundError("the chart is not part of this installation")

    monkeypatch.setattr(repository, "chart_files", none)
    assert "chart" in str(init(tmp_path, "flux").exception)


def test_a_chart_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    assert run("generate", "chart", "-o", str(chart)).return_value == 0
    whole = files_in(chart)
    (chart / "templates" / "old.yaml").write_text("gone with the upgrade")
    assert run("generate", "chart", "-o", str(chart)).return_value == 0
    assert files_in(chart) == whole
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine").write_text("mine")
    assert "no chart" in str(run("generate", "chart", "-o", str(other)).exception)
    assert files_in(other) == {"mine"}
