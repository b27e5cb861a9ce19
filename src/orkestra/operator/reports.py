"""Supervisor -> the reports the runtime serves."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime

from orkestra import __version__
from orkestra.observe.report import BoxHealthReport, BoxReport, KatalogReport, RejectedReport, UnmanagedReport
from orkestra.operator.box import Box
from orkestra.operator.health import BoxHealth
from orkestra.operator.revision import Rejected
from orkestra.operator.supervisor import Supervisor


def katalog_report(supervisor: Supervisor) -> KatalogReport:
    revision, rejected = supervisor.revision, supervisor.rejected
    katalog = revision.katalog if revision else None
    states = {name: box.health.state for name, box in supervisor.boxes.items()}
    degraded = sorted(name for name, state in states.items() if state == "degraded")
    reason = ""
    if degraded:
        health = supervisor.boxes[degraded[0]].health
        reason = f"{degraded[0]}: {health.last_error or _waits(health)}"
    elif rejected and not revision:
        reason = "the only revision that came was rejected"
    is_ready = revision is not None and all(state in ("healthy", "started") for state in states.values())
    return KatalogReport(
        name=katalog.name if katalog else "",
        revision=revision.digest if revision else "",
        source=revision.origin.source if revision else "",
        commit=revision.origin.commit if revision else "",
        revision_time=_time(revision.at if revision else None),
        rejected=_rejected_report(rejected) if rejected else None,
        unmanaged=[
            UnmanagedReport(left.name, left.gvk, left.objects, left.with_finalizer)
            for left in supervisor.unmanaged.values()
        ],
        leaving=sorted(supervisor.leaving),
        version=__version__,
        environment=supervisor.services.environment_name,
        cluster_name=supervisor.services.cluster_name,
        healthy=not degraded,
        ork_ready=is_ready,
        status=200 if is_ready else 503,
        is_konductor=supervisor.services.leadership.is_open,
        degraded_reason=reason,
        total=len(katalog.boxes) if katalog else 0,
        total_enabled=len(states),
        total_degraded=len(degraded),
        status_counts=dict(Counter(states.values())),
        crds=states,
    )


def _rejected_report(rejected: Rejected) -> RejectedReport:
    origin = rejected.origin
    return RejectedReport(rejected.digest, origin.source, origin.commit, _time(rejected.at), rejected.findings)


def box_report(box: Box) -> BoxReport:
    definition, running = box.definition, box.running
    return BoxReport(
        name=definition.name,
        gvk=str(definition.gvk),
        state=box.health.state,
        enabled=definition.enabled,
        workers={"current": running.controller.workers if running else 0, "configured": definition.workers},
        resync=definition.resync_seconds,
        queue={
            "maxDepth": definition.queue.max_depth,
            "failureThreshold": definition.queue.failure_threshold,
            "depth": running.queue.depth() if running else 0,
        },
        depends_on={d.name: d.condition for d in definition.depends_on},
        metrics={
            "workers": float(running.controller.processing if running else 0),
            "queueDepth": float(running.queue.depth() if running else 0),
            "errorRate": error_rate(box),
            "successRate": 1 - error_rate(box) if box.health.total_reconciles else 0.0,
        },
    )


def health_report(box: Box, supervisor: Supervisor) -> BoxHealthReport:
    health, running = box.health, box.running
    is_healthy = health.state in ("healthy", "started")
    uptime = (box.services.now() - health.started_at).total_seconds() if health.started_at and running else 0.0
    return BoxHealthReport(
        state=health.state,
        status=200 if is_healthy else 503,
        is_konductor=box.services.leadership.is_open,
        healthy=is_healthy,
        started=health.is_started,
        pending=f"waiting for {waits}" if (waits := _waits(health)) else "",
        upcoming=f"waiting for {health.upcoming}" if health.upcoming else "",
        uptime=round(uptime, 3),
        queue_depth=running.queue.depth() if running else 0,
        error_rate=error_rate(box),
        consecutive_fails=health.consecutive_fails,
        total_reconciles=health.total_reconciles,
        failed_reconciles=health.failed_reconciles,
        resource_count=len(running.crs.lister) if running else 0,
        last_error=health.last_error,
        last_reconcile=_time(health.last_reconcile),
        has_unhealthy_dependencies=not all(supervisor.holds(d) for d in box.definition.depends_on),
    )


def _waits(health: BoxHealth) -> str:
    return health.pending or (f"permission to {health.denied}" if health.denied else "")


def error_rate(box: Box) -> float:
    health = box.health
    return health.failed_reconciles / health.total_reconciles if health.total_reconciles else 0.0


def _time(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


async def wait_started(supervisor: Supervisor, timeout: float) -> bool:
    """Wait at most ``timeout`` seconds until every box works; whether all do."""
    changed = asyncio.Event()
    for box in supervisor.boxes.values():
        box.health.listeners.append(changed.set)
    try:
        async with asyncio.timeout(timeout):
            while not all(box.health.is_started for box in supervisor.boxes.values()):
                changed.clear()
                await changed.wait()
    except TimeoutError:
        return False
    finally:
        for box in supervisor.boxes.values():
            box.health.listeners.remove(changed.set)
    return True
