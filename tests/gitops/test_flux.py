"""The repository that ``ork init`` writes, in the hands of Flux's real kustomize-controller.

Nothing fetches Git or runs Helm here: the test serves the folder as the artifact, and puts the chart, rendered with the
HelmRelease's values, in the HelmRelease's place.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import engines
import pytest
import yaml
from controlplane import ControlPlane, cache_dir

from tests.gitops.platform import (
    SYSTEM,
    TEAM,
    WEBSITES,
    Kubelet,
    Repository,
    Transcript,
    condition,
    get,
    listed,
    ork,
    until,
)

pytestmark = [pytest.mark.gitops, pytest.mark.timeout(900)]

LAYERS = ("orkestra-runtime", "orkestra-crds", "orkestra-definitions", "orkestra-applications")
ENVIRONMENTS = ("--env", "staging", "--env", "production")
REST_SECONDS = 120


@dataclass
class Platform:
    plane: ControlPlane
    flux: engines.Flux
    repository: Repository
    kubelet: Kubelet
    published: Path

    def publish(self) -> str:
        """The repository as Flux gets it: with the release rendered, since nothing here runs Helm."""
        if self.published.exists():
            shutil.rmtree(self.published)
        shutil.copytree(self.repository.folder, self.published, ignore=shutil.ignore_patterns(".git"))
        folder = self.published / "infrastructure/orkestra/flux/production"
        release = yaml.safe_load((folder / "helmrelease.yaml").read_text())
        (folder / "helmrelease.yaml").unlink()
        (folder / "rendered.yaml").write_text(rendered(self.published, release["spec"]))
        return self.flux.source.publish(self.published)

    def layer(self, name: str) -> Any:
        return get(self.plane, "kustomization.kustomize.toolkit.fluxcd.io", name, "flux-system") or {}

    def is_ready(self, name: str, revision: str) -> bool:
        found = self.layer(name)
        applied = (found.get("status") or {}).get("lastAppliedRevision")
        return condition(found).get("status") == "True" and applied == revision

    def change(self, name: str, **spec: Any) -> None:
        patch = json.dumps({"spec": spec})
        kind = "kustomization.kustomize.toolkit.fluxcd.io"
        self.plane.kubectl("patch", kind, name, "-n", "flux-system", "--type=merge", "-p", patch)

    def website(self) -> Any:
        return get(self.plane, WEBSITES, "shop", TEAM)


def rendered(folder: Path, spec: dict[str, Any]) -> str:
    """What Helm makes of a HelmRelease, and the namespace it would create."""
    chart = spec["chart"]["spec"]
    values = [flag for name in chart["valuesFiles"] for flag in ("--values", str(folder / name))]
    command = [str(cache_dir() / "bin" / "helm"), "template", spec["releaseName"], str(folder / chart["chart"])]
    done = subprocess.run(
        [*command, "--namespace", spec["targetNamespace"], *values], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": spec["targetNamespace"]}}
    return f"{yaml.safe_dump(namespace)}---\n{done.stdout}"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    if reason := engines.missing("kustomize-controller"):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("flux")
    repository = Repository.made(folder / "repository", "--gitops", "flux", "--source", "repository", *ENVIRONMENTS)
    with (
        ControlPlane() as plane,
        engines.Flux(plane, folder / "flux") as flux,
        Kubelet(plane, folder / "kubelet") as kubelet,
    ):
        yield Platform(plane, flux, repository, kubelet, folder / "published")


def test_the_story(platform: Platform) -> None:
    """One test, since each chapter begins where the one before ended."""
    plane, say = platform.plane, Transcript()

    def layers() -> dict[str, str]:
        return {name: condition(platform.layer(name)).get("message", "") for name in LAYERS}

    # Nothing can be scheduled: whoever depends on the runtime waits.
    plane.kubectl("cordon", "node-0")
    revision = platform.publish()
    manifest = platform.published / "clusters/production/kustomizations.yaml"
    plane.kubectl("apply", "-f", str(manifest))
    until(lambda: get(plane, "deployment", "orkestra", SYSTEM), "the runtime is applied", seen=layers)
    time.sleep(8)
    assert get(plane, "configmap", "orkestra-katalog", SYSTEM) is None, "the definition waits for the runtime"
    assert platform.website() is None, "and so do the resources"
    assert "dependency" in condition(platform.layer("orkestra-definitions")).get("message", "")
    say(f"the runtime cannot be scheduled; orkestra-definitions: {layers()['orkestra-definitions']}")
    plane.kubectl("uncordon", "node-0")
    until(lambda: platform.is_ready("orkestra-definitions", revision), "the definition is there", seen=layers)
    for name in LAYERS:
        until(lambda name=name: platform.is_ready(name, revision), f"{name} is ready", seen=layers)
        say(f"{name}: Ready")
    website = platform.website()
    assert condition(website)["status"] == "True", "ready means that the resource is"
    owners = {
        o["uid"] for child in listed(plane, "deployments,services", TEAM) for o in child["metadata"]["ownerReferences"]
    }
    assert owners == {website["metadata"]["uid"]}

    pod = platform.kubelet.pod
    assert pod is not None
    assert json.loads(pod.answers("/katalog")[1])["environment"] == "production", "the values are its own"

    # A child that is edited is put right by the runtime; Flux knows nothing of it.
    plane.kubectl("scale", "deployment", "shop", "-n", TEAM, "--replicas=5")
    until(lambda: get(plane, "deployment", "shop", TEAM)["spec"]["replicas"] == 2, "the child is put right")
    assert platform.is_ready("orkestra-applications", revision)
    say("Deployment shop scaled by hand to 5 and put right to 2; the Kustomization stayed Ready")

    # A resource that fails for good fails the Kustomization, which names it.
    website_file = "applications/production/website.yaml"
    platform.repository.edit(website_file, lambda site: site["spec"].update(image="registry.example.com/invalid:1"))
    platform.publish()
    until(lambda: "invalid" in platform.website()["spec"]["image"], "the change is applied", seen=layers)
    until(lambda: condition(platform.website()).get("status") == "Unknown", "it is on its way", seen=platform.website)
    assert condition(platform.layer("orkestra-applications")).get("status") == "Unknown", "and waited for"
    plane.kubectl(
        "patch", "deployment", "shop", "-n", TEAM, "--type=merge", "-p", '{"spec":{"progressDeadlineSeconds":5}}'
    )
    until(lambda: condition(platform.website(), "Stalled").get("status") == "True", "it stalls", seen=platform.website)
    failed = until(
        lambda: (
            condition(platform.layer("orkestra-applications")).get("status") == "False"
            and condition(platform.layer("orkestra-applications"))
        ),
        "the Kustomization fails",
        seen=layers,
    )
    assert failed["reason"] == "HealthCheckFailed", failed
    assert f"Website/{TEAM}/shop status: 'Failed'" in failed["message"], failed
    assert "shop" in condition(platform.website(), "Stalled")["message"], "why is on the resource"
    say(f"a bad image: {failed['reason']}: {failed['message']}")
    why = condition(platform.website(), "Stalled")["message"]
    say(f"on the resource, Stalled: {why}")

    # With the expressions that tell why, the Kustomization's condition says it, once the wait is over.
    before = platform.layer("orkestra-applications")["spec"]
    komposer = "operator-definitions/overlays/production/komposer.yaml"
    told = ork("gitops", "health", "-f", komposer, "--for", "flux", "--with-message", cwd=platform.repository.folder)
    platform.change("orkestra-applications", timeout="20s", **yaml.safe_load(told))
    failed = until(
        lambda: (
            "no such key" in condition(platform.layer("orkestra-applications")).get("message", "")
            and condition(platform.layer("orkestra-applications"))
        ),
        "the Kustomization says why",
        seen=layers,
    )
    assert (failed["status"], failed["reason"]) == ("False", "HealthCheckFailed"), failed
    assert "timeout waiting for" in failed["message"] and f"no such key: {why}]" in failed["message"], failed
    say(f"told why: {failed['reason']}: {failed['message']}")
    platform.change("orkestra-applications", **{name: before[name] for name in ("timeout", "healthCheckExprs")})
    platform.repository.git("checkout", "--", website_file)
    revision = platform.publish()
    until(lambda: platform.is_ready("orkestra-applications", revision), "it heals", seen=layers)
    say("reverted: Ready")

    # At rest nothing is written.
    time.sleep(5)
    before = platform.website()["metadata"]["resourceVersion"]
    time.sleep(REST_SECONDS)
    assert platform.website()["metadata"]["resourceVersion"] == before, "two minutes at rest: no status write"
    say(f"{REST_SECONDS} s at rest: no status write")

    # Layer by layer, last first, everything goes.
    for name in reversed(LAYERS):
        plane.kubectl("delete", "kustomization", name, "-n", "flux-system", "--timeout=120s")
        say(f"{name} deleted")
        if name == "orkestra-applications":
            until(lambda: not platform.website(), "the resource is gone")
            until(lambda: not listed(plane, "deployments,services", TEAM), "and so are its children")
            assert get(plane, "deployment", "orkestra", SYSTEM), "while the runtime is still there"
    until(lambda: get(plane, "deployment", "orkestra", SYSTEM) is None, "the runtime is gone")
    assert get(plane, "clusterrole", "orkestra-runtime") is None
    assert not platform.kubelet.errors, platform.kubelet.errors
