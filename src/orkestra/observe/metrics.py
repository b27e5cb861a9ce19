"""Prometheus metrics of the runtime, in one registry object that is handed around.

Importing this module is cheap; ``Metrics()`` imports prometheus_client, so only what serves metrics pays for it.
Numbers that something else already keeps (queue depth, workers, who leads) are read when scraped, never pushed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SLOW = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)

SUCCESS, ERROR = "success", "error"


class Metrics:
    """``with_process``: add memory, CPU and file descriptors of this process."""

    def __init__(self, *, with_process: bool = True) -> None:
        # imported here: the CLI's short commands should not pay for it
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

        self.registry = registry = CollectorRegistry(auto_describe=True)
        if with_process:
            ProcessCollector(registry=registry)
        crd = ["crd"]

        def gauge(name: str, text: str, labels: list[str]) -> Gauge:
            return Gauge(name, text, labels, registry=registry)

        self.reconciles = Counter(
            "controller_reconcile_total", "Reconciles by outcome.", ["crd", "result"], registry=registry
        )
        self.reconcile_seconds = Histogram(
            "controller_reconcile_duration_seconds", "Time of one reconcile.", crd, buckets=_FAST, registry=registry
        )
        self.queue_seconds = Histogram(
            "controller_queue_duration_seconds", "Time a ready key waited.", crd, buckets=_FAST, registry=registry
        )
        self.resources = gauge("controller_resource_count", "Custom resources known.", crd)
        self.queue_depth = gauge("controller_queue_depth", "Keys ready and waiting.", crd)
        self.queue_refused = gauge("controller_queue_refused", "Keys refused by a full queue since the start.", crd)
        self.workers_total = gauge("controller_workers_total", "Workers.", crd)
        self.workers_idle = gauge("controller_workers_idle", "Workers that wait for a key.", crd)
        self.workers_processing = gauge("controller_workers_processing", "Workers that reconcile.", crd)
        self.activation_seconds = Histogram(
            "controller_crd_activation_latency_seconds",
            "Time from start to first sync.",
            crd,
            buckets=_SLOW,
            registry=registry,
        )
        self.activations = Counter(
            "controller_crd_activation_total", "Activations by outcome.", ["crd", "result"], registry=registry
        )
        self.drift = Counter(
            "orkestra_drift_total", "Drift found in children.", ["crd", "kind", "action"], registry=registry
        )
        self.api_requests = Counter(
            "orkestra_api_requests_total", "Requests sent.", ["verb", "resource", "code"], registry=registry
        )
        self.api_seconds = Histogram(
            "orkestra_api_request_duration_seconds", "Time to answer.", ["verb"], buckets=_FAST, registry=registry
        )
        self._requests: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.informer_state = gauge("orkestra_informer_state", "1 for the state each is in.", ["resource", "state"])
        self.informer_objects = gauge("orkestra_informer_objects", "Objects cached.", ["resource"])
        self.revision = gauge(
            "orkestra_katalog_revision_info", "1 for the revision that runs.", ["katalog", "revision", "commit"]
        )
        self.revisions = Counter(
            "orkestra_katalog_revisions_total", "Revisions that came, by result.", ["result"], registry=registry
        )
        self.unmanaged = gauge("orkestra_unmanaged_resources", "Objects whose entry a revision dropped.", crd)
        self.leader = gauge("orkestra_leader", "1 while this process leads.", [])

    def for_controller(self, crd: str) -> ControllerMetrics:
        """The metrics of one operatorBox; ``crd`` is the full GVK text."""
        return ControllerMetrics(self, crd)

    def request_observed(self, verb: str, resource: str, code: int, seconds: float) -> None:
        """The observer of ``client``; code 0: no answer."""
        counted = self._requests.get((verb, resource, code))
        if counted is None:  # looked up once: labels() costs more than the count itself
            counted = self._requests[verb, resource, code] = (
                self.api_requests.labels(verb, resource, str(code)),
                self.api_seconds.labels(verb),
            )
        counted[0].inc()
        counted[1].observe(seconds)

    def drift_found(self, crd: str, kind: str, action: str) -> None:
        """``action``: corrected or reported."""
        self.drift.labels(crd, kind, action).inc()

    def informer_moved(self, resource: str, before: str, state: str) -> None:
        """An informer left state ``before`` (empty: it is new) for ``state`` (empty: it is gone)."""
        if before:
            try:
                self.informer_state.remove(resource, before)
            except KeyError:
                pass
        if state:
            self.informer_state.labels(resource, state).set(1)

    def revision_adopted(self, katalog: str, revision: str, commit: str, *, is_news: bool) -> None:
        """``is_news``: its content is another than what ran before."""
        self.revision.clear()
        self.revision.labels(katalog, revision, commit).set(1)
        if is_news:
            self.revisions.labels("adopted").inc()

    def revision_rejected(self) -> None:
        self.revisions.labels("rejected").inc()

    def watch_leader(self, is_leading: Callable[[], bool]) -> None:
        self.leader.set_function(lambda: float(is_leading()))

    def render(self) -> tuple[bytes, str]:
        """The exposition of everything, and its content type."""
        from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

        return generate_latest(self.registry), CONTENT_TYPE_LATEST


class ControllerMetrics:
    """One controller's share; it is what ``controller.Controller`` calls its observer."""

    def __init__(self, metrics: Metrics, crd: str) -> None:
        self._metrics = metrics
        self._crd = crd
        # Looked up once: labels() costs more than the count itself.
        self._succeeded = metrics.reconciles.labels(crd, SUCCESS)
        self._failed = metrics.reconciles.labels(crd, ERROR)
        self._seconds = metrics.reconcile_seconds.labels(crd)
        self._waited = metrics.queue_seconds.labels(crd)
        self._total = metrics.workers_total.labels(crd)
        self._idle = metrics.workers_idle.labels(crd)
        self._processing = metrics.workers_processing.labels(crd)

    def reconciled(self, seconds: float, error: BaseException | None) -> None:
        (self._succeeded if error is None else self._failed).inc()
        self._seconds.observe(seconds)

    def waited(self, seconds: float) -> None:
        self._waited.observe(seconds)

    def workers_changed(self, total: int, processing: int) -> None:
        self._total.set(total)
        self._idle.set(total - processing)
        self._processing.set(processing)

    def activated(self, seconds: float) -> None:
        self._metrics.activation_seconds.labels(self._crd).observe(seconds)
        self._metrics.activations.labels(self._crd, SUCCESS).inc()

    def activation_failed(self) -> None:
        self._metrics.activations.labels(self._crd, ERROR).inc()

    def watch(self, *, depth: Callable[[], int], refused: Callable[[], int], resources: Callable[[], int]) -> None:
        """Read these when scraped."""
        self._metrics.queue_depth.labels(self._crd).set_function(lambda: float(depth()))
        self._metrics.queue_refused.labels(self._crd).set_function(lambda: float(refused()))
        self._metrics.resources.labels(self._crd).set_function(lambda: float(resources()))

    def close(self) -> None:
        """The operatorBox is gone: take its series out of the exposition."""
        metrics = self._metrics
        for gauge in (
            metrics.resources,
            metrics.queue_depth,
            metrics.queue_refused,
            metrics.workers_total,
            metrics.workers_idle,
            metrics.workers_processing,
        ):
            try:
                gauge.remove(self._crd)
            except KeyError:
                pass
