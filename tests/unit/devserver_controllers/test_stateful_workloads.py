from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s.objects import Object

from .fake import World, pod_template


@pytest.fixture
def world() -> World:
    return World()


def stateful(replicas: int = 3, image: str = "pg", **spec: Any) -> Object:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0, "maxUnavailable": 1}}
    return {
        "spec": {
            "replicas": replicas,
            "serviceName": "db",
            "selector": {"matchLabels": {"app": "db"}},
            "template": pod_template(image, app="db"),
            "updateStrategy": rolling,
            "revisionHistoryLimit": 10,
            **spec,
        }
    }


CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
}


def test_pods_start_in_order_each_after_the_one_before_is_ready(world: World) -> None:
    most_unready = 0

    def watch(change: Any) -> None:
        nonlocal most_unready
        unready = [pod for pod in world.all("pods") if pod.get("status", {}).get("phase") != "Running"]
        most_unready = max(most_unready, len(unready))

    world.cluster.subscribe(watch)
    world.create("statefulsets.apps", "db", stateful())
    world.advance(2)
    assert sorted(pod["metadata"]["name"] for pod in world.all("pods")) == ["db-0", "db-1", "db-2"]
    assert most_unready == 1
    db = world.get("statefulsets.apps", "db")
    (revision,) = world.all("controllerrevisions.apps")
    name = revision["metadata"]["name"]
    assert db["status"] == {
        "observedGeneration": 1, "replicas": 3, "readyReplicas": 3, "currentReplicas": 3, "updatedReplicas": 3,
        "currentRevision": name, "updateRevision": name, "collisionCount": 0, "availableReplicas": 3,
    }  # fmt: skip
    pod = world.get("pods", "db-1")
    assert pod["metadata"]["labels"] == {
        "app": "db", "apps.kubernetes.io/pod-index": "1", "controller-revision-hash": name,
        "statefulset.kubernetes.io/pod-name": "db-1",
    }  # fmt: skip
    assert (pod["spec"]["hostname"], pod["spec"]["subdomain"]) == ("db-1", "db")


def test_claims_are_made_bound_and_kept(world: World) -> None:
    world.create("statefulsets.apps", "db", stateful(2, volumeClaimTemplates=[CLAIM]))
    world.advance(2)
    claim = world.get("persistentvolumeclaims", "data-db-1")
    assert claim["metadata"]["labels"] == {"app": "db"}
    assert claim["status"]["phase"] == "Bound"
    assert claim["metadata"]["annotations"]["pv.kubernetes.io/bind-completed"] == "yes"
    assert world.get("pods", "db-0")["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": "data-db-0"}
    assert world.get("statefulsets.apps", "db")["status"]["readyReplicas"] == 2
    world.delete("statefulsets.apps", "db")
    world.advance(2)
    assert world.all("pods") == []
    assert len(world.all("persistentvolumeclaims")) == 2


def test_claims_go_with_the_set_where_the_policy_says_so(world: World) -> None:
    policy = {"whenDeleted": "Delete", "whenScaled": "Delete"}
    body = stateful(2, volumeClaimTemplates=[CLAIM], persistentVolumeClaimRetentionPolicy=policy)
    world.create("statefulsets.apps", "db", body)
    world.advance(2)
    world.change("statefulsets.apps", "db", replicas=1)
    world.advance(2)
    assert [claim["metadata"]["name"] for claim in world.all("persistentvolumeclaims")] == ["data-db-0"]
    world.delete("statefulsets.apps", "db")
    world.advance(2)
    assert world.all("persistentvolumeclaims") == []
    assert world.all("persistentvolumes") == []


def test_an_update_goes_from_the_last_pod_to_the_first(world: World) -> None:
    world.create("statefulsets.apps", "db", stateful())
    world.advance(2)
    order: list[str] = []

    def watch(change: Any) -> None:
        if change.info.kind == "Pod" and change.type == "DELETED":
            order.append(change.obj["metadata"]["name"])

    world.cluster.subscribe(watch)
    world.change("statefulsets.apps", "db", template=pod_template("pg:2", app="db"))
    world.advance(3)
    assert order == ["db-2", "db-1", "db-0"]
    status = world.get("statefulsets.apps", "db")["status"]
    assert status["currentRevision"] == status["updateRevision"]
    assert status["currentReplicas"] == status["updatedReplicas"] == 3
    assert [revision["revision"] for revision in world.all("controllerrevisions.apps")] == [1, 2]


