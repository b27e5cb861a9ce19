"""``/scale``: autoscaling/v1 Scale read from and written to a workload's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.devserver.kinds import CustomKind, Kind
from orkestra.devserver.kinds.custom import copied
from orkestra.devserver.writes.draft import Backend, Draft, WriteOptions
from orkestra.devserver.writes.patching import PatchType, patched
from orkestra.devserver.writes.updating import redraft
from orkestra.k8s.errors import BadRequest, Cause, InternalError
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, get_path
from orkestra.k8s.schema.causes import invalid, invalid_value
from orkestra.k8s.selectors import SelectorError, label_selector_of

SCALE = GVK("autoscaling", "v1", "Scale")
_KEPT = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def scale_of(kind: Kind, obj: Mapping[str, Any]) -> Object:
    """Raises InternalError where a custom resource has no replicas at the path its definition names."""
    spec_path, status_path, selector_path = _paths(kind)
    replicas = get_path(obj, spec_path)
    if replicas is None:
        if kind.is_custom:
            text = f'the spec replicas field ".{".".join(spec_path)}" does not exist'
            raise InternalError(f"Internal error occurred: {text}", causes=[Cause("", text)])
        replicas = 0
    status: Object = {"replicas": get_path(obj, status_path) or 0}
    selector = get_path(obj, selector_path) if selector_path else None
    if isinstance(selector, str) and selector:
        status["selector"] = selector
    elif isinstance(selector, dict) and selector:
        status["selector"] = _selector_text(kind, selector)
    meta = obj["metadata"]
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: meta[key] for key in _KEPT if key in meta},
        "spec": {"replicas": replicas} if replicas else {},
        "status": status,
    }


def draft_scale(
    backend: Backend, kind: Kind, namespace: str, name: str, document: Mapping[str, Any], options: WriteOptions
) -> Draft:
    """A PUT of a Scale as an update of the object. Raises BadRequest, Conflict, Invalid, NotFound."""
    record = backend.record(kind, namespace, name)
    before = kind.from_hub(record.obj)
    own = str((document.get("metadata") or {}).get("name") or "")
    if own != name:
        raise BadRequest(f"the name of the object ({own}) does not match the name on the URL ({name})")
    replicas = get_path(document, ("spec", "replicas"), 0)
    if isinstance(replicas, bool) or not isinstance(replicas, int):
        raise BadRequest('Scale in version "v1" cannot be handled as a Scale: spec.replicas must be an integer')
    if replicas < 0 and kind.is_custom:
        at = f".{'.'.join(_paths(kind)[0])}"
        raise invalid(kind.info.gvk, name, [invalid_value(at, replicas, "should be a non-negative integer")])
    if replicas < 0:
        raise invalid(SCALE, name, [invalid_value("spec.replicas", replicas, "must be greater than or equal to 0")])
    obj = copied(before)
    spec_path = _paths(kind)[0]
    target = obj
    for step in spec_path[:-1]:
        target = target.setdefault(step, {})
        if not isinstance(target, dict):
            raise BadRequest(f"the path .{'.'.join(spec_path)} does not lead through objects")
    target[spec_path[-1]] = replicas
    meta = document.get("metadata") or {}
    obj["metadata"]["resourceVersion"] = str(meta.get("resourceVersion") or "")
    draft = redraft(kind, namespace, name, obj, record, options, "")
    draft.subresource = "scale"
    return draft


def patched_scale(kind: Kind, obj: Mapping[str, Any], patch: Any, patch_type: PatchType) -> Object:
    """The Scale a patch makes of the object's present one; it can then be PUT."""
    present = scale_of(kind, obj) if not kind.is_custom else _scale_with_zero(kind, obj)
    if patch_type == "apply":
        patch_type = "merge"
    return patched(kind, present, patch, "merge" if patch_type == "strategic" else patch_type)


def _scale_with_zero(kind: Kind, obj: Mapping[str, Any]) -> Object:
    if get_path(obj, _paths(kind)[0]) is None:
        probe = copied(obj)
        target = probe
        for step in _paths(kind)[0][:-1]:
            target = target.setdefault(step, {})
        target[_paths(kind)[0][-1]] = 0
        return scale_of(kind, probe)
    return scale_of(kind, obj)


def _paths(kind: Kind) -> tuple[list[str], list[str], list[str]]:
    """Where replicas are asked for, where they are counted, and where the selector is."""
    if isinstance(kind, CustomKind):
        named = kind.scale
        return (
            _steps(named.get("specReplicasPath", "")),
            _steps(named.get("statusReplicasPath", "")),
            _steps(named.get("labelSelectorPath", "")),
        )
    return ["spec", "replicas"], ["status", "replicas"], ["spec", "selector"]


def _steps(path: str) -> list[str]:
    return [step for step in path.split(".") if step]


def _selector_text(kind: Kind, selector: Mapping[str, Any]) -> str:
    if "matchLabels" not in selector and "matchExpressions" not in selector:
        return ",".join(f"{key}={value}" for key, value in sorted(selector.items()))
    try:
        return str(label_selector_of(selector))
    except SelectorError:
        return ""
