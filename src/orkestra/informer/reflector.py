"""Keeps a store equal to the server: list, then watch from there, for ever.

``states.TRANSITIONS`` says what follows what. Rules of k8s.io/client-go tools/cache/reflector.go: a watch that ends
or breaks is resumed from the last resourceVersion seen, bookmarks included; 410 lists again; every failure waits for
a growing back-off, at least the server's Retry-After.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Awaitable, Callable

from orkestra.client.errors import ProtocolError, TransportError, WatchStalled
from orkestra.client.watch import BOOKMARK, WatchEvent
from orkestra.informer.backoff import Backoff
from orkestra.informer.cached import keep
from orkestra.informer.listing import SLICE, list_by_pages, list_by_watch
from orkestra.informer.states import TRANSITIONS, Signal, State
from orkestra.informer.target import ListWatcher, Sink, Target
from orkestra.informer.watchdog import Watchdog
from orkestra.k8s.errors import (
    BadRequest,
    Expired,
    Forbidden,
    Gone,
    Invalid,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    StatusError,
)

_log = logging.getLogger(__name__)

WATCH_SECONDS = 300
"""A watch is asked to end after one to two times this long, so that watches do not all reconnect together."""
STALL_SLACK = 20.0
"""Seconds past its end after which a silent watch is given up; the client notices a little earlier."""
STALL_WITH_BOOKMARKS = 180.0
"""A server that sent one bookmark sends one a minute (apiserver pkg/storage/cacher); three missed are a stall."""
SHORT_WATCH = 1.0
"""A watch that ends within so many seconds without an event counts as a failure: it must not be hammered."""

Outcome = tuple[Signal, float | None]
"""A signal, and the seconds to wait before the next step (None: none)."""


StateHook = Callable[[Target, State, State], None]
"""Told of each change of state as (target, before, after); for metrics, must not raise."""


class Reflector:
    """``use_watch_list`` streams the initial list where the server can; it falls back to pages for good if not."""

    def __init__(
        self,
        api: ListWatcher,
        target: Target,
        sink: Sink,
        *,
        use_watch_list: bool = False,
        backoff: Backoff | None = None,
        on_state: StateHook | None = None,
    ) -> None:
        self._api = api
        self.target = target
        self._sink = sink
        self._use_watch_list = use_watch_list
        self._backoff = backoff or Backoff()
        self._on_state = on_state
        self._wake = asyncio.Event()
        self._stream: AsyncGenerator[WatchEvent, None] | None = None
        self._watch_seconds = WATCH_SECONDS
        self.state = State.EMPTY
        self.version = ""
        """The resourceVersion to resume from."""
        self.last_error: Exception | None = None
        """What the last attempt failed with; None while all is well."""
        self.denied_verb = ""
        """``list`` or ``watch`` while FORBIDDEN."""

    async def run(self) -> None:
        """Reflect until cancelled. Whatever goes wrong shows in ``state`` and ``last_error`` and is tried again."""
        try:
            while True:
                signal, pause = await self._step()
                self._move(signal)
                if pause is not None:
                    await self._sleep(pause)
        finally:
            await self._close_stream()

    def wake(self) -> None:
        """End a back-off early: something says that trying again is worth it (a CRD became established)."""
        self._wake.set()

    # -- one step of the machine ----------------------------------------------------------------------------------
    async def _step(self) -> Outcome:
        if self.state is State.LISTING:
            return await self._attempt("list", self._list)
        if self.state is State.WATCHING:
            return await self._attempt("watch", self._watch)
        return Signal.START, None

    async def _attempt(self, verb: str, action: Callable[[], Awaitable[Outcome]]) -> Outcome:
        try:
            outcome = await action()
        except Exception as error:
            await self._close_stream()
            self.last_error = error
            return self._judge(verb, error)
        self._succeeded()
        return outcome

    def _succeeded(self) -> None:
        self.last_error, self.denied_verb = None, ""

    def _judge(self, verb: str, error: Exception) -> Outcome:
        """What an error means for the machine, by its type."""
        if isinstance(error, BadRequest | Invalid | MethodNotAllowed | NotAcceptable) and self._use_watch_list:
            self._use_watch_list = False  # a server without WatchList: read pages from now on
            return (Signal.FAILED if verb == "list" else Signal.EXPIRED), None
        retry_after = error.retry_after if isinstance(error, StatusError) else 0
        pause = self._backoff.next(asyncio.get_running_loop().time(), retry_after)
        level = logging.INFO
        match error:
            case Expired() | Gone():
                signal = Signal.EXPIRED
            case NotFound():
                signal = Signal.ABSENT
            case Forbidden():
                level = logging.INFO if self.denied_verb else logging.WARNING  # once, not at every retry
                signal, self.denied_verb = Signal.DENIED, verb
            case ProtocolError() | BadRequest() | Invalid() if verb == "watch":
                signal = Signal.EXPIRED  # resuming would meet the same line or version again
            case StatusError() | TransportError() | TimeoutError() | OSError():
                signal = Signal.FAILED
            case _:  # a bug, or a body that does not decode: this informer waits, the others go on
                signal = Signal.EXPIRED
                _log.error("%s of %s broke: %r", verb, self.target, error, exc_info=_log.isEnabledFor(logging.DEBUG))
        _log.log(level, "%s of %s: %s; next try in %.1f s", verb, self.target, error, pause)
        return signal, pause

    def _move(self, signal: Signal) -> None:
        before, self.state = self.state, TRANSITIONS[self.state, signal]
        if self._on_state is not None and before is not self.state:
            self._on_state(self.target, before, self.state)

    async def _sleep(self, seconds: float) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    # -- the two actions ------------------------------------------------------------------------------------------
    async def _list(self) -> Outcome:
        began = self._sink.begin_replace()
        if self._use_watch_list:
            stream = self._open_watch("", with_initial=True)
            items, version = await list_by_watch(stream, self.target)
        else:
            items, version = await list_by_pages(self._api, self.target)
        self.version = version
        self._sink.replace(items, version, began)
        return Signal.LISTED, None

    async def _watch(self) -> Outcome:
        stream = self._stream or self._open_watch(self.version)
        loop = asyncio.get_running_loop()
        began = loop.time()
        seen = 0
        try:
            async with Watchdog(self._watch_seconds + STALL_SLACK) as dog:
                async for event in stream:
                    dog.fed_at = loop.time()
                    meta = event.meta
                    if event.type == BOOKMARK:
                        self._sink.advance(meta.resource_version)
                        dog.tighten(STALL_WITH_BOOKMARKS)
                    else:
                        item = self._sink.known(meta)  # the echo of a write of ours: the same, made ready once
                        if item is None:
                            item = keep(meta, event.raw, metadata_only=self.target.metadata_only)
                        self._sink.apply_event(event.type, item)
                    self.version = meta.resource_version
                    if not seen:
                        self._succeeded()
                    seen += 1
                    if seen % SLICE == 0:
                        await asyncio.sleep(0)
        except TimeoutError:
            raise WatchStalled(f"the watch of {self.target} went silent") from None
        await self._close_stream()
        hurried = not seen and loop.time() - began < SHORT_WATCH
        return Signal.ENDED, self._backoff.next(loop.time()) if hurried else None

    def _open_watch(self, version: str, *, with_initial: bool = False) -> AsyncGenerator[WatchEvent, None]:
        self._watch_seconds = round(WATCH_SECONDS * (1 + random.random()))
        self._stream = self._api.watch(
            self.target.info,
            namespace=self.target.namespace,
            resource_version=version,
            label_selector=self.target.label_selector,
            field_selector=self.target.field_selector,
            send_initial_events=with_initial,
            metadata_only=self.target.metadata_only,
            timeout_seconds=self._watch_seconds,
        )
        return self._stream

    async def _close_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await stream.aclose()
