"""The cache: what the watch tells, what we wrote, and how the two agree."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.client.watch import ADDED, DELETED, MODIFIED, ObjectMeta, OwnerReference
from orkestra.informer.cached import Cached
from orkestra.informer.index import OWNER_UID, label_values, owner_uids
from orkestra.informer.mutation import CacheMutated, MutationDetector
from orkestra.informer.store import UNCHANGED, Store
from orkestra.k8s.objects import ObjectKey
from orkestra.k8s.selectors import parse_label_selector

WEB = ObjectKey("shop", "web")


def item(version: int | str, *, uid: str = "u-1", name: str = "web", namespace: str = "shop", **meta: Any) -> Cached:
    return Cached(ObjectMeta(name=name, namespace=namespace, uid=uid, resource_version=str(version), **meta), None)


def version_of(store: Store, key: ObjectKey = WEB) -> str | None:
    found = store.get(key)
    return None if found is None else found.meta.resource_version


# -- what the watch tells -----------------------------------------------------------------------------------------
def test_events_change_the_store_and_name_before_and_after() -> None:
    store = Store()
    first, second, last = item(5), item(6), item(7)
    assert store.apply_event(ADDED, first) == (None, first)
    assert store.apply_event(MODIFIED, second) == (first, second)
    assert store.apply_event(DELETED, last) == (second, None)
    assert (len(store), store.get(WEB)) == (0, None)


@pytest.mark.parametrize("stale", [5, 6])
def test_an_event_that_is_not_newer_changes_nothing(stale: int) -> None:
    store = Store()
    store.apply_event(ADDED, item(6))
    assert store.apply_event(MODIFIED, item(stale)) is UNCHANGED
    assert version_of(store) == "6"


def test_versions_compare_as_numbers_not_as_text() -> None:
    store = Store()
    store.apply_event(ADDED, item(9))
    store.apply_event(MODIFIED, item(10))
    assert version_of(store) == "10"


def test_versions_that_are_no_numbers_tell_only_equal_from_different() -> None:
    store = Store()
    store.apply_event(ADDED, item("b"))
    assert store.apply_event(MODIFIED, item("b")) is UNCHANGED
    store.apply_event(MODIFIED, item("a"))
    assert version_of(store) == "a"


def test_a_late_deletion_of_a_former_object_spares_its_successor() -> None:
    store = Store()
    store.apply_event(ADDED, item(9, uid="new"))
    assert store.apply_event(DELETED, item(8, uid="old")) is UNCHANGED
    assert version_of(store) == "9"


def test_the_deletion_of_something_unknown_is_not_told() -> None:
    assert Store().apply_event(DELETED, item(5)) is UNCHANGED


# -- our own writes -----------------------------------------------------------------------------------------------
def test_our_own_write_is_readable_at_once_and_its_echo_silent() -> None:
    store = Store()
    old, new = item(5), item(8)
    store.apply_event(ADDED, old)
    assert store.record_write(new) == (old, new)
    assert version_of(store) == "8"
    assert store.apply_event(MODIFIED, item(8)) is UNCHANGED


def test_an_object_we_created_is_readable_before_the_watch_shows_it() -> None:
    store = Store()
    store.record_write(item(8))
    assert version_of(store) == "8"
    assert store.apply_event(ADDED, item(8)) is UNCHANGED


def test_somebody_elses_change_under_our_write_is_told_though_it_is_not_applied() -> None:
    store = Store()
    before, ours = item(5, generation=1), item(8, generation=2)
    store.apply_event(ADDED, before)
    store.record_write(ours)
    assert store.apply_event(MODIFIED, item(7, generation=2)) == (before, ours)
    assert version_of(store) == "8"
    assert store.apply_event(MODIFIED, item(8, generation=2)) is UNCHANGED


def test_several_own_writes_are_each_recognised() -> None:
    store = Store()
    store.apply_event(ADDED, item(5))
    for version in (6, 7, 9):
        store.record_write(item(version))
    assert store.apply_event(MODIFIED, item(6)) is UNCHANGED
    assert store.apply_event(MODIFIED, item(7)) is UNCHANGED
    assert store.apply_event(MODIFIED, item(8)) is not UNCHANGED
    assert store.apply_event(MODIFIED, item(9)) is UNCHANGED
    assert store.apply_event(MODIFIED, item(10)) is not UNCHANGED
    assert version_of(store) == "10"


def test_the_answer_of_a_slow_write_does_not_undo_what_the_watch_told_since() -> None:
    store = Store()
    store.apply_event(ADDED, item(9))
    assert store.record_write(item(8)) is UNCHANGED
    assert version_of(store) == "9"


def test_the_answer_of_a_write_to_an_object_deleted_since_makes_no_ghost() -> None:
    store = Store()
    store.apply_event(ADDED, item(5))
    store.apply_event(DELETED, item(9))
    assert store.record_write(item(8)) is UNCHANGED
    assert store.get(WEB) is None


def test_a_bookmark_tells_how_far_the_watch_is_too() -> None:
    store = Store()
    store.advance("9")
    assert store.record_write(item(8)) is UNCHANGED
    assert store.record_write(item(10)) is not UNCHANGED


# -- our own deletions --------------------------------------------------------------------------------------------
def test_a_lagging_event_does_not_bring_back_what_we_deleted() -> None:
    store = Store()
    gone = item(5)
    store.apply_event(ADDED, gone)
    assert store.record_delete(WEB, "u-1") == (gone, None)
    assert store.apply_event(MODIFIED, item(6)) is UNCHANGED
    assert store.get(WEB) is None
    assert store.apply_event(DELETED, item(7)) is UNCHANGED


def test_a_deletion_the_watch_showed_before_the_answer_leaves_no_tombstone() -> None:
    store = Store()
    store.apply_event(ADDED, item(5))
    store.apply_event(DELETED, item(6))
    assert store.record_delete(WEB, "u-1") is UNCHANGED
    assert store._tombstones == {}


def test_an_object_we_deleted_before_the_watch_ever_showed_it_stays_away() -> None:
    store = Store()
    store.record_delete(WEB, "u-1")
    assert store.apply_event(ADDED, item(5)) is UNCHANGED
    assert store.get(WEB) is None


def test_the_successor_of_what_we_deleted_is_seen() -> None:
    store = Store()
    store.apply_event(ADDED, item(5))
    store.record_delete(WEB, "u-1")
    store.apply_event(ADDED, item(9, uid="u-2"))
    assert version_of(store) == "9"


def test_deleting_by_an_old_uid_spares_the_successor() -> None:
    store = Store()
    store.apply_event(ADDED, item(9, uid="u-2"))
    assert store.record_delete(WEB, "u-1") is UNCHANGED
    assert version_of(store) == "9"


# -- relists ------------------------------------------------------------------------------------------------------
def relist(store: Store, *items: Cached, version: int | str = 20) -> list[Any]:
    return store.replace(items, str(version), store.begin_replace())


def test_a_relist_tells_the_differences_only() -> None:
    store = Store()
    same, changed, gone = item(1, name="same"), item(2, name="changed"), item(3, name="gone")
    relist(store, same, changed, gone)
    newer, added = item(12, name="changed"), item(13, name="added")
    changes = relist(store, item(1, name="same"), newer, added)
    assert changes == [(changed, newer), (None, added), (gone, None)]


def test_a_list_begun_before_our_write_does_not_undo_it() -> None:
    store = Store()
    relist(store, item(5), version=10)
    began = store.begin_replace()
    store.record_write(item(12))
    store.record_write(item(13, name="new", uid="u-2"))
    assert store.replace([item(5)], "11", began) == []
    assert version_of(store) == "12"
    assert version_of(store, ObjectKey("shop", "new")) == "13"


def test_a_list_begun_before_our_deletion_does_not_resurrect() -> None:
    store = Store()
    relist(store, item(5), version=10)
    began = store.begin_replace()
    store.record_delete(WEB, "u-1")
    assert store.replace([item(5)], "11", began) == []
    assert store.get(WEB) is None


def test_a_list_begun_after_our_deletion_is_believed() -> None:
    store = Store()
    relist(store, item(5), version=10)
    store.record_delete(WEB, "u-1")
    relist(store, item(6), version=12)
    assert version_of(store) == "6"


def test_changes_hidden_by_our_write_in_a_gap_of_the_watch_are_told() -> None:
    store = Store()
    before, ours = item(5), item(8)
    store.apply_event(ADDED, before)
    store.record_write(ours)
    assert relist(store, item(8)) == [(before, ours)]
    assert relist(store, item(8)) == []


def test_an_api_server_restored_from_a_backup_is_believed() -> None:
    store = Store()
    relist(store, item(50), item(60, name="after-the-backup"), version=70)
    changes = relist(store, item(40), version=45)
    assert len(changes) == 2
    assert (version_of(store), len(store)) == ("40", 1)
    store.record_write(item(46))
    assert version_of(store) == "46"


# -- reading ------------------------------------------------------------------------------------------------------
def test_lists_narrow_by_namespace_and_labels() -> None:
    store = Store()
    relist(
        store,
        item(1, name="a", labels={"tier": "web"}),
        item(2, name="b", labels={"tier": "db"}),
        item(3, name="c", namespace="other", labels={"tier": "web"}),
    )
    web = parse_label_selector("tier=web")
    assert [found.meta.name for found in store.list()] == ["a", "b", "c"]
    assert [found.meta.name for found in store.list("shop")] == ["a", "b"]
    assert [found.meta.name for found in store.list(selector=web)] == ["a", "c"]
    assert [found.meta.name for found in store.list("other", web)] == ["c"]
    assert store.list("nowhere") == []


def owned(version: int, name: str, *uids: str) -> Cached:
    return item(version, name=name, uid=f"u-{name}", owner_references=[OwnerReference(uid=uid) for uid in uids])


def test_an_index_follows_every_change() -> None:
    store = Store({OWNER_UID: owner_uids})
    store.apply_event(ADDED, owned(1, "a", "p"))
    store.apply_event(ADDED, owned(2, "b", "p", "q"))
    assert [found.meta.name for found in store.by_index(OWNER_UID, "p")] == ["a", "b"]
    store.apply_event(MODIFIED, owned(3, "a", "q"))
    assert [found.meta.name for found in store.by_index(OWNER_UID, "p")] == ["b"]
    store.apply_event(DELETED, owned(4, "b", "p", "q"))
    assert store.by_index(OWNER_UID, "p") == []
    assert [found.meta.resource_version for found in store.by_index(OWNER_UID, "q")] == ["3"]


def test_an_index_added_late_covers_what_is_there() -> None:
    store = Store()
    store.apply_event(ADDED, item(1, labels={"tier": "web"}))
    store.add_index("tier", label_values("tier"))
    assert len(store.by_index("tier", "web")) == 1
    with pytest.raises(KeyError):
        store.by_index("nobody added this", "web")


def test_two_namespaces_may_hold_one_name_in_one_index() -> None:
    store = Store({"tier": label_values("tier")})
    for namespace in ("a", "b"):
        store.apply_event(ADDED, item(1, namespace=namespace, uid=namespace, labels={"tier": "web"}))
    assert len(store.by_index("tier", "web")) == 2
    store.apply_event(DELETED, item(2, namespace="a", uid="a", labels={"tier": "web"}))
    assert [found.meta.namespace for found in store.by_index("tier", "web")] == ["b"]


def test_the_mutation_detector_names_the_culprits_object() -> None:
    detector = MutationDetector()
    store = Store(detector=detector)
    store.apply_event(ADDED, item(1, labels={"tier": "web"}))
    detector.check_all()
    found = store.get(WEB)
    assert found is not None
    found.meta.labels["tier"] = "changed"
    with pytest.raises(CacheMutated, match="shop/web"):
        detector.check_all()
    with pytest.raises(CacheMutated, match="shop/web"):
        store.apply_event(MODIFIED, item(2))


def test_tombstones_do_not_pile_up() -> None:
    store = Store()
    for number in range(12_000):
        store.record_delete(ObjectKey("shop", f"gone-{number}"), f"u-{number}")
    assert len(store._tombstones) == 10_000
    relist(store)
    assert store._tombstones == {}
