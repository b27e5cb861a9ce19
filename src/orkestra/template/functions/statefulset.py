"""StatefulSets: their revisions and the claims of their pods (``_pvcs``)."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import maps_at, object_of, text_at

STATEFULSET: Final = Domain("statefulset", [])
function = STATEFULSET.function


@function(
    "statefulSetCurrentRevision(o) string",
    "The revision its pods are on.",
    "{{ statefulSetCurrentRevision .children.statefulSet }}",
    "db-5f6",
)
def stateful_set_current_revision(o: Any) -> str:
    return text_at(object_of(o), "status", "currentRevision")


@function(
    "statefulSetUpdateRevision(o) string",
    "The revision its pods are going to.",
    "{{ statefulSetUpdateRevision .children.statefulSet }}",
    "db-8c1",
)
def stateful_set_update_revision(o: Any) -> str:
    return text_at(object_of(o), "status", "updateRevision")


@function(
    "statefulSetPVCCount(o) int",
    "How many claims its pods have.",
    "{{ statefulSetPVCCount .children.statefulSet }}",
    "2",
)
def stateful_set_pvc_count(o: Any) -> int:
    return len(maps_at(object_of(o), "_pvcs"))
