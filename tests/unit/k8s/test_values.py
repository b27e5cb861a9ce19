from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s.apply import CustomTypes, apply, track_update
from orkestra.k8s.patch import create_merge_patch, json_patch, merge_patch, strategic_merge
from orkestra.k8s.values import MAX_DEPTH, TooDeep, copy_value, is_equal, type_name


def test_a_copy_shares_nothing() -> None:
    value = {"a": [{"b": 1}]}
    copied = copy_value(value)
    copied["a"][0]["b"] = 2
    assert value == {"a": [{"b": 1}]}


def test_a_deep_value_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    with pytest.raises(TooDeep):
        copy_value(deep)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (False, 0, False),
        ({"a": True}, {"a": 1}, False),
        ([1, True], [1, True], True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([], {}, False),
        (None, False, False),
        ("1", 1, False),
    ],
)
def test_equality_is_jsons(one: Any, other: Any, same: bool) -> None:
    assert is_equal(one, other) is same
    assert is_equal(other, one) is same


def test_type_names() -> None:
    assert [type_name(v) for v in ({}, [], "", True, None, 1, 1.5)] == [
        "object", "array", "string", "boolean", "null", "number", "number",
    ]  # fmt: skip


def test_everything_works_at_the_depth_that_is_allowed() -> None:
    deep: dict[str, Any] = {"a": "b"}
    for _ in range(MAX_DEPTH - 10):
        deep = {"a": deep}
    doc = {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": deep}
    types = CustomTypes({"v1": {"x-kubernetes-preserve-unknown-fields": True}}, has_status=False)
    live = apply(None, doc, manager="m", force=False, api_version="v1", now="t", types=types)
    changed = merge_patch(live, {"spec": {"a": {"c": 1}}})
    assert track_update(live, changed, manager="n", api_version="v1", now="t", types=types)["spec"] != deep
    assert json_patch(doc, [{"op": "add", "path": "/spec/x", "value": deep}])["spec"]["x"] == deep
    assert strategic_merge(doc, {"spec": deep}, {})["spec"] == deep
    assert create_merge_patch(doc, {}) and is_equal(doc, copy_value(doc))
