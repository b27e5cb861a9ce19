"""JSON patches get the API server's verdicts; ``recorded/json_patch.json`` holds them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from orkestra.k8s.errors import BadRequest, Invalid, RequestEntityTooLarge, StatusError
from orkestra.k8s.patch import json_patch

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "json_patch.json").read_text())


@pytest.mark.parametrize("case", RECORDED["cases"], ids=[json.dumps(c["patch"])[:90] for c in RECORDED["cases"]])
def test_verdict_is_the_servers(case: dict[str, Any]) -> None:
    thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "j"}, "spec": RECORDED["spec"]}
    before = copy.deepcopy(thing)
    if "spec" in case["result"]:
        assert json_patch(thing, case["patch"])["spec"] == case["result"]["spec"]
    else:
        with pytest.raises(StatusError) as refused:
            json_patch(thing, case["patch"])
        assert (refused.value.code, refused.value.reason) == (case["result"]["code"], case["result"]["reason"])
    assert thing == before


def test_a_value_put_twice_is_two_values() -> None:
    value: dict[str, Any] = {}
    operations = [
        {"op": "add", "path": "/a", "value": value},
        {"op": "copy", "from": "/a", "path": "/b"},
        {"op": "add", "path": "/a/x", "value": 1},
    ]
    assert json_patch({}, operations) == {"a": {"x": 1}, "b": {}}
    assert value == {}


def test_too_many_operations_are_refused() -> None:
    with pytest.raises(RequestEntityTooLarge):
        json_patch({}, [{"op": "test", "path": "/a"}] * 10_001)


def test_a_copy_bomb_is_refused() -> None:
    bomb = [{"op": "add", "path": "/a", "value": ["x" * 1000]}]
    bomb += [{"op": "copy", "from": "/a", "path": f"/a/{position}"} for position in range(40)]
    with pytest.raises(Invalid, match="bytes"):
        json_patch({}, bomb)


def test_deep_documents_and_paths_are_refused() -> None:
    deep: Any = {}
    for _ in range(400):
        deep = {"a": deep}
    with pytest.raises(Invalid, match="nested"):
        json_patch(deep, [])
    with pytest.raises(Invalid, match="steps"):
        json_patch({}, [{"op": "add", "path": "/a" * 400, "value": 1}])


def test_true_is_not_one() -> None:
    with pytest.raises(Invalid, match="differs"):
        json_patch({"a": True}, [{"op": "test", "path": "/a", "value": 1}])


def test_the_message_names_the_operation() -> None:
    with pytest.raises(Invalid, match=r"operation 1 \(remove /zz\)"):
        json_patch({"a": 1}, [{"op": "test", "path": "/a", "value": 1}, {"op": "remove", "path": "/zz"}])


def test_a_huge_index_is_no_index() -> None:
    with pytest.raises(Invalid):
        json_patch({"l": []}, [{"op": "add", "path": "/l/" + "9" * 5000, "value": 1}])
    with pytest.raises(BadRequest):
        json_patch({}, None)
