"""Folding what was created into what is applied."""

from __future__ import annotations

from typing import Any

from orkestra.operator.names import FIELD_MANAGER
from orkestra.operator.ownership import folded_entries


def entry(
    operation: str, fields: dict[str, Any], manager: str = FIELD_MANAGER, subresource: str = ""
) -> dict[str, Any]:
    found = {
        "manager": manager,
        "operation": operation,
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
    return found | ({"subresource": subresource} if subresource else {})


def test_a_created_child_becomes_an_applied_one() -> None:
    theirs = entry("Update", {"f:metadata": {}}, manager="kubectl-edit")
    assert folded_entries([entry("Update", {"f:data": {"f:a": {}}}), theirs]) == [
        theirs,
        entry("Apply", {"f:data": {"f:a": {}}}),
    ]


def test_both_entries_of_ours_become_one_that_owns_what_they_owned() -> None:
    (only,) = folded_entries([entry("Apply", {"f:data": {"f:b": {}}}), entry("Update", {"f:data": {"f:a": {}}})]) or []
    assert only == entry("Apply", {"f:data": {"f:a": {}, "f:b": {}}})


def test_an_applied_child_is_left_as_it_is() -> None:
    status = entry("Update", {"f:status": {}}, subresource="status")
    assert folded_entries([entry("Apply", {"f:data": {}}), status]) is None
