"""Children whose content is another object's: where the source is, and what of it is taken.

Pure. The source is read from a cache of its own, without our label: see ``needs.py``. Only content is copied, never
labels or annotations: a copy that carried its source's would be claimed by whoever tracks the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog.model import OperatorBox, ResourceEntry
from orkestra.katalog.values import Constant
from orkestra.operator.resources import KINDS
from orkestra.operator.resources.fields import FieldError, text

_SOURCE_FIELDS: Mapping[str, str] = {
    "configMaps": "fromConfigMap",
    "secrets": "fromSecret",
    "networkPolicies": "fromNetworkPolicy",
    "resourceQuotas": "fromResourceQuota",
    "limitRanges": "fromLimitRange",
}
_CONTENT: Mapping[str, tuple[str, ...]] = {"ConfigMap": ("data", "binaryData"), "Secret": ("type", "data")}
_SPEC = ("spec",)


@dataclass(frozen=True, slots=True)
class SourceNeed:
    """Objects to watch as sources; an empty ``namespace`` or ``name`` is any."""

    gvk: GVK
    namespace: str = ""
    name: str = ""


def source_needs(box: OperatorBox) -> frozenset[SourceNeed]:
    """No more than the definition can read: one object where it fixes the place, one namespace where it fixes that."""
    found: set[SourceNeed] = set()
    for entry in box.entries:
        name, gvk = entry.fields.get(_SOURCE_FIELDS.get(entry.kind, "")), KINDS[entry.kind].gvk
        if name is None or gvk is None:
            continue
        namespace = entry.fields.get("fromNamespace")
        place = box.namespace if namespace is None else _fixed(namespace)
        found.add(SourceNeed(gvk, place, _fixed(name)))
    return frozenset(n for n in found if not any(_covers(other, n) for other in found - {n}))


def _fixed(value: object) -> str:
    return str(value.value) if isinstance(value, Constant) else ""


def _covers(wide: SourceNeed, narrow: SourceNeed) -> bool:
    return wide.gvk == narrow.gvk and wide.namespace in ("", narrow.namespace) and wide.name in ("", narrow.name)


def source_of(entry: ResourceEntry, fields: Mapping[str, Any], cr_namespace: str) -> ObjectKey | None:
    """Where the rendered entry copies from; None where it does not. Raises FieldError."""
    name = text(fields, _SOURCE_FIELDS.get(entry.kind, ""))
    if not name:
        return None
    namespace = text(fields, "fromNamespace", cr_namespace)
    if not namespace:
        raise FieldError("fromNamespace", "a namespace, since the CR has none", "")
    return ObjectKey(namespace, name)


def target_namespaces(names: Iterable[Any]) -> list[str]:
    """``toNamespaces`` as rendered: each once, what renders empty left out."""
    return list(dict.fromkeys(str(name) for name in names if name not in (None, "")))


def copy_into(manifest: Object, source: Object) -> None:
    """Make the content of ``manifest`` the ``source``'s."""
    for part in _CONTENT.get(str(manifest.get("kind")), _SPEC):
        manifest.pop(part, None)
        if source.get(part):
            manifest[part] = source[part]
