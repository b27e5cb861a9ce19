"""``ork run`` as a process, as users run it: started, waited for, stopped, killed. Its log is kept and read."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

START_SECONDS = 90.0


@dataclass
class OrkRun:
    """``log`` holds a JSON object a line."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process.returncode is None

    def lines(self) -> list[dict[str, Any]]:
        found = []
        for line in self.log.read_bytes().splitlines():
            try:
                found.append(msgspec.json.decode(line))
            except msgspec.DecodeError:
                continue
        return found

    def said(self, message: str, **fields: Any) -> dict[str, Any] | None:
        wanted = {"message": message, **fields}
        return next((line for line in self.lines() if line.items() >= wanted.items()), None)

    async def says(self, message: str, within: float = START_SECONDS, **fields: Any) -> dict[str, Any]:
        """Wait for a log record with these fields."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            found = self.said(message, **fields)
            if found is not None:
                return found
            if loop.time() > deadline or not self.is_alive:
                raise AssertionError(f"it never said {message!r}:\n{self.log.read_text()[-3000:]}")
            await asyncio.sleep(0.05)

    def signal(self, number: int) -> None:
        if self.is_alive:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                pass

    async def kill(self) -> None:
        """kill -9."""
        self.signal(signal.SIGKILL)
        await asyncio.wait_for(self.process.wait(), 30)

    async def stop(self, within: float = 40.0) -> int:
        """SIGTERM; returns the exit code."""
        self.signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), within)

    def check_log(self) -> None:
        """No traceback reaches a user, and nothing of ours broke."""
        text = self.log.read_text()
        assert "Traceback" not in text, text[-3000:]
        errors = [line for line in self.lines() if line.get("level") == "error"]
        assert not errors, errors


@asynccontextmanager
async def ork_run(
    katalog: Path,
    kubeconfig: Path,
    *flags: str,
    env: Mapping[str, str] | None = None,
    waits: bool = True,
    configmap: str = "",
) -> AsyncIterator[OrkRun]:
    """``waits``: until it says that it has started. ``configmap``: run that, and not the file. It is killed at the
    end, and its log checked."""
    log = katalog.with_name(f"{katalog.stem}-{os.urandom(3).hex()}.log")
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "orkestra.cli", "run", "--kubeconfig", str(kubeconfig)),
            *(("--configmap", configmap) if configmap else ("-f", str(katalog))),
            *("--port", "0", *flags),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={**os.environ, **(env or {})},
        )
    run = OrkRun(process, log)
    try:
        if waits:
            await run.says("started")
        yield run
        run.check_log()
    finally:
        if run.is_alive:
            await run.kill()
