"""The verbs: metadata, generation, status, preconditions, deletion, patches, custom kinds."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.devserver.changes import Change
from orkestra.k8s.errors import AlreadyExists, Conflict, Forbidden, Invalid, NotFound
from tests.unit.devserver.builders import cluster, configmap, deployment, info, pod, widget, widgets, with_widgets


def test_create_stamps_metadata_and_leaves_the_given_document_alone() -> None:
    made = cluster()
    given = configmap("a", data={"key": "value"})
    stored = made.create(info(made, "", "configmaps"), given)
    assert given == configmap("a", data={"key": "value"})
    meta = stored["metadata"]
    assert meta["creationTimestamp"] == "2026-01-01T12:00:00Z"
    assert meta["uid"] and int(meta["resourceVersion"]) == made.store.revision
    assert "generation" not in meta


def test_a_taken_name_is_refused() -> None:
    made = cluster()
    maps = info(made, "", "configmaps")
    made.create(maps, configmap("a"))
    with pytest.raises(AlreadyExists, match='configmaps "a" already exists'):
        made.create(maps, configmap("a"))


def test_generate_name_gives_each_object_its_own() -> None:
    made = cluster()
    maps = info(made, "", "configmaps")
    document = {"metadata": {"generateName": "job-", "namespace": "default"}}
    names = {made.create(maps, document)["metadata"]["name"] for _ in range(5)}
    assert len(names) == 5 and all(name.startswith("job-") and len(name) == 9 for name in names)


def test_nothing_is_created_in_a_namespace_that_is_missing_or_going_away() -> None:
    made = cluster()
    maps, namespaces = info(made, "", "configmaps"), info(made, "", "namespaces")
    stray = configmap("a", metadata={"namespace": "gone"})
    with pytest.raises(NotFound, match='namespaces "gone" not found'):
        made.create(maps, stray)
    made.create(namespaces, {"metadata": {"name": "gone"}})
    ending = made.delete(namespaces, "", "gone")
    assert ending["status"]["phase"] == "Terminating"
    with pytest.raises(Forbidden, match="is being terminated") as caught:
        made.create(maps, stray)
    assert caught.value.causes[0].reason == "NamespaceTerminating"


def test_a_namespace_ends_when_its_last_finalizer_goes() -> None:
    made = cluster()
    namespaces = info(made, "", "namespaces")
    made.create(namespaces, {"metadata": {"name": "gone"}})
    ending = made.delete(namespaces, "", "gone")
    made.update(namespaces, {**ending, "spec": {"finalizers": []}}, subresource="finalize")
    with pytest.raises(NotFound):
        made.get(namespaces, "", "gone")


@pytest.mark.parametrize("name", ["default", "kube-system"])
def test_the_system_namespaces_stay(name: str) -> None:
    made = cluster()
    namespaces = info(made, "", "namespaces")
    if name != "default":
        made.create(namespaces, {"metadata": {"name": name}})
    with pytest.raises(Forbidden, match="may not be deleted"):
        made.delete(namespaces, "", name)


def test_generation_counts_spec_changes_only() -> None:
    made = cluster()
    deployments = info(made, "apps", "deployments")
    first = made.create(deployments, deployment())
    assert first["metadata"]["generation"] == 1
    labelled = made.patch(deployments, "default", "web", {"metadata": {"labels": {"a": "b"}}}, patch_type="merge")
    assert labelled["metadata"]["generation"] == 1
    scaled = made.patch(deployments, "default", "web", {"spec": {"replicas": 3}}, patch_type="merge")
    assert scaled["metadata"]["generation"] == 2


def test_status_and_spec_are_written_apart() -> None:
    made, kind = with_widgets()
    created = made.create(kind, {**widget("a"), "status": {"ready": True}})
    assert "status" not in created
    both = {**created, "spec": {"size": 7}, "status": {"ready": True}}
    reported = made.update(kind, both, subresource="status")
    assert (reported["spec"]["size"], reported["status"], reported["metadata"]["generation"]) == (1, {"ready": True}, 1)
    again = made.update(kind, {**reported, "spec": {"size": 7}, "status": {}})
    assert (again["spec"]["size"], again["status"], again["metadata"]["generation"]) == (7, {"ready": True}, 2)


def test_a_write_that_changes_nothing_takes_no_revision() -> None:
    made, kind = with_widgets()
    created = made.create(kind, widget("a"), manager="me")
    before = made.store.revision
    assert made.update(kind, created, manager="me")["metadata"] == created["metadata"]
    made.patch(kind, "default", "a", {"spec": {"size": 1}}, patch_type="merge", manager="me")
    assert made.store.revision == before


def test_a_stale_version_conflicts() -> None:
    made = cluster()
    maps = info(made, "", "configmaps")
    stale = made.create(maps, configmap("a"))
    made.update(maps, {**stale, "data": {"x": "1"}})
    with pytest.raises(Conflict, match="the object has been modified"):
        made.update(maps, {**stale, "data": {"x": "2"}})


def test_custom_resources_need_a_version_to_be_replaced() -> None:
    made, kind = with_widgets()
    made.create(kind, widget("a"))
    with pytest.raises(Invalid, match="must be specified for an update"):
        made.update(kind, widget("a", size=2))


def test_dry_run_answers_as_if_and_stores_nothing() -> None:
    made = cluster()
    maps = info(made, "", "configmaps")
    before = made.store.revision
    answered = made.create(maps, configmap("a"), dry_run=True)
    assert answered["metadata"]["uid"] and "resourceVersion" not in answered["metadata"]
    made.create(maps, configmap("b"))
    made.delete(maps, "default", "b", dry_run=True)
    assert made.store.revision == before + 1
    assert [obj["metadata"]["name"] for obj in made.list(maps)] == ["b"]


def test_finalizers_keep_an_object_until_the_last_is_gone() -> None:
    made = cluster()
    maps = info(made, "", "configmaps")
    made.create(maps, configmap("a", metadata={"finalizers": ["example.com/hold"]}))
    marked = made.delete(maps, "default", "a")
    assert marked["metadata"]["deletionTimestamp"] == "2026-01-01T12:00:00Z"
    again = made.delete(maps, "default", "a")
    assert again["metadata"]["resourceVersion"] == marked["metadata"]["resourceVersion"]
    with pytest.raises(Invalid, match="no new finalizers can be added"):
        made.patch(maps, "default", "a", {"metadata": {"finalizers": ["example.com/more"]}}, patch_type="merge")
    made.patch(maps, "default", "a", {"metadata": {"finalizers": None}}, patch_type="merge")
    with pytest.raises(NotFound):
        made.get(maps, "default", "a")


@pytest.mark.parametrize(
    ("propagation", "finalizers"), [("Foreground", ["foregroundDeletion"]), ("Orphan", ["orphan"])]
)
def test_propagation_policies_leave_their_finalizer(propagation: str, finalizers: list[str]) -> None:
    made = cluster()
    deployments = info(made, "apps", "deployments")
    made.create(deployments, deployment())
    marked = made.delete(deployments, "default", "web", propagation=propagation)
    assert marked["metadata"]["finalizers"] == finalizers
    assert marked["metadata"]["deletionTimestamp"]


def test_delete_preconditions_must_hold() -> None:
    made = cluster()
    maps = info(made, "", "configmaps")
    stored = made.create(maps, configmap("a"))
    with pytest.raises(Conflict, match="UID in the precondition"):
        made.delete(maps, "default", "a", uid="another")
    with pytest.raises(Conflict, match="ResourceVersion in the precondition"):
        made.delete(maps, "default", "a", resource_version="1")
    made.delete(maps, "default", "a", uid=stored["metadata"]["uid"])


def test_a_running_pod_is_given_its_grace_period() -> None:
    made = cluster()
    pods = info(made, "", "pods")
    made.create(pods, pod("unscheduled"))
    made.delete(pods, "default", "unscheduled")
    with pytest.raises(NotFound):
        made.get(pods, "default", "unscheduled")
    made.create(pods, pod("running", nodeName="node-0"))
    ending = made.delete(pods, "default", "running")
    assert ending["metadata"]["deletionGracePeriodSeconds"] == 30
    assert ending["metadata"]["deletionTimestamp"] == "2026-01-01T12:00:30Z"
    made.delete(pods, "default", "running", grace_seconds=0)
    with pytest.raises(NotFound):
        made.get(pods, "default", "running")


def test_subscribers_hear_of_commits_in_order_with_the_state_before() -> None:
    made = cluster()
    maps = info(made, "", "configmaps")
    seen: list[Change] = []
    end = made.subscribe(seen.append)
    made.create(maps, configmap("a"))
    made.patch(maps, "default", "a", {"data": {"x": "1"}}, patch_type="merge")
    made.delete(maps, "default", "a")
    end()
    made.create(maps, configmap("b"))
    assert [change.type for change in seen] == ["ADDED", "MODIFIED", "DELETED"]
    assert seen[1].old is not None and "data" not in seen[1].old
    assert seen[2].obj["data"] == {"x": "1"}


@pytest.mark.parametrize(
    ("patch_type", "patch"),
    [
        ("merge", {"spec": {"replicas": 4}}),
        ("strategic", {"spec": {"replicas": 4}}),
        ("json", [{"op": "replace", "path": "/spec/replicas", "value": 4}]),
    ],
)
def test_each_patch_type_changes_what_it_names(patch_type: str, patch: Any) -> None:
    made = cluster()
    deployments = info(made, "apps", "deployments")
    made.create(deployments, deployment(replicas=1))
    assert made.patch(deployments, "default", "web", patch, patch_type=patch_type)["spec"]["replicas"] == 4


def test_a_strategic_patch_merges_containers_by_name() -> None:
    made = cluster()
    deployments = info(made, "apps", "deployments")
    made.create(deployments, deployment())
    side = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "busybox"}]}}}}
    patched = made.patch(deployments, "default", "web", side, patch_type="strategic")
    assert sorted(c["name"] for c in patched["spec"]["template"]["spec"]["containers"]) == ["c", "side"]


def test_apply_creates_owns_and_meets_other_owners() -> None:
    made, kind = with_widgets()
    created = made.patch(kind, "default", "a", widget("a", size=3), patch_type="apply", manager="gitops")
    entry = created["metadata"]["managedFields"][0]
    assert (entry["manager"], entry["operation"]) == ("gitops", "Apply")
    before = made.store.revision
    made.patch(kind, "default", "a", widget("a", size=3), patch_type="apply", manager="gitops")
    assert made.store.revision == before
    with pytest.raises(Conflict, match='conflict with "gitops"') as caught:
        made.patch(kind, "default", "a", widget("a", size=5), patch_type="apply", manager="other")
    assert caught.value.is_field_conflict
    forced = made.patch(kind, "default", "a", widget("a", size=5), patch_type="apply", manager="other", force=True)
    assert forced["spec"]["size"] == 5


def test_a_definition_serves_its_versions_at_once_and_stops_with_it() -> None:
    made, kind = with_widgets()
    made.create(kind, widget("a"))
    beta = made.registry.kind("example.com", "v1beta1", "widgets")
    assert beta is not None
    assert made.get(beta.info, "default", "a")["apiVersion"] == "example.com/v1beta1"
    assert made.create(beta.info, widget("b", "v1beta1"))["apiVersion"] == "example.com/v1beta1"
    assert [obj["apiVersion"] for obj in made.list(kind)] == ["example.com/v1", "example.com/v1"]
    definitions = info(made, "apiextensions.k8s.io", "customresourcedefinitions")
    ending = made.delete(definitions, "", "widgets.example.com")
    assert ending["metadata"]["finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"]
    with pytest.raises(Forbidden, match="terminating"):
        made.create(kind, widget("c"))
    made.patch(definitions, "", "widgets.example.com", {"metadata": {"finalizers": None}}, patch_type="merge")
    assert made.resource("example.com", "widgets") is None
    with pytest.raises(NotFound):
        made.get(kind, "default", "a")


def test_a_definition_with_taken_names_is_not_established() -> None:
    made, _ = with_widgets()
    definitions = info(made, "apiextensions.k8s.io", "customresourcedefinitions")
    rival = widgets()
    rival["metadata"]["name"] = "gadgets.example.com"
    rival["spec"]["names"] = {"kind": "Widget", "plural": "gadgets"}
    stored = made.create(definitions, rival)
    conditions = {c["type"]: c["status"] for c in stored["status"]["conditions"]}
    assert conditions == {"NamesAccepted": "False", "Established": "False"}
    assert made.resource("example.com", "gadgets") is None


def test_custom_resources_are_defaulted_pruned_and_validated() -> None:
    made, kind = with_widgets()
    assert made.create(kind, widget("a", unknown=1))["spec"] == {"size": 1, "mode": "a"}
    with pytest.raises(Invalid, match=r'spec\.mode: Unsupported value: "z": supported values: "a", "b"'):
        made.create(kind, widget("b", mode="z"))


def test_what_is_handed_out_is_never_written_to() -> None:
    made, kind = with_widgets()
    deployments, definitions = (
        info(made, "apps", "deployments"),
        info(made, "apiextensions.k8s.io", "customresourcedefinitions"),
    )
    made.create(kind, widget("a"))
    made.create(deployments, deployment())
    schema = widgets()
    for version in schema["spec"]["versions"]:
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        spec["properties"]["later"] = {"type": "string", "default": "new"}
    made.patch(definitions, "", "widgets.example.com", {"spec": schema["spec"]}, patch_type="merge")
    for patch in ({"metadata": {"labels": {"x": "y"}}}, {"spec": {"replicas": 2}}):
        made.patch(kind, "default", "a", patch, patch_type="merge")
        made.patch(deployments, "default", "web", patch, patch_type="strategic")
    made.patch(kind, "default", "a", {"status": {"ready": True}}, patch_type="merge", subresource="status")
    made.patch(kind, "default", "a", widget("a", size=2), patch_type="apply", manager="m", force=True)
    for table in (made.backend.table(made.kind(kind)), made.backend.table(made.kind(deployments))):
        for event in table.history.since(0) or ():
            assert event.record.obj == event.record.fresh()


def test_a_default_that_came_later_arrives_with_the_next_write() -> None:
    made, kind = with_widgets()
    made.create(kind, widget("a"))
    definitions = info(made, "apiextensions.k8s.io", "customresourcedefinitions")
    schema = widgets()
    for version in schema["spec"]["versions"]:
        spec = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
        spec["properties"]["later"] = {"type": "string", "default": "new"}
    made.patch(definitions, "", "widgets.example.com", {"spec": schema["spec"]}, patch_type="merge")
    changed = made.patch(kind, "default", "a", {"metadata": {"labels": {"x": "y"}}}, patch_type="merge")
    assert changed["spec"]["later"] == "new"
