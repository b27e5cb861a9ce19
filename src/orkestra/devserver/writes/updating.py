"""PUT, and what every update does whatever verb it came by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orkestra.devserver.kinds import Kind
from orkestra.devserver.storage import Record
from orkestra.devserver.writes.creating import prepare as prepare_new
from orkestra.devserver.writes.decoding import checked_names, decoded
from orkestra.devserver.writes.draft import Backend, Draft, WriteOptions, details_of, not_found, path_of
from orkestra.k8s.errors import BadRequest, Cause, Conflict, Invalid, StatusError
from orkestra.k8s.objects import Object

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"
_SYSTEM_FIELDS = ("creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation")


def draft_update(
    backend: Backend,
    kind: Kind,
    namespace: str,
    name: str,
    document: Mapping[str, Any],
    options: WriteOptions,
    *,
    subresource: str = "",
    duplicates: Sequence[str] = (),
) -> Draft:
    """Raises NotFound, Conflict, BadRequest, Invalid."""
    obj = decoded(kind, document, options, duplicates=duplicates)
    meta = obj["metadata"]
    own = str(meta.get("name") or "")
    if not own:
        raise BadRequest(f"the name of the object ({name} based on URL) was undeterminable: name must be provided")
    if own != name:
        raise BadRequest(f"the name of the object ({own}) does not match the name on the URL ({name})")
    checked_names(meta, namespace, is_namespaced=kind.info.namespaced)
    old = backend.table(kind).get(path_of(kind, namespace, name))
    if old is None:
        if not kind.creates_on_update or subresource:
            raise not_found(kind, name)
        draft = prepare_new(backend, kind, namespace, obj, options)
        draft.is_created_by_update = True
        return draft
    if not meta.get("resourceVersion") and kind.needs_version_on_update:
        raise _version_required(kind, name)
    return redraft(kind, namespace, name, obj, old, options, subresource)


def redraft(
    kind: Kind, namespace: str, name: str, obj: Object, old: Record, options: WriteOptions, subresource: str
) -> Draft:
    """A decoded object as the next revision of ``old``: preconditions, system fields, isolation, generation."""
    before = kind.from_hub(old.obj)
    meta, before_meta = obj["metadata"], before["metadata"]
    check_version(kind, name, str(meta.get("resourceVersion") or ""), old)
    if meta.get("uid") and meta["uid"] != before_meta["uid"]:
        raise conflict(
            kind,
            name,
            f"StorageError: invalid object, Code: 4, Key: /registry/{kind.info.plural}/{old.path}, ResourceVersion: 0, "
            f"AdditionalErrorMsg: Precondition failed: UID in precondition: {meta['uid']}, "
            f"UID in object meta: {before_meta['uid']}",
        )
    carry_system_fields(meta, before_meta)
    if kind.info.namespaced:
        meta["namespace"] = namespace
    if subresource == "status":
        obj = kind.prepare_status(obj, kind.from_hub(old.fresh()))
        carry_system_fields(obj["metadata"], before_meta)
        kind.default(obj, is_applied=options.is_applied)
    elif subresource == "finalize":
        spec = {**(before.get("spec") or {}), "finalizers": (obj.get("spec") or {}).get("finalizers") or []}
        obj = {**before, "spec": {k: v for k, v in spec.items() if v}, "metadata": {**before_meta}}
    else:
        keep_status(kind, obj, before)
        kind.default(obj, is_applied=options.is_applied)
    return Draft(kind, "UPDATE", namespace, name, obj, old, options, subresource)


def keep_status(kind: Kind, obj: Object, before: Object) -> None:
    """Where ``/status`` exists, the main resource does not write it."""
    if kind.has_status:
        if "status" in before:
            # A level of its own: defaults are written into it.
            obj["status"] = dict(before["status"])
        else:
            obj.pop("status", None)


def carry_system_fields(meta: Object, before: Object) -> None:
    for field in _SYSTEM_FIELDS:
        if field in before:
            meta[field] = before[field]
        elif field != "deletionTimestamp":
            # An object is deleted by DELETE alone: setting the timestamp is refused, not ignored.
            meta.pop(field, None)
    meta["uid"] = before["uid"]
    meta["resourceVersion"] = before.get("resourceVersion", "")


def check_version(kind: Kind, name: str, version: str, old: Record) -> None:
    """Optimistic concurrency; an empty version means any. Raises Conflict."""
    if not version or version == "0":
        return
    if not version.isdecimal():
        raise StatusError(f'strconv.ParseUint: parsing "{version}": invalid syntax', code=500)
    if int(version) != old.revision:
        raise conflict(kind, name, MODIFIED)


def conflict(kind: Kind, name: str, message: str) -> Conflict:
    return Conflict(
        f'Operation cannot be fulfilled on {kind.info.group_resource} "{name}": {message}',
        details=details_of(kind, name),
    )


def _version_required(kind: Kind, name: str) -> Invalid:
    text = "Invalid value: 0: must be specified for an update"
    return Invalid(
        f'{kind.info.group_resource} "{name}" is invalid: metadata.resourceVersion: {text}',
        details=details_of(kind, name),
        causes=[Cause("FieldValueInvalid", text, "metadata.resourceVersion")],
    )
