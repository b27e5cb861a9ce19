from __future__ import annotations

import pytest

from orkestra.k8s.finalizers import has_finalizer, is_finalizer_name, with_finalizer, without_finalizer

MINE = "orkestra.orkspace.io/cleanup"


def test_adding_copies_and_keeps_order() -> None:
    obj = {"metadata": {"name": "shop", "finalizers": ["a/b"]}}
    added = with_finalizer(obj, MINE)
    assert added["metadata"]["finalizers"] == ["a/b", MINE]
    assert obj["metadata"]["finalizers"] == ["a/b"]
    assert with_finalizer(added, MINE) is added


def test_removing_the_last_leaves_no_empty_list() -> None:
    obj = {"metadata": {"name": "shop", "finalizers": [MINE]}}
    assert without_finalizer(obj, MINE) == {"metadata": {"name": "shop"}}
    assert has_finalizer(obj, MINE)
    untouched = {"metadata": {"finalizers": ["a/b"]}}
    assert without_finalizer(untouched, MINE) is untouched


@pytest.mark.parametrize("name", [MINE, "foregroundDeletion", "orphan", "a/b"])
def test_valid_names(name: str) -> None:
    assert is_finalizer_name(name)


@pytest.mark.parametrize("name", ["cleanup", "", "/x", "Example.com/x", "a/" + "x" * 64, "a/b/c"])
def test_invalid_names(name: str) -> None:
    assert not is_finalizer_name(name)
