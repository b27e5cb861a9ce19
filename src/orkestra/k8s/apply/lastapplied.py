"""The way from client-side to server-side apply: kubectl's last-applied annotation counts as ownership.

Only for the manager ``kubectl``. Rules: k8s.io/apimachinery pkg/util/managedfields/internal/{lastappliedmanager,
lastappliedupdater}.go.
"""

from __future__ import annotations

from typing import Any

import msgspec

from orkestra.k8s.apply.fieldset import FieldSet, difference
from orkestra.k8s.apply.managers import ManagerKey
from orkestra.k8s.apply.updates import Request
from orkestra.k8s.apply.walks import compare, mentioned
from orkestra.k8s.objects import Object, annotations_of, metadata_of

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
_KUBECTL = "kubectl"
_encode = msgspec.json.Encoder(order="deterministic").encode


def unsettled(
    conflicts: dict[ManagerKey, FieldSet], live: Object, manager: str, request: Request
) -> dict[ManagerKey, FieldSet]:
    """The conflicts that stay once what kubectl applied before, and is still so, is taken for its own."""
    last = _last_applied(live, request) if manager == _KUBECTL else None
    if last is None:
        return conflicts
    changed, gone = compare(last, live, request.root)
    own = difference(difference(mentioned(last, request.root), changed), gone)
    left = {key: difference(fields, own) for key, fields in conflicts.items()}
    return {key: fields for key, fields in left.items() if fields}


def _last_applied(live: Object, request: Request) -> Object | None:
    text = annotations_of(live).get(ANNOTATION)
    if not text or not isinstance(text, str):
        return None
    try:
        last: Any = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return last if isinstance(last, dict) and last.get("apiVersion") == request.api_version else None


def synced(obj: Object, config: Object, manager: str) -> Object:
    """The object with the annotation, where it has one, saying what kubectl applied now."""
    if manager != _KUBECTL or not annotations_of(obj).get(ANNOTATION):
        return obj
    metadata = dict(metadata_of(config))
    annotations = {key: value for key, value in annotations_of(config).items() if key != ANNOTATION}
    metadata.pop("annotations", None)
    if annotations:
        metadata["annotations"] = annotations
    text = _encode({**config, "metadata": metadata}).decode() + "\n"
    return {**obj, "metadata": {**metadata_of(obj), "annotations": {**annotations_of(obj), ANNOTATION: text}}}
