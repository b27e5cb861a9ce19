"""The quick answer and the worded answer to "is this value valid?" are one answer; pruning and defaulting settle."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orkestra.k8s.schema.acceptance import compile_acceptance
from orkestra.k8s.schema.listtypes import check_list_types
from orkestra.k8s.schema.node import Node, parse_schema
from orkestra.k8s.schema.pruning import compile_clean, prune_unknown
from orkestra.k8s.schema.structural import Structural
from orkestra.k8s.schema.verdicts import explain

VERDICTS = Path(__file__).parents[1] / "unit/k8s_schema/verdicts"
TOPICS = ["types", "strings", "numbers", "collections", "junctors", "defaults", "pruning"]
SCHEMAS = {name: json.loads((VERDICTS / f"{name}.json").read_text())["schema"] for name in TOPICS}

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.sampled_from([0.5, 1.0, 2**31, 2**63, 1e300])
    | st.sampled_from(["", "a", "ab", "abcd", "5%", "latest", "2024-01-01T00:00:00Z"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abck"), inner, max_size=3),
    max_leaves=6,
)


def values_near(node: Node) -> st.SearchStrategy[Any]:
    """Mostly well-shaped values of a schema, with anything at all mixed in."""
    shaped: st.SearchStrategy[Any] = SCALARS
    if node.properties:
        fields = {name: values_near(prop) for name, prop in node.properties.items()}
        shaped = st.fixed_dictionaries({}, optional=fields)
    elif isinstance(node.additional, Node):
        shaped = st.dictionaries(st.sampled_from("abc"), values_near(node.additional), max_size=3)
    elif node.items is not None:
        shaped = st.lists(values_near(node.items), max_size=3)
    return st.one_of(shaped, shaped, shaped, ANYTHING)


@pytest.mark.parametrize("topic", TOPICS)
@given(data=st.data())
def test_quick_answer_agrees_with_worded_answer(topic: str, data: st.DataObject) -> None:
    root = parse_schema(SCHEMAS[topic])
    is_accepted = compile_acceptance(root)
    assert is_accepted is not None
    value = data.draw(values_near(root))
    failures = explain(root, value) + list(check_list_types(root, value))
    if is_accepted(value):
        assert failures == []
    elif not failures:  # the quick answer may be unsure of these alone; a list passes for a text of some format
        assert any(mark in json.dumps(value) for mark in ("1.0", "true", "false", "1", "["))


@pytest.mark.parametrize("topic", TOPICS)
@given(data=st.data())
def test_clean_means_nothing_to_prune(topic: str, data: st.DataObject) -> None:
    root = parse_schema(SCHEMAS[topic])
    value = data.draw(values_near(root))
    pruned = copy.deepcopy(value)
    removed = prune_unknown(pruned, root)
    if compile_clean(root)(value):
        assert removed == []
    assert (removed == []) == (pruned == value)
    assert prune_unknown(pruned, root) == []


@pytest.mark.parametrize("topic", TOPICS)
@given(data=st.data())
def test_defaulting_twice_changes_nothing_more(topic: str, data: st.DataObject) -> None:
    schema = Structural(parse_schema(SCHEMAS[topic]))
    value = data.draw(values_near(schema.root).filter(lambda v: isinstance(v, dict)))
    schema.default(value)
    again = copy.deepcopy(value)
    schema.default(again)
    assert again == value
