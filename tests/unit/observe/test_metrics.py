"""The metrics of the runtime, as a scrape sees them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from orkestra.observe.metrics import Metrics

CRD = "example.com/v1, Kind=Website"


def sample(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(with_process=False)


def test_every_documented_name_is_exposed_once_used(metrics: Metrics) -> None:
    controller = metrics.for_controller(CRD)
    controller.reconciled(0.2, None)
    controller.activated(1.0)
    controller.workers_changed(3, 1)
    controller.watch(depth=lambda: 7, refused=lambda: 2, resources=lambda: 40)
    metrics.drift_found(CRD, "Deployment", "corrected")
    text = metrics.render()[0].decode()
    for name in (
        "controller_reconcile_total",
        "controller_reconcile_duration_seconds",
        "controller_resource_count",
        "controller_queue_depth",
        "controller_workers_total",
        "controller_workers_idle",
        "controller_workers_processing",
        "controller_crd_activation_latency_seconds",
        "controller_crd_activation_total",
        "orkestra_drift_total",
    ):
        assert f"\n{name}" in text and f'crd="{CRD}"' in text


def test_reconciles_are_counted_by_outcome_and_timed(metrics: Metrics) -> None:
    controller = metrics.for_controller(CRD)
    controller.reconciled(0.2, None)
    controller.reconciled(0.4, RuntimeError("boom"))
    assert sample(metrics, "controller_reconcile_total", crd=CRD, result="success") == 1
    assert sample(metrics, "controller_reconcile_total", crd=CRD, result="error") == 1
    assert sample(metrics, "controller_reconcile_duration_seconds_sum", crd=CRD) == pytest.approx(0.6)


def test_workers_are_idle_or_processing(metrics: Metrics) -> None:
    metrics.for_controller(CRD).workers_changed(5, 2)
    shown = [sample(metrics, f"controller_workers_{what}", crd=CRD) for what in ("total", "idle", "processing")]
    assert shown == [5, 3, 2]


def test_depth_is_read_when_scraped(metrics: Metrics) -> None:
    depth = 1
    metrics.for_controller(CRD).watch(depth=lambda: depth, refused=lambda: 0, resources=lambda: 0)
    depth = 9
    assert sample(metrics, "controller_queue_depth", crd=CRD) == 9


def test_a_closed_operator_box_leaves_the_exposition(metrics: Metrics) -> None:
    controller = metrics.for_controller(CRD)
    controller.watch(depth=lambda: 1, refused=lambda: 0, resources=lambda: 0)
    controller.close()
    controller.close()
    assert sample(metrics, "controller_queue_depth", crd=CRD) is None


def test_requests_are_counted_by_verb_resource_and_code(metrics: Metrics) -> None:
    metrics.request_observed("patch", "deployments.apps", 409, 0.01)
    counted = sample(metrics, "orkestra_api_requests_total", verb="patch", resource="deployments.apps", code="409")
    assert counted == 1


def test_an_informer_is_in_one_state(metrics: Metrics) -> None:
    metrics.informer_moved("websites.example.com", "", "listing")
    metrics.informer_moved("websites.example.com", "listing", "watching")
    assert sample(metrics, "orkestra_informer_state", resource="websites.example.com", state="listing") is None
    assert sample(metrics, "orkestra_informer_state", resource="websites.example.com", state="watching") == 1
    metrics.informer_moved("never seen", "watching", "")


def test_leading_is_read_when_scraped(metrics: Metrics) -> None:
    is_leading = True
    metrics.watch_leader(lambda: is_leading)
    assert sample(metrics, "orkestra_leader") == 1
    is_leading = False
    assert sample(metrics, "orkestra_leader") == 0


def test_two_runtimes_in_one_process_do_not_share_numbers() -> None:
    one, two = Metrics(with_process=False), Metrics(with_process=False)
    one.for_controller(CRD).reconciled(1.0, None)
    assert sample(two, "controller_reconcile_total", crd=CRD, result="success") is None


def test_importing_the_module_does_not_import_prometheus() -> None:
    code = "import sys, orkestra.observe.metrics; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=150).returncode == 0
