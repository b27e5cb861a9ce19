"""List responses: one page at a time, items left undecoded."""

from __future__ import annotations

import msgspec

from orkestra.client.errors import ProtocolError


class ListPage(msgspec.Struct, gc=False):
    """One page. ``items`` are views into the page's buffer; ``bytes(item)`` copies one out of it.

    Items of built-in kinds carry no ``apiVersion`` and ``kind`` of their own; the page's fields name an item's.
    """

    items: list[msgspec.Raw]
    resource_version: str = ""
    continue_token: str = ""
    api_version: str = ""
    kind: str = ""
    remaining: int = 0


class _ListMeta(msgspec.Struct, rename="camel", gc=False):
    resource_version: str = ""
    continue_: str | None = msgspec.field(default=None, name="continue")
    remaining_item_count: int | None = None


class _List(msgspec.Struct, rename="camel", gc=False):
    items: list[msgspec.Raw] | None = None
    metadata: _ListMeta = msgspec.field(default_factory=_ListMeta)
    kind: str = ""
    api_version: str = ""


_decode_list = msgspec.json.Decoder(_List).decode


def decode_page(body: bytes) -> ListPage:
    """A list response -> ListPage. Raises ProtocolError when the body is not a Kubernetes list."""
    try:
        found = _decode_list(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(f"the answer to a list is not a Kubernetes list: {error}") from None
    if not found.kind.endswith("List"):
        raise ProtocolError(f"the answer to a list has kind {found.kind[:80]!r}, not a List")
    meta = found.metadata
    return ListPage(
        found.items or [],
        meta.resource_version,
        meta.continue_ or "",
        found.api_version,
        found.kind.removesuffix("List"),
        meta.remaining_item_count or 0,
    )
