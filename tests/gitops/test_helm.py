"""The chart and the generated files, judged by the real Helm and API server; the runtime runs from what they render."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from controlplane import ControlPlane, free_ports

from tests.gitops.pods import Mount, Pod, account_kubeconfig, started_pod, until

pytestmark = pytest.mark.gitops
ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "orkestra"
WEBSITE = ROOT / "examples" / "website"
REST_SECONDS = 2.0

VARIANTS = {
    "defaults": {},
    "everything": {
        "global": {"fullnameOverride": "ork", "namespace": "elsewhere"},
        "rbac": {"rules": [{"apiGroups": ["demo.orkestra.io"], "resources": ["websites"], "verbs": ["list", "watch"]}]},
        "runtime": {
            "image": {"digest": f"sha256:{'0' * 64}"},
            "imagePullSecrets": [{"name": "pull"}],
            "serviceAccount": {"annotations": {"a": "b"}},
            "config": {"clusterName": "west", "defaultResync": "10m", "maxDepth": 1000000},
            "katalog": {"inline": "apiVersion: v1\nkind: Katalog\n\n# a comment\nmetadata: {name: '{{ .x }}'}\n"},
            "hpa": {"enabled": True},
            "pdb": {"minAvailable": None, "maxUnavailable": "50%"},
            "networkPolicy": {
                "enabled": True,
                "ingressFrom": [{"namespaceSelector": {}}],
                "extraEgress": [{"ports": [{"port": 9090, "protocol": "TCP"}]}],
            },
            "nodeSelector": {"disk": "ssd"},
            "tolerations": [{"operator": "Exists"}],
            "affinity": {"podAntiAffinity": {}},
            "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
            "priorityClassName": "system-cluster-critical",
            "podAnnotations": {"a": "b"},
            "podLabels": {"c": "d"},
            "extraArgs": ["--no-reload"],
            "extraEnv": [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
            "extraEnvFrom": [{"secretRef": {"name": "s"}}],
            "extraVolumes": [{"name": "more", "emptyDir": {}}],
            "extraVolumeMounts": [{"name": "more", "mountPath": "/more"}],
        },
    },
    "watching": {"runtime": {"katalog": {"watch": True}}},
    "alone": {
        "rbac": {"leaderElection": {"create": False}},
        "runtime": {
            "replicaCount": 1,
            "leaderElection": {"enabled": False},
            "pdb": {"enabled": False},
            "serviceAccount": {"create": False, "name": "mine"},
        },
    },
}


class Helm:
    def __init__(self, binary: Path, plane: ControlPlane, folder: Path) -> None:
        self._binary, self._plane, self._folder = binary, plane, folder

    def __call__(self, *arguments: str, values: dict[str, Any] | None = None, fails: bool = False) -> str:
        command = [str(self._binary), *arguments, "--kubeconfig", str(self._plane.kubeconfig)]
        if arguments[0] == "template":
            command += ["--kube-version", "1.37.0"]  # else an old Helm takes the cluster to be as old as it is itself
        if values is not None:
            path = self._folder / "values.yaml"
            path.write_text(json.dumps(values))
            command += ["--values", str(path)]
        home = {name: str(self._folder) for name in ("HOME", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")}
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=home, check=False)
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr if fails else done.stdout


@pytest.fixture
def run_helm(helm: Path, plane: ControlPlane, tmp_path: Path) -> Helm:
    folder = tmp_path / "helm"
    folder.mkdir()
    return Helm(helm, plane, folder)


def ork(*arguments: str | Path) -> str:
    command = [sys.executable, "-m", "orkestra.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def apply(plane: ControlPlane, text: str, *more: str) -> str:
    """Server-side, and strictly: an unknown or doubled field is an error."""
    return plane.kubectl("apply", "--server-side", "--validate=strict", "-f", "-", *more, stdin=text)


def space(plane: ControlPlane, name: str) -> str:
    plane.kubectl("create", "namespace", name, check=False)
    return name


# -- files -------------------------------------------------------------------------------------------------------
def test_the_chart_passes_lint(run_helm: Helm) -> None:
    assert "0 chart(s) failed" in run_helm("lint", "--strict", str(CHART))


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_api_server_takes_what_the_chart_renders(run_helm: Helm, plane: ControlPlane, variant: str) -> None:
    namespace = space(plane, "elsewhere")
    rendered = run_helm("template", "rel", str(CHART), "--namespace", namespace, values=VARIANTS[variant])
    applied = apply(plane, rendered, "--dry-run=server")
    documents = [doc for doc in yaml.safe_load_all(rendered) if doc]
    assert applied.count("serverside-applied (server dry run)") == len(documents)
    assert {doc["metadata"].get("namespace", namespace) for doc in documents} == {namespace}
    (deployment,) = [doc for doc in documents if doc["kind"] == "Deployment"]
    assert is_hardened(deployment["spec"]["template"]["spec"])


def is_hardened(pod: dict[str, Any]) -> bool:
    """What Pod Security's restricted level asks, and a root file system that cannot be written."""
    (container,) = pod["containers"]
    of_pod, of_container = pod["securityContext"], container["securityContext"]
    return (
        of_pod["runAsNonRoot"] is True
        and of_pod["runAsUser"] == 1000
        and of_pod["seccompProfile"] == {"type": "RuntimeDefault"}
        and of_container["readOnlyRootFilesystem"] is True
        and of_container["allowPrivilegeEscalation"] is False
        and of_container["capabilities"] == {"drop": ["ALL"]}
    )


