"""Many kinds and many resources: what the runtime takes to start, settle, rest, restart and forget. Prints one table.

    python bench/scale.py [--boxes 100] [--crs 100] [--churn 0] [--server devserver|cluster] [--profile]

``--boxes`` kinds with ``--crs`` resources each; every resource has a Deployment, a Service and a ConfigMap. The API
server and the operator are processes of their own; the server runs no controllers, so Ready follows the reconcile
alone. ``--churn N`` creates and deletes N more resources in rounds of 1,000 and shows what memory does meanwhile.
``cluster`` is a real etcd and kube-apiserver (see hack/cluster), ``devserver`` the embedded one.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import cProfile
import gc
import json
import os
import pstats
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from orkestra.client.api import ApiClient
from orkestra.client.errors import ConnectionFailed, DeadlineExceeded
from orkestra.client.requests import PatchType
from orkestra.client.sources import load_config
from orkestra.k8s.errors import StatusError
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey

HERE = Path(__file__).resolve().parent
GROUP = "scale.example.com"
RESYNC_QUEUED = 2
IN_FLIGHT = 32
REST_SECONDS = 60
CHILDREN = 3
PROFILED_ROWS = 45

CRDS = ResourceInfo("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", False)

CHILD_KINDS = (
    ResourceInfo("apps", "v1", "Deployment", "deployments", True),
    ResourceInfo("", "v1", "Service", "services", True),
    ResourceInfo("", "v1", "ConfigMap", "configmaps", True),
)


def kind_of(number: int) -> ResourceInfo:
    return ResourceInfo(GROUP, "v1", f"Thing{number}", f"thing{number}s", namespaced=True)


def crd(info: ResourceInfo) -> Object:
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": anything, "status": anything}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{info.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": {"kind": info.kind, "plural": info.plural},
            "scope": "Namespaced",
            "versions": [version],
        },
    }


def katalog(boxes: int) -> dict[str, Any]:
    def box(info: ResourceInfo) -> dict[str, Any]:
        image = {"name": "{{ .metadata.name }}", "image": "{{ .spec.image }}", "port": 8080}
        return {
            "apiTypes": {"group": GROUP, "version": "v1", "kind": info.kind, "plural": info.plural},
            "operatorBox": {
                "reconciler": {"workers": 4, "resync": "10m"},
                "status": {"readiness": "reconcile"},
                "onReconcile": {
                    "deployments": [{**image, "replicas": "{{ .spec.replicas }}"}],
                    "services": [{"name": "{{ .metadata.name }}", "port": 80, "targetPort": 8080}],
                    "configMaps": [{"name": "{{ .metadata.name }}", "data": {"image": "{{ .spec.image }}"}}],
                },
            },
        }

    crds = {f"thing{number}": box(kind_of(number)) for number in range(boxes)}
    return {
        "apiVersion": "orkestra.orkspace.io/v1",
        "kind": "Katalog",
        "metadata": {"name": "scale"},
        "spec": {"crds": crds},
    }


def thing(info: ResourceInfo, name: str) -> Object:
    return {
        "apiVersion": info.api_version,
        "kind": info.kind,
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"image": "nginx:1.27", "replicas": 2},
    }


# -- the operator, in a process of its own: a line on stdin asks for figures, one line of JSON answers ----------------
async def operate(file: Path) -> None:
    from orkestra.katalog import load
    from orkestra.observe.logging import configure_logging
    from orkestra.operator.collector import spare_caches
    from orkestra.operator.runtime import Settings, started

    configure_logging(level="warning")
    model, findings = load(file)
    if model is None:
        raise SystemExit(f"the Katalog does not load: {findings[:1]}")
    loop = asyncio.get_running_loop()
    lag = 0.0

    async def sample() -> None:
        nonlocal lag
        while True:
            due = loop.time() + 0.05
            await asyncio.sleep(0.05)
            lag = max(lag, loop.time() - due)

    pauses = watch_collector()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with started(model, load_config(), Settings(port=None)) as runtime, asyncio.TaskGroup() as group:
        spare_caches()
        supervisor = runtime.supervisor
        sampler = group.create_task(sample())
        while command := (await reader.readline()).strip():
            if command == b"rest" and not sampler.done():
                sampler.cancel()  # a sampler is no rest
            boxes = supervisor.boxes.values()
            running = [box.running for box in boxes if box.running]
            used = resource.getrusage(resource.RUSAGE_SELF)
            figures = {
                "started": sum(box.health.is_started for box in boxes),
                "queued": sum(r.queue.depth() + r.queue.running for r in running),
                "reconciles": sum(box.health.total_reconciles for box in boxes),
                "failed": sum(box.health.failed_reconciles for box in boxes),
                "writes": supervisor.services.api.writes.total(),
                "watches": len([*supervisor.services.informers]),
                "cpu": used.ru_utime + used.ru_stime,
                "rss": resident_mb(os.getpid()),
                "lag": lag,
                "gc": sum(pauses),
                "gc_longest": max(pauses, default=0.0),
            }
            lag = 0.0
            print(json.dumps(figures), flush=True)
        sampler.cancel()


def watch_collector() -> list[float]:
    """Seconds of each of the garbage collector's runs from now on."""
    pauses: list[float] = []
    began = 0.0

    def note(phase: str, info: dict[str, int]) -> None:
        nonlocal began
        if phase == "start":
            began = time.perf_counter()
        else:
            pauses.append(time.perf_counter() - began)

    gc.callbacks.append(note)
    return pauses


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def operate_profiled(file: Path, is_profiled: bool) -> None:
    import uvloop

    if not is_profiled:
        uvloop.run(operate(file))
        return
    profile = cProfile.Profile(time.thread_time)  # processor time: what others do on the machine is no matter
    profile.runcall(uvloop.run, operate(file))
    pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(PROFILED_ROWS)


