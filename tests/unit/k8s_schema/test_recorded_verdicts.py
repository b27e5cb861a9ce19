"""Our verdicts held against a real kube-apiserver's, as hack/schema/record_verdicts.py recorded them."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from orkestra.k8s.gvk import GVK
from orkestra.k8s.schema.causes import invalid
from orkestra.k8s.schema.structural import Structural, compile_schema

FOLDER = Path(__file__).parent / "verdicts"
TOPICS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json")) if path.stem != "crds"}
CASES = [
    pytest.param(topic, index, id=f"{topic}: {case['name']}")
    for topic, content in TOPICS.items()
    for index, case in enumerate(content["cases"])
]
GROUP = "verdicts.example.com"


@pytest.fixture(scope="module")
def schemas() -> dict[str, Structural]:
    return {name: compile_schema(topic["schema"]) for name, topic in TOPICS.items()}


def _filled(obj: dict[str, Any], index: int) -> dict[str, Any]:
    head = {"apiVersion": f"{GROUP}/v1", "kind": "Thing", "metadata": {"name": f"case-{index}"}}
    return head | copy.deepcopy(obj)


def _sorted(causes: list[dict[str, str]]) -> list[tuple[str, ...]]:
    """The API server walks maps in random order, so only the set of causes is fixed."""
    return sorted((c.get("field", ""), c["reason"], c["message"]) for c in causes)


@pytest.mark.parametrize(("topic", "index"), CASES)
def test_verdict_is_the_api_servers(schemas: dict[str, Structural], topic: str, index: int) -> None:
    case, schema = TOPICS[topic]["cases"][index], schemas[topic]
    verdict = case["verdict"]
    obj = _filled(case["object"], index)
    old = _filled(case["old"], index) if "old" in case else None
    schema.default(obj)
    unknown = schema.prune(obj)
    warnings = [f'unknown field "{path}"' for path in unknown]
    found = schema.validate(obj, old, warnings=warnings)
    assert _sorted([cause.as_dict() for cause in found]) == _sorted(verdict.get("causes", []))
    if verdict["code"] < 300:
        assert obj == verdict["stored"]
        assert sorted(warnings) == verdict.get("warnings", [])
    else:
        status = invalid(GVK(GROUP, "v1", "Thing"), f"case-{index}", found).status
        assert status["code"] == verdict["code"] == 422
        if len(found) == 1:
            assert status["message"] == verdict["message"]
        else:
            assert sorted(status["message"]) == sorted(verdict["message"])


@pytest.mark.parametrize("topic", TOPICS)
def test_defaulted_and_pruned_objects_are_fixed_points(schemas: dict[str, Structural], topic: str) -> None:
    schema = schemas[topic]
    for index, case in enumerate(TOPICS[topic]["cases"]):
        obj = _filled(case["object"], index)
        schema.default(obj)
        schema.prune(obj)
        again = copy.deepcopy(obj)
        schema.default(again)
        assert schema.prune(again) == []
        assert again == obj
