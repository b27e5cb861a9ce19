"""Every file that ``ork`` generates, taken by a real API server that refuses what it does not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import engines
import pytest
import yaml
from click.testing import CliRunner
from controlplane import ControlPlane

from orkestra.cli import cli
from tests.gitops.platform import Repository
from tests.scenes import definition

pytestmark = pytest.mark.gitops

ROOT = Path(__file__).resolve().parents[2]
GOOD = sorted((ROOT / "tests" / "golden" / "good").glob("*.yaml"))


def take(plane: ControlPlane, text: str, *more: str) -> int:
    """Strictly: an unknown or doubled field is an error. How many objects were taken."""
    if not documents(text):
        return 0
    said = plane.kubectl(
        "apply", "--server-side", "--force-conflicts", "--validate=strict", "-f", "-", *more, stdin=text
    )
    return len(said.splitlines())


def documents(text: str) -> list[Any]:
    return [each for each in yaml.safe_load_all(text) if each]


def made(*arguments: str | Path) -> str:
    done = CliRunner().invoke(cli, ["generate", *map(str, arguments)], standalone_mode=False)
    assert done.return_value == 0, f"{arguments}: {done.exception} {done.stderr}"
    return done.stdout


def test_the_api_server_takes_what_is_made_of_every_good_definition(plane: ControlPlane) -> None:
    plane.kubectl("create", "namespace", "generated")
    for path in GOOD:
        bundle = made("bundle", "-f", path, "-n", "generated")
        named = {each["metadata"].get("namespace") for each in documents(bundle)} - {None, "generated"}
        spaces = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in named]
        samples = ""
        if crds := {name: (made("crd", name, "-f", path), file) for name, file in entries(path)}:
            derived = "---\n".join(text for text, _ in crds.values())
            assert take(plane, derived, "--dry-run=server") == len(crds), path.name
            take(plane, "---\n".join([file or text for text, file in crds.values()]))
            samples = made("cr", "-f", path, "--full")
        take(plane, yaml.safe_dump_all(spaces))
        plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        text = f"{bundle}---\n{samples}"
        assert take(plane, text, "--dry-run=server") == len(documents(text)), path.name


@pytest.mark.parametrize("tool", ["argocd", "flux"])
def test_the_api_server_takes_every_manifest_of_a_new_repository(
    tool: str, plane: ControlPlane, tmp_path: Path
) -> None:
    if reason := engines.missing("kustomize-controller"):
        pytest.skip(reason)
    repository = Repository.made(
        tmp_path / tool,
        "--gitops",
        tool,
        "--repo",
        "https://git.example.com/p.git",
        "--env",
        "staging",
        "--env",
        "live",
    )
    for path in engines.definitions("application-", "kustomize"):
        take(plane, path.read_text())
    take(plane, yaml.safe_dump(helm_releases()))
    plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    files = [path for path in repository.folder.rglob("*.yaml") if not {".github", "chart"} & {*path.parts}]
    for path in sorted(files, key=lambda path: "crds" not in path.parts):
        found = [each for each in documents(path.read_text()) if "apiVersion" in each and not is_read(each)]
        for each in found:
            namespace = each["metadata"].get("namespace")
            if namespace:
                plane.kubectl("create", "namespace", namespace, check=False)
            dry = () if each["kind"] in ("CustomResourceDefinition", "Namespace") else ("--dry-run=server",)
            assert take(plane, yaml.safe_dump(each), *dry) == 1, f"{path}: {each['kind']}"


def entries(path: Path) -> list[tuple[str, str]]:
    """The entries of a definition whose kinds are not Kubernetes' own, each with the text of its CRD file, if any."""
    crds = yaml.safe_load(path.read_text())["spec"]["crds"]
    return [
        (name, (path.parent / entry["crdFile"]).read_text() if "crdFile" in entry else "")
        for name, entry in crds.items()
        if "group" in entry.get("apiTypes", {}) or "crdFile" in entry
    ]


def is_read(document: Any) -> bool:
    """A file that is not for the API server."""
    return document["kind"] in ("Katalog", "Komposer") or document["apiVersion"].startswith("kustomize.config.k8s.io/")


def helm_releases() -> Any:
    """Flux's kind as far as its shape goes: nothing here has its CRD."""
    found = definition("helm.toolkit.fluxcd.io", "HelmRelease")
    found["spec"]["versions"][0]["name"] = "v2"
    return found
