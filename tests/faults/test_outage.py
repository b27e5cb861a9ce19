"""The API server goes away and comes back, and the world has changed meanwhile."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.proxy import Proxy
from tests.processes import ork_run
from tests.scenes import CONFIG_MAPS, Scene, opened

BOX = """
onReconcile:
  configMaps:
    - {name: "{{ .metadata.name }}", data: {v: "{{ .spec.v }}"}}
"""


async def test_what_happened_behind_an_outage_of_the_network(scene: Scene, proxy: Proxy) -> None:
    websites = await scene.define()
    async with scene.running(BOX, config=proxy.client_config()) as run:
        for name in ("changed", "deleted", "edited", "orphaned"):
            await scene.create(name, {"v": "1"})
            await scene.ready(name)
        await proxy.close()
        await scene.change("changed", {"v": "2"})
        await scene.delete(websites, "deleted")
        await scene.patch(CONFIG_MAPS, "edited", {"data": {"v": "9"}})
        await scene.delete(CONFIG_MAPS, "orphaned")
        await scene.create("new", {"v": "1"})
        await asyncio.sleep(1)
        await proxy.open()
        await scene.until(CONFIG_MAPS, "changed", lambda o: o and o["data"] == {"v": "2"}, within=90)
        await scene.until(CONFIG_MAPS, "edited", lambda o: o and o["data"] == {"v": "1"}, within=90)
        await scene.exists(CONFIG_MAPS, "orphaned")
        for name in ("changed", "edited", "orphaned", "new"):
            await scene.ready(name, within=90)
        await scene.eventually(lambda: len(run.box().running.crs.lister), "the deleted one is forgotten", 4)
        await scene.rests(run, 0.5)


async def test_a_runtime_that_starts_before_the_server_answers(scene: Scene, proxy: Proxy) -> None:
    await scene.define()
    await proxy.close()
    async with scene.running(BOX, config=proxy.client_config(), waits=False) as run:
        await scene.create("shop", {"v": "1"})
        await scene.eventually(lambda: "API server" in run.box().health.pending, "it says what it waits for")
        await proxy.open()
        await scene.ready("shop", within=90)


@dataclass
class Killable:
    """An API server of this test's own that can be killed and started again with all it had."""

    kubeconfig: Path
    kill: Any
    start: Any


@pytest.fixture
async def killable(target: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Killable]:
    if target == "cluster":
        plane = request.getfixturevalue("control_plane")
        yield Killable(plane.kubeconfig, plane.kill_apiserver, plane.start_apiserver)
        return
    server = DevServerProcess(tmp_path)
    await asyncio.to_thread(server.start)
    try:
        yield Killable(server.kubeconfig, server.kill, server.start)
    finally:
        server.kill()


class DevServerProcess:
    """``ork devserver --data-dir``, on one port for all its lives."""

    def __init__(self, folder: Path) -> None:
        from controlplane import free_ports  # a script folder on the path of the test session

        self.kubeconfig = folder / "devserver.kubeconfig"
        self._command = [sys.executable, "-m", "orkestra.cli", "devserver", "--port", str(free_ports(1)[0])]
        self._command += ["--data-dir", str(folder / "data"), "--kubeconfig-out", str(self.kubeconfig)]
        self._log = folder / "devserver.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.kubeconfig.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not self.kubeconfig.exists():
            assert self._process.poll() is None and time.monotonic() < deadline, self._log.read_text()[-2000:]
            time.sleep(0.05)

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(60)
            self._process = None


async def test_an_api_server_killed_and_started_again(killable: Killable, target: str, tmp_path: Path) -> None:
    async with opened(target, killable.kubeconfig, tmp_path) as scene:
        websites = await scene.define()
        katalog = scene.folder / "katalog.yaml"
        katalog.write_text(scene.source(BOX))
        async with ork_run(katalog, scene.kubeconfig) as run:
            for number in range(10):
                await scene.create(f"shop-{number}", {"v": "1"})
            await scene.ready("shop-0")
            await asyncio.to_thread(killable.kill)  # in the middle of the others
            await asyncio.sleep(1)
            await asyncio.to_thread(killable.start)
            for number in range(10):
                await scene.ready(f"shop-{number}", within=90)
            await scene.change("shop-0", {"v": "2"})
            await scene.until(CONFIG_MAPS, "shop-0", lambda o: o and o["data"] == {"v": "2"}, within=90)
            await scene.ready("shop-0")
            versions = await scene.versions((CONFIG_MAPS,))
            await asyncio.sleep(1)
            assert await scene.versions((CONFIG_MAPS,)) == versions
            for number in range(10):
                await scene.delete(websites, f"shop-{number}")
            assert await run.stop() == 0
