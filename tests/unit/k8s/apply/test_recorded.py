"""Field ownership is what kube-apiserver makes of it: ``recorded/apply.json``, made by ``hack/apply/record.py``."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orkestra.k8s.apply import CustomTypes, Types, apply, builtin_types, track_update
from orkestra.k8s.errors import StatusError

RECORDED = json.loads((Path(__file__).parents[1] / "recorded" / "apply.json").read_text())
GADGETS = CustomTypes({"example.com/v1": RECORDED["schema"]}, has_status=True)
# What the server adds on create after ownership is recorded: allocations and admission.
ADDED_LATER = {
    "Service": ["spec.clusterIP", "spec.clusterIPs", "spec.ipFamilies", "spec.ipFamilyPolicy"],
    "Job": ["metadata.labels", "spec.selector", "spec.template.metadata.labels"],
    "Pod": ["spec.priority", "spec.preemptionPolicy", "spec.tolerations"],
    "PersistentVolumeClaim": ["metadata.finalizers"],
    "PersistentVolume": ["metadata.finalizers"],
    "Namespace": ["spec.finalizers"],
}


def types_of(scenario: dict[str, Any]) -> Types:
    if scenario["kind"] == "Gadget":
        return GADGETS
    return builtin_types(scenario["apiVersion"].rpartition("/")[0], scenario["kind"])


def cases() -> Iterator[Any]:
    for name, scenario in RECORDED["scenarios"].items():
        live = None
        for number, step in enumerate(scenario["steps"]):
            # Folding of old managers depends on times, which are not recorded; test_managers has it.
            if not (name == "configmap" and number > 14):
                yield pytest.param(scenario, step, live, id=f"{name}-{number}-{step['op']}-{step['manager']}")
            live = step.get("after", live)


def without(obj: dict[str, Any], path: str) -> None:
    *parents, last = path.split(".")
    for name in parents:
        obj = obj.get(name, {})
    obj.pop(last, None)


def by_manager(obj: dict[str, Any]) -> list[dict[str, Any]]:
    entries = [{k: v for k, v in e.items() if k != "time"} for e in obj["metadata"].get("managedFields", [])]
    return sorted(entries, key=lambda e: (e["operation"], e["manager"], e["apiVersion"], e.get("subresource", "")))


def perform(scenario: dict[str, Any], step: dict[str, Any], live: dict[str, Any] | None) -> dict[str, Any]:
    request = {
        "manager": step["manager"],
        "api_version": scenario["apiVersion"],
        "subresource": step.get("subresource", ""),
        "now": "2026-01-01T00:00:00Z",
        "types": types_of(scenario),
    }
    if step["op"] == "apply":
        return apply(live, step["body"], force=bool(step.get("force")), **request)
    new = copy.deepcopy(step["after"])
    new["metadata"].pop("managedFields", None)
    if "managedFields" in step["body"].get("metadata", {}):
        new["metadata"]["managedFields"] = step["body"]["metadata"]["managedFields"]
    if step["op"] == "create":
        for path in ADDED_LATER.get(scenario["kind"], ()):
            without(new, path)
    return track_update(live, new, **request)


@pytest.mark.parametrize(("scenario", "step", "live"), list(cases()))
def test_verdict_is_the_servers(scenario: dict[str, Any], step: dict[str, Any], live: dict[str, Any] | None) -> None:
    before = copy.deepcopy(live)
    error = step.get("error")
    if error is None:
        assert by_manager(perform(scenario, step, live)) == by_manager(step["after"])
    elif error["code"] != 422:  # 422 is validation's, after the merge
        with pytest.raises(StatusError) as refused:
            perform(scenario, step, live)
        assert (refused.value.code, refused.value.reason) == (error["code"], error["reason"] or "")
        assert refused.value.message == error["message"].replace("&{x}", "string")
        assert [cause.as_dict() for cause in refused.value.causes] == error["causes"]
    assert live == before


def is_comparable(case: Any) -> bool:
    """Defaulting adds to the other kinds, and resets what a status request says of the spec."""
    scenario, step, _ = case.values
    is_applied = step["op"] == "apply" and "after" in step and "subresource" not in step
    return is_applied and scenario["kind"] in ("Gadget", "ConfigMap")


@pytest.mark.parametrize(("scenario", "step", "live"), list(filter(is_comparable, cases())))
def test_the_applied_object_is_the_servers(
    scenario: dict[str, Any], step: dict[str, Any], live: dict[str, Any] | None
) -> None:
    got, expected = perform(scenario, step, live), copy.deepcopy(step["after"])
    for obj in (got, expected):
        for port in obj.get("spec", {}).get("ports", ()):
            port.setdefault("protocol", "TCP")
    for key in ("spec", "data", "status"):
        assert got.get(key) == expected.get(key)
