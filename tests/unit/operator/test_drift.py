"""What counts as drift is what we declared; nothing else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from orkestra.operator.drift import differences, keep_ignored

DESIRED: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": "a", "labels": {"app": "web"}},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "containers": [
                    {
                        "name": "web",
                        "image": "nginx:1",
                        "env": [{"name": "A", "value": "1"}, {"name": "B", "value": ""}],
                    }
                ]
            },
        },
    },
}


def live() -> dict[str, Any]:
    """The same object as a server returns it: defaulted, and with status."""
    out = deepcopy(DESIRED)
    out["metadata"] |= {"uid": "u", "resourceVersion": "7", "annotations": {"x": "y"}}
    out["spec"] |= {"revisionHistoryLimit": 10}
    container = out["spec"]["template"]["spec"]["containers"][0]
    container |= {"imagePullPolicy": "IfNotPresent", "resources": {}}
    del container["env"][1]["value"]  # an empty value is dropped on the way in
    out["status"] = {"replicas": 2}
    return out


def container_of(obj: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = obj["spec"]["template"]["spec"]["containers"][0]
    return found


def test_defaults_and_status_are_no_drift() -> None:
    assert differences(DESIRED, live()) == []


def test_a_changed_value_is_drift_and_named_by_its_path() -> None:
    have = live()
    have["spec"]["replicas"] = 5
    container_of(have)["image"] = "nginx:evil"
    assert differences(DESIRED, have) == ["spec.replicas", "spec.template.spec.containers[0].image"]


def test_a_removed_label_is_drift_and_a_foreign_one_is_not() -> None:
    have = live()
    have["metadata"]["labels"] = {"team": "a"}
    assert differences(DESIRED, have) == ["metadata.labels.app"]


def test_an_injected_sidecar_is_not_drift_wherever_it_stands() -> None:
    have = live()
    have["spec"]["template"]["spec"]["containers"].insert(0, {"name": "proxy", "image": "mesh"})
    assert differences(DESIRED, have) == []


def test_a_missing_keyed_item_is_drift() -> None:
    have = live()
    container_of(have)["env"].pop(0)
    assert differences(DESIRED, have) == ["spec.template.spec.containers[0].env[0]"]


def test_lists_without_keys_compare_whole() -> None:
    want = {"spec": {"args": ["a", "b"]}}
    assert differences(want, {"spec": {"args": ["a", "b"]}}) == []
    assert differences(want, {"spec": {"args": ["b", "a"]}}) == ["spec.args[0]", "spec.args[1]"]
    assert differences(want, {"spec": {"args": ["a", "b", "c"]}}) == ["spec.args"]


@pytest.mark.parametrize("zero", [None, "", 0, False, [], {}, {"a": ""}])
def test_what_the_server_drops_is_equal_to_nothing(zero: object) -> None:
    assert differences({"spec": {"x": zero}}, {"spec": {}}) == []


@pytest.mark.parametrize(("want", "have"), [("1", 1), (1, "1"), (True, "true"), ("a", {"b": 1}), ([1], {"0": 1})])
def test_types_are_not_bent(want: object, have: object) -> None:
    assert differences({"spec": {"x": want}}, {"spec": {"x": have}}) == ["spec.x"]


def test_the_report_is_bounded() -> None:
    assert len(differences({"spec": {str(i): i + 1 for i in range(100)}}, {"spec": {}})) == 5


def test_ignored_paths_keep_the_value_that_stands() -> None:
    want, have = deepcopy(DESIRED), live()
    have["spec"]["replicas"] = 9
    keep_ignored(want, have, [("spec", "replicas"), ("spec", "nothing", "here")])
    assert want["spec"]["replicas"] == 9
    assert differences(want, have) == []


POLICY: dict[str, Any] = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {},
    "spec": {
        "podSelector": {},
        "ingress": [
            {"from": [{"podSelector": {"matchLabels": {"a": "b"}}}], "ports": [{"protocol": "TCP", "port": 80}]}
        ],
    },
}


def test_a_network_policy_that_was_widened_is_drift() -> None:
    assert differences(POLICY, deepcopy(POLICY)) == []
    for widen in (
        lambda spec: spec["ingress"][0]["ports"].append({"protocol": "TCP", "port": 22}),
        lambda spec: spec["ingress"][0]["from"].append({"podSelector": {}}),
        lambda spec: spec["podSelector"].update(matchLabels={"only": "these"}),
    ):
        have = deepcopy(POLICY)
        widen(have["spec"])
        assert differences(POLICY, have)
