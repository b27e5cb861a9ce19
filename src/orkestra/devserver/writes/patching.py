"""PATCH: the four patch types, create-on-apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from orkestra.devserver.kinds import Kind
from orkestra.devserver.kinds.custom import copied
from orkestra.devserver.refusals import unprocessable
from orkestra.devserver.typed import Mismatch
from orkestra.devserver.writes.creating import prepare as prepare_new
from orkestra.devserver.writes.decoding import checked_names, decoded, warnings_of
from orkestra.devserver.writes.draft import Backend, Draft, WriteOptions, not_found, path_of
from orkestra.devserver.writes.ownership import applied
from orkestra.devserver.writes.updating import conflict, redraft
from orkestra.k8s.builtin import definition, definition_name
from orkestra.k8s.errors import BadRequest, Cause, Invalid, UnsupportedMediaType
from orkestra.k8s.gvk import GVK
from orkestra.k8s.literals import go_text
from orkestra.k8s.objects import Object
from orkestra.k8s.patch import json_patch, merge_patch, strategic_merge
from orkestra.k8s.schema.causes import invalid, invalid_value

encode = msgspec.json.Encoder().encode

PatchType = Literal["json", "merge", "strategic", "apply"]


def draft_patch(
    backend: Backend,
    kind: Kind,
    namespace: str,
    name: str,
    patch: Any,
    options: WriteOptions,
    *,
    patch_type: PatchType,
    subresource: str = "",
    duplicates: Sequence[str] = (),
) -> Draft:
    """Raises NotFound, Conflict (stale version, fields of others), BadRequest, Invalid, UnsupportedMediaType."""
    if patch_type == "apply":
        draft = _draft_apply(backend, kind, namespace, name, patch, options, subresource)
        _tell_repeats(duplicates, options)
        return draft
    if options.force:
        raise _bad_option("force", "FieldValueForbidden", "Forbidden: may not be specified for non-apply patch")
    record = backend.record(kind, namespace, name)
    before = kind.from_hub(record.obj)
    document = patched(kind, before, patch, patch_type)
    try:
        obj = decoded(kind, document, options, duplicates=duplicates)
    except BadRequest as error:
        problem = error.message.partition(f" cannot be handled as a {kind.info.kind}: ")[2]
        if patch_type != "strategic":
            raise _bad_patch(encode(document).decode(), problem) from None
        # What a strategic merge made is converted, not decoded: the same verdict in other words.
        if isinstance(error.__cause__, Mismatch):
            problem = error.__cause__.conversion_message()
        raise _bad_patch(go_text(patch), problem) from None
    check_identity(kind, document, obj, namespace, name, before["metadata"]["uid"])
    return redraft(kind, namespace, name, obj, record, options, subresource)


def patched(kind: Kind, before: Object, patch: Any, patch_type: PatchType) -> Object:
    """The document a patch makes of ``before``. Raises BadRequest, Invalid, UnsupportedMediaType."""
    match patch_type:
        case "json":
            try:
                document = json_patch(before, patch)
            except Invalid:
                raise unprocessable() from None
        case "merge":
            document = merge_patch(before, patch)
        case _:
            if kind.is_custom:
                raise UnsupportedMediaType(
                    "the body of the request was in an unknown format - accepted media types include: "
                    "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
                )
            document = strategic_merge(before, patch, definition(kind.info.gvk))
    if not isinstance(document, dict):
        raise BadRequest("the patch leaves no object")
    return document


def check_identity(kind: Kind, document: Object, obj: Object, namespace: str, name: str, uid: str) -> None:
    """A patch cannot turn an object into another one. Raises BadRequest, Invalid."""
    own = str(obj["metadata"].get("name") or "")
    if own != name:
        raise BadRequest(f"the name of the object ({own}) does not match the name on the URL ({name})")
    checked_names(obj["metadata"], namespace, is_namespaced=kind.info.namespaced)
    if obj["metadata"].get("uid", uid) != uid:
        raise invalid(
            kind.info.gvk, name, [invalid_value("metadata.uid", obj["metadata"]["uid"], "field is immutable")]
        )
    wanted, found = kind.info.gvk, (document.get("apiVersion"), document.get("kind"))
    if found != (wanted.api_version, wanted.kind):
        raise _bad_patch(encode(document).decode(), unknown_type(wanted, str(found[0]), str(found[1])))


def _bad_patch(shown: str, problem: str) -> Invalid:
    cause = invalid_value("patch", shown, problem)
    return Invalid(f' "" is invalid: patch: {cause.message}', causes=[cause])


def unknown_type(wanted: GVK, api_version: str, kind: str) -> str:
    """Why an object of another type cannot be one of ``wanted``."""
    group, _, version = api_version.rpartition("/")
    if (group, version) != (wanted.group, wanted.version) or not _is_builtin(GVK(group, version, kind)):
        return f'no kind "{kind}" is registered for version "{api_version}" in scheme "pkg/runtime/scheme.go:111"'
    return f"converting ({version}.{kind}) to ({group or 'core'}.{wanted.kind}): unknown conversion"


def _is_builtin(gvk: GVK) -> bool:
    try:
        definition_name(gvk)
    except KeyError:
        return False
    return True


def _draft_apply(
    backend: Backend, kind: Kind, namespace: str, name: str, config: Any, options: WriteOptions, subresource: str
) -> Draft:
    if not options.manager:
        text = "Required value: is required for apply patch"
        raise _bad_option("fieldManager", "FieldValueRequired", text)
    if not isinstance(config, dict):
        raise BadRequest("error decoding YAML: the applied configuration is not an object")
    _check_config(kind, config, namespace, name)
    options.is_applied = True
    record = backend.table(kind).get(path_of(kind, namespace, name))
    if record is None:
        if subresource:
            raise not_found(kind, name)
        if uid := config["metadata"].get("uid"):
            text = f"uid mismatch: the provided object specified uid {uid}, and no existing object was found"
            raise conflict(kind, name, text)
        # Its own copy: preparing a new object writes into it.
        obj = applied(kind, None, copied(config), options, subresource, backend.clock())
        fresh = decoded(kind, obj, options)
        draft = prepare_new(backend, kind, namespace, fresh, options)
        draft.is_created_by_update = True
    else:
        before = kind.from_hub(record.obj)
        obj = applied(kind, before, config, options, subresource, backend.clock())
        fresh = decoded(kind, obj, options)
        draft = redraft(kind, namespace, name, fresh, record, options, subresource)
    return draft


def _tell_repeats(duplicates: Sequence[str], options: WriteOptions) -> None:
    """Keys that an applied configuration repeats. Raises BadRequest; conflicts come before."""
    if options.field_validation == "Warn":
        options.warnings += [line for complaint in duplicates for line in warnings_of(complaint)]
    elif duplicates and options.field_validation == "Strict":
        raise BadRequest(f"error strict decoding patch: error converting YAML to JSON: {duplicates[0]}")


def _check_config(kind: Kind, config: Object, namespace: str, name: str) -> None:
    """Raises BadRequest."""
    wanted = kind.info.gvk
    api_version, own_kind = config.get("apiVersion") or "", config.get("kind") or ""
    if own_kind != wanted.kind or api_version != wanted.api_version:
        group, _, version = str(api_version).rpartition("/")
        raise BadRequest(f"invalid object type: {group}/{version}, Kind={own_kind}")
    meta = config.setdefault("metadata", {})
    if not isinstance(meta, dict):
        raise BadRequest("the metadata of the applied configuration is not an object")
    if meta.get("managedFields"):
        raise BadRequest("metadata.managedFields must be nil")
    own = meta.get("name")
    if not own:
        raise BadRequest(f"the name of the object ({name} based on URL) was undeterminable: name must be provided")
    if own != name:
        raise BadRequest(f"the name of the object ({own}) does not match the name on the URL ({name})")
    checked_names(meta, namespace, is_namespaced=kind.info.namespaced)


def _bad_option(field: str, reason: str, text: str) -> Invalid:
    return Invalid(
        f'PatchOptions.meta.k8s.io "" is invalid: {field}: {text}',
        details={"group": "meta.k8s.io", "kind": "PatchOptions"},
        causes=[Cause(reason, text, field)],
    )
