"""Apply and track: time, resets, versions, folding, and input nobody should send."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from orkestra.k8s.apply import CustomTypes, apply, builtin_types, track_update
from orkestra.k8s.errors import BadRequest, Conflict, StatusError

CONFIG_MAPS = builtin_types("", "ConfigMap")
T1, T2 = "2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z"


def a_map(**data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "namespace": "d"}, "data": data}


def applied(live: Any, config: Any, manager: str = "alice", now: str = T1, force: bool = False) -> dict[str, Any]:
    return apply(live, config, manager=manager, force=force, api_version="v1", now=now, types=CONFIG_MAPS)


def tracked(live: Any, new: Any, manager: str = "alice", now: str = T1, subresource: str = "") -> dict[str, Any]:
    return track_update(
        live, new, manager=manager, api_version="v1", subresource=subresource, now=now, types=CONFIG_MAPS
    )


def times_of(obj: dict[str, Any]) -> dict[str, Any]:
    return {entry["manager"]: entry.get("time") for entry in obj["metadata"]["managedFields"]}


def stored(obj: dict[str, Any]) -> dict[str, Any]:
    return {**obj, "metadata": {**obj["metadata"], "uid": "u"}}


def test_an_entry_is_whole() -> None:
    assert applied(None, a_map(a="1"))["metadata"]["managedFields"] == [
        {
            "manager": "alice",
            "operation": "Apply",
            "apiVersion": "v1",
            "time": T1,
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {"f:a": {}}},
        }
    ]


def test_applying_again_keeps_the_time() -> None:
    live = stored(applied(None, a_map(a="1")))
    assert applied(live, a_map(a="1"), now=T2) == live


def test_sharing_a_value_takes_no_time_and_no_conflict() -> None:
    live = stored(applied(None, a_map(a="1")))
    assert times_of(applied(live, a_map(a="1"), "bob", T2)) == {"alice": T1, "bob": None}


def test_a_change_moves_the_time() -> None:
    live = stored(applied(None, a_map(a="1")))
    assert times_of(applied(live, a_map(a="2"), now=T2)) == {"alice": T2}


def test_what_the_applier_drops_goes_unless_shared() -> None:
    live = stored(applied(None, a_map(a="1", b="2")))
    live = stored(applied(live, a_map(a="1"), "bob"))
    assert applied(live, a_map())["data"] == {"a": "1"}


def test_forcing_takes_the_field() -> None:
    live = stored(applied(None, a_map(a="1")))
    with pytest.raises(Conflict) as conflict:
        applied(live, a_map(a="2"), "bob")
    assert conflict.value.is_field_conflict
    assert conflict.value.message == 'Apply failed with 1 conflict: conflict with "alice": .data.a'
    forced = applied(live, a_map(a="2"), "bob", force=True)
    assert [e["manager"] for e in forced["metadata"]["managedFields"]] == ["bob"]


def test_several_conflicts_are_listed_by_manager() -> None:
    live = stored(applied(None, a_map(a="1", b="1")))
    live = stored(tracked(live, {**live, "data": {"a": "1", "b": "1", "c": "1"}}, "zoe"))
    with pytest.raises(Conflict) as conflict:
        applied(live, a_map(a="2", b="2", c="2"), "bob")
    assert conflict.value.message == (
        'Apply failed with 3 conflicts: conflicts with "alice":\n- .data.a\n- .data.b\n'
        'conflicts with "zoe" using v1:\n- .data.c'
    )
    assert len(conflict.value.causes) == 3


def test_a_write_that_changes_nothing_changes_no_entry() -> None:
    live = stored(tracked(None, a_map(a="1")))
    assert tracked(live, copy.deepcopy(live), "bob", T2) == live


def test_old_updaters_are_folded() -> None:
    live = stored(tracked(None, a_map(a="1"), "u0", "2026-01-01T00:00:00Z"))
    for number in range(1, 14):
        new = {**live, "data": live["data"] | {f"k{number}": "1"}}
        live = stored(tracked(live, new, f"u{number}", f"2026-01-01T00:00:{number:02}Z"))
    entries = {e["manager"]: e["fieldsV1"] for e in live["metadata"]["managedFields"]}
    assert len(entries) == 10
    assert set(entries["ancient-changes"]["f:data"]) == {".", "f:a", "f:k1", "f:k2", "f:k3", "f:k4"}


def test_a_subresource_cannot_set_managed_fields() -> None:
    live = stored(tracked(None, a_map(a="1")))
    new = {**live, "metadata": {**live["metadata"], "managedFields": [{}]}}
    assert tracked(live, new, subresource="status") == live
    assert "managedFields" not in tracked(live, new)["metadata"]


def test_managers_may_be_rewritten_by_hand() -> None:
    live = stored(tracked(None, a_map(a="1")))
    entries = copy.deepcopy(live["metadata"]["managedFields"])
    entries[0]["manager"] = "renamed"
    new = {**live, "metadata": {**live["metadata"], "managedFields": entries}}
    assert set(times_of(tracked(live, new))) == {"renamed"}


@pytest.mark.parametrize(
    "entries",
    [
        "x",
        [1],
        [{"operation": "Delete"}],
        [{"operation": "Update"}],
        [{"operation": "Update", "apiVersion": "v1", "fieldsType": "X"}],
        [{"operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": {"q": {}}}],
    ],
)
def test_malformed_managed_fields_in_a_write_leave_the_live_ones(entries: Any) -> None:
    live = stored(tracked(None, a_map(a="1")))
    new = {**live, "metadata": {**live["metadata"], "managedFields": entries}}
    assert tracked(live, new) == live


def test_apply_refuses_managed_fields_and_other_versions() -> None:
    with pytest.raises(BadRequest, match="managedFields must be nil"):
        applied(None, {**a_map(), "metadata": {"name": "m", "managedFields": []}})
    with pytest.raises(BadRequest, match="expected: v1"):
        applied(None, {**a_map(), "apiVersion": "v2"})


@pytest.mark.parametrize("data", ["x", ["x"], 5, {"a": {"b": "c"}}])
def test_a_config_of_the_wrong_type_names_the_field(data: Any) -> None:
    with pytest.raises(StatusError, match=r"\.data") as refused:
        applied(None, {**a_map(), "data": data})
    assert refused.value.code == 500


def test_a_deep_config_is_refused() -> None:
    things = CustomTypes({"v1": {"x-kubernetes-preserve-unknown-fields": True}}, has_status=False)
    deep: Any = {"a": "b"}
    for _ in range(400):
        deep = {"a": deep}
    config = {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": deep}
    with pytest.raises(StatusError, match="nested"):
        apply(None, config, manager="m", force=False, api_version="v1", now=T1, types=things)
    assert "managedFields" not in track_update(
        None, config, manager="m", api_version="v1", now=T1, types=things
    )["metadata"]  # fmt: skip


def test_managers_of_a_version_no_longer_served_are_forgotten() -> None:
    types = CustomTypes({"example.com/v1": {}, "example.com/v2": {}}, has_status=False)
    config = {"apiVersion": "example.com/v1", "kind": "T", "metadata": {"name": "x", "uid": "u"}, "spec": {"a": 1}}
    live = apply(None, config, manager="old", force=False, api_version="example.com/v1", now=T1, types=types)
    newer = {**config, "apiVersion": "example.com/v2", "spec": {"b": 1}}
    both = apply(live, newer, manager="new", force=False, api_version="example.com/v2", now=T1, types=types)
    assert set(times_of(both)) == {"old", "new"}
    left = CustomTypes({"example.com/v2": {}}, has_status=False)
    after = apply(both, newer, manager="new", force=False, api_version="example.com/v2", now=T1, types=left)
    assert set(times_of(after)) == {"new"}


def test_a_list_that_became_atomic_is_owned_as_a_whole() -> None:
    def types_with(list_type: str) -> CustomTypes:
        items = {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": list_type}
        return CustomTypes({"v1": {"type": "object", "properties": {"items": items}}}, has_status=False)

    config = {"apiVersion": "v1", "kind": "T", "metadata": {"name": "x"}, "items": ["a", "b"]}
    live = apply(None, config, manager="m", force=False, api_version="v1", now=T1, types=types_with("set"))
    assert live["metadata"]["managedFields"][0]["fieldsV1"] == {"f:items": {'v:"a"': {}, 'v:"b"': {}}}
    after = track_update(
        live, {**live, "x": 1}, manager="n", api_version="v1", now=T1, types=types_with("atomic")
    )  # fmt: skip
    assert {"f:items": {}} in [e["fieldsV1"] for e in after["metadata"]["managedFields"]]


def test_the_empty_manager_is_unknown() -> None:
    assert set(times_of(tracked(None, a_map(a="1"), ""))) == {"unknown"}
