"""Traces of entries: what is written is read again, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orkestra.k8s.gvk import GVK
from orkestra.operator.traces import Trace, read_trace, trace_id, write_trace

WORDS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
KINDS = st.builds(GVK, WORDS | st.just(""), WORDS, WORDS)
TRACES = st.builds(
    Trace,
    katalog=st.text(max_size=9),
    entry=WORDS,
    gvk=KINDS,
    kinds=st.dictionaries(KINDS, st.booleans(), max_size=4),
    prune=st.booleans(),
    namespace=WORDS | st.just(""),
    allowed=st.frozensets(WORDS, max_size=2),
    restricted=st.frozensets(WORDS, max_size=2),
    label_selector=st.sampled_from(["", "a=b", "a in (b,c),!d"]),
    field_selector=st.sampled_from(["", "metadata.name=a"]),
)


@given(TRACES)
def test_what_is_written_is_read_again(trace: Trace) -> None:
    assert read_trace(write_trace(trace)) == trace


@given(TRACES)
def test_the_entry_it_stands_for_is_about_the_same_objects_and_makes_nothing(trace: Trace) -> None:
    box = trace.definition()
    assert (box.name, box.gvk, box.prune) == (trace.entry, trace.gvk, trace.prune)
    assert str(box.field_selector or "") == trace.field_selector
    assert bool(box.label_selector) == bool(trace.label_selector)
    assert not box.entries and not box.on_delete.stages


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        "{}",
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v1", "kind": "E"}',
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v/1", "kind": "E", "children": []}',
        '{"katalog": "k", "entry": "e", "apiVersion": "../v1", "kind": "E", "children": []}',
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v1", "kind": "a/b", "children": []}',
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v1", "kind": "E", "children": [1]}',
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v1", "kind": "E", "children": [{"kind": "C"}]}',
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v1", "kind": "E", "children": [], "prune": "yes"}',
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v1", "kind": "E", "children": [], "shard": "1"}',
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v1", "kind": "E", "children": [], "labelSelector": "=="}',
        '{"katalog": "k", "entry": "e", "apiVersion": "g/v1", "kind": "E", "children": [], "allowedNamespaces": [1]}',
    ],
)
def test_what_is_understood_by_half_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_trace(text)


def test_versions_of_a_kind_share_a_line_and_every_key_is_one_a_configmap_may_have() -> None:
    assert (
        trace_id("site", GVK("g.io", "v1", "Site")) == trace_id("site", GVK("g.io", "v2", "Site")) == "site.Site.g.io"
    )
    assert len(trace_id("s" * 90, GVK("g" * 90, "v1", "S" * 90))) <= 63
