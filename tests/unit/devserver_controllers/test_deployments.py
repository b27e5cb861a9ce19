from __future__ import annotations

import pytest

from orkestra.devserver.controllers.deployments import scaling
from orkestra.k8s.objects import Object

from .fake import World, condition, deployment_spec, pod_template


@pytest.fixture
def world() -> World:
    return World()


def test_a_deployment_becomes_available(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(3), annotations={"note": "a"})
    world.settle()
    waiting = world.get("deployments.apps", "web")["status"]
    assert waiting["unavailableReplicas"] == 3
    world.advance(1)
    web = world.get("deployments.apps", "web")
    (replica_set,) = world.all("replicasets.apps")
    name = replica_set["metadata"]["name"]
    assert {k: v for k, v in web["status"].items() if k != "conditions"} == {
        "observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "readyReplicas": 3, "availableReplicas": 3,
        "terminatingReplicas": 0,
    }  # fmt: skip
    assert condition(web, "Available")["reason"] == "MinimumReplicasAvailable"
    progressing = condition(web, "Progressing")
    assert (progressing["status"], progressing["reason"]) == ("True", "NewReplicaSetAvailable")
    assert progressing["message"] == f'ReplicaSet "{name}" has successfully progressed.'
    assert web["metadata"]["annotations"] == {"note": "a", "deployment.kubernetes.io/revision": "1"}
    assert replica_set["metadata"]["annotations"] == {
        "note": "a", "deployment.kubernetes.io/desired-replicas": "3", "deployment.kubernetes.io/max-replicas": "4",
        "deployment.kubernetes.io/revision": "1",
    }  # fmt: skip
    digest = replica_set["metadata"]["labels"]["pod-template-hash"]
    assert name == f"web-{digest}"
    assert all(pod["metadata"]["labels"] == {"app": "web", "pod-template-hash": digest} for pod in world.all("pods"))


def test_nothing_is_written_once_it_has_settled(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(2))
    world.advance(5)
    before = world.cluster.writes
    for resource in ("deployments.apps", "replicasets.apps", "pods"):
        for obj in world.all(resource):
            world.engine._route(resource, obj)
    world.advance(700)
    assert world.cluster.writes == before


