"""The two entries: an apply patch, and the bookkeeping of every other write.

Rules: k8s.io/apimachinery pkg/util/managedfields/internal/{fieldmanager,managedfieldsupdater,skipnonapplied}.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from orkestra.k8s.apply import lastapplied
from orkestra.k8s.apply.check import problems_of
from orkestra.k8s.apply.conflicts import conflict_error
from orkestra.k8s.apply.fieldset import FieldSetError, union
from orkestra.k8s.apply.managers import (
    APPLY,
    UPDATE,
    ManagerKey,
    Managers,
    cap_update_managers,
    decode_managers,
    encode_managers,
    manager_key,
    strip,
)
from orkestra.k8s.apply.types import Types
from orkestra.k8s.apply.updates import FieldConflicts, Request, apply_config, update
from orkestra.k8s.apply.walks import ItemError
from orkestra.k8s.errors import BadRequest, StatusError
from orkestra.k8s.objects import Object, metadata_of, name_of, namespace_of
from orkestra.k8s.values import TooDeep, is_equal

_BEFORE_FIRST_APPLY = "before-first-apply"
_SELF = ManagerKey("", "current-operation", "", "")


class TypedError(StatusError):
    """The configuration does not fit its type; the API server answers 500 without a reason."""


def apply(
    live: Object | None,
    config: Object,
    *,
    manager: str,
    force: bool,
    api_version: str,
    subresource: str = "",
    now: str,
    types: Types,
) -> Object:
    """The object after an apply patch, with its managedFields; before defaulting and validation.

    ``live``: None on create. ``config``: the whole patch, apiVersion and kind included. ``now``: RFC 3339, whole
    seconds. Raises Conflict (is_field_conflict; causes name manager and field), BadRequest, TypedError.
    """
    request = _request(types, api_version, subresource)
    _check_config(config, request)
    old: Object = live if live is not None else _blank(config, types)
    try:
        managers = decode_managers(metadata_of(old).get("managedFields") or [])
        bare = _without_managed_fields(old)
        if not managers and live is not None:
            managers = _tracked(
                {} if not types.is_custom else _blank(config, types), bare, {}, _first(request), now, request
            )
        own = manager_key(manager, APPLY, api_version, subresource)
        new, managers = _apply(bare, config, managers, own, request, force)
    except (FieldSetError, ItemError, TooDeep) as error:
        raise TypedError(f"failed to apply to {_named(config)}: {error}") from error
    strip(managers, own)
    if own in managers and not is_equal(bare, new):
        managers[own] = replace(managers[own], time=now)
    new = lastapplied.synced(new, config, manager)
    return _with_managers(new, managers, live)


def track_update(
    live: Object | None,
    new: Object,
    *,
    manager: str,
    api_version: str,
    subresource: str = "",
    now: str,
    types: Types,
) -> Object:
    """``new`` with the managedFields it has after a create, update or patch by ``manager``.

    Call it when the new state is decoded and defaulted, before admission and the server's own allocations (cluster
    IPs, a Job's selector, protection finalizers): nobody owns what those add. A state whose fields cannot be told
    apart keeps the live object's managedFields: ownership never makes a write fail.
    """
    old = live if live is not None else {}
    known = metadata_of(old).get("managedFields")
    bare = _without_managed_fields(new)
    try:
        given = None if subresource else metadata_of(new).get("managedFields")
        managers = _requested_managers(known, given, types)
        if not managers and live is not None:
            return bare
        request = _request(types, api_version, subresource)
        before = _without_managed_fields(old) if live is not None else _blank(new, types)
        own = manager_key(manager, UPDATE, api_version, subresource)
        managers = _tracked(before, bare, managers, own, now, request)
    except (FieldSetError, ItemError, TooDeep, TypedError):
        return _with_entries(bare, known)
    return _with_managers(bare, managers, live)


def _request(types: Types, api_version: str, subresource: str) -> Request:
    root = types.root(api_version)
    if root is None:
        raise TypedError(f"no corresponding type for {api_version}")
    return Request(types, api_version, subresource, root)


def _check_config(config: Object, request: Request) -> None:
    if config.get("apiVersion") != request.api_version:
        raise BadRequest(
            "Incorrect version specified in apply patch. "
            f"Specified patch version: {config.get('apiVersion')}, expected: {request.api_version}"
        )
    if metadata_of(config).get("managedFields") is not None:
        raise BadRequest("metadata.managedFields must be nil")
    problems = problems_of(config, request.root)
    if problems:
        listed = problems[0] if len(problems) == 1 else "\n  ".join(["errors:", *problems])
        raise TypedError(f"failed to create typed patch object ({_named(config)}): {listed}")


def _named(obj: Object) -> str:
    namespace, version, kind = namespace_of(obj), obj.get("apiVersion"), obj.get("kind")
    if "/" not in str(version):
        version = f"/{version}"
    return f"{namespace}/{name_of(obj)}; {version}, Kind={kind}"


def _blank(obj: Mapping[str, Any], types: Types) -> Object:
    """What an object of the kind is before it has any field."""
    return {"apiVersion": obj.get("apiVersion"), "kind": obj.get("kind")} if types.is_custom else {}


def _first(request: Request) -> ManagerKey:
    return manager_key(_BEFORE_FIRST_APPLY, UPDATE, request.api_version, request.subresource)


def _apply(
    live: Object, config: Object, managers: Managers, own: ManagerKey, request: Request, force: bool
) -> tuple[Object, Managers]:
    try:
        return apply_config(live, config, managers, own, request, force)
    except FieldConflicts as conflicts:
        left = lastapplied.unsettled(conflicts.fields, live, own.manager, request)
        if left:
            raise conflict_error(left) from conflicts
    return apply_config(live, config, managers, own, request, True)


def _tracked(old: Object, new: Object, managers: Managers, own: ManagerKey, now: str, request: Request) -> Managers:
    managers = update(old, new, managers, _SELF, request)
    strip(managers, _SELF)
    taken = managers.pop(_SELF, None)
    if taken is not None:
        before = managers.get(own)
        fields = union(taken.fields, before.fields) if before else taken.fields
        managers[own] = replace(taken, fields=fields, time=now)
    cap_update_managers(managers)
    return managers


def _requested_managers(known: Any, given: Any, types: Types) -> Managers:
    """The managers a write starts from: those it names itself, else the live ones; ``[{}]`` is a reset.

    So is ``[]``, save in custom resources, where the API server cannot tell it from nothing.
    """
    if given is not None and given != known:
        if given == [{}] or (given == [] and not types.is_custom):
            return {}
        try:
            managers = decode_managers(given)
        except FieldSetError:
            managers = {}
        if managers:
            return managers
    try:
        return decode_managers(known or [])
    except FieldSetError:
        return {}


def _without_managed_fields(obj: Object) -> Object:
    metadata = metadata_of(obj)
    if "managedFields" not in metadata:
        return obj
    return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def _with_managers(obj: Object, managers: Managers, live: Object | None) -> Object:
    entries = encode_managers(managers)
    if live is not None:
        known = metadata_of(live).get("managedFields")
        if known and _differ_by_time_only(entries, known) and is_equal(obj, _without_managed_fields(live)):
            entries = known
    return _with_entries(obj, entries)


def _with_entries(obj: Object, entries: Any) -> Object:
    return {**obj, "metadata": {**metadata_of(obj), "managedFields": entries}} if entries else obj


def _differ_by_time_only(entries: list[dict[str, Any]], known: Any) -> bool:
    if not isinstance(known, list) or len(entries) != len(known):
        return False
    return all(
        {key: value for key, value in one.items() if key != "time"}
        == {key: value for key, value in other.items() if key != "time"}
        for one, other in zip(entries, known, strict=True)
    )