def test_a_partition_holds_the_lower_pods_back(world: World) -> None:
    world.create("statefulsets.apps", "db", stateful())
    world.advance(2)
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    world.change("statefulsets.apps", "db", template=pod_template("pg:2", app="db"), updateStrategy=rolling)
    world.advance(3)
    images = {pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"] for pod in world.all("pods")}
    assert images == {"db-0": "pg", "db-1": "pg", "db-2": "pg:2"}
    status = world.get("statefulsets.apps", "db")["status"]
    assert (status["currentReplicas"], status["updatedReplicas"]) == (2, 1)
    world.delete("pods", "db-0")
    world.advance(2)
    assert world.get("pods", "db-0")["spec"]["containers"][0]["image"] == "pg"


def test_a_broken_first_pod_holds_the_rest_unless_parallel(world: World) -> None:
    template = pod_template("pg:does-not-exist", app="db")
    world.create("statefulsets.apps", "db", stateful(template=template))
    world.advance(2)
    assert [pod["metadata"]["name"] for pod in world.all("pods")] == ["db-0"]
    world.delete("statefulsets.apps", "db")
    world.advance(2)
    world.create("statefulsets.apps", "db", stateful(template=template, podManagementPolicy="Parallel"))
    world.advance(2)
    assert len(world.all("pods")) == 3


def test_scaling_down_removes_the_highest_first(world: World) -> None:
    world.create("statefulsets.apps", "db", stateful())
    world.advance(2)
    world.change("statefulsets.apps", "db", replicas=1)
    world.advance(2)
    assert [pod["metadata"]["name"] for pod in world.all("pods")] == ["db-0"]


def daemon(image: str = "agent", **spec: Any) -> Object:
    template = pod_template(image, app="agent")
    return {"spec": {"selector": {"matchLabels": {"app": "agent"}}, "template": template, **spec}}


def test_a_daemon_runs_once_on_each_fitting_node(world: World) -> None:
    world.create("daemonsets.apps", "agent", daemon())
    world.advance(1)
    (pod,) = world.all("pods")
    assert pod["spec"]["nodeName"] == "node-0"
    assert pod["metadata"]["labels"]["pod-template-generation"] == "1"
    assert world.get("daemonsets.apps", "agent")["status"] == {
        "currentNumberScheduled": 1, "numberMisscheduled": 0, "desiredNumberScheduled": 1, "numberReady": 1,
        "observedGeneration": 1, "updatedNumberScheduled": 1, "numberAvailable": 1,
    }  # fmt: skip
    world.create("nodes", "node-1", {"spec": {}})
    world.advance(1)
    assert sorted(pod["spec"]["nodeName"] for pod in world.all("pods")) == ["node-0", "node-1"]


def test_a_changed_daemon_is_replaced(world: World) -> None:
    world.create("daemonsets.apps", "agent", daemon())
    world.advance(1)
    world.change("daemonsets.apps", "agent", template=pod_template("agent:2", app="agent"))
    world.advance(2)
    (pod,) = world.all("pods")
    assert pod["spec"]["containers"][0]["image"] == "agent:2"
    assert world.get("daemonsets.apps", "agent")["status"]["updatedNumberScheduled"] == 1


def test_a_daemon_without_a_fitting_node_wants_nothing(world: World) -> None:
    template = pod_template("agent", app="agent")
    template["spec"]["nodeSelector"] = {"zone": "b"}
    world.create("daemonsets.apps", "agent", daemon(template=template))
    world.advance(1)
    assert world.all("pods") == []
    assert world.get("daemonsets.apps", "agent")["status"]["desiredNumberScheduled"] == 0
