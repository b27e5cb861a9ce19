"""Server-side apply over random configurations of a schema with every kind of list and map."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orkestra.k8s.apply import CustomTypes, apply, track_update
from orkestra.k8s.apply.fieldset import decode_fields, difference, intersection, paths, union
from orkestra.k8s.apply.nodes import custom_node
from orkestra.k8s.apply.walks import mentioned
from orkestra.k8s.errors import Conflict

STRINGS = {"type": "array", "items": {"type": "string"}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "size": {"type": "integer"},
        "set": {**STRINGS, "x-kubernetes-list-type": "set"},
        "list": STRINGS,
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "entries": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "value": {"type": "string"}, "more": {**STRINGS}},
            },
        },
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
TYPES = CustomTypes({"v1": SCHEMA}, has_status=False)
NODE = custom_node(SCHEMA)
WORDS = st.sampled_from("abcd")
FREE = st.recursive(
    st.integers(0, 2), lambda inner: st.dictionaries(WORDS, inner, min_size=1, max_size=3), max_leaves=6
)
SPECS = st.fixed_dictionaries(
    {},
    optional={
        "size": st.integers(0, 2),
        "set": st.lists(WORDS, unique=True, min_size=1, max_size=4),
        "list": st.lists(WORDS, max_size=3),
        "labels": st.dictionaries(WORDS, WORDS, min_size=1, max_size=3),
        "entries": st.lists(
            st.fixed_dictionaries({"name": WORDS}, optional={"value": WORDS, "more": st.lists(WORDS, max_size=2)}),
            unique_by=lambda entry: entry["name"],
            min_size=1,
            max_size=4,
        ),
        "free": st.dictionaries(WORDS, FREE, min_size=1, max_size=3),
    },
)
MANAGERS = st.sampled_from(["alice", "bob", "carol"])
SETS = SPECS.map(lambda spec: mentioned(spec, NODE))


def config_of(spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "x"}, **spec}


def put(live: Any, spec: dict[str, Any], manager: str, now: str = "1", force: bool = True) -> dict[str, Any]:
    return apply(live, config_of(spec), manager=manager, force=force, api_version="v1", now=now, types=TYPES)


def owned(obj: dict[str, Any], manager: str) -> dict[str, Any]:
    for entry in obj["metadata"].get("managedFields", ()):
        if entry["manager"] == manager:
            return entry["fieldsV1"]
    return {}


def said(obj: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in obj.items() if key in SCHEMA["properties"]}


@given(st.lists(st.tuples(MANAGERS, SPECS), min_size=1, max_size=4))
def test_applying_twice_is_applying_once(steps: list[tuple[str, dict[str, Any]]]) -> None:
    live: Any = None
    for manager, spec in steps:
        before = copy.deepcopy(live)
        once = put(live, spec, manager)
        assert live == before
        assert put(once, spec, manager, now="2") == once
        live = once


@given(st.lists(st.tuples(MANAGERS, SPECS), min_size=1, max_size=4))
def test_an_applier_owns_what_it_mentions_and_nothing_else(steps: list[tuple[str, dict[str, Any]]]) -> None:
    live: Any = None
    for manager, spec in steps:
        live = put(live, spec, manager)
        assert set(paths(owned(live, manager))) == set(paths(mentioned(spec, NODE)))


@given(SPECS, SPECS)
def test_a_sole_applier_gets_exactly_its_configuration(first: dict[str, Any], second: dict[str, Any]) -> None:
    live = put(put(None, first, "alice"), second, "alice")
    assert mentioned(said(live), NODE) == mentioned(second, NODE)


@given(SPECS, SPECS)
def test_without_force_nothing_owned_by_another_changes(first: dict[str, Any], second: dict[str, Any]) -> None:
    live = put(None, first, "alice")
    try:
        after = put(live, second, "bob", force=False)
    except Conflict as conflict:
        assert conflict.causes
    else:
        assert owned(after, "alice") == owned(live, "alice")


@given(st.lists(st.tuples(MANAGERS, SPECS, st.booleans()), min_size=1, max_size=5))
def test_every_leaf_has_an_owner(steps: list[tuple[str, dict[str, Any], bool]]) -> None:
    live: Any = None
    for manager, spec, is_apply in steps:
        if is_apply or live is None:
            live = put(live, spec, manager)
        else:
            new = config_of(spec)
            new["metadata"] = {**live["metadata"]}
            live = track_update(live, new, manager=manager, api_version="v1", now="3", types=TYPES)
    everyone: dict[str, Any] = {}
    for entry in live["metadata"].get("managedFields", ()):
        everyone = union(everyone, entry["fieldsV1"])
    # A list whose last item goes with what another wrote into it is left null (and refused then), as on the server.
    kept = {name: value for name, value in said(live).items() if value is not None}
    present = set(paths(mentioned(kept, NODE)))
    # A map or item that came with its content belongs to whoever wrote it first; leaves always have an owner.
    leaves = {path for path in present if not any(other[: len(path)] == path for other in present - {path})}
    if everyone:
        assert leaves <= set(paths(everyone))


@given(SETS, SETS)
def test_the_algebra_holds(one: dict[str, Any], other: dict[str, Any]) -> None:
    both, left, right = set(paths(union(one, other))), set(paths(one)), set(paths(other))
    assert both == left | right
    assert set(paths(intersection(one, other))) == left & right
    assert set(paths(difference(one, other))) == left - right


@given(SETS)
def test_fields_survive_the_wire(fields: dict[str, Any]) -> None:
    assert decode_fields(copy.deepcopy(fields)) == fields
