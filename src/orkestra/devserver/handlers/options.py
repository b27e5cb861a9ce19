"""Query options of reads and writes, checked as the API server checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from orkestra.devserver.handlers.selector_faults import selector_fault
from orkestra.devserver.writes import DeleteOptions, WriteOptions
from orkestra.devserver.writes.draft import FieldValidation
from orkestra.k8s.errors import BadRequest, Cause, Invalid, StatusError
from orkestra.k8s.gvk import GVK
from orkestra.k8s.literals import quote, show
from orkestra.k8s.schema.causes import invalid
from orkestra.k8s.selectors import (
    FieldSelector,
    LabelSelector,
    SelectorError,
    parse_field_selector,
    parse_label_selector,
)

_VALIDATIONS = ("", "Ignore", "Strict", "Warn")
_MATCHES = ("Exact", "NotOlderThan", "")
_TRUE = ("1", "t", "T", "true", "True", "TRUE")
_FALSE = ("0", "false")


@dataclass(frozen=True, slots=True)
class ListOptions:
    """``timeout`` is in seconds, 0 for none named; ``revision`` None where the request names no resourceVersion."""

    labels: LabelSelector
    fields: FieldSelector
    revision: int | None = None
    match: str = ""
    limit: int = 0
    token: str = ""
    is_watch: bool = False
    wants_bookmarks: bool = False
    sends_initial: bool | None = None
    timeout: int = 0


_NO_LABELS, _NO_FIELDS = LabelSelector(), FieldSelector()
_PLAIN = ListOptions(_NO_LABELS, _NO_FIELDS)


def list_options(query: Mapping[str, str]) -> ListOptions:
    """Raises BadRequest, Invalid."""
    if not query:
        return _PLAIN
    try:
        labels = _labels(query["labelSelector"]) if query.get("labelSelector") else _NO_LABELS
        fields = parse_field_selector(query["fieldSelector"]) if query.get("fieldSelector") else _NO_FIELDS
    except SelectorError as error:
        raise BadRequest(str(error)) from None
    is_watch = is_true(query, "watch")
    match = query.get("resourceVersionMatch", "")
    revision = read_revision(query) if is_watch else _revision(query.get("resourceVersion", ""))
    sends_initial = is_true(query, "sendInitialEvents") if "sendInitialEvents" in query else None
    _check_match(match, query.get("resourceVersion", ""), is_watch, sends_initial, query.get("continue", ""))
    return ListOptions(
        labels=labels,
        fields=fields,
        revision=revision,
        match=match,
        limit=_integer(query.get("limit", "")),
        token=query.get("continue", ""),
        is_watch=is_watch,
        wants_bookmarks=is_true(query, "allowWatchBookmarks"),
        sends_initial=sends_initial,
        timeout=_integer(query.get("timeoutSeconds", "")),
    )


def _labels(text: str) -> LabelSelector:
    try:
        return parse_label_selector(text)
    except SelectorError as error:
        raise BadRequest(selector_fault(text) or str(error)) from None


def _check_match(match: str, revision: str, is_watch: bool, sends_initial: bool | None, token: str) -> None:
    field = "resourceVersionMatch"
    if sends_initial is not None:
        if not is_watch:
            raise _bad_list("sendInitialEvents", "sendInitialEvents is forbidden for list")
        if match != "NotOlderThan":
            needs = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            causes = [Cause("FieldValueForbidden", needs, field)]
            if match:
                text = f'Unsupported value: "{match}": supported values: "NotOlderThan"'
                causes.append(Cause("FieldValueNotSupported", text, field))
            raise _bad_options("ListOptions", *causes)
        return
    if not match:
        return
    if is_watch:
        raise _bad_list(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")
    if not revision:
        raise _bad_list(field, "resourceVersionMatch is forbidden unless resourceVersion is provided")
    if token:
        raise _bad_list(field, "resourceVersionMatch is forbidden when continue is provided")
    if match not in _MATCHES:
        listed = ", ".join(map(quote, _MATCHES))
        text = f'Unsupported value: "{match}": supported values: {listed}'
        raise _bad_options("ListOptions", Cause("FieldValueNotSupported", text, field))
    if match == "Exact" and revision == "0":
        raise _bad_list(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"')


def write_options(query: Mapping[str, str], user_agent: str, kind: str) -> WriteOptions:
    """``kind`` is CreateOptions, UpdateOptions or PatchOptions: it words the errors. Raises Invalid."""
    validation = query.get("fieldValidation", "")
    if validation not in _VALIDATIONS:
        listed = ", ".join(map(quote, _VALIDATIONS))
        text = f'Unsupported value: "{validation}": supported values: {listed}'
        raise _bad_options(kind, Cause("FieldValueNotSupported", text, "fieldValidation"))
    manager = query.get("fieldManager", "")
    if len(manager) > 128:
        text = "Too long: may not be more than 128 bytes"
        raise _bad_options(kind, Cause("FieldValueTooLong", text, "fieldManager"))
    if not manager.isprintable():
        text = f"Invalid value: {quote(manager)}: should only contain printable characters"
        raise _bad_options(kind, Cause("FieldValueInvalid", text, "fieldManager"))
    return WriteOptions(
        # managedfields/internal/manager: without a name, the program that called.
        manager=manager or ("" if kind == "PatchOptions:apply" else user_agent.partition("/")[0][:128] or "unknown"),
        dry_run=is_dry_run(query.get("dryRun", ""), kind),
        field_validation=cast("FieldValidation", validation or "Warn"),
        force=is_true(query, "force"),
    )


def is_dry_run(text: str, kind: str) -> bool:
    """Raises Invalid."""
    if text in ("", "All"):
        return bool(text)
    shown = f'Unsupported value: {show([text])}: supported values: "All"'
    raise _bad_options(kind.partition(":")[0], Cause("FieldValueNotSupported", shown, "dryRun"))


def delete_options(query: Mapping[str, str], body: Any) -> DeleteOptions:
    """Options from the body where there is one, else from the query. Raises BadRequest, Invalid."""
    source: Mapping[str, Any] = query
    conditions: Mapping[str, Any] = {}
    if isinstance(body, dict) and body:
        source = body
        given = body.get("preconditions") or {}
        if not isinstance(given, dict):
            raise BadRequest("preconditions must be an object")
        conditions = given
    grace = source.get("gracePeriodSeconds")
    dry_run = source.get("dryRun") or query.get("dryRun") or ""
    if isinstance(dry_run, list):
        dry_run = dry_run[0] if dry_run else ""
    policy = str(source.get("propagationPolicy") or "")
    orphans = source.get("orphanDependents")
    if orphans is not None and policy:
        text = f'Invalid value: "{policy}": orphanDependents and deletionPropagation cannot be both set'
        raise _bad_options("DeleteOptions", Cause("FieldValueInvalid", text, "propagationPolicy"))
    if orphans is not None:
        policy = "Orphan" if orphans in (True, *_TRUE) else "Background"
    return DeleteOptions(
        uid=str(conditions.get("uid") or ""),
        resource_version=str(conditions.get("resourceVersion") or ""),
        propagation=policy,
        grace_seconds=None if grace is None else _integer(str(grace)),
        dry_run=is_dry_run(str(dry_run), "DeleteOptions"),
    )


def is_true(query: Mapping[str, str], name: str) -> bool:
    # Whatever does not say no says yes (apimachinery pkg/runtime/converter, Convert_Slice_string_To_bool).
    return query.get(name, "false").lower() not in _FALSE


def _integer(text: str) -> int:
    if not text:
        return 0
    if not text.lstrip("+-").isdecimal() or len(text) > 18:
        raise BadRequest(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)


def read_revision(query: Mapping[str, str]) -> int | None:
    """The version a get or a watch names. Raises StatusError: the server calls a bad one a failure of its own."""
    try:
        return _revision(query.get("resourceVersion", ""))
    except BadRequest as error:
        raise StatusError(error.message.removeprefix(_BAD_REVISION), code=500) from None


_BAD_REVISION = "invalid resource version: "


def _revision(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or len(text) > 19:
        problem = f'strconv.ParseUint: parsing "{text}": invalid syntax'
        raise BadRequest(f'{_BAD_REVISION}resourceVersion: Invalid value: "{text}": {problem}')
    return int(text)


def _bad_list(field: str, text: str) -> Invalid:
    return _bad_options("ListOptions", Cause("FieldValueForbidden", f"Forbidden: {text}", field))


def _bad_options(kind: str, *causes: Cause) -> Invalid:
    return invalid(GVK("meta.k8s.io", "v1", kind.partition(":")[0]), "", causes)
