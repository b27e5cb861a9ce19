"""Revisions, history and durability of the store."""

from pathlib import Path

import pytest

from orkestra.devserver.storage import Store, TableKey
from orkestra.devserver.storage.journal import Journal, JournalError
from orkestra.k8s.errors import Expired

CONFIGMAPS = TableKey("", "configmaps")


def configmap(name: str, namespace: str = "default", **data: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def put(store: Store, name: str, namespace: str = "default", **data: str) -> int:
    table = store.table(CONFIGMAPS)
    return store.put(table, f"{namespace}/{name}", configmap(name, namespace, **data)).revision


def remove(store: Store, name: str) -> int:
    table = store.table(CONFIGMAPS)
    record = table.records[f"default/{name}"]
    return store.remove(table, record.path, record.fresh()).revision


def names(records: object) -> list[str]:
    return [record.path for record in records]  # type: ignore[attr-defined]  # any iterable of records


def test_every_commit_takes_the_next_revision_and_carries_it() -> None:
    store = Store()
    first, second = put(store, "a"), put(store, "b")
    assert second == first + 1 == store.revision
    assert store.table(CONFIGMAPS).records["default/b"].obj["metadata"]["resourceVersion"] == str(second)


def test_a_scan_is_in_key_order_whatever_the_order_of_writes() -> None:
    store = Store()
    for name, namespace in [("z", "a"), ("b", "a-b"), ("a", "a"), ("m", "b")]:
        put(store, name, namespace)
    table = store.table(CONFIGMAPS)
    assert names(table.scan()) == ["a-b/b", "a/a", "a/z", "b/m"]
    assert names(table.scan("a")) == ["a/a", "a/z"]
    assert names(table.scan(after="a/a")) == ["a/z", "b/m"]


def test_an_earlier_revision_is_rebuilt_exactly() -> None:
    store = Store()
    put(store, "kept", text="one")
    then = put(store, "deleted-later")
    put(store, "kept", text="two")
    remove(store, "deleted-later")
    put(store, "created-later")
    past = {record.name: record.obj["data"] for record in store.table(CONFIGMAPS).at(then)}
    assert past == {"kept": {"text": "one"}, "deleted-later": {}}


def test_a_revision_the_history_no_longer_reaches_is_expired() -> None:
    store = Store(history_limit=2)
    then = put(store, "a")
    for text in "123456":
        put(store, "a", text=text)
    with pytest.raises(Expired):
        store.table(CONFIGMAPS).at(then)


def test_compaction_cuts_readers_off_but_keeps_the_present() -> None:
    store = Store()
    then = put(store, "a")
    now = put(store, "b")
    position = store.table(CONFIGMAPS).history.end - 1
    store.compact()
    history = store.table(CONFIGMAPS).history
    assert history.after(then) is None
    assert history.since(position) is None
    assert history.after(now) == []
    assert names(store.table(CONFIGMAPS).at(now)) == ["default/a", "default/b"]


def test_an_observer_that_writes_is_told_about_it_afterwards_and_in_order() -> None:
    store = Store()
    seen: list[str] = []

    def observer(_table: object, event: object) -> None:
        name = event.record.name  # type: ignore[attr-defined]  # an Event
        if name == "a":
            put(store, "made-by-observer")
        seen.append(name)

    store.observe(observer)
    put(store, "a")
    assert seen == ["a", "made-by-observer"]


def reopened(directory: Path, **options: int) -> Store:
    return Store(journal=Journal(directory), **options)


def test_a_reload_brings_back_objects_revisions_and_history(tmp_path: Path) -> None:
    store = reopened(tmp_path)
    then = put(store, "a", text="one")
    put(store, "b")
    put(store, "a", text="two")
    remove(store, "b")
    store.close()
    again = reopened(tmp_path)
    table = again.table(CONFIGMAPS)
    assert again.revision == store.revision
    assert {path: record.obj["data"] for path, record in table.records.items()} == {"default/a": {"text": "two"}}
    assert [event.type for event in table.history.after(then) or ()] == ["ADDED", "MODIFIED", "DELETED"]
    again.close()


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_a_torn_tail_is_dropped_and_writing_goes_on(tmp_path: Path, cut: int) -> None:
    store = reopened(tmp_path)
    put(store, "whole")
    put(store, "torn")
    store.close()
    journal = tmp_path / "journal"
    journal.write_bytes(journal.read_bytes()[:-cut])
    again = reopened(tmp_path)
    assert list(again.table(CONFIGMAPS).records) == ["default/whole"]
    put(again, "next")
    again.close()
    last = reopened(tmp_path)
    assert list(last.table(CONFIGMAPS).records) == ["default/whole", "default/next"]
    last.close()


def test_a_flipped_byte_ends_the_sound_part(tmp_path: Path) -> None:
    store = reopened(tmp_path)
    put(store, "whole")
    put(store, "damaged")
    store.close()
    journal = tmp_path / "journal"
    data = bytearray(journal.read_bytes())
    data[-10] ^= 0xFF
    journal.write_bytes(bytes(data))
    again = reopened(tmp_path)
    assert list(again.table(CONFIGMAPS).records) == ["default/whole"]
    again.close()


def test_a_rewritten_journal_holds_the_same_cluster(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    store = Store(journal=journal)
    for text in "abc":
        put(store, "a", text=text)
    then = store.revision
    grown = journal.size
    journal.rewrite(store._snapshot())
    assert journal.size < grown
    put(store, "after")
    store.close()
    again = reopened(tmp_path)
    assert list(again.table(CONFIGMAPS).records) == ["default/a", "default/after"]
    assert again.revision == store.revision
    assert [event.record.name for event in again.table(CONFIGMAPS).history.after(then) or ()] == ["after"]
    with pytest.raises(Expired):
        again.table(CONFIGMAPS).at(then - 1)
    again.close()


def test_a_second_server_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    store = reopened(tmp_path)
    with pytest.raises(JournalError, match="in use"):
        Journal(tmp_path)
    store.close()


def test_a_foreign_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "journal").write_bytes(b"precious notes")
    with pytest.raises(JournalError, match="not written by this program"):
        reopened(tmp_path)
    assert (tmp_path / "journal").read_bytes() == b"precious notes"
