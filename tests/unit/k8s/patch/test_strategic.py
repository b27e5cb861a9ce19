"""Strategic merge patches of a Deployment; ``recorded/strategic_merge.json`` holds what kube-apiserver made of it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from orkestra.k8s.builtin import definition
from orkestra.k8s.errors import BadRequest, Invalid
from orkestra.k8s.gvk import GVK
from orkestra.k8s.patch import strategic_merge
from orkestra.k8s.patch.order import PatchFailure

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "strategic_merge.json").read_text())
SCHEMA = definition(GVK("apps", "v1", "Deployment"))


def in_pod(**fields: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": fields}}}


@pytest.mark.parametrize("case", RECORDED["cases"], ids=[json.dumps(c["patch"])[:90] for c in RECORDED["cases"]])
def test_result_is_the_servers(case: dict[str, Any]) -> None:
    before, patch = copy.deepcopy(RECORDED["live"]), copy.deepcopy(case["patch"])
    merged = strategic_merge(RECORDED["live"], patch, SCHEMA)
    assert merged["metadata"] == case["result"]["metadata"]
    assert merged["spec"] == case["result"]["spec"]
    assert RECORDED["live"] == before
    assert patch == case["patch"]


@pytest.mark.parametrize(
    ("patch", "error"),
    [
        (in_pod(containers=[{"image": "n"}]), PatchFailure),
        (in_pod(containers=[{"name": "a", "$patch": "bogus"}]), PatchFailure),
        (in_pod(containers=["x"]), Invalid),
        (in_pod(containers=[{"name": {"x": 1}}]), Invalid),
        ({"metadata": {"$patch": "bogus"}}, PatchFailure),
        ({"metadata": {"finalizers": [["x"]]}}, Invalid),
        (in_pod(**{"$setElementOrder/containers": "x", "containers": [{"name": "z"}]}), BadRequest),
        (in_pod(**{"$setElementOrder/containers": [{"name": "a"}], "containers": [{"name": "z"}]}), PatchFailure),
        (in_pod(volumes=[{"name": "v", "$retainKeys": "name"}]), BadRequest),
        (in_pod(volumes=[{"name": "v", "$retainKeys": ["name"], "configMap": {}}]), BadRequest),
        ([1], BadRequest),
    ],
)
def test_what_cannot_be_merged_is_refused(patch: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        strategic_merge(RECORDED["live"], patch, SCHEMA)


def test_a_deep_patch_is_refused() -> None:
    deep: Any = {"a": 1}
    for _ in range(400):
        deep = {"a": deep}
    with pytest.raises(BadRequest, match="nested"):
        strategic_merge({}, {"spec": deep}, SCHEMA)


def test_a_long_list_merges_in_linear_time() -> None:
    live = {"metadata": {"finalizers": [f"e/{n}" for n in range(20_000)]}}
    merged = strategic_merge(live, {"metadata": {"finalizers": [f"e/{n}" for n in range(10_000, 30_000)]}}, SCHEMA)
    assert len(merged["metadata"]["finalizers"]) == 30_000
