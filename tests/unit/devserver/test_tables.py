"""Columns and cells as kubectl prints them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orkestra.devserver.tables import layout_of
from orkestra.devserver.tables.cells import duration
from orkestra.devserver.tables.custom import compile_path, row
from tests.unit.devserver.builders import NOON, cluster, deployment, info, pod


@pytest.mark.parametrize(
    ("elapsed", "text"),
    [
        (timedelta(seconds=-5), "<invalid>"),
        (timedelta(seconds=119), "119s"),
        (timedelta(seconds=317), "5m17s"),
        (timedelta(minutes=10), "10m"),
        (timedelta(minutes=179), "179m"),
        (timedelta(hours=3, minutes=20), "3h20m"),
        (timedelta(hours=47), "47h"),
        (timedelta(days=2, hours=3), "2d3h"),
        (timedelta(days=400), "400d"),
        (timedelta(days=800), "2y70d"),
        (timedelta(days=3000), "8y"),
    ],
)
def test_durations_grow_coarser_with_size(elapsed: timedelta, text: str) -> None:
    assert duration(elapsed.total_seconds()) == text


def cells(group: str, plural: str, document: dict[str, Any]) -> dict[str, Any]:
    made = cluster()
    kind = made.kind(info(made, group, plural))
    stored = made.create(kind.info, document, dry_run=True)
    stored = {**stored, "status": document.get("status", stored.get("status", {}))}
    layout = layout_of(kind)
    values = layout.cells(stored, NOON + timedelta(seconds=90))
    assert len(values) == len(layout.columns)
    return dict(zip([column.name for column in layout.columns], values, strict=True))


def test_a_deployment_row() -> None:
    status = {"readyReplicas": 2, "updatedReplicas": 3, "availableReplicas": 1}
    found = cells("apps", "deployments", {**deployment(replicas=3), "status": status})
    assert [found[name] for name in ("Name", "Ready", "Up-to-date", "Available", "Age")] == ["web", "2/3", 3, 1, "90s"]
    assert (found["Containers"], found["Images"], found["Selector"]) == ("c", "nginx", "app=web")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"waiting": {"reason": "CrashLoopBackOff"}}, "CrashLoopBackOff"),
        ({"terminated": {"exitCode": 1}}, "ExitCode:1"),
        ({"terminated": {"reason": "Error", "exitCode": 1}}, "Error"),
        ({"running": {}}, "Running"),
    ],
)
def test_a_pod_says_what_its_container_does(state: dict[str, Any], text: str) -> None:
    containers = [{"name": "c", "ready": True, "restartCount": 2, "state": state}]
    found = cells("", "pods", {**pod("p"), "status": {"phase": "Running", "containerStatuses": containers}})
    assert (found["Status"], found["Ready"], found["Restarts"]) == (text, "1/1", "2")


def test_a_pending_load_balancer_says_so() -> None:
    spec = {"type": "LoadBalancer", "ports": [{"port": 80, "nodePort": 30000}]}
    found = cells("", "services", {"metadata": {"name": "web", "namespace": "default"}, "spec": spec})
    assert (found["External-IP"], found["Port(s)"]) == ("<pending>", "80:30000/TCP")


READY = [{"type": "Synced", "status": "True"}, {"type": "Ready", "status": "False"}]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (".spec.size", [3]),
        (".status.conditions[?(@.type=='Ready')].status", ["False"]),
        ('.status.conditions[?(@.type=="Absent")].status', []),
        (".status.conditions[0].type", ["Synced"]),
        (".status.conditions[*].type", ["Synced", "Ready"]),
        (".metadata.labels.app\\.example\\.com/name", ["web"]),
        (".metadata.labels['app.example.com/name']", ["web"]),
        (".spec.size[", []),
        ("spec", []),
    ],
)
def test_printer_columns_read_json_paths(path: str, found: list[Any]) -> None:
    obj = {
        "metadata": {"labels": {"app.example.com/name": "web"}},
        "spec": {"size": 3},
        "status": {"conditions": READY},
    }
    assert compile_path(path)(obj) == found


def test_printer_cells_keep_their_declared_type() -> None:
    declared = [
        {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        {"name": "Mode", "type": "string", "jsonPath": ".spec.mode"},
        {"name": "Wrong", "type": "integer", "jsonPath": ".spec.text"},
        {"name": "Since", "type": "date", "jsonPath": ".spec.since"},
    ]
    obj = {"metadata": {"name": "a"}, "spec": {"size": 3, "text": "x", "since": "2026-01-01T11:00:00Z"}}
    assert row(declared)(obj, NOON) == ["a", 3, None, None, "60m"]
