"""Which records a list or a watch is about: selectors, pages, earlier revisions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from orkestra.devserver.handlers.options import ListOptions
from orkestra.devserver.kinds import Kind
from orkestra.devserver.storage import Record, Store
from orkestra.k8s.errors import BadRequest, Cause, Expired, Timeout
from orkestra.k8s.objects import Object, get_path

Matches = Callable[[Record], bool]

_META_FIELDS = ("metadata.name", "metadata.namespace")


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a list: ``token`` continues it, ``remaining`` is None where it is not counted."""

    records: list[Record]
    revision: int
    token: str = ""
    remaining: int | None = None


def matcher(kind: Kind, options: ListOptions) -> Matches | None:
    """The test for an object, or None where everything matches. Raises BadRequest on an unknown field."""
    labels, fields = options.labels, options.fields
    if not labels and not fields:
        return None
    known = (*_META_FIELDS, *kind.selectable_fields)
    for path, _, _ in fields.terms:
        if path not in known:
            if kind.is_custom or kind.selectable_fields:
                raise BadRequest(f"field label not supported: {path}")
            raise BadRequest(f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"')
    if not fields:
        return lambda record: labels.matches(record.labels)

    def matches(record: Record) -> bool:
        if labels and not labels.matches(record.labels):
            return False
        return fields.matches(lambda path: field_value(record, path))

    return matches


def field_value(record: Record, path: str) -> str:
    if path == "metadata.name":
        return record.name
    if path == "metadata.namespace":
        return record.namespace
    value = get_path(record.obj, path.split("."))
    if path == "source" and isinstance(value, dict):
        value = value.get("component")
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return _ZEROS.get(path, "")
    return str(value)


_ZEROS = {
    "spec.hostNetwork": "false",
    "spec.unschedulable": "false",
    "status.replicas": "0",
    "status.successful": "0",
}


def list_page(store: Store, kind: Kind, namespace: str, options: ListOptions) -> Page:
    """Raises Expired, Timeout (a revision of the future), BadRequest."""
    table = store.table(kind.table)
    matches = matcher(kind, options)
    revision, after = store.revision, ""
    records: Iterable[Record]
    if options.token:
        if options.revision:
            raise BadRequest("specifying resource version is not allowed when using continue")
        pinned, after = read_token(options.token, namespace)
        if pinned > 0:
            revision = pinned
            records = _past(table, revision, namespace, after)
        else:
            records = table.scan(namespace, after)
    else:
        check_not_future(store, options.revision)
        is_exact = options.match == "Exact" or (options.limit and options.revision and not options.match)
        if is_exact and options.revision:
            revision = options.revision
            records = table.at(revision, namespace)
        elif name := _single_name(options):
            found = (
                table.get(f"{namespace}/{name}" if kind.info.namespaced else name) if _is_one(kind, namespace) else None
            )
            records = [found] if found else ([] if _is_one(kind, namespace) else table.scan(namespace))
        else:
            records = table.scan(namespace)
    if matches is not None:
        records = filter(matches, records)
    if not options.limit:
        return Page(list(records), revision)
    return _first(records, options.limit, revision, namespace, counts_rest=matches is None)


def check_not_future(store: Store, revision: int | None) -> None:
    if revision and revision > store.revision:
        raise Timeout(
            f"Timeout: Too large resource version: {revision}, current: {store.revision}",
            causes=[Cause("ResourceVersionTooLarge", "Too large resource version")],
            retry_after=1,
        )


def _single_name(options: ListOptions) -> str:
    for path, value, is_equal in options.fields.terms:
        if path == "metadata.name" and is_equal:
            return value
    return ""


def _is_one(kind: Kind, namespace: str) -> bool:
    return bool(namespace) or not kind.info.namespaced


def _past(table: Any, revision: int, namespace: str, after: str) -> Iterable[Record]:
    try:
        records: Iterable[Record] = table.at(revision, namespace, after)
    except Expired:
        raise ExpiredPage(make_token(-1, after, namespace)) from None
    return records


class ExpiredPage(Expired):
    """A continued list whose revision is gone; its status carries a token that goes on without consistency."""

    def __init__(self, token: str) -> None:
        super().__init__(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list "
            "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
            "the results. Continuing with the provided token results in an inconsistent list - objects that were "
            "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
            "list."
        )
        self._token = token

    @property
    def status(self) -> Object:
        return {**super().status, "metadata": {"continue": self._token}}


def _first(records: Iterable[Record], limit: int, revision: int, namespace: str, *, counts_rest: bool) -> Page:
    page: list[Record] = []
    source = iter(records)
    for record in source:
        if len(page) == limit:
            rest = 1 + sum(1 for _ in source) if counts_rest else None
            return Page(page, revision, make_token(revision, page[-1].path, namespace), rest)
        page.append(record)
    return Page(page, revision)


def make_token(revision: int, last: str, namespace: str) -> str:
    """Opaque to clients: the revision of the list and the last path given out."""
    start = last.removeprefix(f"{namespace}/") if namespace else last
    raw = msgspec.json.encode({"v": "meta.k8s.io/v1", "rv": revision, "start": f"{start}\u0000"})
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_token(token: str, namespace: str) -> tuple[int, str]:
    """(revision, last path); the revision is -1 for a list that gave up consistency. Raises BadRequest."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        found = msgspec.json.decode(raw)
        revision, start = found["rv"], found["start"]
        if found["v"] != "meta.k8s.io/v1" or not isinstance(revision, int) or not isinstance(start, str):
            raise ValueError("not a token of ours")
    except (binascii.Error, ValueError, TypeError, KeyError, msgspec.MsgspecError, RecursionError):
        raise BadRequest(f"invalid continue token: continue key is not valid{_first_fault(token)}") from None
    start = start.rstrip("\u0000")
    return revision, f"{namespace}/{start}" if namespace else start


def _first_fault(token: str) -> str:
    """What a JSON parser says of the token's first byte, where that is no JSON."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return ""
    if not raw or raw[:1] in b'{["tfn-0123456789':
        return ""
    shown = chr(raw[0]) if 0x20 <= raw[0] < 0x7F else f"\\u{raw[0]:04x}"
    return f": invalid character '{shown}' looking for beginning of value"


def list_meta(page: Page) -> Mapping[str, Any]:
    meta: dict[str, Any] = {"resourceVersion": str(page.revision)}
    if page.token:
        meta["continue"] = page.token
    if page.remaining is not None:
        meta["remainingItemCount"] = page.remaining
    return meta
