"""Create-once children: made if absent, then left alone, and not made again when somebody deletes them.

That a child was made before is read from what stands: this process saw it, or the CR had settled at this generation
before this process first looked. A child whose CR never settled is made if absent.
"""

from __future__ import annotations

from collections.abc import Iterator

from orkestra.k8s.objects import Object, generation_of, get_path
from orkestra.operator.context import BoxContext
from orkestra.operator.desired import DesiredSet
from orkestra.operator.inventory import ChildId
from orkestra.operator.observe import Observed


def suppressed_children(cx: BoxContext, observed: Observed, desired: DesiredSet) -> frozenset[ChildId]:
    """The create-once children that must not be made now although they are absent."""
    wanted = [child.id for child in desired.children if not child.is_reconciled]
    if not wanted:
        return frozenset()
    known = cx.memory.created_once.get(observed.key)
    if known is None:
        known = set(wanted) if has_settled(observed.cr) else set()
        cx.memory.created_once[observed.key] = known
    absent = frozenset(identity for identity in wanted if identity in known and identity not in observed.children)
    known.update(wanted)
    known.intersection_update(wanted)  # a condition that turns false and true again makes the child again
    return absent


def has_settled(cr: Object) -> bool:
    """Has a reconcile of this very generation succeeded before, by the CR's own status?"""
    return get_path(cr, ("status", "observedGeneration")) == generation_of(cr) and any(
        condition.get("status") != "False" for condition in _ready(cr)
    )


def _ready(cr: Object) -> Iterator[Object]:
    conditions = get_path(cr, ("status", "conditions"), [])
    for condition in conditions if isinstance(conditions, list) else []:
        if isinstance(condition, dict) and condition.get("type") == "Ready":
            yield condition
