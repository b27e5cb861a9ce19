"""A right that is taken away while a box works is told, and given back is told too."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from orkestra.k8s.gvk import GVK
from orkestra.operator.activation import SYNC_NOTICE_SECONDS, Activation, watch_rights
from orkestra.operator.health import BoxHealth
from tests.virtual_time import virtual_time

POD, JOB = GVK("", "v1", "Pod"), GVK("batch", "v1", "Job")


@virtual_time
async def test_a_cache_that_may_not_be_followed_degrades_the_box_until_it_may() -> None:
    health = BoxHealth(5, lambda: datetime.now(UTC))
    health.start()
    states: list[str] = []
    health.listeners.append(lambda: states.append(health.state))
    crs, pods, jobs = (SimpleNamespace(denied="") for _ in range(3))
    parts: Any = SimpleNamespace(crs=crs, sources={}, children={POD: pods, JOB: jobs}, former={JOB: None})
    watching = asyncio.ensure_future(watch_rights(cast(Activation, parts), health))
    await asyncio.sleep(SYNC_NOTICE_SECONDS)
    pods.denied, jobs.denied = "watch pods", "watch jobs.batch"
    await asyncio.sleep(2 * SYNC_NOTICE_SECONDS)
    assert (health.state, health.denied) == ("degraded", "watch pods")
    pods.denied = ""
    await asyncio.sleep(2 * SYNC_NOTICE_SECONDS)
    assert (health.state, health.denied) == ("started", ""), "kinds of earlier revisions do not count"
    assert states == ["degraded", "started"]
    watching.cancel()
