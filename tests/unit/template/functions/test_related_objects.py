"""What the cluster says around an object: pods, events, endpoints, volumes, Jobs, nodes, metrics."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template import TemplateError
from tests.unit.template.functions.examples import value_of


def pod(name: str, phase: str = "Running", **status: Any) -> dict[str, Any]:
    return {"kind": "Pod", "metadata": {"name": name}, "spec": {}, "status": {"phase": phase, **status}}


def container(name: str = "web", restarts: int = 0, **state: Any) -> dict[str, Any]:
    return {"name": name, "restartCount": restarts, **state}


DETECTED = {
    "CrashLoop": "CrashLoopBackOff",
    "ImagePullBackOff": "ImagePullBackOff",
    "ErrImagePull": "ErrImagePull",
    "Error": "Error",
    "OOMKilled": "OOMKilled",
    "RunContainerError": "RunContainerError",
    "CreateContainerError": "CreateContainerError",
    "InvalidImageName": "InvalidImageName",
    "PreStartHookError": "PreStartHookError",
    "PostStartHookError": "PostStartHookError",
}


@pytest.mark.parametrize(("name", "reason"), DETECTED.items())
@pytest.mark.parametrize("field", ["state", "lastState"])
@pytest.mark.parametrize("state", ["waiting", "terminated"])
@pytest.mark.parametrize("statuses", ["containerStatuses", "initContainerStatuses"])
def test_what_is_wrong_is_detected_wherever_it_is_told(
    name: str, reason: str, field: str, state: str, statuses: str
) -> None:
    failing = pod("web-1", **{statuses: [container(**{field: {state: {"reason": reason}}})]})
    sound = pod("web-0", containerStatuses=[container(state={"running": {}})])
    assert value_of(f"pod{name}Detected .o", o={"_pods": [sound, failing]}) is True
    assert value_of(f"pod{name}Detected .o", o={"_pods": [sound]}) is False
    assert value_of("podContainerReasons .o", o={"_pods": [failing, failing]}) == [reason]


@pytest.mark.parametrize(
    "o",
    [{"_pods": [pod("web-0")]}, {"_pods": {"kind": "PodList", "items": [pod("web-0")]}}, pod("web-0"), [pod("web-0")]],
    ids=["embedded", "list object", "the pod itself", "plain list"],
)
def test_pods_in_every_shape(o: Any) -> None:
    assert value_of("podNames .o", o=o) == ["web-0"]
    assert value_of("podCount .o", o=o) == 1


@pytest.mark.parametrize(("restarts", "is_crashing"), [(0, False), (2, False), (3, True)])
def test_more_than_two_restarts_are_a_crash(restarts: int, is_crashing: bool) -> None:
    o = {"_pods": [pod("a"), pod("b", containerStatuses=[container(), container(restarts=restarts)])]}
    assert value_of("hasCrashingPod .o", o=o) is is_crashing
    assert value_of("podMaxRestarts .o", o=o) == restarts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("podPhases .o", ["Running", "Pending"]),
        ("podIPs .o", ["10.0.0.1"]),
        ("podNodes .o", []),
        ("readyPodCount .o", 1),
        ("name (podByOrdinal .o 1)", "db-1"),
        ('name (podByOrdinal .o "0")', "db-0"),
        ("podByOrdinal .o 7", {}),
        ('podContainerState .o 0 "db"', "running"),
        ('podContainerState .o 1 "db"', ""),
        ('podContainerState .o 0 "none"', ""),
    ],
)
def test_pods(text: str, expected: Any) -> None:
    ready = [{"type": "Ready", "status": "True"}]
    first = pod("db-0", podIP="10.0.0.1", conditions=ready, containerStatuses=[container("db", state={"running": {}})])
    o = {"_pods": [first, pod("db-1", "Pending"), "junk", None]}
    assert value_of(text, o=o) == expected


SLICES = [
    {"endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}, {"addresses": ["10.0.0.2"]}]},
    {"endpoints": [{"addresses": ["10.0.0.3"], "conditions": {"ready": False}}]},
]
SUBSETS = {
    "subsets": [{"addresses": [{"ip": "10.0.0.1"}, {"ip": "10.0.0.2"}], "notReadyAddresses": [{"ip": "10.0.0.3"}]}]
}


@pytest.mark.parametrize(
    "o",
    [{"_endpoints": SLICES}, {"_endpoints": SUBSETS}, {"_endpoints": {"items": SLICES}}, SUBSETS],
    ids=["slices", "endpoints", "list of slices", "endpoints themselves"],
)
def test_endpoints_in_every_shape(o: Any) -> None:
    assert value_of("serviceEndpoints .o", o=o) == ["10.0.0.1", "10.0.0.2"]
    assert value_of("serviceEndpointCount .o", o=o) == 2
    assert value_of("serviceFirstEndpoint .o", o=o) == "10.0.0.1"
    assert value_of("hasEndpoints .o", o=o) is True
    assert value_of("endpointsReady .o", o=o) is False


def test_ready_endpoints() -> None:
    assert value_of("endpointsReady .o", o={"_endpoints": [{"endpoints": [{"addresses": ["10.0.0.1"]}]}]}) is True
    assert value_of("endpointsReady .o", o={"_endpoints": []}) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("serviceNodePort .o", 30080),
        ('serviceNodePort .o "metrics"', 30090),
        ('serviceNodePort .o "none"', 0),
        ("serviceLoadBalancerIP .o", "203.0.113.2"),
        ("serviceLoadBalancerHost .o", "lb.example.com"),
        ("backingPodCount .o", 1),
        ("backingPodNames .o", ["web-0"]),
    ],
)
def test_services(text: str, expected: Any) -> None:
    ports = [{"name": "http", "nodePort": 30080}, {"name": "metrics", "nodePort": 30090}]
    ingress = [{"hostname": "lb.example.com"}, {"ip": "203.0.113.2"}]
    o = {"spec": {"ports": ports}, "status": {"loadBalancer": {"ingress": ingress}}, "_backingPods": [pod("web-0")]}
    assert value_of(text, o=o) == expected


@pytest.mark.parametrize(
    ("status", "succeeded", "failed", "active"),
    [
        ({"conditions": [{"type": "Complete", "status": "True"}]}, True, False, False),
        ({"conditions": [{"type": "Failed", "status": "True"}]}, False, True, False),
        ({"active": 2, "conditions": [{"type": "Failed", "status": "False"}]}, False, False, True),
    ],
)
def test_jobs(status: dict[str, Any], succeeded: bool, failed: bool, active: bool) -> None:
    o = {"status": status}
    assert value_of("jobSucceeded .o", o=o) is succeeded
    assert value_of("jobFailed .o", o=o) is failed
    assert value_of("jobActive .o", o=o) is active
    assert value_of("cronJobLastJobSucceeded .o", o={"_lastJob": o}) is succeeded


def test_the_pods_of_a_job() -> None:
    ended = container(state={"terminated": {"exitCode": 3}})
    o = {
        "_pods": [
            pod("a"),
            pod("b", "Failed", containerStatuses=[container(), ended]),
            pod("c", "Succeeded"),
            pod("d", "Pending"),
        ]
    }
    assert value_of("jobFirstExitCode .o", o=o) == 3
    assert value_of("jobActivePodNames .o", o=o) == ["a", "d"]
    assert value_of("jobFailedPodNames .o", o=o) == ["b"]
    assert value_of("jobSucceededPodNames .o", o=o) == ["c"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"schedule": "30 2 * * *"}, "2026-01-01T02:30:00Z"),
        ({"schedule": "30 2 * * *", "timeZone": "Asia/Tokyo"}, "2026-01-01T17:30:00Z"),
        ({"schedule": "30 2 * * *", "suspend": True}, ""),
        ({"schedule": "@hourly", "suspend": False}, "2026-01-01T01:00:00Z"),
        ({}, ""),
    ],
)
def test_the_next_time_a_cronjob_runs(spec: dict[str, Any], expected: str) -> None:
    assert value_of("cronJobNextScheduleTime .o", o={"spec": spec}) == expected


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "/etc/passwd", "a" * 9000])
def test_a_cronjob_of_an_unknown_zone(zone: str) -> None:
    with pytest.raises(TemplateError, match="error calling cronJobNextScheduleTime: unknown time zone"):
        value_of("cronJobNextScheduleTime .o", o={"spec": {"schedule": "@daily", "timeZone": zone}})


def test_active_jobs_as_the_status_or_the_cluster_has_them() -> None:
    assert value_of("cronJobActiveCount .o", o={"status": {"active": [{}, {}]}}) == 2
    assert value_of("cronJobActiveCount .o", o={"_activeJobs": [{"metadata": {}}]}) == 1


@pytest.mark.parametrize(
    ("spec", "status", "scaling", "at_max", "least"),
    [
        ({"maxReplicas": 5}, {"currentReplicas": 2, "desiredReplicas": 5}, True, True, 1),
        ({"maxReplicas": 5, "minReplicas": 0}, {"currentReplicas": 2, "desiredReplicas": 2}, False, False, 0),
        ({"minReplicas": 3}, {"desiredReplicas": 3}, True, False, 3),
    ],
)
def test_autoscalers(spec: Any, status: Any, scaling: bool, at_max: bool, least: int) -> None:
    o = {"spec": spec, "status": status}
    assert value_of("hpaScaling .o", o=o) is scaling
    assert value_of("hpaAtMax .o", o=o) is at_max
    assert value_of("hpaMinReplicas .o", o=o) == least


@pytest.mark.parametrize("name", ["ScalingActive", "AbleToScale", "ScalingLimited"])
@pytest.mark.parametrize("status", ["True", "False", "Unknown"])
def test_the_conditions_of_autoscalers(name: str, status: str) -> None:
    o = {"status": {"conditions": [{"type": name, "status": status}]}}
    assert value_of(f"hpa{name} .o", o=o) is (status == "True")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ingressReady .bare", False),
        ("ingressReady .hosted", True),
        ("ingressClassName .old", "traefik"),
        ("ingressTLSHosts .tls", ["a.example.com", "b.example.com"]),
        ("ingressTLSSecretCount .tls", 1),
        ("ingressTLSSecretCount .enriched", 2),
        ("ingressLoadBalancerIPs .enriched", ["203.0.113.1"]),
        ("len (ingressRules .tls)", 0),
        ("pvcBound .claim", False),
        ("pvcVolumeMode .claim", "Block"),
        ("pvcAccessModes .claim", ["ReadWriteMany"]),
        ("pvcProvisioner .claim", "nfs.example.com"),
        ("pvcPhase .workload", "Bound"),
        ("pvcProvisioner .workload", "csi.example.com"),
        ("pvcStorageClassReclaimPolicy .workload", "Retain"),
        ("pvcCapacity .claim", ""),
        ("nodeReady .node", False),
        ('nodeCondition .node "Ready"', "Unknown"),
        ('nodeCondition .node "Other"', ""),
        ("nodeTaints .node", ["a:NoExecute", "b=c:NoSchedule"]),
        ("podNodeName .unbound", "node-b"),
        ("podNodeZone .node", ""),
        ("replicaSetOwnerKind .bare", ""),
        ("deploymentReplicaSetCount .rolled", 3),
        ("oldDeploymentReplicaSets .rolled", ["a", "junk"]),
        ("hasWarnings .quiet", False),
        ("firstWarning .event", "from the newer API"),
        ("warningReasons .event", ["BackOff"]),
        ("isDirectApply .bare", True),
        ("isDirectApply .served", False),
        ("getServeTarget .served", ""),
        ("getServeSource .served", "portal"),
    ],
)
def test_other_kinds(text: str, expected: Any) -> None:
    revision = "deployment.kubernetes.io/revision"
    data = {
        "bare": {"metadata": {}},
        "hosted": {"status": {"loadBalancer": {"ingress": [{"hostname": "lb"}]}}},
        "old": {"metadata": {"annotations": {"kubernetes.io/ingress.class": "traefik"}}},
        "tls": {
            "spec": {
                "tls": [
                    {"hosts": ["a.example.com"], "secretName": "s"},
                    {"hosts": ["a.example.com", "b.example.com"], "secretName": "s"},
                ]
            }
        },
        "enriched": {"_tlsSecrets": [{}, {}], "_loadBalancerIPs": ["203.0.113.1"]},
        "claim": {
            "metadata": {"annotations": {"volume.beta.kubernetes.io/storage-provisioner": "nfs.example.com"}},
            "spec": {"volumeMode": "Block", "accessModes": ["ReadWriteMany"]},
            "status": {"phase": "Pending"},
        },
        "workload": {
            "_pvc": {"status": {"phase": "Bound"}},
            "_pv": {"metadata": {"annotations": {"pv.kubernetes.io/provisioned-by": "csi.example.com"}}},
            "_storageClass": {"provisioner": "other", "reclaimPolicy": "Retain"},
        },
        "node": {
            "kind": "Node",
            "spec": {
                "taints": [{"key": "a", "effect": "NoExecute"}, {"key": "b", "value": "c", "effect": "NoSchedule"}]
            },
            "status": {"conditions": [{"type": "Ready", "status": "Unknown"}]},
        },
        "unbound": {"kind": "Pod", "_node": {"metadata": {"name": "node-b"}}},
        "rolled": {
            "metadata": {"annotations": {revision: "3"}},
            "_replicaSets": [
                {"metadata": {"name": name, "annotations": {revision: of}}}
                for name, of in (("a", "2"), ("b", "3"), ("junk", "x"))
            ],
        },
        "quiet": {"_warnings": []},
        "event": {"_warnings": [{"note": "from the newer API", "reason": "BackOff"}, {"reason": "BackOff"}]},
        "served": {"metadata": {"annotations": {"orkestra.orkspace.io/serve-source": "portal"}}},
    }
    assert value_of(text, **data) == expected


SERIES = [
    {"metric": {"pod": "b"}, "value": [1, "2.5"]},
    {"metric": {"pod": "a"}, "value": [1, "-1"]},
    {"metric": {"pod": "a"}, "value": [1, "NaN"]},
    {"metric": {}, "values": [[1, "7"], [2, "4"]]},
]


@pytest.mark.parametrize(
    "x",
    [SERIES, {"result": SERIES}, {"data": {"resultType": "vector", "result": SERIES}}, {"result": {"result": SERIES}}],
    ids=["list", "call", "API", "raw"],
)
def test_series_in_every_shape(x: Any) -> None:
    assert value_of("promValue .x", x=x) == 2.5
    assert value_of("promSum .x", x=x) == 5.5
    assert value_of("promMax .x", x=x) == 4
    assert value_of("promSeriesCount .x", x=x) == 4
    assert value_of('promLabelValues .x "pod"', x=x) == ["a", "b"]
    assert value_of("promAboveThreshold .x 3", x=x) is True
    assert value_of("promAboveThreshold .x 4", x=x) is False
    assert value_of("promBelowThreshold .x 0", x=x) is True
    assert value_of('promBelowThreshold .x "-1"', x=x) is False


@pytest.mark.parametrize(
    ("x", "expected"),
    [(None, 0), ("", 0), ("3.5", 3.5), (3, 3), ([1767225600, "0.25"], 0.25), ("NaN", 0), ({"result": "2"}, 2), ([], 0)],
)
def test_scalars_of_prometheus(x: Any, expected: float) -> None:
    assert value_of("promValue .x", x=x) == expected


def test_nothing_is_above_or_below_where_there_are_no_series() -> None:
    assert value_of("promAboveThreshold .x -1", x=[]) is False
    assert value_of("promBelowThreshold .x 1", x=None) is False
    with pytest.raises(TemplateError, match="error calling promAboveThreshold: expected a number"):
        value_of('promAboveThreshold .x "high"', x=[])
