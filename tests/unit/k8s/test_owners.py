from __future__ import annotations

import pytest

from orkestra.k8s.owners import can_own, controller_of, is_owned_by, owner_reference, owners_of

WEBSITE = {
    "apiVersion": "example.com/v1",
    "kind": "Website",
    "metadata": {"name": "shop", "namespace": "web", "uid": "u-1"},
}


def test_a_controller_reference_names_the_owner_whole() -> None:
    reference = owner_reference(WEBSITE)
    assert reference == {
        "apiVersion": "example.com/v1",
        "kind": "Website",
        "name": "shop",
        "uid": "u-1",
        "controller": True,
        "blockOwnerDeletion": True,
    }
    child = {"metadata": {"ownerReferences": [{"uid": "u-0"}, reference]}}
    assert controller_of(child) == reference
    assert is_owned_by(child, "u-1") and not is_owned_by(child, "u-2") and not is_owned_by({}, "")


def test_a_plain_owner_is_no_controller() -> None:
    reference = owner_reference(WEBSITE, is_controller=False, blocks_owner_deletion=False)
    assert "controller" not in reference and "blockOwnerDeletion" not in reference
    assert controller_of({"metadata": {"ownerReferences": [reference]}}) is None


def test_an_owner_without_uid_is_refused() -> None:
    with pytest.raises(ValueError, match="uid"):
        owner_reference({**WEBSITE, "metadata": {"name": "shop"}})


def test_malformed_references_are_passed_over() -> None:
    assert owners_of({"metadata": {"ownerReferences": "x"}}) == []
    assert owners_of({"metadata": {"ownerReferences": ["x", {"uid": "a"}]}}) == [{"uid": "a"}]


@pytest.mark.parametrize(
    ("owner_namespaced", "owner_ns", "child_namespaced", "child_ns", "allowed"),
    [
        (True, "web", True, "web", True),
        (True, "web", True, "db", False),
        (True, "web", False, "", False),
        (False, "", True, "web", True),
        (False, "", False, "", True),
    ],
)
def test_scope_decides_who_may_own(
    owner_namespaced: bool, owner_ns: str, child_namespaced: bool, child_ns: str, allowed: bool
) -> None:
    assert can_own(owner_namespaced, owner_ns, child_namespaced, child_ns) is allowed
