"""The verbs of the API, over unstructured objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from orkestra.client import requests
from orkestra.client.config import ClusterConfig
from orkestra.client.errors import ConnectionFailed, ProtocolError
from orkestra.client.lists import ListPage, decode_page
from orkestra.client.requests import PatchType, Request
from orkestra.client.watch import LineSplitter, WatchEvent, decode_event
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, key_of

if TYPE_CHECKING:
    from orkestra.client.transport import Observer, Transport, TransportOptions

__all__ = ["ApiClient", "PatchType"]

WATCH_SLACK_SECONDS = 15.0
"""How much longer than asked a watch may last before it counts as stalled."""

_WRITES = frozenset({"create", "update", "patch", "apply", "delete"})


class ApiClient:
    """One API server as one user; an async context manager. Safe for any number of concurrent calls in one loop.

    Every method raises a ``StatusError`` for an answer that is not a success, ``TransportError`` when none came
    (``ConnectionFailed``, ``DeadlineExceeded``, ``MessageTooLarge``, ``ProtocolError``, ``CredentialError``).
    ``writes`` counts the writes asked for, per verb (repeats after a 429 not counted).
    """

    def __init__(
        self, config: ClusterConfig, *, observer: Observer | None = None, options: TransportOptions | None = None
    ) -> None:
        self.config = config
        self.writes: Counter[str] = Counter()
        self._observer = observer
        self._options = options
        self._transport: Transport | None = None

    async def __aenter__(self) -> ApiClient:
        # imported here: aiohttp costs 200 ms that a command which never connects should not pay
        from orkestra.client.auth.authenticators import authenticator_for
        from orkestra.client.transport import Transport

        transport = Transport(self.config, authenticator_for(self.config), self._observer, self._options)
        self._transport = await transport.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.__aexit__(*exc)

    async def get(self, info: ResourceInfo, key: ObjectKey, *, subresource: str = "") -> Object:
        """One object, or its subresource (``status``, ``scale``)."""
        return await self._send_for_object(requests.build_get(info, key, subresource))

    async def get_raw(self, path: str, *, query: Mapping[str, str] | None = None, accept: str | None = None) -> bytes:
        """The body at an absolute, already encoded API path (``/version``, ``/openapi/v3``)."""
        return await self._open.send(requests.build_raw(path, query, accept))

    async def list_pages(
        self,
        info: ResourceInfo,
        *,
        namespace: str = "",
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
        resource_version: str = "",
        metadata_only: bool = False,
    ) -> AsyncGenerator[ListPage, None]:
        """All pages of a list, each fetched when asked for; ``limit`` 0 asks for one page.

        Raises Expired when the snapshot behind a continue token is gone: what came so far is no consistent list.
        """
        token = ""
        while True:
            request = requests.build_list(
                info,
                namespace=namespace,
                label_selector=label_selector,
                field_selector=field_selector,
                limit=limit,
                resource_version=resource_version,
                continue_token=token,
                metadata_only=metadata_only,
            )
            page = decode_page(await self._open.send(request))
            yield page
            if not page.continue_token:
                return
            if page.continue_token == token and not page.items:
                raise ProtocolError(f"list {info.group_resource}: the server repeats an empty page without end")
            token = page.continue_token

    async def create(
        self,
        info: ResourceInfo,
        obj: Object,
        *,
        field_manager: str,
        dry_run: bool = False,
        field_validation: str = "",
    ) -> Object:
        """POST. ``field_validation`` is ``Strict``, ``Warn``, ``Ignore`` or "" for the server's default."""
        return await self._send_for_object(
            requests.build_create(
                info, obj, field_manager=field_manager, dry_run=dry_run, field_validation=field_validation
            )
        )

    async def update(
        self,
        info: ResourceInfo,
        obj: Object,
        *,
        subresource: str = "",
        field_manager: str = "",
        dry_run: bool = False,
    ) -> Object:
        """PUT; with a resourceVersion in ``obj`` it raises Conflict if the object has changed since."""
        return await self._send_for_object(
            requests.build_update(info, obj, subresource=subresource, field_manager=field_manager, dry_run=dry_run)
        )

    async def patch(
        self,
        info: ResourceInfo,
        key: ObjectKey,
        patch: Any,
        *,
        patch_type: PatchType,
        subresource: str = "",
        field_manager: str = "",
        force: bool = False,
        dry_run: bool = False,
        field_validation: str = "",
    ) -> Object:
        """PATCH; ``patch`` is an object, or a list of operations with ``PatchType.JSON``."""
        return await self._send_for_object(
            requests.build_patch(
                info,
                key,
                patch,
                patch_type=patch_type,
                subresource=subresource,
                field_manager=field_manager,
                force=force,
                dry_run=dry_run,
                field_validation=field_validation,
            )
        )

    async def apply(
        self,
        info: ResourceInfo,
        obj: Object,
        *,
        field_manager: str,
        force: bool = False,
        subresource: str = "",
        dry_run: bool = False,
        field_validation: str = "",
    ) -> Object:
        """Server-side apply of ``obj`` (apiVersion, kind, name and the fields wanted).

        Raises Conflict with ``is_field_conflict`` when another manager owns a field and ``force`` is not set.
        """
        return await self.patch(
            info,
            key_of(obj),
            obj,
            patch_type=PatchType.APPLY,
            subresource=subresource,
            field_manager=field_manager,
            force=force,
            dry_run=dry_run,
            field_validation=field_validation,
        )

    async def delete(
        self,
        info: ResourceInfo,
        key: ObjectKey,
        *,
        uid: str = "",
        resource_version: str = "",
        propagation: str = "Background",
        grace_seconds: int | None = None,
    ) -> Object | None:
        """DELETE with preconditions. Returns the object while finalizers or grace keep it, None when the server only
        confirms. Raises NotFound, and Conflict when a precondition does not hold.
        """
        answer = await self._send_for_object(
            requests.build_delete(
                info,
                key,
                uid=uid,
                resource_version=resource_version,
                propagation=propagation,
                grace_seconds=grace_seconds,
            )
        )
        return None if answer.get("kind") == "Status" else answer

    async def watch(
        self,
        info: ResourceInfo,
        *,
        namespace: str = "",
        resource_version: str,
        label_selector: str = "",
        field_selector: str = "",
        bookmarks: bool = True,
        send_initial_events: bool = False,
        metadata_only: bool = False,
        timeout_seconds: int = 290,
        idle_seconds: float | None = None,
    ) -> AsyncGenerator[WatchEvent, None]:
        """Changes after ``resource_version``, until the server ends the watch (normally after ``timeout_seconds``).

        With ``send_initial_events`` (WatchList) the present objects come first as ADDED, then a bookmark with
        ``initial_events_end``. ``idle_seconds`` ends a watch on which nothing at all arrives for that long, for
        servers which send bookmarks every minute; without it silence is noticed at ``timeout_seconds`` plus slack.
        Raises Expired (list again), WatchStalled and ConnectionFailed (connect again from the last resourceVersion);
        TooManyRequests and the like at once, their ``retry_after`` says when to try again.
        Close it (``aclosing``) when leaving early.
        """
        request = requests.build_watch(
            info,
            namespace=namespace,
            resource_version=resource_version,
            label_selector=label_selector,
            field_selector=field_selector,
            bookmarks=bookmarks,
            send_initial_events=send_initial_events,
            metadata_only=metadata_only,
            timeout_seconds=timeout_seconds,
        )
        total = timeout_seconds + WATCH_SLACK_SECONDS
        idle = min(idle_seconds or total, total)
        splitter = LineSplitter()
        async with self._open.stream(request, total_seconds=total, idle_seconds=idle) as read:
            while chunk := await read():
                for line in splitter.feed(chunk):
                    yield decode_event(line)
        if splitter.has_partial_line:
            raise ConnectionFailed(f"watch {info.group_resource}: the stream ended inside an event")

    async def _send_for_object(self, request: Request) -> Object:
        if request.verb in _WRITES:
            self.writes[request.verb] += 1
        body = await self._open.send(request)
        try:
            found = msgspec.json.decode(body)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ProtocolError(f"{request.verb} {request.resource}: the answer is not JSON: {error}") from None
        if not isinstance(found, dict):
            raise ProtocolError(f"{request.verb} {request.resource}: the answer is not an object")
        return found

    @property
    def _open(self) -> Transport:
        if self._transport is None:
            raise RuntimeError("the client is not open: use it as an async context manager")
        return self._transport
