"""What an entry leaves in a cluster, in a form that outlives its definition: kinds of children, and of what. Pure.

Written by one version of the runtime and read by another, so reading takes what it knows and refuses what it cannot
be sure of: from a record that is understood by half, nothing is ever deleted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from orkestra.k8s.gvk import GVK
from orkestra.k8s.selectors import (
    FieldSelector,
    LabelSelector,
    SelectorError,
    parse_field_selector,
    parse_label_selector,
)
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.position import Position
from orkestra.operator import names
from orkestra.operator.needs import Need
from orkestra.operator.revision import emptied


@dataclass(frozen=True, slots=True)
class Trace:
    """``kinds``: of children, each with whether they may live in any namespace. The rest is what tells the entry's own
    objects from others: see ``OperatorBox``. ``katalog`` is the name of the definition."""

    katalog: str
    entry: str
    gvk: GVK
    kinds: Mapping[GVK, bool]
    prune: bool = False
    namespace: str = ""
    allowed: frozenset[str] = frozenset()
    restricted: frozenset[str] = frozenset()
    label_selector: str = ""
    field_selector: str = ""

    @property
    def id(self) -> str:
        """The same for every version of the kind; a key that a ConfigMap may have."""
        return trace_id(self.entry, self.gvk)

    @property
    def needs(self) -> Mapping[GVK, Need]:
        """The kinds, as something to watch: metadata only."""
        return {gvk: Need(metadata_only=True, all_namespaces=everywhere) for gvk, everywhere in self.kinds.items()}

    def is_about_the_same(self, other: Trace | None) -> bool:
        """Whether both select the same objects of their kind."""
        return other is not None and self._selection == other._selection

    @property
    def _selection(self) -> tuple[object, ...]:
        return self.namespace, self.allowed, self.restricted, self.label_selector, self.field_selector

    def with_kinds(self, kinds: Mapping[GVK, bool]) -> Trace:
        return replace(self, kinds=merge_kinds(self.kinds, kinds))

    def definition(self) -> OperatorBox:
        """An entry that is about the same objects and makes nothing."""
        box = OperatorBox(
            self.entry,
            self.gvk,
            Position("", 0, 0),
            namespace=self.namespace,
            allowed_namespaces=self.allowed,
            restricted_namespaces=self.restricted,
            label_selector=parse_label_selector(self.label_selector) if self.label_selector else None,
            field_selector=parse_field_selector(self.field_selector) if self.field_selector else None,
            prune=self.prune,
        )
        return emptied(box)


def trace_id(entry: str, gvk: GVK) -> str:
    return names.label_value(f"{entry}.{gvk.kind}.{gvk.group}")


def trace_of(katalog: str, box: OperatorBox, needs: Mapping[GVK, Need]) -> Trace:
    """``needs``: of the entry, and of those before it what is left."""
    return Trace(
        katalog=katalog,
        entry=box.name,
        gvk=box.gvk,
        kinds={gvk: need.all_namespaces for gvk, need in needs.items()},
        prune=box.prune,
        namespace=box.namespace,
        allowed=box.allowed_namespaces,
        restricted=box.restricted_namespaces,
        label_selector=str(box.label_selector or LabelSelector()),
        field_selector=str(box.field_selector or FieldSelector()),
    )


def merge_kinds(one: Mapping[GVK, bool], other: Mapping[GVK, bool]) -> Mapping[GVK, bool]:
    return {gvk: one.get(gvk, False) or other.get(gvk, False) for gvk in sorted({*one, *other})}


def write_trace(trace: Trace) -> str:
    """One line of JSON; the same trace always gives the same text, and what is empty is left out."""
    told = {
        "katalog": trace.katalog,
        "entry": trace.entry,
        "apiVersion": trace.gvk.api_version,
        "kind": trace.gvk.kind,
        "prune": trace.prune,
        "namespace": trace.namespace,
        "allowedNamespaces": sorted(trace.allowed),
        "restrictedNamespaces": sorted(trace.restricted),
        "labelSelector": trace.label_selector,
        "fieldSelector": trace.field_selector,
        "children": [
            {"apiVersion": gvk.api_version, "kind": gvk.kind, **({"anywhere": True} if everywhere else {})}
            for gvk, everywhere in sorted(trace.kinds.items())
        ],
    }
    return json.dumps({key: value for key, value in told.items() if value or key in ("katalog", "children")})


def read_trace(text: str) -> Trace:
    """Raises ValueError for anything that ``write_trace`` does not write."""
    try:
        told = json.loads(text)
        if not isinstance(told, dict) or told.keys() - _FIELDS.keys():
            raise ValueError("fields that this version does not know")
        for key, value in told.items():
            if not isinstance(value, _FIELDS[key]):
                raise ValueError(f"{key}: not what is written there")
        trace = Trace(
            katalog=told["katalog"],
            entry=told["entry"],
            gvk=_type(told),
            kinds={_type(row): bool(row.get("anywhere")) for row in told["children"]},
            prune=told.get("prune", False),
            namespace=told.get("namespace", ""),
            allowed=_texts(told.get("allowedNamespaces", [])),
            restricted=_texts(told.get("restrictedNamespaces", [])),
            label_selector=told.get("labelSelector", ""),
            field_selector=told.get("fieldSelector", ""),
        )
        trace.definition()
    except (KeyError, TypeError, AttributeError, SelectorError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None
    return trace


_FIELDS: Mapping[str, type] = {
    "katalog": str,
    "entry": str,
    "apiVersion": str,
    "kind": str,
    "prune": bool,
    "namespace": str,
    "allowedNamespaces": list,
    "restrictedNamespaces": list,
    "labelSelector": str,
    "fieldSelector": str,
    "children": list,
}


_TYPE = re.compile(r"(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?[a-z0-9]{1,63} [A-Za-z][A-Za-z0-9]{0,62}")


def _type(row: Mapping[str, object]) -> GVK:
    """Held to what Kubernetes allows: it becomes part of a request."""
    api_version, kind = str(row["apiVersion"]), str(row["kind"])
    if not _TYPE.fullmatch(f"{api_version} {kind}"):
        raise ValueError("a type that there cannot be")
    return GVK.parse(api_version, kind)


def _texts(found: list[object]) -> frozenset[str]:
    if not all(isinstance(each, str) for each in found):
        raise ValueError("a namespace that is no text")
    return frozenset(map(str, found))
