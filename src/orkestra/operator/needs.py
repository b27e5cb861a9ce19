"""Definition -> what the box must be able to see: kinds of children, and how much of each is cached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orkestra.k8s.gvk import GVK
from orkestra.katalog.model import OperatorBox, ResourceEntry
from orkestra.katalog.terms import Conditions
from orkestra.operator.desired import custom_type
from orkestra.operator.observe import child_names
from orkestra.operator.resources import KINDS


@dataclass(frozen=True, slots=True)
class Need:
    """``metadata_only``: nothing of the definition reads the bodies. ``all_namespaces``: children may live anywhere."""

    metadata_only: bool
    all_namespaces: bool

    def place(self, box: OperatorBox, *, namespaced: bool) -> str:
        """The namespace to watch; empty: all of them."""
        return "" if self.all_namespaces or not namespaced else box.namespace


def child_needs(box: OperatorBox) -> Mapping[GVK, Need]:
    needs: dict[GVK, Need] = {}
    for entry, is_create in _entries(box):
        kind = KINDS[entry.kind]
        gvk = child_type(entry)
        is_once = kind.is_create_only or (is_create and not entry.reconcile)
        is_judged = box.status.readiness == "children" and not kind.is_ready_by_existing
        is_read = bool(box.reads.children & ({"*"} | _names(gvk, entry)))
        slim = is_once and not is_judged and not is_read and entry.ready_when is None
        before = needs.get(gvk)
        needs[gvk] = Need(
            metadata_only=slim and (before is None or before.metadata_only),
            all_namespaces=entry.namespace is not None
            or "toNamespaces" in entry.fields
            or (before is not None and before.all_namespaces),
        )
    _add_deletion(needs, box)
    return needs


def child_type(entry: ResourceEntry) -> GVK:
    return KINDS[entry.kind].gvk or custom_type(entry)


def former_needs(box: OperatorBox) -> Mapping[GVK, Need]:
    """The kinds that the definition says it had, less those it has."""
    present = {(gvk.group, gvk.kind) for gvk in child_needs(box)}
    named = {_named(text) for text in box.former_kinds}
    return {
        gvk: Need(metadata_only=True, all_namespaces=False)
        for gvk in sorted(named)
        if (gvk.group, gvk.kind) not in present
    }


def _named(text: str) -> GVK:
    kind = KINDS.get(text)
    if kind is not None and kind.gvk is not None:
        return kind.gvk
    api_version, _, name = text.rpartition("/")
    return GVK.parse(api_version, name)


def _add_deletion(needs: dict[GVK, Need], box: OperatorBox) -> None:
    """What ``onDelete`` looks at: Jobs whole, since it waits for their end."""
    for entry in box.on_delete.entries:
        gvk = child_type(entry)
        before = needs.get(gvk, Need(metadata_only=True, all_namespaces=False))
        needs[gvk] = Need(
            metadata_only=before.metadata_only and entry.kind != "jobs",
            all_namespaces=before.all_namespaces or entry.namespace is not None,
        )


def is_time_dependent(box: OperatorBox) -> bool:
    """Does any condition look at the clock?"""
    return any(
        test.time is not None or test.days is not None or test.cron is not None
        for conditions in _conditions(box)
        for test in conditions
    )


def _entries(box: OperatorBox) -> Iterator[tuple[ResourceEntry, bool]]:
    for entry in box.on_create.entries:
        yield entry, True
    for entry in box.on_reconcile.entries:
        yield entry, False


def _names(gvk: GVK, entry: ResourceEntry) -> frozenset[str]:
    singulars, plurals = child_names(gvk.kind)
    return singulars | plurals | {entry.kind}


def _conditions(box: OperatorBox) -> Iterator[Conditions]:
    found: list[Conditions | None] = [box.conditions, box.on_create.conditions, box.on_reconcile.conditions]
    for entry in box.entries:
        found += [entry.conditions, entry.ready_when]
    found += [field.conditions for field in box.status.fields]
    if box.requeue is not None:
        found.append(box.requeue.conditions)
    return (conditions for conditions in found if conditions is not None)
