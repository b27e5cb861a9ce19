"""What the embedded API server takes per create, list and watch event. Run: python bench/devserver.py [--creates N]

The server runs in a process of its own, the load in another, both on the machine's cores as they come: read the
figures against each other, and against the bars (1,500 creates/s; 10,000 objects listed in 0.5 s).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import yaml

WIDGETS = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.bench.example.com"},
    "spec": {
        "group": "bench.example.com",
        "names": {"kind": "Widget", "plural": "widgets"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "subresources": {"status": {}},
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "required": ["image"],
                                "properties": {
                                    "image": {"type": "string"},
                                    "replicas": {"type": "integer", "minimum": 0, "default": 1},
                                    "env": {
                                        "type": "array",
                                        "items": {
                                            "type": "object",
                                            "properties": {"name": {"type": "string"}, "value": {"type": "string"}},
                                        },
                                    },
                                },
                            },
                            "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                        },
                    }
                },
            }
        ],
    },
}
PATH = "/apis/bench.example.com/v1/namespaces/default/widgets"


def widget(number: int) -> dict[str, object]:
    env = [{"name": f"KEY_{i}", "value": "value"} for i in range(8)]
    return {
        "apiVersion": "bench.example.com/v1",
        "kind": "Widget",
        "metadata": {"name": f"w-{number:06d}", "namespace": "default", "labels": {"app": "bench"}},
        "spec": {"image": "nginx:1.27", "env": env},
    }


async def create_all(session: aiohttp.ClientSession, url: str, count: int, in_flight: int) -> float:
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            async with session.post(url + PATH, json=widget(number)) as response:
                assert response.status == 201, await response.text()

    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(worker())
    return time.perf_counter() - start


async def fan_out(session: aiohttp.ClientSession, url: str, watchers: int, changes: int) -> tuple[float, int]:
    """Seconds from the first change until every watcher has seen the last, and lines received."""
    seen = 0
    ready = asyncio.Barrier(watchers + 1)

    async def watch(revision: str) -> None:
        nonlocal seen
        async with session.get(f"{url}{PATH}?watch=1&resourceVersion={revision}") as response:
            await ready.wait()
            async for line in response.content:
                seen += 1
                if b'"last"' in line:
                    return

    async with session.get(url + PATH + "?limit=1") as response:
        revision = (await response.json())["metadata"]["resourceVersion"]
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        for _ in range(watchers):
            group.create_task(watch(revision))
        await ready.wait()
        start = time.perf_counter()
        for number in range(changes):
            mark = "last" if number == changes - 1 else str(number)
            patch = {"metadata": {"annotations": {"mark": mark}}}
            headers = {"Content-Type": "application/merge-patch+json"}
            async with session.patch(f"{url}{PATH}/w-{number:06d}", json=patch, headers=headers) as response:
                assert response.status == 200
    return time.perf_counter() - start, seen


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_megabytes(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


async def measure(url: str, pid: int, arguments: argparse.Namespace) -> None:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        async with session.post(url + definitions, json=WIDGETS) as response:
            assert response.status == 201, await response.text()
        before = cpu_seconds(pid)
        took = await create_all(session, url, arguments.creates, arguments.in_flight)
        used = cpu_seconds(pid) - before
        print(f"creates: {arguments.creates / took:,.0f}/s with {arguments.in_flight} in flight")
        print(f"server cpu per create: {used / arguments.creates * 1e6:,.0f} us")
        for _ in range(2):
            start = time.perf_counter()
            async with session.get(url + PATH) as response:
                body = await response.read()
            took = time.perf_counter() - start
        print(f"list of {arguments.creates:,}: {took * 1000:,.0f} ms, {len(body) / 1e6:,.1f} MB")
        took, lines = await fan_out(session, url, arguments.watchers, arguments.changes)
        rates = f"{lines / took:,.0f} lines/s, {arguments.changes / took:,.0f} changes/s"
        print(f"fan-out to {arguments.watchers} watchers: {rates}")
        print(f"server memory: {rss_megabytes(pid):,.0f} MB RSS")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--creates", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, default=16)
    parser.add_argument("--watchers", type=int, default=50)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--data-dir", action="store_true", help="keep a journal on disk")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        config = Path(directory, "kubeconfig")
        command = [sys.executable, "-m", "orkestra.cli", "devserver", "--kubeconfig-out", str(config)]
        if arguments.data_dir:
            command += ["--data-dir", str(Path(directory, "data"))]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 20
            while not config.exists():
                if time.monotonic() > deadline or server.poll() is not None:
                    sys.exit("the server did not start")
                time.sleep(0.05)
            url = yaml.safe_load(config.read_text())["clusters"][0]["cluster"]["server"]
            asyncio.run(measure(url, server.pid, arguments))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(10)


if __name__ == "__main__":
    main()
