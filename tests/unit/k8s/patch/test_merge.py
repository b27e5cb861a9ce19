"""Merge patches, applied as kube-apiserver does and made from two states."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s.errors import BadRequest
from orkestra.k8s.patch import create_merge_patch, merge_patch

DOC = {"a": 1, "l": [1, 2, 3], "m": {"x": "y", "n": 2}}


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({}, DOC),
        ({"a": None}, {"l": [1, 2, 3], "m": {"x": "y", "n": 2}}),
        ({"m": {"x": None}}, {"a": 1, "l": [1, 2, 3], "m": {"n": 2}}),
        ({"m": 5}, {"a": 1, "l": [1, 2, 3], "m": 5}),
        ({"a": {"x": None}}, {"a": {}, "l": [1, 2, 3], "m": {"x": "y", "n": 2}}),
        ({"l": [{"a": None, "b": 1}, None, [None, {"c": None}]]}, DOC | {"l": [{"b": 1}, None, [None, {}]]}),
        ({"new": {"x": None, "k": [{"q": None}]}}, DOC | {"new": {"k": [{}]}}),
    ],
)
def test_merge(patch: dict[str, Any], expected: dict[str, Any]) -> None:
    assert merge_patch(DOC, patch) == expected
    assert DOC == {"a": 1, "l": [1, 2, 3], "m": {"x": "y", "n": 2}}


@pytest.mark.parametrize("patch", [[1], "x", None, 7])
def test_a_patch_must_be_an_object(patch: Any) -> None:
    with pytest.raises(BadRequest):
        merge_patch(DOC, patch)


def test_a_deep_patch_is_refused() -> None:
    deep: Any = {"a": 1}
    for _ in range(400):
        deep = {"a": deep}
    with pytest.raises(BadRequest, match="nested"):
        merge_patch({}, deep)


def test_the_patch_between_two_states_says_only_what_differs() -> None:
    new = {"a": 1, "l": [1, 2], "m": {"x": "z"}, "b": None}
    assert create_merge_patch(DOC, new) == {"l": [1, 2], "m": {"x": "z", "n": None}}
    assert create_merge_patch(DOC, DOC) == {}
    assert create_merge_patch({"a": True}, {"a": 1}) == {"a": 1}
