"""Exec plugins: a program of the user's that prints an ExecCredential, run without a shell and never for long.

Protocol: k8s.io/client-go plugin/pkg/client/auth/exec/exec.go.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Callable

import msgspec

from orkestra.client.auth.credential import Credential
from orkestra.client.auth.execcredential import decode_credential, exec_info
from orkestra.client.config import ClusterConfig, ExecPlugin
from orkestra.client.errors import CredentialError
from orkestra.k8s.objects import Object

RUN_SECONDS = 60.0
INTERACTIVE_RUN_SECONDS = 600.0
"""A person may be asked to log in."""
_MAX_OUTPUT_BYTES = 1024 * 1024
_FORGET_ERROR_SECONDS = 5.0


class ExecAuthenticator:
    """Runs the plugin when there is no credential, when it expires, and after a 401; one run at a time.

    A failed run is remembered for a few seconds, so that a hundred waiting requests do not start it a hundred times.
    """

    def __init__(
        self,
        plugin: ExecPlugin,
        config: ClusterConfig,
        *,
        run_seconds: float | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._plugin = plugin
        self._config = config
        self._run_seconds = run_seconds
        self._now = now
        self._current: Credential | None = None
        self._expires_at: float | None = None
        self._failure: CredentialError | None = None
        self._failed_at = 0.0
        self._lock = asyncio.Lock()

    async def credential(self) -> Credential:
        current = self._current
        if current is not None and not self._is_expired():
            return current
        async with self._lock:
            if self._current is None or self._is_expired():
                await self._renew()
            if self._current is None:
                raise AssertionError("a plugin run either sets a credential or raises")
            return self._current

    async def renew(self, rejected: Credential) -> bool:
        async with self._lock:
            # another request may have renewed it while this one waited
            if self._current == rejected:
                await self._renew()
            return self._current != rejected

    def _is_expired(self) -> bool:
        return self._expires_at is not None and self._now() >= self._expires_at

    async def _renew(self) -> None:
        if self._failure is not None and 0 <= self._now() - self._failed_at < _FORGET_ERROR_SECONDS:
            raise CredentialError(str(self._failure))
        try:
            output = await run_plugin(self._plugin, exec_info(self._plugin, self._config), self._run_seconds)
            self._current, self._expires_at = decode_credential(output, self._plugin)
        except CredentialError as error:
            self._failure, self._failed_at = error, self._now()
            raise
        self._failure = None


async def run_plugin(plugin: ExecPlugin, info: Object, run_seconds: float | None = None) -> bytes:
    """The plugin's standard output, at most 1 MiB. Raises CredentialError, with the install hint if not installed."""
    is_interactive = bool(info["spec"]["interactive"])
    if plugin.interactive_mode == "Always" and not is_interactive:
        raise CredentialError(f"the credential plugin {plugin.command} needs a terminal and there is none")
    environment = {**os.environ, **dict(plugin.env), "KUBERNETES_EXEC_INFO": msgspec.json.encode(info).decode()}
    program = shutil.which(plugin.command, path=environment.get("PATH"))
    if program is None:
        raise CredentialError(f"the credential plugin {plugin.command} is not installed", hint=plugin.install_hint)
    seconds = run_seconds or (INTERACTIVE_RUN_SECONDS if is_interactive else RUN_SECONDS)
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *plugin.args,
            env=environment,
            stdin=None if is_interactive else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=None if is_interactive else asyncio.subprocess.PIPE,
            # a group of its own, so that what it started ends with it; a login prompt needs ours
            start_new_session=not is_interactive,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its arguments or environment cannot be passed on"
        raise CredentialError(f"the credential plugin {plugin.command} cannot be started: {reason}") from None
    code = None
    try:
        async with asyncio.timeout(seconds):
            output, complaint = await _collect(process)
            if len(output) <= _MAX_OUTPUT_BYTES:
                code = await process.wait()
    except TimeoutError:
        raise CredentialError(f"the credential plugin {plugin.command} did not finish within {seconds:g} s") from None
    finally:
        if code is None:
            await _kill(process, is_group=not is_interactive)
    if code is None:
        raise CredentialError(f"the credential plugin {plugin.command} printed more than {_MAX_OUTPUT_BYTES} bytes")
    if code != 0:
        said = f": {complaint}" if complaint else ""
        raise CredentialError(f"the credential plugin {plugin.command} failed with exit code {code}{said}")
    return output


async def _collect(process: asyncio.subprocess.Process) -> tuple[bytes, str]:
    """Standard output until its end or its bound, and the last line of standard error."""
    async with asyncio.TaskGroup() as group:
        complaint = group.create_task(_read_tail(process.stderr))
        output = bytearray()
        while process.stdout is not None and (chunk := await process.stdout.read(65536)):
            output += chunk
            if len(output) > _MAX_OUTPUT_BYTES:
                complaint.cancel()
                return bytes(output), ""
    lines = complaint.result().decode("utf-8", "replace").strip().splitlines()
    return bytes(output), lines[-1][:300] if lines else ""


async def _read_tail(stream: asyncio.StreamReader | None, kept_bytes: int = 4096) -> bytes:
    tail = b""
    while stream is not None and (chunk := await stream.read(65536)):
        tail = (tail + chunk)[-kept_bytes:]
    return tail


async def _kill(process: asyncio.subprocess.Process, *, is_group: bool) -> None:
    """End a plugin that went too far, with whatever it started in its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if is_group:
            os.killpg(process.pid, signal.SIGKILL)
        elif process.returncode is None:
            process.kill()
    # output nobody reads any more keeps the pipes open, and ``wait`` waiting; there is no public way to close them
    transport: asyncio.SubprocessTransport = process._transport  # type: ignore[attr-defined]  # see above
    transport.close()
    if process.returncode is None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(5):
                await process.wait()
