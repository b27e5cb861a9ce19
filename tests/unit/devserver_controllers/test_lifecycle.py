"""Garbage collection, namespaces, CustomResourceDefinitions, pods that fail on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.devserver.controllers.outcome import is_unpullable, parse_duration
from orkestra.k8s.objects import Object

from .fake import CRDS, WIDGETS, World, condition, deployment_spec, pod_template


@pytest.fixture
def world() -> World:
    made = World()
    made.serve(WIDGETS)
    return made


def owner(obj: Object, *, blocks: bool = True, controller: bool = False, **override: str) -> Object:
    meta = obj["metadata"]
    ref = {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "name": meta["name"], "uid": meta["uid"]}
    return {**ref, "blockOwnerDeletion": blocks, "controller": controller, **override}


def test_background_deletion_takes_the_tree(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(2))
    world.advance(1)
    world.delete("deployments.apps", "web")
    world.advance(1)
    assert world.all("replicasets.apps") == world.all("pods") == []


def test_foreground_deletion_keeps_the_owner_until_what_blocks_is_gone(world: World) -> None:
    top = world.create("widgets.example.com", "top")
    world.create("configmaps", "held", ownerReferences=[owner(top)], finalizers=["example.com/hold"])
    world.create("configmaps", "free", ownerReferences=[owner(top, blocks=False)])
    world.delete("widgets.example.com", "top", propagation="Foreground")
    world.advance(1)
    assert world.get("widgets.example.com", "top")["metadata"]["finalizers"] == ["foregroundDeletion"]
    held = world.get("configmaps", "held")
    assert held["metadata"]["deletionTimestamp"]
    assert world.find("configmaps", "free") is None
    world.cluster.update(world.info("configmaps"), {**held, "metadata": {**held["metadata"], "finalizers": []}})
    world.advance(1)
    assert world.find("widgets.example.com", "top") is None


def test_orphaning_drops_the_reference_and_keeps_the_object(world: World) -> None:
    top = world.create("widgets.example.com", "top")
    world.create("configmaps", "kept", ownerReferences=[owner(top)])
    world.delete("widgets.example.com", "top", propagation="Orphan")
    world.advance(1)
    assert world.find("widgets.example.com", "top") is None
    assert "ownerReferences" not in world.get("configmaps", "kept")["metadata"]


def test_with_two_owners_only_the_dangling_reference_goes(world: World) -> None:
    one, two = world.create("widgets.example.com", "one"), world.create("widgets.example.com", "two")
    world.create("configmaps", "shared", ownerReferences=[owner(one), owner(two)])
    world.delete("widgets.example.com", "one")
    world.advance(1)
    assert [ref["name"] for ref in world.get("configmaps", "shared")["metadata"]["ownerReferences"]] == ["two"]
    world.delete("widgets.example.com", "two")
    world.advance(1)
    assert world.find("configmaps", "shared") is None


@pytest.mark.parametrize(
    "override", [{"uid": "another"}, {"name": "another"}, {"kind": "ConfigMap", "apiVersion": "v1"}]
)
def test_an_owner_of_another_uid_name_or_kind_is_absent(world: World, override: dict[str, str]) -> None:
    top = world.create("widgets.example.com", "top")
    world.create("configmaps", "lost", ownerReferences=[owner(top, **override)])
    world.advance(1)
    assert world.find("configmaps", "lost") is None


def test_an_owner_in_another_namespace_is_absent(world: World) -> None:
    world.namespace("other")
    top = world.create("widgets.example.com", "top", namespace="other")
    world.create("configmaps", "lost", ownerReferences=[owner(top)])
    world.advance(1)
    assert world.find("configmaps", "lost") is None


def test_an_owner_of_a_kind_nobody_serves_is_not_judged(world: World) -> None:
    ref = {"apiVersion": "nobody.example.com/v1", "kind": "Ghost", "name": "g", "uid": "u"}
    world.create("configmaps", "kept", ownerReferences=[ref])
    world.advance(1)
    assert world.find("configmaps", "kept")


def test_a_cluster_scoped_owner_holds_namespaced_objects(world: World) -> None:
    role = world.create("clusterroles.rbac.authorization.k8s.io", "r")
    world.create("configmaps", "kept", ownerReferences=[owner(role)])
    world.advance(1)
    assert world.find("configmaps", "kept")


def test_what_lost_its_owner_while_nobody_looked_goes_at_the_start() -> None:
    world = World(is_started=False)
    gone = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "gone", "uid": "gone"}}
    world.create("secrets", "lost", ownerReferences=[owner(gone)])
    world.create("deployments.apps", "web", deployment_spec(1))
    world.start()
    world.advance(1)
    assert world.find("secrets", "lost") is None
    assert world.get("deployments.apps", "web")["status"]["readyReplicas"] == 1


def test_each_namespace_has_a_default_service_account(world: World) -> None:
    world.namespace("team")
    world.settle()
    assert world.find("serviceaccounts", "default", "team")
    world.delete("serviceaccounts", "default")
    world.settle()
    assert world.find("serviceaccounts", "default")


def test_a_terminating_namespace_is_emptied_and_goes(world: World) -> None:
    world.namespace("doomed")
    world.create("deployments.apps", "web", deployment_spec(2), namespace="doomed")
    world.create("widgets.example.com", "w", namespace="doomed")
    world.advance(1)
    world.cluster.delete(world.info("namespaces"), "", "doomed")
    world.advance(2)
    assert world.find("namespaces", "doomed") is None
    assert world.engine.graph.in_namespace("doomed") == []


def test_a_namespace_says_what_holds_it_up(world: World) -> None:
    world.namespace("doomed")
    world.create("configmaps", "held", namespace="doomed", finalizers=["example.com/hold"])
    world.cluster.delete(world.info("namespaces"), "", "doomed")
    world.advance(1)
    doomed = world.get("namespaces", "doomed")
    remaining = condition(doomed, "NamespaceContentRemaining")
    assert (remaining["status"], remaining["reason"]) == ("True", "SomeResourcesRemain")
    assert remaining["message"] == "Some resources are remaining: configmaps. has 1 resource instances"
    finalizers = condition(doomed, "NamespaceFinalizersRemaining")["message"]
    expected = "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances"
    assert finalizers == expected
    held = world.get("configmaps", "held", "doomed")
    world.cluster.update(world.info("configmaps"), {**held, "metadata": {**held["metadata"], "finalizers": []}})
    world.advance(1)
    assert world.find("namespaces", "doomed") is None


def test_a_deleted_crd_takes_its_instances_first(world: World) -> None:
    world.create("widgets.example.com", "free")
    world.create("widgets.example.com", "held", finalizers=["example.com/hold"])
    world.delete(CRDS, "widgets.example.com")
    world.advance(1)
    assert world.find("widgets.example.com", "free") is None
    assert condition(world.get(CRDS, "widgets.example.com"), "Terminating")["reason"] == "InstanceDeletionInProgress"
    held = world.get("widgets.example.com", "held")
    world.cluster.update(WIDGETS, {**held, "metadata": {**held["metadata"], "finalizers": []}})
    world.advance(1)
    assert world.find(CRDS, "widgets.example.com") is None


def pod(name: str, image: str = "nginx", **annotations: str) -> dict[str, Any]:
    template = pod_template(image)
    return {"name": name, "body": {"spec": template["spec"]}, "annotations": annotations}


def test_a_pod_runs_and_is_ready(world: World) -> None:
    world.create("pods", **pod("solo"))
    world.settle()
    assert world.get("pods", "solo")["spec"]["nodeName"] == "node-0"
    assert "status" not in world.get("pods", "solo")
    world.advance(0.2)
    solo = world.get("pods", "solo")
    assert solo["status"]["phase"] == "Running"
    assert solo["status"]["podIPs"] == [{"ip": solo["status"]["podIP"]}]
    kinds = [each["type"] for each in solo["status"]["conditions"]]
    assert kinds == ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
    (container,) = solo["status"]["containerStatuses"]
    assert container["ready"] and container["started"] and "running" in container["state"]
    world.delete("pods", "solo")
    world.settle()
    assert world.find("pods", "solo") is None


def test_a_crashing_pod_backs_off_ever_longer(world: World) -> None:
    world.create("pods", **pod("sad", **{"devserver.orkestra.io/outcome": "crashloop"}))
    world.advance(1)
    (container,) = world.get("pods", "sad")["status"]["containerStatuses"]
    assert container["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert container["state"]["waiting"]["message"].startswith(
        "back-off 10s restarting failed container=c pod=sad_default("
    )
    assert container["lastState"]["terminated"]["exitCode"] == 1
    assert container["restartCount"] == 1
    world.advance(35, step=1)
    assert world.get("pods", "sad")["status"]["containerStatuses"][0]["restartCount"] == 3
    world.annotate("pods", "sad", **{"devserver.orkestra.io/outcome": "ready"})
    world.advance(1)
    recovered = world.get("pods", "sad")
    assert condition(recovered, "Ready")["status"] == "True"
    assert recovered["status"]["containerStatuses"][0]["restartCount"] == 3


@pytest.mark.parametrize("image", ["nginx:does-not-exist", "registry.example.com/invalid/app:1"])
def test_an_image_that_cannot_be_pulled_says_so(world: World, image: str) -> None:
    world.create("pods", **pod("sad", image))
    world.advance(1)
    status = world.get("pods", "sad")["status"]
    assert status["phase"] == "Pending"
    waiting = status["containerStatuses"][0]["state"]["waiting"]
    assert waiting["reason"] == "ImagePullBackOff"
    assert waiting["message"].startswith(f'Back-off pulling image "{image}"')


def test_a_hanging_workload_goes_on_when_told(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(2), annotations={"devserver.orkestra.io/outcome": "hang"})
    world.advance(5)
    assert {pod["status"]["phase"] for pod in world.all("pods")} == {"Pending"}
    world.annotate("deployments.apps", "web", **{"devserver.orkestra.io/outcome": "ready"})
    world.advance(2)
    assert world.get("deployments.apps", "web")["status"]["readyReplicas"] == 2


def test_a_delay_is_kept(world: World) -> None:
    world.create("pods", **pod("slow", **{"devserver.orkestra.io/delay": "2m"}))
    world.advance(110, step=5)
    assert (
        world.get("pods", "slow")["status"]["containerStatuses"][0]["state"]["waiting"]["reason"] == "ContainerCreating"
    )
    world.advance(15, step=5)
    assert condition(world.get("pods", "slow"), "Ready")["status"] == "True"


def test_a_pod_no_node_fits_stays_unscheduled(world: World) -> None:
    body = {"spec": {"containers": [{"name": "c", "image": "i"}], "nodeSelector": {"zone": "b"}}}
    world.create("pods", "lost", body)
    world.advance(1)
    scheduled = condition(world.get("pods", "lost"), "PodScheduled")
    assert (scheduled["status"], scheduled["reason"]) == ("False", "Unschedulable")
    assert "didn't match Pod's node affinity/selector" in scheduled["message"]
    world.create("nodes", "node-b", {"spec": {}}, labels={"zone": "b"})
    world.advance(1)
    assert world.get("pods", "lost")["spec"]["nodeName"] == "node-b"


def test_a_pod_waits_for_its_claim(world: World) -> None:
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    world.create("pods", "p", {"spec": {"containers": [{"name": "c", "image": "i"}], "volumes": volumes}})
    world.advance(1)
    assert "not found" in condition(world.get("pods", "p"), "PodScheduled")["message"]
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    world.create("persistentvolumeclaims", "data", {"spec": spec, "status": {"phase": "Pending"}})
    world.advance(1)
    assert condition(world.get("pods", "p"), "Ready")["status"] == "True"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("300ms", 0.3),
        ("1h2m3.5s", 3723.5),
        ("0", 0),
        ("", None),
        ("5", None),
        ("-1s", None),
        ("1s x", None),
        ("9" * 40 + "s", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == (pytest.approx(seconds) if seconds is not None else None)


def test_a_port_in_the_registry_is_no_tag() -> None:
    assert not is_unpullable("localhost:5000/app")
    assert is_unpullable("localhost:5000/app:does-not-exist")


def told(world: World) -> dict[str, tuple[str, str, int]]:
    return {
        each["reason"]: (each["involvedObject"]["kind"], each["type"], each["count"]) for each in world.all("events")
    }


def test_what_explains_a_state_is_told_once_and_counted(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(1))
    world.create("pods", **pod("sad", **{"devserver.orkestra.io/outcome": "crashloop"}))
    world.create("pods", **pod("lost", "x:does-not-exist"))
    world.advance(35, step=1)
    events = told(world)
    assert events["ScalingReplicaSet"] == ("Deployment", "Normal", 1)
    assert events["BackOff"] == ("Pod", "Warning", 3)
    assert events["Failed"] == ("Pod", "Warning", 1)


def test_deleting_an_owner_of_many_is_done_in_parts(world: World) -> None:
    top = world.create("widgets.example.com", "top")
    for number in range(50):
        world.create("configmaps", f"c{number}", ownerReferences=[owner(top)])
    world.settle()
    world.delete("widgets.example.com", "top", propagation="Foreground")
    work = world.engine.queue.pop()
    assert work is not None
    world.engine._run(work)
    assert 0 < len(world.all("configmaps")) < 50
    world.settle()
    assert world.all("configmaps") == []
    assert world.find("widgets.example.com", "top") is None