def test_a_roll_out_never_goes_below_what_must_be_available(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(4))
    world.advance(2)
    lowest = highest = 4

    def watch(change: object) -> None:
        nonlocal lowest, highest
        status = world.get("deployments.apps", "web")["status"]
        lowest, highest = min(lowest, status.get("availableReplicas", 0)), max(highest, status.get("replicas", 0))

    world.cluster.subscribe(watch)
    world.change("deployments.apps", "web", template=pod_template("nginx:2"))
    world.advance(5)
    web = world.get("deployments.apps", "web")
    assert web["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "2"
    assert web["status"]["updatedReplicas"] == web["status"]["replicas"] == 4
    assert {pod["spec"]["containers"][0]["image"] for pod in world.all("pods")} == {"nginx:2"}
    assert lowest >= 3
    assert highest <= 5


def test_going_back_to_an_old_template_takes_its_replica_set_again(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(1))
    world.advance(2)
    (first,) = world.all("replicasets.apps")
    world.change("deployments.apps", "web", template=pod_template("nginx:2"))
    world.advance(2)
    world.change("deployments.apps", "web", template=pod_template())
    world.advance(2)
    assert len(world.all("replicasets.apps")) == 2
    back = world.get("replicasets.apps", first["metadata"]["name"])
    assert back["spec"]["replicas"] == 1
    assert back["metadata"]["annotations"]["deployment.kubernetes.io/revision"] == "3"
    assert back["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"


def test_history_beyond_the_limit_goes(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(1, revisionHistoryLimit=1))
    for tag in ("2", "3", "4"):
        world.advance(2)
        world.change("deployments.apps", "web", template=pod_template(f"nginx:{tag}"))
    world.advance(2)
    revisions = {
        rs["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for rs in world.all("replicasets.apps")
    }
    assert revisions == {"3", "4"}


def test_recreate_starts_nothing_before_the_old_pods_are_gone(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(2, strategy={"type": "Recreate"}))
    world.advance(2)
    images: list[set[str]] = []
    world.cluster.subscribe(
        lambda change: images.append({p["spec"]["containers"][0]["image"] for p in world.all("pods")})
    )
    world.change("deployments.apps", "web", strategy={"type": "Recreate"}, template=pod_template("nginx:2"))
    world.advance(3)
    assert all(len(each) <= 1 for each in images)
    assert images[-1] == {"nginx:2"}
    assert world.get("deployments.apps", "web")["status"]["availableReplicas"] == 2


def test_a_paused_deployment_waits_and_says_so(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(1, paused=True))
    world.advance(2)
    assert world.all("replicasets.apps") == []
    assert condition(world.get("deployments.apps", "web"), "Progressing")["reason"] == "DeploymentPaused"
    world.change("deployments.apps", "web", paused=False)
    world.advance(2)
    assert condition(world.get("deployments.apps", "web"), "Progressing")["reason"] == "NewReplicaSetAvailable"


def test_a_stuck_roll_out_is_told_after_its_deadline(world: World) -> None:
    body = deployment_spec(
        1, progressDeadlineSeconds=30, template=pod_template(annotations={"devserver.orkestra.io/outcome": "hang"})
    )
    world.create("deployments.apps", "web", body)
    world.advance(25)
    assert condition(world.get("deployments.apps", "web"), "Progressing")["status"] == "True"
    world.advance(10)
    stuck = condition(world.get("deployments.apps", "web"), "Progressing")
    assert (stuck["status"], stuck["reason"]) == ("False", "ProgressDeadlineExceeded")
    assert stuck["message"].endswith("has timed out progressing.")


def test_scaling_and_deleting_a_pod_are_followed(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(1))
    world.advance(2)
    world.change("deployments.apps", "web", replicas=3)
    world.advance(2)
    assert world.get("deployments.apps", "web")["status"]["readyReplicas"] == 3
    world.delete("pods", world.all("pods")[0]["metadata"]["name"])
    world.advance(2)
    assert len(world.all("pods")) == 3
    world.change("deployments.apps", "web", replicas=0)
    world.advance(2)
    assert world.all("pods") == []
    assert world.get("deployments.apps", "web")["status"]["terminatingReplicas"] == 0


def test_an_orphaned_replica_set_is_adopted(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(2))
    world.advance(2)
    world.delete("deployments.apps", "web", propagation="Orphan")
    world.advance(1)
    (left,) = world.all("replicasets.apps")
    assert "ownerReferences" not in left["metadata"]
    pods = {pod["metadata"]["uid"] for pod in world.all("pods")}
    made = world.create("deployments.apps", "web", deployment_spec(2))
    world.advance(2)
    (taken,) = world.all("replicasets.apps")
    assert taken["metadata"]["ownerReferences"][0]["uid"] == made["metadata"]["uid"]
    assert {pod["metadata"]["uid"] for pod in world.all("pods")} == pods


def test_a_refused_pod_is_a_replica_failure(world: World) -> None:
    from orkestra.k8s.errors import Forbidden
    from orkestra.k8s.gvk import ResourceInfo

    def refuse(info: ResourceInfo, obj: Object) -> None:
        if info.kind == "Pod":
            raise Forbidden("exceeded quota: few")

    world.cluster.refuse = refuse
    world.create("deployments.apps", "web", deployment_spec(1))
    world.advance(1)
    failure = condition(world.get("deployments.apps", "web"), "ReplicaFailure")
    assert (failure["reason"], failure["message"]) == ("FailedCreate", "exceeded quota: few")
    world.cluster.refuse = lambda info, obj: None
    world.advance(5)
    web = world.get("deployments.apps", "web")
    assert web["status"]["readyReplicas"] == 1
    assert "ReplicaFailure" not in {each["type"] for each in web["status"]["conditions"]}


@pytest.mark.parametrize(
    ("surge", "unavailable", "replicas", "expected"),
    [
        ("25%", "25%", 3, (1, 0)),
        ("25%", "25%", 4, (1, 1)),
        (0, 0, 3, (0, 1)),
        (2, 1, 3, (2, 1)),
        ("0%", "10%", 4, (0, 1)),
    ],
)
def test_surge_rounds_up_and_unavailable_down(
    surge: object, unavailable: object, replicas: int, expected: tuple[int, int]
) -> None:
    rolling = {"maxSurge": surge, "maxUnavailable": unavailable}
    body = deployment_spec(replicas, strategy={"type": "RollingUpdate", "rollingUpdate": rolling})
    bounds = scaling.bounds_of(body)
    assert (bounds.surge, bounds.unavailable) == expected
