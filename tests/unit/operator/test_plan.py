"""The plan: what to write, given what should be and what is."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orkestra.client.watch import ObjectMeta, OwnerReference
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.operator import names
from orkestra.operator.inventory import ChildId, Live
from orkestra.operator.plan import Desired, DriftMode, Plan, Verb, make_plan
from orkestra.operator.resources.metadata import own, stamp

WEBSITE = ResourceInfo("x.io", "v1", "Website", "websites", namespaced=True)
CONFIG_MAPS = ResourceInfo("", "v1", "ConfigMap", "configmaps", namespaced=True)
CR: Object = {"apiVersion": "x.io/v1", "kind": "Website", "metadata": {"name": "shop", "namespace": "a", "uid": "cr-1"}}


def desired(name: str = "one", data: dict[str, str] | None = None, **options: Any) -> Desired:
    manifest: Object = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "a"},
        "data": data or {"k": "v"},
    }
    own(manifest, CR, WEBSITE, by_reference=True)
    stamp(manifest)
    return Desired(CONFIG_MAPS, ObjectKey("a", name), manifest, f"website.onReconcile.configMaps[{name}]", **options)


def live_of(manifest: Object, *, uid: str = "child-1", terminating: bool = False) -> Live:
    obj = deepcopy(manifest)
    meta = obj["metadata"]
    meta |= {"uid": uid, "resourceVersion": "5"}
    owners = [
        OwnerReference(r["apiVersion"], r["kind"], r["name"], r["uid"], True, True) for r in meta["ownerReferences"]
    ]
    return Live(
        CONFIG_MAPS,
        ObjectMeta(
            name=meta["name"],
            namespace="a",
            uid=uid,
            resource_version="5",
            labels=meta["labels"],
            annotations=meta.get("annotations", {}),
            owner_references=owners,
            deletion_timestamp="2026-01-01T00:00:00Z" if terminating else None,
        ),
        obj,
    )


def plan(*wanted: Desired, live: list[Live] | None = None, **options: Any) -> Plan:
    have: dict[ChildId, Live] = {(child.gvk, child.key): child for child in live or []}
    return make_plan(wanted, have, owner_uid="cr-1", owner_label="shop", **options)


def test_an_absent_child_is_created() -> None:
    found = plan(desired())
    assert [(s.verb, s.key.name, s.adopts) for s in found.steps] == [(Verb.CREATE, "one", False)]


def test_a_child_in_line_needs_nothing() -> None:
    want = desired()
    assert plan(want, live=[live_of(want.manifest)]).is_empty


def test_a_foreign_change_is_corrected_and_called_drift() -> None:
    want = desired()
    have = live_of(want.manifest)
    assert have.obj is not None
    have.obj["data"]["k"] = "edited"
    (step,) = plan(want, live=[have]).steps
    assert (step.verb, step.is_drift, step.changed, step.force) == (Verb.APPLY, True, ("data.k",), True)


def test_our_own_change_is_applied_and_is_not_drift() -> None:
    old, new = desired(), desired(data={"k": "new"})
    (step,) = plan(new, live=[live_of(old.manifest)]).steps
    assert (step.verb, step.is_drift, step.may_drop) == (Verb.APPLY, False, False)


def test_a_dropped_field_is_noticed_although_everything_declared_stands() -> None:
    old, new = desired(data={"k": "v", "gone": "x"}), desired(data={"k": "v"})
    (step,) = plan(new, live=[live_of(old.manifest)]).steps
    assert step.may_drop


def test_drift_may_be_reported_instead() -> None:
    want = desired(drift=DriftMode.REPORT)
    have = live_of(want.manifest)
    assert have.obj is not None
    have.obj["data"]["k"] = "edited"
    found = plan(want, live=[have])
    assert found.is_empty
    assert found.drifted[0].changed == ("data.k",)


def test_create_once_children_are_left_alone() -> None:
    want = desired(is_reconciled=False)
    have = live_of(want.manifest)
    assert have.obj is not None
    have.obj["data"]["k"] = "edited"
    assert plan(want, live=[have]).is_empty


def test_a_create_once_child_deleted_by_hand_is_not_made_again() -> None:
    want = desired(is_reconciled=False)
    assert plan(want, suppressed=[want.id]).is_empty


def test_a_child_no_longer_wanted_is_pruned_with_its_uid() -> None:
    old = desired("old")
    found = plan(live=[live_of(old.manifest, uid="u9")])
    assert [(s.verb, s.key.name, s.uid) for s in found.prune] == [(Verb.DELETE, "old", "u9")]


def test_a_released_child_is_never_deleted() -> None:
    without_label, without_owner = live_of(desired("a").manifest), live_of(desired("b").manifest)
    del without_label.meta.labels[names.OWNER_LABEL]
    without_owner.meta.owner_references = []
    assert plan(live=[without_label, without_owner]).is_empty


def test_kept_children_are_not_pruned() -> None:
    old = desired("old")
    assert plan(live=[live_of(old.manifest)], kept=[old.id]).is_empty


def test_another_crs_child_is_left_alone_and_told() -> None:
    want = desired()
    have = live_of(want.manifest)
    have.meta.owner_references = [OwnerReference("x.io/v1", "Website", "other", "cr-2", True, True)]
    found = plan(want, live=[have])
    assert found.is_empty
    assert found.blocked[0].is_conflict
    assert "belongs to Website other" in found.blocked[0].message


def test_a_child_on_its_way_out_is_waited_for() -> None:
    want = desired()
    found = plan(want, live=[live_of(want.manifest, terminating=True)])
    assert found.is_empty
    assert not found.blocked[0].is_conflict


def test_children_come_in_order_of_their_kind() -> None:
    found = plan(desired("late", order=50), desired("early", order=10))
    assert [s.key.name for s in found.steps] == ["early", "late"]


def test_cr_labels_that_track_are_never_passed_on() -> None:
    manifest: Object = {"metadata": {"name": "x", "labels": {"argocd.argoproj.io/instance": "argo", "team": "a"}}}
    manifest["metadata"]["annotations"] = {"argocd.argoproj.io/tracking-id": "x"}
    own(manifest, CR, WEBSITE, by_reference=True)
    assert manifest["metadata"]["labels"] == {"team": "a", "managed-by": "orkestra", "orkestra-owner": "shop"}
    assert "argocd.argoproj.io/tracking-id" not in manifest["metadata"].get("annotations", {})


@given(
    st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("xyz"), st.text(max_size=3)), max_size=3)
)
def test_after_the_plan_is_carried_out_the_next_plan_is_empty(wanted: dict[str, dict[str, str]]) -> None:
    children = [desired(name, data) for name, data in wanted.items()]
    first = plan(*children, live=[live_of(desired("old").manifest)])
    assert len(first.steps) == len(children)
    assert len(first.prune) == 1
    after = [live_of(step.manifest) for step in first.steps if step.manifest is not None]
    assert plan(*children, live=after).is_empty


def test_what_a_deleted_cr_of_this_name_left_is_waited_for() -> None:
    want = desired()
    left = live_of(want.manifest)
    left.meta.owner_references = [OwnerReference(WEBSITE.api_version, "Website", "shop", "cr-0", True, True)]
    (blocked,) = plan(want, live=[left]).blocked
    assert not blocked.is_conflict and "to be gone" in blocked.message


def test_a_child_of_another_kinds_cr_of_the_same_name_is_a_conflict() -> None:
    want = desired()
    other = live_of(want.manifest)
    other.meta.owner_references = [OwnerReference(WEBSITE.api_version, "Shop", "shop", "cr-0", True, True)]
    (blocked,) = plan(want, live=[other]).blocked
    assert blocked.is_conflict and "Shop shop" in blocked.message


def test_an_apply_names_the_state_it_was_decided_on() -> None:
    want = desired()
    have = live_of(want.manifest)
    assert have.obj is not None
    have.obj["data"]["k"] = "edited"
    (first,) = plan(want, live=[have]).steps
    have.obj["metadata"]["resourceVersion"] = "99"
    have.obj["status"] = {"x": 1}
    assert plan(want, live=[have]).steps == (first,)
    have.obj["data"]["k"] = "edited again"
    assert plan(want, live=[have]).steps != (first,)


def test_a_status_is_written_when_it_differs() -> None:
    want = desired(status={"phase": "Up"})
    assert [s.verb for s in plan(want).steps] == [Verb.CREATE, Verb.STATUS]
    have = live_of(want.manifest)
    assert [s.verb for s in plan(want, live=[have]).steps] == [Verb.STATUS]
    assert have.obj is not None
    have.obj["status"] = {"phase": "Up", "more": 1}
    assert plan(want, live=[have]).is_empty


def test_a_child_that_cannot_be_changed_is_replaced() -> None:
    want = desired(is_replaced=True)
    have = live_of(want.manifest)
    assert have.obj is not None
    have.obj["data"]["k"] = "edited"
    (step,) = plan(want, live=[have]).steps
    assert (step.verb, step.uid, step.is_drift) == (Verb.REPLACE, "child-1", True)


def test_only_the_metadata_of_such_a_child_is_changed_in_place() -> None:
    want = desired(is_replaced=True)
    have = live_of(want.manifest)
    assert have.obj is not None
    have.obj["metadata"]["labels"]["managed-by"] = "somebody"
    (step,) = plan(want, live=[have]).steps
    assert (step.verb, step.changed) == (Verb.APPLY, ("metadata.labels.managed-by",))


def test_a_field_dropped_from_such_a_child_replaces_it() -> None:
    old, new = desired(data={"k": "v", "gone": "x"}), desired(data={"k": "v"}, is_replaced=True)
    (step,) = plan(new, live=[live_of(old.manifest)]).steps
    assert step.verb is Verb.REPLACE
