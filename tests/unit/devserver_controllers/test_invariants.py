"""What must hold whatever the numbers and whatever the order of events."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orkestra.devserver.controllers.deployments import scaling
from orkestra.devserver.controllers.graph import Graph
from orkestra.devserver.controllers.selecting import SelectorIndex
from orkestra.k8s.builtin import by_plural
from orkestra.k8s.objects import Object, ObjectKey

SIZES = st.integers(0, 12)


def replica_set(name: str, size: int, available: int) -> Object:
    notes = {scaling.DESIRED: str(size), scaling.MAXIMUM: str(size + 1)}
    status = {"availableReplicas": min(size, available)}
    return {"metadata": {"name": name, "annotations": notes}, "spec": {"replicas": size}, "status": status}


BOUNDS = st.builds(scaling.Bounds, SIZES, st.integers(0, 4), st.integers(0, 4))
SETS = st.lists(st.tuples(SIZES, SIZES), min_size=1, max_size=4).map(
    lambda pairs: [replica_set(f"rs-{index}", *pair) for index, pair in enumerate(pairs)]
)


@given(BOUNDS, SETS)
def test_growing_never_passes_the_surge(bounds: scaling.Bounds, sets: list[Object]) -> None:
    *old, new = sets
    size = scaling.grow_new(bounds, new, old)
    before = scaling.size_of(new)
    assert size <= bounds.replicas
    if size > before:
        assert size + sum(map(scaling.size_of, old)) <= bounds.most


@given(BOUNDS, SETS)
def test_shrinking_never_takes_what_must_stay_available(bounds: scaling.Bounds, sets: list[Object]) -> None:
    *old, new = sets
    sizes = scaling.shrink_old(bounds, new, old)
    before = sum(scaling.counted(each, "availableReplicas") for each in sets)
    after = scaling.counted(new, "availableReplicas")
    for each in old:
        size = sizes.get(each["metadata"]["name"], scaling.size_of(each))
        assert 0 <= size <= scaling.size_of(each)
        after += min(size, scaling.counted(each, "availableReplicas"))
    assert after >= min(before, bounds.least_available)


@given(BOUNDS, SETS)
def test_spreading_reaches_exactly_what_is_allowed(bounds: scaling.Bounds, sets: list[Object]) -> None:
    active = [each for each in sets if scaling.size_of(each) > 0]
    if not active:
        return
    sizes = scaling.spread(bounds, active)
    total = sum(sizes.get(each["metadata"]["name"], scaling.size_of(each)) for each in active)
    assert total == (bounds.most if bounds.replicas else 0)
    assert all(size >= 0 for size in sizes.values())


LABELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=3)


@given(st.lists(st.tuples(st.integers(0, 5), LABELS, st.booleans()), max_size=20), LABELS)
def test_the_selector_index_finds_what_asking_each_would(
    steps: list[tuple[int, dict[str, str], bool]], labels: dict[str, str]
) -> None:
    index, model = SelectorIndex(), dict[ObjectKey, dict[str, str]]()
    for number, selector, is_dropped in steps:
        key = ObjectKey("default", str(number))
        if is_dropped:
            index.drop(key)
            model.pop(key, None)
        else:
            index.put(key, selector)
            model[key] = selector
    expected = {key for key, selector in model.items() if selector and selector.items() <= labels.items()}
    found = index.matching("default", labels)
    assert set(found) == expected
    assert len(found) == len(expected)
    assert index.matching("other", labels) == []


def config_map(uid: int, owners: set[int]) -> Object:
    refs = [{"apiVersion": "v1", "kind": "ConfigMap", "name": f"c{each}", "uid": str(each)} for each in sorted(owners)]
    meta = {"name": f"c{uid}", "namespace": "default", "uid": str(uid), "ownerReferences": refs}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta}


@given(st.lists(st.tuples(st.integers(0, 4), st.sets(st.integers(0, 4), max_size=3), st.booleans()), max_size=25))
def test_the_graph_after_any_events_is_the_graph_of_what_is_left(steps: list[tuple[int, set[int], bool]]) -> None:
    info = by_plural("", "configmaps")
    assert info is not None
    graph, model = Graph(), dict[int, Object]()
    for uid, owners, is_deleted in steps:
        if is_deleted:
            graph.drop(info.group_resource, model.pop(uid, config_map(uid, set())))
        else:
            model[uid] = config_map(uid, owners)
            graph.put(info, model[uid])
    fresh = Graph()
    for obj in model.values():
        fresh.put(info, obj)
    for uid in range(5):
        node, expected = graph.node(str(uid)), fresh.node(str(uid))
        assert (node is None) == (expected is None)
        if node is not None and expected is not None:
            assert {each.uid for each in graph.dependents(node)} == {each.uid for each in fresh.dependents(expected)}
            assert graph.is_suspect(node.uid) == fresh.is_suspect(node.uid)
    assert {node.uid for node in graph.in_namespace("default")} == set(map(str, model))
