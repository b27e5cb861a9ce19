"""What the pages of docs/gitops tell of kubectl, typed at a real cluster on which the runtime runs.

The test is the GitOps tool here: it applies the layers, and takes the resources away when they are. Left out are
commands that reach into a Pod, which has no network on this cluster, and ``-w``, since it does not end.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import engines
import pytest
import yaml
from controlplane import ControlPlane, cache_dir

from tests.gitops.platform import SYSTEM, TEAM, WEBSITES, Kubelet, Repository, condition, get, until
from tests.scenes import definition
from tests.unit.docs.pages import steps

pytestmark = [pytest.mark.gitops, pytest.mark.timeout(300)]

REMOTE = "https://git.example.com/platform.git"
INTO_A_POD = ("kubectl logs ", "kubectl get --raw ")


@dataclass
class Platform:
    plane: ControlPlane
    repositories: dict[str, Repository]

    def type(self, tool: str, command: str) -> str:
        """A command of a page, in the repository of a tool."""
        words = [word for word in shlex.split(command, comments=True) if word != "-w"]
        if words[1:3] == ["delete", "application"]:
            words.append("--wait=false")  # its finalizer is Argo CD's
        done = subprocess.run(
            [*self.plane.programs["kubectl"], "--kubeconfig", str(self.plane.kubeconfig), *words[1:]],
            cwd=self.repositories[tool].folder,
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"
        return done.stdout

    def page(self, tool: str, page: str) -> Iterator[tuple[str, str]]:
        """(command, what it printed) of each, in order."""
        for language, command in steps(f"gitops/{page}.md"):
            if language == "sh" and command.startswith("kubectl ") and not command.startswith(INTO_A_POD):
                yield command, self.type(tool, command)

    def website(self) -> Any:
        return get(self.plane, WEBSITES, "shop", TEAM)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    if reason := engines.missing("helm", "kustomize-controller"):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("guides")
    environments = ("--env", "staging", "--env", "production")
    repositories = {
        tool: Repository.made(folder / tool, "--gitops", tool, "--repo", REMOTE, *environments)
        for tool in ("argocd", "flux")
    }
    with ControlPlane() as plane:
        here = Platform(plane, repositories)
        for path in engines.definitions("application-", "kustomize"):
            plane.kubectl("apply", "--server-side", "-f", str(path))
        release = json.dumps(definition("helm.toolkit.fluxcd.io", "HelmRelease")).replace('"v1"', '"v2"')
        plane.kubectl("create", "-f", "-", stdin=release)
        for namespace in (SYSTEM, "argocd", "flux-system"):
            plane.kubectl("create", "namespace", namespace)
        plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        with Kubelet(plane, folder / "kubelet"):
            bring(here)
            yield here


def bring(platform: Platform) -> None:
    """The layers, as either tool applies them, until the resource is ready."""
    folder = platform.repositories["flux"].folder
    values = [str(folder / f"infrastructure/orkestra/values{which}.yaml") for which in ("", "-staging")]
    chart = str(folder / "infrastructure/orkestra/chart")
    helm = [str(cache_dir() / "bin" / "helm"), "template", "orkestra", chart, "--namespace", SYSTEM]
    helm += [part for path in values for part in ("--values", path)]
    rendered = subprocess.run(helm, capture_output=True, text=True, check=True).stdout
    platform.plane.kubectl("apply", "-f", "-", stdin=rendered)
    layers = ("infrastructure/orkestra/flux/staging", "operator-definitions/base/crds")
    for layer in (*layers, "operator-definitions/overlays/staging/deploy"):
        platform.plane.kubectl("apply", "-f", str(folder / layer))
    platform.plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
    for name in ("namespace.yaml", "website.yaml"):
        platform.plane.kubectl("apply", "-f", str(folder / "applications/staging" / name))
    until(lambda: condition(platform.website()).get("status") == "True", "the website is ready", 60, platform.website)


def test_the_commands_of_the_guides(platform: Platform) -> None:
    """One test: the last page takes everything away."""
    for page in (argocd_page, upgrading_page, troubleshooting_page, flux_page):
        page(platform)


def argocd_page(platform: Platform) -> None:
    for command, _ in platform.page("argocd", "argocd"):
        if " -f clusters/" in command:
            application = get(platform.plane, "application.argoproj.io", "platform-staging", "argocd")
            assert application["spec"]["sources"], "the API server takes it"
    config = get(platform.plane, "configmap", "argocd-cm", "argocd")
    made = platform.repositories["argocd"].folder / "infrastructure/argocd/argocd-cm.yaml"
    assert config["data"] == yaml.safe_load(made.read_text())["data"]
    application = get(platform.plane, "application.argoproj.io", "platform-staging", "argocd")
    assert application["metadata"]["deletionTimestamp"], "Argo CD has to take away what it brought first"


def upgrading_page(platform: Platform) -> None:
    printed = [text for _, text in platform.page("flux", "upgrade")]
    assert "successfully rolled out" in "".join(printed)


def troubleshooting_page(platform: Platform) -> None:
    platform.type("flux", "kubectl apply -f clusters/staging/kustomizations.yaml")
    config = {"data": {"katalog.yaml": "kind: Katalog\nx"}}
    before = get(platform.plane, "configmap", "orkestra-katalog", SYSTEM)["data"]

    def deliver(change: Any) -> None:
        patch = ("--type=merge", "-p", json.dumps(change))
        platform.plane.kubectl("patch", "configmap", "orkestra-katalog", "-n", SYSTEM, *patch)

    def told() -> str:
        return platform.plane.kubectl("get", "events", "-n", SYSTEM, "--field-selector", "reason=RevisionRejected")

    deliver(config)
    until(lambda: "RevisionRejected" in told(), "the refusal is told")
    printed = dict(platform.page("flux", "troubleshooting"))
    deliver({"data": before})

    def of(start: str) -> str:
        return next(text for command, text in printed.items() if command.startswith(start))

    assert "ReconcileSucceeded" in of("kubectl describe website")
    assert "website.Website.platform.example.com" in of("kubectl get configmap orkestra-ledger")
    assert "orkestra-konductor" in of("kubectl get lease")
    assert "the YAML does not parse" in of("kubectl get events")
    assert "Running" in of("kubectl get pods"), "the label is the chart's"
    assert of("kubectl auth can-i").strip() == "yes"


def flux_page(platform: Platform) -> None:
    plane = platform.plane
    for command, _ in platform.page("flux", "flux"):
        if command.startswith("kubectl apply -f clusters/"):
            assert get(plane, "kustomization.kustomize.toolkit.fluxcd.io", "orkestra-crds", "flux-system")
        if command.startswith("kubectl delete kustomization orkestra-applications"):
            plane.kubectl("delete", WEBSITES, "shop", "-n", TEAM, "--wait=false")
    assert get(plane, "crd", WEBSITES) is None
