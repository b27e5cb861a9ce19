"""The repository that ``ork init`` writes, in the hands of the real Argo CD: waves, health, drift, deletion."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import engines
import pytest
import yaml
from controlplane import ControlPlane

from tests.gitops.platform import SYSTEM, TEAM, WEBSITES, Kubelet, Repository, Transcript, condition, get, listed, until

pytestmark = [pytest.mark.gitops, pytest.mark.timeout(900)]

APPLICATION = "platform-production"
ENVIRONMENTS = ("--env", "staging", "--env", "production")
REST_SECONDS = 120


@dataclass
class Platform:
    plane: ControlPlane
    argocd: engines.ArgoCD
    repository: Repository
    kubelet: Kubelet

    def application(self) -> Any:
        return get(self.plane, "application.argoproj.io", APPLICATION, "argocd") or {}

    def sync(self) -> str:
        return str(self.application().get("status", {}).get("sync", {}).get("status", ""))

    def health_of(self, kind: str, name: str) -> tuple[str, str]:
        """Status and message, as Argo CD has them for one resource."""
        node = next((n for n in self.tree() if n["kind"] == kind and n["name"] == name), {})
        health = node.get("health") or {}
        return health.get("status", ""), health.get("message", "")

    def tree(self) -> list[dict[str, Any]]:
        """The resource tree, which Argo CD keeps in redis."""
        with socket.create_connection(("127.0.0.1", self.argocd.redis_port), timeout=5) as connection:
            stream = connection.makefile("rwb")

            def ask(*words: str) -> Any:
                parts = b"".join(b"$%d\r\n%s\r\n" % (len(word), word.encode()) for word in words)
                stream.write(b"*%d\r\n%s" % (len(words), parts))
                stream.flush()
                return answer(stream)

            keys = [key.decode() for key in ask("KEYS", f"app|resources-tree|*{APPLICATION}*") or ()]
            if not keys:
                return []
            content = ask("GET", keys[0])
            text = gzip.decompress(content) if keys[0].endswith(".gz") else content
            return list(json.loads(text).get("nodes") or [])

    def website(self, name: str = "shop") -> Any:
        return get(self.plane, WEBSITES, name, TEAM)


def answer(stream: Any) -> Any:
    """One reply of the redis protocol."""
    head = stream.readline().rstrip()
    kind, rest = head[:1], head[1:]
    if kind == b"$":
        size = int(rest)
        return None if size < 0 else stream.read(size + 2)[:-2]
    if kind == b"*":
        return [answer(stream) for _ in range(int(rest))]
    return rest


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    if reason := engines.missing("argocd-repo-server", "argocd-application-controller", "kustomize"):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("argocd")
    repository = Repository.made(
        folder / "repository", "--gitops", "argocd", "--repo", f"file://{folder}/repository", *ENVIRONMENTS
    )
    config = yaml.safe_load((repository.folder / "infrastructure/argocd/argocd-cm.yaml").read_text())
    with (
        ControlPlane() as plane,
        engines.ArgoCD(plane, folder / "argocd", settings=config["data"]) as argocd,
        Kubelet(plane, folder / "kubelet") as kubelet,
    ):
        yield Platform(plane, argocd, repository, kubelet)


def test_the_story(platform: Platform) -> None:
    """One test, since each chapter begins where the one before ended."""
    plane, say = platform.plane, Transcript()
    # Nothing can be scheduled: the runtime's wave does not end.
    plane.kubectl("cordon", "node-0")
    plane.kubectl("apply", "-f", str(platform.repository.folder / "clusters/production/application.yaml"))
    until(lambda: get(plane, "deployment", "orkestra", SYSTEM), "wave 0 is applied", seen=platform.application)
    time.sleep(8)
    assert get(plane, "configmap", "orkestra-katalog", SYSTEM) is None, "the definition waits for the runtime"
    assert platform.website() is None, "and so do the resources"
    say("wave 0: the runtime's Deployment is applied and cannot be scheduled; waves 1 and 2 wait")
    plane.kubectl("uncordon", "node-0")
    until(lambda: get(plane, "configmap", "orkestra-katalog", SYSTEM), "wave 1", seen=platform.application)
    say("the runtime is available; wave 1: the definition")
    until(platform.website, "wave 2", seen=platform.application)
    say("wave 2: Website shop")
    seen = healths_until(platform, "shop", "Healthy")
    assert set(seen) <= {"", "Missing", "Progressing", "Healthy"}, seen
    say(f"Website shop by the generated Lua: {' -> '.join(status for status in seen if status)}")
    until(lambda: platform.sync() == "Synced", "the Application is synced", seen=platform.application)
    until(
        lambda: platform.application()["status"]["health"]["status"] == "Healthy",
        "and healthy",
        seen=platform.application,
    )

    # The runtime is that of its environment, and knows which commit it runs.
    pod = platform.kubelet.pod
    assert pod is not None
    runs = json.loads(pod.answers("/katalog")[1])
    assert (runs["environment"], runs["commit"]) == ("production", platform.repository.git("rev-parse", "HEAD"))
    say(f"/katalog: environment {runs['environment']}, commit {runs['commit'][:12]}")

    # Children hang under their resource.
    website = platform.website()
    children = {
        n["kind"]: n
        for n in platform.tree()
        if website["metadata"]["uid"] in {p["uid"] for p in n.get("parentRefs") or ()}
    }
    assert {"Deployment", "Service"} <= set(children)

    say(f"Application Synced and Healthy; in the tree under Website shop: {', '.join(sorted(children))}")

    # A commit drops a kind of child, and says so: its roles still let the runtime prune what is left.
    platform.repository.edit("operator-definitions/base/katalog.yaml", without_services)
    platform.repository.generate()
    head = platform.repository.commit("Leave Services to others")
    until(lambda: get(plane, "service", "shop", TEAM) is None, "the Service is pruned", seen=platform.application)
    until(lambda: json.loads(pod.answers("/katalog")[1])["commit"] == head, "the commit is told")
    roles = get(plane, "clusterrole", "orkestra-runtime")["rules"]
    (verbs,) = (rule["verbs"] for rule in roles if rule["resources"] == ["services"])
    assert verbs == ["delete", "list", "watch"]
    say(f"a commit drops services: pruned, with the right to {', '.join(verbs)}; /katalog: commit {head[:12]}")
    platform.repository.git("revert", "--no-edit", "HEAD")
    until(lambda: get(plane, "service", "shop", TEAM), "reverted: it is back", seen=platform.application)
    until(lambda: platform.sync() == "Synced", "the Application is synced", seen=platform.application)

    # A child that is edited is put right by the runtime, and never by Argo CD.
    plane.kubectl("scale", "deployment", "shop", "-n", TEAM, "--replicas=5")
    statuses = set()

    def corrected() -> bool:
        statuses.add(platform.sync())
        return bool(get(plane, "deployment", "shop", TEAM)["spec"]["replicas"] == 2)

    until(corrected, "the child is put right")
    for _ in range(10):
        statuses.add(platform.sync())
        time.sleep(0.5)
    assert statuses == {"Synced"}
    say("Deployment shop scaled by hand to 5 and put right to 2; the Application was Synced throughout")

    # A bad image stays on its way, and is a failure once it is stalled, in our words.
    platform.repository.edit(
        "applications/production/website.yaml", lambda site: site["spec"].update(image="registry.example.com/invalid:1")
    )
    platform.repository.commit("Serve something that cannot be pulled")
    until(lambda: "invalid" in platform.website()["spec"]["image"], "the change is synced", seen=platform.application)
    until(lambda: platform.health_of("Website", "shop")[0] == "Progressing", "it is on its way", seen=platform.website)
    plane.kubectl(
        "patch", "deployment", "shop", "-n", TEAM, "--type=merge", "-p", '{"spec":{"progressDeadlineSeconds":5}}'
    )
    until(lambda: platform.health_of("Website", "shop")[0] == "Degraded", "it has failed", seen=platform.website)
    message = platform.health_of("Website", "shop")[1]
    assert message == condition(platform.website(), "Stalled")["message"] and "shop" in message
    say(f"a bad image: Progressing, then Degraded: {message}")
    platform.repository.git("revert", "--no-edit", "HEAD")
    healths_until(platform, "shop", "Healthy")
    say("reverted in Git: Healthy")

    # At rest nothing is written and nothing synced.
    until(lambda: platform.sync() == "Synced", "synced again", seen=platform.application)
    time.sleep(5)
    before = (platform.website()["metadata"]["resourceVersion"], platform.application()["status"]["operationState"])
    time.sleep(REST_SECONDS)
    after = (platform.website()["metadata"]["resourceVersion"], platform.application()["status"]["operationState"])
    assert before == after, "two minutes at rest: no status write, no sync"
    say(f"{REST_SECONDS} s at rest: no status write, no sync operation")

    # Deleting the Application removes resources and children, in order, and leaves nothing.
    gone: dict[str, float] = {}
    plane.kubectl("delete", "application", APPLICATION, "-n", "argocd", "--wait=false")

    def all_gone() -> bool:
        looks = {
            "website": lambda: platform.website(),
            "child": lambda: get(plane, "deployment", "shop", TEAM),
            "definition": lambda: get(plane, "configmap", "orkestra-katalog", SYSTEM),
            "runtime": lambda: get(plane, "deployment", "orkestra", SYSTEM),
            "application": lambda: platform.application(),
        }
        for name, look in looks.items():
            if name not in gone and not look():
                gone[name] = time.monotonic()
        return len(gone) == len(looks)

    until(all_gone, "everything is gone", seen=lambda: gone)
    say(f"the Application is deleted; gone, in order: {', '.join(sorted(gone, key=lambda name: gone[name]))}")
    assert gone["website"] <= gone["runtime"], gone
    assert not listed(plane, "deployments,services,configmaps", TEAM) or only_roots(plane)
    assert get(plane, "clusterrole", "orkestra-runtime") is None
    assert not platform.kubelet.errors, platform.kubelet.errors


def without_services(katalog: Any) -> None:
    box = katalog["spec"]["crds"]["website"]["operatorBox"]
    del box["onReconcile"]["services"]
    box["formerKinds"] = ["services"]


def only_roots(plane: ControlPlane) -> bool:
    """Kubernetes puts a ConfigMap of its own into every namespace."""
    found = listed(plane, "deployments,services,configmaps", TEAM)
    return {each["metadata"]["name"] for each in found} == {"kube-root-ca.crt"}


def healths_until(platform: Platform, name: str, wanted: str) -> list[str]:
    """Every health of the resource on the way to ``wanted``, in order."""
    seen: list[str] = []

    def look() -> bool:
        status = platform.health_of("Website", name)[0]
        if not seen or seen[-1] != status:
            seen.append(status)
        return status == wanted

    until(look, f"{name} is {wanted}", seen=lambda: (seen, platform.website(), platform.tree()))
    return seen