class Operator:
    """The child process, asked for its figures."""

    def __init__(self, file: Path, kubeconfig: Path, *, is_profiled: bool) -> None:
        command = [sys.executable, __file__, "--operate", str(file), *(["--profile"] if is_profiled else [])]
        environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def figures(self, command: str = "figures") -> dict[str, float]:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        answer: dict[str, float] = json.loads(self.process.stdout.readline())
        return answer

    async def ask(self, command: str = "figures") -> dict[str, float]:
        return await asyncio.to_thread(self.figures, command)

    async def settled(self, boxes: int, writes: float = 0, timeout: float = 1800) -> tuple[float, dict[str, float]]:
        """Wait until every box runs, ``writes`` were made and nothing is queued; when it came to that, and figures."""
        deadline = time.monotonic() + timeout
        lag, quiet_since = 0.0, 0.0
        before = -1.0
        while time.monotonic() < deadline:
            seen = await self.ask()
            lag = max(lag, seen["lag"])
            # the resync of ten thousand objects never ends: one of them may be queued at any time
            is_done = seen["started"] == boxes and seen["queued"] <= RESYNC_QUEUED and seen["writes"] >= writes
            is_quiet = is_done and seen["writes"] == before
            quiet_since = (quiet_since or time.monotonic()) if is_quiet else 0.0
            before = seen["writes"]
            if quiet_since and time.monotonic() - quiet_since > 1:
                return quiet_since, {**seen, "lag": lag}
            await asyncio.sleep(0.25)
        raise SystemExit(f"the operator did not settle: {before:.0f} writes")

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


# -- the load -----------------------------------------------------------------------------------------------------
async def each(jobs: Iterable[Any], action: Any) -> float:
    """``action`` on all ``jobs``, IN_FLIGHT at a time; seconds."""
    pending = iter(jobs)

    async def work() -> None:
        for job in pending:
            for left in (2, 1, 0):
                try:
                    await action(job)
                    break
                except (ConnectionFailed, DeadlineExceeded):
                    if not left:
                        raise

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(work())
    return time.monotonic() - began


async def install(api: ApiClient, kinds: list[ResourceInfo]) -> None:
    await each(kinds, lambda info: api.create(CRDS, crd(info), field_manager="bench"))
    for info in kinds:
        while True:
            found = await api.get(CRDS, ObjectKey("", f"{info.plural}.{GROUP}"))
            conditions = found.get("status", {}).get("conditions") or []
            if any(c["type"] == "Established" and c["status"] == "True" for c in conditions):
                break
            await asyncio.sleep(0.1)
    with contextlib.suppress(StatusError):
        namespaces = ResourceInfo("", "v1", "Namespace", "namespaces", False)
        await api.create(
            namespaces,
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}},
            field_manager="bench",
        )


async def update_all(api: ApiClient, jobs: Iterable[tuple[ResourceInfo, str]]) -> float:
    async def update(job: tuple[ResourceInfo, str]) -> None:
        info, name = job
        patch = {"spec": {"image": "nginx:1.28"}}
        await api.patch(info, ObjectKey("default", name), patch, patch_type=PatchType.MERGE, field_manager="bench")

    return await each(jobs, update)


async def churn(api: ApiClient, operator: Operator, kinds: list[ResourceInfo], total: int, rows: Rows) -> None:
    async def remove(job: tuple[ResourceInfo, str]) -> None:
        info, name = job
        await api.delete(info, ObjectKey("default", name))
        for child in CHILD_KINDS:
            with contextlib.suppress(StatusError):
                await api.delete(child, ObjectKey("default", name))

    for at in range(0, total, 1000):
        jobs = [(kinds[n % len(kinds)], f"churn-{n}") for n in range(at, min(at + 1000, total))]
        writes = (await operator.ask())["writes"]
        await each(jobs, lambda job: api.create(job[0], thing(*job), field_manager="bench"))
        await operator.settled(len(kinds), writes + len(jobs) * (CHILDREN + 1))
        await each(jobs, remove)
        _, seen = await operator.settled(len(kinds))
        rows.add(f"memory after {at + len(jobs):,} came and went", f"{seen['rss']:.0f} MB")


