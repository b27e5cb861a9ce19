"""The server as a process: what it answered survives its death."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import yaml

from tests.unit.devserver.builders import configmap

MAPS = "/api/v1/namespaces/default/configmaps"


@contextmanager
def process(directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    config = directory / f"kubeconfig-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "orkestra.cli", "devserver", "--no-controllers", "--kubeconfig-out", str(config)]
    server = subprocess.Popen([*command, "--data-dir", str(directory / "data")], stderr=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 30
        while not config.exists():
            assert server.poll() is None and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.02)
        yield server, yaml.safe_load(config.read_text())["clusters"][0]["cluster"]["server"]
    finally:
        if server.poll() is None:
            os.kill(server.pid, signal.SIGKILL)
        server.communicate()


async def create_until_killed(server: subprocess.Popen[bytes], url: str) -> set[str]:
    """Names whose creation was answered before the server was killed in the middle of it all."""
    answered: set[str] = set()
    numbers = iter(range(100_000))

    async def worker(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            name = f"m-{number}"
            try:
                async with session.post(url + MAPS, json=configmap(name)) as response:
                    if response.status == 201:
                        answered.add(name)
            except aiohttp.ClientError:
                return
            if len(answered) == 300:
                server.send_signal(signal.SIGKILL)

    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        for _ in range(16):
            group.create_task(worker(session))
    return answered


async def names_in(url: str) -> set[str]:
    async with aiohttp.ClientSession() as session, session.get(url + MAPS) as response:
        return {item["metadata"]["name"] for item in (await response.json())["items"]}


async def test_a_killed_server_has_lost_nothing_it_answered(tmp_path: Path) -> None:
    with process(tmp_path) as (server, url):
        answered = await create_until_killed(server, url)
    assert len(answered) >= 300
    with process(tmp_path) as (_, url):
        assert answered <= await names_in(url)
