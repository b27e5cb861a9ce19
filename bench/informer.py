"""What a watch event, a cached object and a queued key cost. Run: ``python bench/informer.py``.

Prints one line per measure with its bar; ends with 1 if one is missed by more than half (machines differ).
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
import tracemalloc
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

import msgspec

from orkestra.client.lists import ListPage, decode_page
from orkestra.client.watch import WatchEvent, decode_event, decode_meta
from orkestra.controller.controller import DONE, Controller, Result
from orkestra.controller.workqueue import WorkQueue
from orkestra.informer.cached import keep
from orkestra.informer.factory import InformerFactory
from orkestra.informer.index import OWNER_UID, owner_uids
from orkestra.informer.store import Store
from orkestra.informer.target import Target
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import ObjectKey

DEPLOYMENTS = ResourceInfo("apps", "v1", "Deployment", "deployments", namespaced=True)
OBJECTS = 5000
EVENTS = 60_000

_MANAGED = [
    {
        "manager": "orkestra-runtime",
        "operation": "Apply",
        "apiVersion": "apps/v1",
        "time": "2026-01-01T00:00:00Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": {
            "f:metadata": {"f:labels": {"f:app.kubernetes.io/name": {}}, "f:ownerReferences": {}},
            "f:spec": {"f:replicas": {}, "f:selector": {}, "f:template": {"f:spec": {"f:containers": {}}}},
        },
    }
]


def deployment(number: int, version: int) -> bytes:
    """A Deployment of 2.3 KB as the server sends it, managedFields included."""
    name = f"web-{number}"
    obj = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": name,
            "namespace": f"team-{number % 50}",
            "uid": f"3b1c0b8e-0000-4000-8000-{number:012d}",
            "resourceVersion": str(version),
            "generation": 2,
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "orkestra"},
            "annotations": {"deployment.kubernetes.io/revision": "1"},
            "ownerReferences": [
                {
                    "apiVersion": "example.com/v1",
                    "kind": "Website",
                    "name": name,
                    "uid": f"4b1c0b8e-0000-4000-8000-{number:012d}",
                    "controller": True,
                    "blockOwnerDeletion": True,
                }
            ],
            "managedFields": _MANAGED,
        },
        "spec": {"replicas": 2, "env": [{"name": f"VARIABLE_{n}", "value": "x" * 24} for n in range(22)]},
        "status": {"conditions": [{"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"}]},
    }
    return msgspec.json.encode(obj)


def lines() -> Iterator[bytes]:
    for at in range(EVENTS):
        yield b'{"type":"MODIFIED","object":' + deployment(at % OBJECTS, 10_000 + at) + b"}"


class Replay:
    """A client that replays lines as a socket would deliver them, already split."""

    def __init__(self, replayed: list[bytes]) -> None:
        self.replayed = replayed
        self.finished = asyncio.Event()

    async def list_pages(self, info: ResourceInfo, **query: Any) -> AsyncGenerator[ListPage, None]:
        yield ListPage([], "1", "", "apps/v1", "Deployment")

    async def watch(self, info: ResourceInfo, **query: Any) -> AsyncGenerator[WatchEvent, None]:
        for line in self.replayed:
            yield decode_event(line)
        self.finished.set()
        await asyncio.sleep(3600)


async def watch_events(replayed: list[bytes]) -> float:
    api = Replay(replayed)
    heard = 0

    def handler(old: object, new: object) -> None:
        nonlocal heard
        heard += 1

    async with InformerFactory(api) as factory:
        informer = factory.acquire(Target(DEPLOYMENTS), indexes={OWNER_UID: owner_uids})
        informer.add_handler(handler)
        factory.start()
        start = time.perf_counter()
        await asyncio.wait_for(api.finished.wait(), 120)
        seconds = time.perf_counter() - start
    assert heard >= len(replayed)
    return len(replayed) / seconds


def bytes_per_object() -> tuple[float, int, int]:
    bodies = [deployment(number, 10_000 + number) for number in range(OBJECTS)]
    size = len(keep(decode_meta(bodies[0]), bodies[0]).raw or b"")
    gc.collect()
    tracemalloc.start()
    store = Store({OWNER_UID: owner_uids})
    began = store.begin_replace()
    store.replace((keep(decode_meta(body), body) for body in bodies), "20000", began)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return used / len(store), len(bodies[0]), size


def list_page() -> float:
    body = msgspec.json.encode(
        {
            "kind": "DeploymentList",
            "apiVersion": "apps/v1",
            "metadata": {"resourceVersion": "9"},
            "items": [msgspec.Raw(deployment(number, number)) for number in range(OBJECTS)],
        }
    )
    store = Store({OWNER_UID: owner_uids})
    start = time.perf_counter()
    page = decode_page(body)
    items = [keep(decode_meta(raw), raw, api_version="apps/v1", kind="Deployment") for raw in page.items]
    store.replace(items, "9", store.begin_replace())
    return (time.perf_counter() - start) * 1000


async def queue_cycle(keys: int) -> float:
    queue: WorkQueue[ObjectKey] = WorkQueue()
    names = [ObjectKey("default", f"web-{number}") for number in range(keys)]
    start = time.perf_counter()
    for key in names:
        queue.add(key)
    for _ in names:
        key, _priority = await queue.get()
        queue.done(key)
    return (time.perf_counter() - start) / keys * 1e6


async def controller_cycle(keys: int) -> float:
    async def reconcile(key: ObjectKey) -> Result:
        return DONE

    controller = Controller("bench", reconcile)
    for number in range(keys):
        controller.queue.add(ObjectKey("default", f"web-{number}"))
    start = time.perf_counter()
    controller.queue.shut_down(drain=True)
    await controller.run()
    seconds = time.perf_counter() - start
    return seconds / keys * 1e6


def microseconds_each(action: Callable[[bytes], object], bodies: list[bytes]) -> float:
    start = time.perf_counter()
    for body in bodies:
        action(body)
    return (time.perf_counter() - start) / len(bodies) * 1e6


def main() -> int:
    memory, sent, size = bytes_per_object()
    replayed = [*lines()]
    kept = microseconds_each(
        lambda line: (event := decode_event(line)) and keep(event.meta, event.raw), replayed[:20000]
    )
    rows = [
        ("watch events per second, decode to handler", asyncio.run(watch_events(replayed)), 30_000, True),
        ("us to decode and keep one event", kept, 15, False),
        (f"bytes per cached object of {sent} ({size} trimmed)", memory, 3_200, False),
        (f"ms to take in a list of {OBJECTS}", list_page(), 150, False),
        ("us per queued key, add to done, of 10,000", asyncio.run(queue_cycle(10_000)), 10, False),
        ("us per empty reconcile, of 10,000", asyncio.run(controller_cycle(10_000)), 40, False),
    ]
    missed = 0
    for name, value, bar, more_is_better in rows:
        ratio = bar / value if more_is_better else value / bar
        missed += ratio > 1.5
        print(f"{name:58} {value:12,.1f}  bar {'>=' if more_is_better else '<='} {bar:,}  ratio {ratio:.2f}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