def test_a_restricted_namespace_admits_the_pods(run_helm: Helm, plane: ControlPlane) -> None:
    """Pod Security admission itself, asked with a warning for what it would refuse."""
    namespace = space(plane, "restricted")
    plane.kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted", "--overwrite")
    rendered = run_helm("template", "rel", str(CHART), "-n", namespace, "--show-only", "templates/deployment.yaml")
    spec = yaml.safe_load(rendered)["spec"]["template"]["spec"]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": namespace}, "spec": spec}
    assert "dry run" in apply(plane, json.dumps(pod), "--dry-run=server")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"runtime": {"replicas": 3}}, "replicas'? (is )?not allowed"),
        ({"runtime": {"config": {"logLevel": "loud"}}}, "runtime.config.logLevel"),
        ({"runtime": {"config": {"defaultResync": "soon"}}}, "runtime.config.defaultResync"),
        ({"runtime": {"leaderElection": {"enabled": False}}}, "needs runtime.replicaCount: 1"),
        ({"runtime": {"leaderElection": {"leaseDuration": 5}}}, "renewDeadline < leaseDuration"),
        ({"runtime": {"katalog": {"existingConfigMap": ""}}}, "set inline, or name an existingConfigMap"),
        ({"runtime": {"pdb": {"maxUnavailable": 1}}}, "set one of minAvailable and maxUnavailable"),
        ({"gateway": {"enabled": True}}, "gateway'? (is )?not allowed"),
    ],
)
def test_values_that_cannot_be_meant_are_refused_by_name(run_helm: Helm, values: dict[str, Any], said: str) -> None:
    assert re.search(said, run_helm("template", "rel", str(CHART), values=values, fails=True))


