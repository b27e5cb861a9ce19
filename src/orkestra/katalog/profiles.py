"""The built-in profiles: named presets of a block, in the block's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Preset = Mapping[str, Any]


def _resources(cpu: str, cpu_limit: str, memory: str, memory_limit: str) -> Preset:
    return {
        "requests": {"cpu": cpu, "memory": memory},
        "limits": {"cpu": cpu_limit, "memory": memory_limit},
    }


def _probe(initial: int, period: int, failures: int, timeout: int) -> Preset:
    return {
        "initialDelaySeconds": initial,
        "periodSeconds": period,
        "failureThreshold": failures,
        "timeoutSeconds": timeout,
    }


def _quota(pods: str, cpu: str, memory: str, requested_cpu: str, requested_memory: str) -> Preset:
    limits = {"pods": pods, "limits.cpu": cpu, "limits.memory": memory}
    return {"hard": {**limits, "requests.cpu": requested_cpu, "requests.memory": requested_memory}}


def _rules(window: int, *policies: tuple[str, int, int], select: str = "") -> Preset:
    listed = [{"type": type_, "value": value, "periodSeconds": period} for type_, value, period in policies]
    return {"stabilizationWindowSeconds": window, "policies": listed, **({"selectPolicy": select} if select else {})}


def _scaling(percent: int, up: Preset, down: Preset) -> Preset:
    return {"targetCPUUtilizationPercentage": percent, "scaleUp": up, "scaleDown": down}


def _workers(interval: str, cooldown: str, workers: str, depth: str, *tests: tuple[str, str, str]) -> Preset:
    when = [{"field": field, operator: value} for field, operator, value in tests]
    scaled = {"workers": workers, "queueDepth": depth} if depth else {"workers": workers}
    return {"interval": interval, "cooldown": cooldown, "conditions": {"when": when}, "do": scaled}


_QUICK: Final = _rules(0, ("Percent", 100, 15), ("Pods", 4, 15), select="Max")
_BASELINE: Final = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["NET_RAW"]}}
_RESTRICTED: Final = {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "capabilities": {"drop": ["ALL"]}}
_DNS: Final = [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]

PROFILES: Final[Mapping[str, Mapping[str, Preset]]] = {
    "resources": {
        "tiny": _resources("25m", "100m", "64Mi", "128Mi"),
        "small": _resources("100m", "500m", "128Mi", "512Mi"),
        "medium": _resources("250m", "1", "256Mi", "1Gi"),
        "large": _resources("500m", "2", "512Mi", "2Gi"),
        "burst": _resources("200m", "2", "256Mi", "2Gi"),
        "steady": _resources("300m", "600m", "256Mi", "512Mi"),
        "compute-heavy": _resources("1", "2", "512Mi", "1Gi"),
        "memory-heavy": _resources("250m", "500m", "1Gi", "2Gi"),
    },
    "probes": {
        "fast": _probe(5, 10, 2, 5),
        "standard": _probe(15, 20, 3, 10),
        "patient": _probe(30, 30, 5, 10),
        "slow-start": _probe(0, 10, 30, 10),
    },
    "containerSecurity": {
        "baseline": _BASELINE,
        "restricted": _RESTRICTED,
        "hardened": {**_RESTRICTED, "readOnlyRootFilesystem": True},
    },
    "podSecurity": {
        "baseline": {"runAsNonRoot": False},
        "restricted": {"runAsNonRoot": True, "runAsUser": 1000},
        "hardened": {"runAsNonRoot": True, "runAsUser": 65534, "runAsGroup": 65534, "fsGroup": 65534},
    },
    "hpa": {
        "web": _scaling(70, _QUICK, _rules(300, ("Percent", 10, 60), select="Min")),
        "api": _scaling(60, _QUICK, _rules(600, ("Percent", 5, 60))),
        "latency-sensitive": _scaling(
            50,
            _rules(0, ("Percent", 200, 15), ("Pods", 10, 15), select="Max"),
            _rules(900, ("Percent", 5, 120)),
        ),
        "batch": _scaling(80, _rules(30, ("Percent", 100, 60)), _rules(120, ("Percent", 50, 60), select="Min")),
        "cost-optimized": _scaling(
            80, _rules(180, ("Percent", 25, 60), select="Min"), _rules(60, ("Percent", 50, 60), select="Max")
        ),
    },
    "pdb": {
        "zero-downtime": {"minAvailable": "100%"},
        "rolling": {"maxUnavailable": 1},
        "relaxed": {"maxUnavailable": "25%"},
    },
    "rollingUpdate": {
        "safe": {"maxSurge": 1, "maxUnavailable": 0},
        "fast": {"maxSurge": "25%", "maxUnavailable": "25%"},
        "blue-green": {"maxSurge": "100%", "maxUnavailable": 0},
    },
    "resourceQuotas": {
        "small": _quota("10", "2", "4Gi", "1", "2Gi"),
        "medium": _quota("20", "4", "8Gi", "2", "4Gi"),
        "large": _quota("50", "8", "16Gi", "4", "8Gi"),
        "xlarge": _quota("100", "16", "32Gi", "8", "16Gi"),
    },
    "networkPolicies": {
        "deny-all": {"ingress": [], "egress": []},
        "deny-all-ingress": {"ingress": []},
        "deny-all-egress": {"egress": []},
        "allow-same-namespace": {"ingress": [{"from": [{"podSelector": {}}]}]},
        "allow-dns-egress": {"egress": [{"ports": _DNS}]},
    },
    "reconciler": {
        "high-throughput": {"workers": 10, "resync": 300.0, "maxDepth": 1000},
        "conservative": {"workers": 2, "resync": 60.0, "maxDepth": 100},
        "development": {"workers": 1, "resync": 30.0, "maxDepth": 50},
    },
    "autoscale": {
        "burst": _workers("5s", "30s", "4x", "10x", ("metrics.queuePercent", "greaterThan", "60")),
        "steady": _workers(
            "30s",
            "2m",
            "2x",
            "3x",
            ("metrics.queuePercent", "greaterThan", "40"),
            ("metrics.workersBusyPercent", "greaterThan", "70"),
        ),
        "batch": {
            **_workers("60s", "5m", "3x", "8x"),
            "conditions": {"when": [{"cron": "0 23 * * *", "duration": "3h"}]},
        },
        "latency-sensitive": _workers(
            "15s", "1m", "2.5x", "", ("metrics.reconcileDurationP95Ms", "greaterThan", "200")
        ),
        "cost-optimized": _workers(
            "30s",
            "10m",
            "0.5x",
            "",
            ("metrics.workersIdlePercent", "greaterThan", "60"),
            ("metrics.queuePercent", "greaterThan", "80"),
        ),
    },
}
"""Class -> name -> fields. All names are lower case."""


def preset(kind: str, name: str) -> Preset | None:
    """The preset of a class; capitals in ``name`` do not count."""
    return PROFILES[kind].get(name.strip().lower())
