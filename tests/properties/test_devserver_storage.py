"""The store against a model: every revision the history covers is rebuilt exactly, whatever was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orkestra.devserver.storage import Store, TableKey
from orkestra.k8s.errors import Expired

NAMES = st.sampled_from(["a", "b", "a-b", "c"])
WRITES = st.lists(st.tuples(st.sampled_from(["put", "remove"]), NAMES, NAMES), max_size=40)


@given(writes=WRITES, limit=st.integers(1, 50), namespace=st.sampled_from(["", "a", "a-b"]))
def test_the_past_is_what_it_was(writes: list[tuple[str, str, str]], limit: int, namespace: str) -> None:
    store = Store(history_limit=limit)
    table = store.table(TableKey("", "configmaps"))
    model: dict[str, int] = {}
    moments = {store.revision: dict(model)}
    for operation, space, name in writes:
        path = f"{space}/{name}"
        obj = {"metadata": {"name": name, "namespace": space}}
        if operation == "put":
            model[path] = store.put(table, path, obj).revision
        elif path in model:
            store.remove(table, path, obj)
            del model[path]
        moments[store.revision] = dict(model)
    for revision, expected in moments.items():
        wanted = {path: at for path, at in expected.items() if not namespace or path.startswith(f"{namespace}/")}
        try:
            found = [(record.path, record.revision) for record in table.at(revision, namespace)]
        except Expired:
            assert revision < table.history.floor
        else:
            assert found == sorted(wanted.items())


@given(writes=WRITES, after=st.tuples(NAMES, NAMES))
def test_a_page_starts_right_after_the_last_one(writes: list[tuple[str, str, str]], after: tuple[str, str]) -> None:
    store = Store()
    table = store.table(TableKey("", "configmaps"))
    for _, space, name in writes:
        store.put(table, f"{space}/{name}", {"metadata": {"name": name, "namespace": space}})
    last = "/".join(after)
    assert [record.path for record in table.scan(after=last)] == sorted(p for p in table.records if p > last)