class Rows:
    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def add(self, title: str, value: str) -> None:
        self.rows.append((title, value))
        print(f"  {title}: {value}", file=sys.stderr, flush=True)

    def table(self) -> str:
        width = max(len(title) for title, _ in self.rows)
        return "\n".join(f"{title:{width}}  {value}" for title, value in self.rows)


@contextlib.contextmanager
def real_server() -> Iterator[tuple[Path, int]]:
    sys.path.insert(0, str(HERE.parent / "hack" / "cluster"))
    from controlplane import ControlPlane  # a script folder, not a package

    limits = ("--enable-priority-and-fairness=false", "--max-requests-inflight=0", "--max-mutating-requests-inflight=0")
    with ControlPlane(apiserver_only=True, apiserver_flags=limits) as plane:
        yield plane.kubeconfig, plane.pid("apiserver")


@contextlib.contextmanager
def embedded_server() -> Iterator[tuple[Path, int]]:
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        ork = str(Path(sys.executable).parent / "ork")
        process = subprocess.Popen([ork, "devserver", "--no-controllers", "--kubeconfig-out", str(kubeconfig)])
        try:
            deadline = time.monotonic() + 30
            while not kubeconfig.exists() and time.monotonic() < deadline:
                time.sleep(0.05)
            yield kubeconfig, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


async def measure(kubeconfig: Path, chosen: argparse.Namespace, rows: Rows) -> None:
    kinds = [kind_of(number) for number in range(chosen.boxes)]
    jobs = [(kinds[n % len(kinds)], f"thing-{n}") for n in range(chosen.boxes * chosen.crs)]
    file = kubeconfig.parent / "scale.katalog.yaml"
    file.write_text(yaml.safe_dump(katalog(chosen.boxes)))

    def operator() -> Operator:
        return Operator(file, kubeconfig, is_profiled=chosen.profile)

    def work(title: str, began: float, ended: float, before: dict[str, float], after: dict[str, float]) -> None:
        cpu = after["cpu"] - before.get("cpu", 0.0)
        reconciles, writes = (after[k] - before.get(k, 0) for k in ("reconciles", "writes"))
        rows.add(
            title,
            f"{ended - began:.1f} s, CPU {cpu:.2f} s ({cpu / len(jobs) * 1e6:,.0f} us each), longest stall"
            f" {after['lag'] * 1000:.0f} ms (collector: {after['gc'] - before.get('gc', 0.0):.2f} s, longest"
            f" {after['gc_longest'] * 1000:.0f} ms), {reconciles / len(jobs):.2f} reconciles and"
            f" {writes / len(jobs):.2f} writes each, {after['rss']:.0f} MB",
        )

    async with ApiClient(load_config(kubeconfig)) as api:
        await install(api, kinds)
        running = operator()
        try:
            ended, seen = await running.settled(len(kinds))
            work("start, nothing there", running.began, ended, {}, seen)
            rows.add("watches", f"{seen['watches']:.0f}")
            began = time.monotonic()
            await each(jobs, lambda job: api.create(job[0], thing(*job), field_manager="bench"))
            ended, after = await running.settled(len(kinds), seen["writes"] + len(jobs) * (CHILDREN + 1))
            work(f"create {len(jobs):,}", began, ended, seen, after)
            began = time.monotonic()
            await update_all(api, jobs)
            ended, seen = await running.settled(len(kinds), after["writes"] + len(jobs) * 3)
            work("update all", began, ended, after, seen)
        finally:
            running.stop()
        running = operator()
        try:
            ended, seen = await running.settled(len(kinds))
            work("restart, all there", running.began, ended, {}, seen)
            if chosen.churn:
                await churn(api, running, kinds, chosen.churn, rows)
            if chosen.rest:
                before = await running.ask("rest")
                await asyncio.sleep(chosen.rest)
                after = await running.ask()
                cpu = (after["cpu"] - before["cpu"]) * 60 / chosen.rest
                rows.add("at rest", f"CPU {cpu:.3f} s a minute, {after['writes'] - before['writes']:.0f} writes")
        finally:
            running.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--boxes", type=int, default=100)
    parser.add_argument("--crs", type=int, default=100, help="per box")
    parser.add_argument("--churn", type=int, default=0)
    parser.add_argument("--rest", type=int, default=REST_SECONDS, help="seconds of looking at a settled operator")
    parser.add_argument("--server", choices=("devserver", "cluster"), default="devserver")
    parser.add_argument("--profile", action="store_true", help="say what the operator's time went into")
    parser.add_argument("--operate", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.operate is not None:
        operate_profiled(chosen.operate, chosen.profile)
        return 0
    rows = Rows()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # which ends the server too
    with (real_server if chosen.server == "cluster" else embedded_server)() as (kubeconfig, _):
        asyncio.run(measure(kubeconfig, chosen, rows))
    print(f"{chosen.boxes} kinds, {chosen.boxes * chosen.crs:,} resources, on the {chosen.server}\n\n{rows.table()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
