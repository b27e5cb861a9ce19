"""Accessors over unstructured Kubernetes objects.

Objects stay plain ``dict``s everywhere; nothing wraps them. What comes out of a cache is read-only by convention
(tests arm a mutation detector), so every function here reads and none writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Object = dict[str, Any]
"""An unstructured Kubernetes object, as JSON gives it."""


class ObjectKey(NamedTuple):
    """Names one object of a kind; ``namespace`` is empty for cluster-scoped kinds."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def metadata_of(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = obj.get("metadata")
    return meta if isinstance(meta, dict) else {}


def name_of(obj: Mapping[str, Any]) -> str:
    return str(metadata_of(obj).get("name") or "")


def namespace_of(obj: Mapping[str, Any]) -> str:
    return str(metadata_of(obj).get("namespace") or "")


def key_of(obj: Mapping[str, Any]) -> ObjectKey:
    return ObjectKey(namespace_of(obj), name_of(obj))


def uid_of(obj: Mapping[str, Any]) -> str:
    return str(metadata_of(obj).get("uid") or "")


def resource_version_of(obj: Mapping[str, Any]) -> str:
    return str(metadata_of(obj).get("resourceVersion") or "")


def generation_of(obj: Mapping[str, Any]) -> int:
    value = metadata_of(obj).get("generation")
    return value if isinstance(value, int) else 0


def labels_of(obj: Mapping[str, Any]) -> Mapping[str, str]:
    labels = metadata_of(obj).get("labels")
    return labels if isinstance(labels, dict) else {}


def annotations_of(obj: Mapping[str, Any]) -> Mapping[str, str]:
    annotations = metadata_of(obj).get("annotations")
    return annotations if isinstance(annotations, dict) else {}


def finalizers_of(obj: Mapping[str, Any]) -> Sequence[str]:
    finalizers = metadata_of(obj).get("finalizers")
    return finalizers if isinstance(finalizers, list) else ()


def is_terminating(obj: Mapping[str, Any]) -> bool:
    return bool(metadata_of(obj).get("deletionTimestamp"))


def get_path(obj: Any, path: Sequence[str], default: Any = None) -> Any:
    """The value at ``path`` (a sequence of map keys), or ``default`` where any step is missing or not a map."""
    for step in path:
        if not isinstance(obj, Mapping) or step not in obj:
            return default
        obj = obj[step]
    return obj
