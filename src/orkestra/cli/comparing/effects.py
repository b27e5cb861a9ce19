"""What a change of a definition does to a cluster that runs it, in words."""

from __future__ import annotations

from typing import Final

from orkestra.cli.comparing.changes import ABSENT, Change
from orkestra.katalog.model import Katalog
from orkestra.katalog.schema.kinds import BY_KEY

IN_PLACE: Final = "is updated in place"
ROLLED: Final = "and its pods are replaced"

_PODS: Final = frozenset({"deployments", "statefulSets", "daemonSets"})
_STEERING: Final = frozenset({"drift", "readyWhen", "forceConflict", "reconcile"})
_NO_ROLLOUT: Final = frozenset(
    {"replicas", "labels", "annotations", "rollingUpdate", "autoscale", "serviceName", "volumeClaimTemplates"}
)


def effect_of(change: Change, old: Katalog, new: Katalog) -> str:
    """One sentence, lower case and without a full stop; empty where nothing follows for the cluster."""
    if change.child is not None:
        return _child(change, new)
    if change.block == "status":
        return _status(change)
    if change.field:
        return _setting(change)
    if not change.entry:
        return ""
    if change.how == "added":
        return f"its operator starts; every {_kind(change.after)} is reconciled"
    if change.how == "removed":
        box = old.box(change.entry)
        if box is not None and box.prune:
            return f"its operator stops, and the children of every {_kind(change.before)} are deleted (prune: true)"
        return f"its operator stops; every {_kind(change.before)} and its children stay as they are, unmanaged"
    return "the operator is another one by name only: objects and children stay; metrics and routes have the new name"


def _child(change: Change, new: Katalog) -> str:
    assert change.child is not None
    kind = _noun(change.child[0])
    is_deletion = change.block.startswith("onDelete")
    if is_deletion:
        return "what is done when an object is deleted is another" if change.how != "moved" else "it is done elsewhere"
    is_kept = change.block == "onReconcile"
    if change.how == "added":
        return f"one {kind} more is created for each object"
    if change.how == "removed":
        return (
            f"the {kind} of each object is pruned{_rights_to_prune(change, new)}"
            if is_kept
            else f"the {kind} of each object stays as it is, and is made for no new one"
        )
    if change.how == "renamed":
        return f"the {kind} of the old name is pruned, and one of the new name is created" if is_kept else (
            f"objects that have the {kind} of the old name keep it, and get one of the new name"
        )  # fmt: skip
    if change.how == "moved":
        return f"the {kind} is kept in line from now on" if is_kept else f"the {kind} is no longer kept in line"
    return _child_field(change, kind, is_kept)


def _rights_to_prune(change: Change, new: Katalog) -> str:
    """Roles that are made anew allow nothing on a kind that nothing of the entry is of any more."""
    box = new.box(change.entry)
    if change.child is None or box is None:
        return ""
    key = change.child[0]
    if key in box.former_kinds or key not in BY_KEY or not BY_KEY[key].kind or key in {e.kind for e in box.entries}:
        return ""
    return f", for which roles made anew have to allow it (formerKinds: [{key}])"


def _child_field(change: Change, kind: str, is_kept: bool) -> str:
    assert change.child is not None
    first = change.field.partition(".")[0].partition("[")[0]
    if first in ("when", "or", "conditions"):
        return f"the {kind} comes{' or goes' if is_kept else ''} with the new conditions"
    if first == "forEach":
        return f"each {kind} whose item is gone is pruned, and one is created for each new item"
    if first == "namespace":
        return f"the {kind} in the old namespace is pruned, and one is created in the new"
    if first in _STEERING:
        return "" if first != "readyWhen" else "Ready is judged anew"
    if not is_kept:
        return f"only a {kind} that is still to be made has it"
    if change.child[0] in _PODS and first not in _NO_ROLLOUT:
        return f"the {kind} {IN_PLACE}, {ROLLED}"
    return f"the {kind} {IN_PLACE}"


def _status(change: Change) -> str:
    if change.how == "added":
        return "it appears in the status of each object"
    if change.how == "removed":
        return "it is no longer written"
    return "the status of each object is written again"


def _setting(change: Change) -> str:
    first = change.field.partition(".")[0].partition("[")[0]
    if not change.entry:
        return "marks on objects carry the new name" if change.field == "metadata.name" else ""
    if first == "gvk":
        return "another kind is operated: objects of the old one and their children stay as they are, unmanaged"
    if first == "enabled":
        stops = change.after in (False, ABSENT)
        return "its operator stops; objects and children stay" if stops else "its operator starts"
    if first in ("namespace", "allowedNamespaces", "restrictedNamespaces", "labelSelector", "fieldSelector"):
        return "objects no longer selected stay with their children, unmanaged; newly selected ones are reconciled"
    if first == "conditions":
        return "objects that no longer meet the conditions are left as they are"
    if first in ("onCreate", "onReconcile"):
        return "the children of the block come or go with the new conditions"
    if first == "formerKinds":
        return "what is left of the kinds it had is watched, and pruned"
    if first == "onDelete":
        return "objects are deleted another way from now on"
    if first == "crd":
        return "objects are held against the new schema; apply the CRD before the definition"
    if first in ("dependsOn",):
        return "the operator waits for other ones when it starts"
    return ""


def _kind(gvk: object) -> str:
    """The kind of a GVK's text, ``group/version Kind``."""
    return str(gvk).replace("/", " ").replace(",", " ").split()[-1].removeprefix("Kind=")


def _noun(key: str) -> str:
    kind = BY_KEY.get(key)
    return kind.kind if kind is not None and kind.kind else key