def test_the_service_monitor_is_as_its_operator_reads_it(run_helm: Helm) -> None:
    values = {"runtime": {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}}}}
    rendered = run_helm(
        "template", "rel", str(CHART), "-n", "ops", "--show-only", "templates/servicemonitor.yaml", values=values
    )
    monitor = yaml.safe_load(rendered)
    service = yaml.safe_load(run_helm("template", "rel", str(CHART), "--show-only", "templates/service.yaml"))
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    assert monitor["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert monitor["spec"]["endpoints"][0]["port"] == service["spec"]["ports"][0]["name"]


def test_the_api_server_takes_what_ork_generates(plane: ControlPlane) -> None:
    bundle = ork("generate", "bundle", "-f", WEBSITE / "katalog.yaml", "-n", space(plane, "bundled"))
    applied = apply(plane, bundle, "--dry-run=server")
    assert applied.count("(server dry run)") == len(list(yaml.safe_load_all(bundle)))


# -- the story ---------------------------------------------------------------------------------------------------
class Installation:
    """A release, its Pods as processes, and the custom resources they are for."""

    def __init__(self, plane: ControlPlane, helm: Helm, folder: Path, namespace: str) -> None:
        self.plane, self.helm, self.folder, self.namespace = plane, helm, folder, namespace
        self.shops = space(plane, f"{namespace}-shops")
        self.mount = Mount(folder / "katalog")
        self.pods: list[Pod] = []
        self.values = {
            "rbac": {"leaderElection": {"create": False}},  # the account has nothing but the generated rights
            "runtime": {
                "katalog": {"mountPath": str(self.mount.folder)},
                "server": {"httpPort": free_ports(1)[0]},
                "leaderElection": {"retryPeriod": 1},
            },
        }

    def get(self, kind: str, name: str, namespace: str = "") -> dict[str, Any]:
        found = self.plane.kubectl("get", kind, name, "-n", namespace or self.namespace, "-o", "json")
        return dict(json.loads(found))

    def deliver(self, katalog: Path) -> None:
        """The definition, as Git would bring it, and as the kubelet would mount it."""
        apply(self.plane, ork("generate", "configmap", "-f", katalog, "-n", self.namespace))
        self.mount.fill(self.get("configmap", "orkestra-katalog")["data"])

    def start(self) -> Pod:
        """A Pod of the Deployment as it is now, beside those that run."""
        name = f"pod-{len(self.pods)}"
        kubeconfig = account_kubeconfig(self.plane, self.namespace, "orkestra", self.folder / f"{name}.kubeconfig")
        port = free_ports(1)[0] if any(pod.process.poll() is None for pod in self.pods) else None
        pod = started_pod(self.get("deployment", "orkestra"), kubeconfig, self.folder / f"{name}.log", port)
        self.pods.append(pod)
        pod.until_said("started")
        return pod

    def roll(self) -> Pod:
        """As a rolling update does: the new one is ready before the old one is ended."""
        old, new = self.pods[-1], self.start()
        until(lambda: new.answers(new.probes["readiness"])[0] == 200, "the new Pod is ready")
        assert old.terminate() == 0
        new.until_said("reconciling")
        return new

    def versions(self) -> dict[str, str]:
        """uid and resourceVersion of every custom resource and child."""
        kinds = "websites.demo.orkestra.io,deployments.apps,services,ingresses.networking.k8s.io"
        items = json.loads(self.plane.kubectl("get", kinds, "-n", self.shops, "-o", "json"))["items"]
        found = [(item["kind"], item["metadata"]) for item in items]
        return {f"{kind}/{meta['name']}": f"{meta['uid']} {meta['resourceVersion']}" for kind, meta in found}

    def at_rest(self) -> dict[str, str]:
        """Wait until nothing changes any more."""
        seen, since, began = self.versions(), time.monotonic(), time.monotonic()
        while time.monotonic() - since < REST_SECONDS:
            time.sleep(0.2)
            now = self.versions()
            if now != seen:
                seen, since = now, time.monotonic()
            assert time.monotonic() - began < 60, "it does not come to rest"
        return seen

    def ready(self) -> bool:
        return all(self._status(name) == "True" for name in ("shop", "blog"))

    def _status(self, name: str) -> str:
        conditions = self.get("website.demo.orkestra.io", name, self.shops).get("status", {}).get("conditions", [])
        return next((c["status"] for c in conditions if c["type"] == "Ready"), "")


@pytest.fixture
def installation(plane: ControlPlane, run_helm: Helm, tmp_path: Path) -> Iterator[Installation]:
    made = Installation(plane, run_helm, tmp_path, space(plane, f"ork-{secrets.token_hex(3)}"))
    try:
        yield made
    finally:
        for pod in made.pods:
            if pod.process.poll() is None:
                pod.process.kill()
                pod.process.wait()


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def newer_chart(folder: Path) -> Path:
    """The next version of the chart."""
    path = folder / "next" / "orkestra"
    shutil.copytree(CHART, path)
    chart = path / "Chart.yaml"
    chart.write_text(chart.read_text().replace("ersion: 0.1.0", "ersion: 0.2.0"))
    return path


def test_install_upgrade_rollback_and_uninstall_with_custom_resources(
    installation: Installation, tmp_path: Path
) -> None:
    here, plane, helm = installation, installation.plane, installation.helm
    place = ("--namespace", here.namespace)
    apply(plane, ork("generate", "rbac", "-f", WEBSITE / "katalog.yaml", "-n", here.namespace))
    helm("install", "orkestra", str(CHART), *place, "--wait", "--timeout", "60s", values=here.values)
    here.deliver(WEBSITE / "katalog.yaml")
    first = here.start()
    plane.kubectl("apply", "-f", "-", stdin=(WEBSITE / "cr.yaml").read_text().replace("default", here.shops))
    until(here.ready, "the websites are ready", lambda: first.log.read_text()[-2000:])
    assert {probe: first.answers(path)[0] for probe, path in first.probes.items()} == dict.fromkeys(first.probes, 200)
    report = json.loads(first.answers("/katalog")[1])
    assert (report["environment"], report["isKonductor"]) == ("production", True)
    before = here.at_rest()
    assert len(before) == 2 + 2 + 2 + 1

    values = {**here.values, "runtime": {**here.values["runtime"], "config": {"defaultWorkers": 5}}}
    helm("upgrade", "orkestra", str(newer_chart(tmp_path)), *place, "--wait", "--timeout", "60s", values=values)
    deployment = here.get("deployment", "orkestra")
    assert deployment["metadata"]["labels"]["helm.sh/chart"] == "orkestra-0.2.0"
    upgraded = here.roll()
    assert here.at_rest() == before, "an upgrade writes nothing"

    helm("rollback", "orkestra", "1", *place, "--wait", "--timeout", "60s")
    assert here.get("deployment", "orkestra")["metadata"]["labels"]["helm.sh/chart"] == "orkestra-0.1.0"
    last = here.roll()
    assert upgraded.process.poll() == 0
    assert here.at_rest() == before, "a rollback writes nothing"

    katalog = tmp_path / "git" / "katalog.yaml"
    shutil.copytree(WEBSITE, katalog.parent)
    katalog.write_text(katalog.read_text().replace('port: "80"', 'port: "8080"'))
    here.deliver(katalog)
    until(lambda: port_of(here, "blog") == 8080 and port_of(here, "shop") == 8080, "the services follow")
    after = here.at_rest()
    assert changed(before, after) == {"Service/blog", "Service/shop"}, "a new definition writes what it changes"

    helm("uninstall", "orkestra", *place, "--wait")
    assert last.terminate() == 0
    left = json.loads(plane.kubectl("get", "deployments,services,serviceaccounts,pdb", *place, "-o", "json"))["items"]
    assert [item["metadata"]["name"] for item in left if item["metadata"]["name"] != "default"] == []
    assert here.versions() == after, "what it made outlives the runtime"
    for pod in here.pods:
        assert "Traceback" not in pod.log.read_text()


def port_of(here: Installation, name: str) -> int:
    return int(here.get("service", name, here.shops)["spec"]["ports"][0]["port"])


def test_a_runtime_that_comes_before_its_katalog_waits_for_it(installation: Installation) -> None:
    """Sync waves bring the chart first: it is healthy without a definition, and takes the one that comes."""
    here = installation
    here.values["runtime"]["extraArgs"] = ["--wait"]  # the default in a cluster
    apply(here.plane, ork("generate", "rbac", "-f", WEBSITE / "katalog.yaml", "-n", here.namespace))
    here.helm("install", "orkestra", str(CHART), "--namespace", here.namespace, "--wait", values=here.values)
    pod = here.start()
    assert pod.answers(pod.probes["readiness"])[0] == 200
    here.deliver(WEBSITE / "katalog.yaml")
    pod.until_said("reconciling")
    here.helm("uninstall", "orkestra", "--namespace", here.namespace, "--wait")
