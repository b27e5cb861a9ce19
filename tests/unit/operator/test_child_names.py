"""What ``.children`` calls the children of a kind."""

from __future__ import annotations

import pytest

from orkestra.katalog.schema.kinds import CHILD_KINDS
from orkestra.operator.observe import child_names


@pytest.mark.parametrize(
    ("kind", "one", "many"),
    [
        ("Deployment", {"deployment"}, {"deployments"}),
        ("Ingress", {"ingress"}, {"ingresses"}),
        ("NetworkPolicy", {"networkPolicy"}, {"networkPolicies"}),
        ("HorizontalPodAutoscaler", {"horizontalPodAutoscaler", "hpa"}, {"horizontalPodAutoscalers"}),
        ("Widget", {"widget"}, {"widgets"}),
    ],
)
def test_names(kind: str, one: set[str], many: set[str]) -> None:
    assert child_names(kind) == (one, many)


@pytest.mark.parametrize("row", [row for row in CHILD_KINDS if row.kind], ids=lambda row: row.key)
def test_no_name_is_both_one_child_and_all_of_them(row: object) -> None:
    singulars, plurals = child_names(row.kind)  # type: ignore[attr-defined]
    assert not singulars & plurals
    assert {row.singular, row.key} <= singulars | plurals  # type: ignore[attr-defined]
