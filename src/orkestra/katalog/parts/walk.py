"""What is evaluated in the parts of a box, with what is in scope there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Final, TypeAlias

from orkestra.katalog.model import ForEach, OperatorBox
from orkestra.katalog.parts.calls import ExternalCall
from orkestra.katalog.parts.gates import Gate, ReconcileGate
from orkestra.katalog.sentinels import SENTINELS
from orkestra.katalog.sites import Site
from orkestra.katalog.terms import Binding, Condition, Conditions
from orkestra.katalog.values import Value

Found: TypeAlias = tuple[Value | Condition | ForEach, Site]

_CR: Final = frozenset(("apiVersion", "kind", "metadata", "spec", "status"))
_ELSEWHERE: Final = Site(own_child=True, is_elsewhere=True)
_GATE_ROOTS: Final = frozenset(SENTINELS)


def evaluated_in(part: object) -> Iterator[Value | Condition]:
    """Every value and condition of a part, however deep; inputs of a Motif are looked at once for the whole box."""
    if isinstance(part, Binding):
        return
    if isinstance(part, Value | Condition):
        yield part
    elif isinstance(part, Conditions | tuple):
        for item in part:
            yield from evaluated_in(item)
    elif isinstance(part, Mapping):
        for item in part.values():
            yield from evaluated_in(item)
    elif is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from evaluated_in(getattr(part, field.name))


def lists_in(part: object) -> Iterator[Conditions]:
    """Every pair of condition lists of a part, however deep."""
    if isinstance(part, Conditions):
        yield part
    elif isinstance(part, tuple | Mapping):
        for item in part.values() if isinstance(part, Mapping) else part:
            yield from lists_in(item)
    elif is_dataclass(part) and not isinstance(part, type | Condition | OperatorBox):
        for field in fields(part):
            yield from lists_in(getattr(part, field.name))


def lists_of(box: OperatorBox) -> Iterator[Conditions]:
    """The condition lists beside those of the box, its blocks, children and status."""
    parts = (box.enrich, box.validation, box.mutation, all_calls(box), box.queue, box.autoscale)
    yield from lists_in(parts)
    for _, gate in gates_of(box):
        yield from lists_in(gate.conditions)
    for entry in box.entries:
        yield from lists_in(entry.autoscale)


def call_names(calls: Iterable[ExternalCall]) -> frozenset[str]:
    return frozenset(call.name for call in calls)


def all_calls(box: OperatorBox) -> tuple[ExternalCall, ...]:
    """Every external call of a box, wherever it is declared."""
    found = [*box.external, *box.on_create.external, *box.on_reconcile.external, *box.on_delete.external]
    for part in (box.validation, box.mutation, box.pre_reconcile):
        found += part.external if part is not None else ()
    for _, gate in gates_of(box):
        found += gate.external
    return tuple(found)


def gates_of(box: OperatorBox) -> Iterator[tuple[tuple[str, ...], Gate | ReconcileGate]]:
    """The gates of a box, each with the keys that lead to it from the entry."""
    pre = box.pre_reconcile
    if pre is not None:
        for name, gate in (("enqueueGate", pre.enqueue_gate), ("reconcileGate", pre.reconcile_gate)):
            if gate is not None:
                yield ("operatorBox", "preReconcile", name), gate
    for event, trigger in box.observe.events.items() if box.observe is not None else ():
        if trigger.enqueue_gate is not None:
            yield ("operatorBox", "observe", "events", event, "enqueueGate"), trigger.enqueue_gate


def sites_of_parts(box: OperatorBox) -> Iterator[Found]:
    """What ``walk.sites_of`` gives beside conditions, children and status."""
    yield from _at(Site(), box.labels, box.enrich, box.remote, box.providers)
    yield from _at(Site(only=_CR, name="normalize"), box.normalize)
    yield from _at(Site(only=_CR, name="cross"), box.cross)
    admitted = call_names((*_external(box.mutation), *_external(box.validation)))
    for name, part in (("mutation", box.mutation), ("validation", box.validation)):
        if part is not None:
            yield from _calls(part.external, frozenset(), name)
            for rule in part.rules:
                yield from _at(Site(calls=admitted, name=name, motif=rule.motif), rule)
    before = admitted
    for name, calls in (
        ("external", box.external),
        ("onCreate", box.on_create.external),
        ("onReconcile", box.on_reconcile.external),
        ("onDelete", box.on_delete.external),
    ):
        yield from _calls(calls, before, name)
        before |= call_names(calls)
    shared = box.pre_reconcile.external if box.pre_reconcile is not None else ()
    yield from _calls(shared, frozenset(), "preReconcile")
    for path, gate in gates_of(box):
        yield from _calls(gate.external, call_names(shared), path[-1])
        made = call_names((*shared, *gate.external))
        yield from _at(Site(roots=_GATE_ROOTS, calls=made, name=path[-1]), gate.conditions)
    if box.observe is not None:
        yield from _at(_ELSEWHERE, [watch.key_from for watch in box.observe.watch])
        yield from _at(_ELSEWHERE, [event.key_from for event in box.observe.events.values()])
    yield from _at(_ELSEWHERE, box.conversion, box.autoscale)
    yield from _at(Site(roots=frozenset(("value", "request")), name="serve"), box.serve)


def _at(site: Site, *parts: object) -> Iterator[Found]:
    for part in parts:
        for found in evaluated_in(tuple(part) if isinstance(part, list) else part):
            yield found, site


def _calls(calls: tuple[ExternalCall, ...], before: frozenset[str], name: str) -> Iterator[Found]:
    """Each call sees the results of those before it."""
    for n, call in enumerate(calls):
        made = before | call_names(calls[:n])
        yield from _at(Site(calls=made, name=name), call)


def _external(part: object) -> tuple[ExternalCall, ...]:
    return getattr(part, "external", ())
