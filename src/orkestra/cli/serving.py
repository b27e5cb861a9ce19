"""An event loop for a long-running command: uvloop where there is one, signals, and a clean end."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from typing import TYPE_CHECKING, TypeVar

from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.client.config import ClusterConfig
    from orkestra.katalog.model import Katalog
    from orkestra.operator.runtime import Settings, Source

T = TypeVar("T")


def run_loop(main: Coroutine[object, object, T]) -> T:
    """Run ``main`` to its end on the fastest loop there is."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM and SIGINT; a second SIGINT kills as usual."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    return stop


def run_until_stopped(
    katalog: Katalog | None, config: ClusterConfig, settings: Settings, log_level: str, source: Source | None = None
) -> int:
    from orkestra.client.errors import TransportError
    from orkestra.observe.logging import configure_logging, get_logger
    from orkestra.operator.collector import spare_caches
    from orkestra.operator.runtime import started

    configure_logging(level=log_level)
    log = get_logger("run")

    async def main() -> None:
        stop = stop_on_signals()
        async with started(katalog, config, settings, source) as runtime:
            names = ", ".join(runtime.supervisor.boxes)
            spare_caches()
            log.info(
                "started", katalog=katalog.name if katalog else "", boxes=names, server=config.server, port=runtime.port
            )
            await stop.wait()

    try:
        run_loop(main())
    except* (TransportError, OSError) as group:
        raise CannotRun(str(group.exceptions[0])) from None
    return 0
