"""Rows of ``operatorBox``: reconciler, blocks of children, status; and the layouts of other generations."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from orkestra.katalog.schema.blocks import Block, Field, LazyBlock, State
from orkestra.katalog.schema.conditions import condition_fields
from orkestra.katalog.schema.containers import ListOf, Raw
from orkestra.katalog.schema.deletion import ON_DELETE
from orkestra.katalog.schema.former_kinds import FormerKinds
from orkestra.katalog.schema.kinds import kind_fields
from orkestra.katalog.schema.lazy import ACTIONS, CROSS, EXTERNAL_FIELD, RETRY_BACKOFF
from orkestra.katalog.schema.marks import MOTIF_ROW
from orkestra.katalog.schema.profile_names import ProfileName
from orkestra.katalog.schema.scalars import Choice, Duration, Flag, Int, Text
from orkestra.katalog.schema.shared import ANY, NameList, PathType

_LATER = State.LATER

QUEUE: Final = Block(
    "queue",
    (
        Field("maxDepth", Int(0), "keys that may wait; 0 is unlimited", 0),
        Field("failureThreshold", Int(1), "failures in a row that make the operator degraded", 5),
        Field("shared", Flag(), "use the process-wide queue", False, state=_LATER, tier="W"),
        Field("retryBackoff", RETRY_BACKOFF, "how retries space out", state=_LATER, tier="W"),
        Field("behaviour", LazyBlock("work:BEHAVIOUR"), "what to drop when the queue is full", state=_LATER, tier="W"),
        Field("degradeThreshold", Raw(), state=State.OLDER, target="failureThreshold"),
    ),
)

REQUEUE: Final = Block(
    "requeue",
    (
        Field("after", Duration(templated=True), "a duration or a template; empty or 0s is none", required=True),
        *condition_fields("requeues"),
    ),
)

_RECONCILER_ROWS: Final = (
    Field("default", Flag(), "false: no declarative reconciler", True),
    Field("workers", Int(1, 50), "objects reconciled at once", 3),
    Field("resync", Duration(), "how often every object is looked at again; 0 is never", 30.0),
    Field("queue", QUEUE, "the work queue"),
    Field("requeue", REQUEUE, "again after success"),
    Field(
        "profile",
        ProfileName("reconciler", templated=False),
        "workers, resync and the queue's maxDepth from a preset",
        tier="W",
    ),
    Field("include", Text(), "a file that holds this block", tier="W"),
    Field("hooks", LazyBlock("work:HOOKS"), "custom code", state=_LATER, tier="W"),
    Field(
        "constructor",
        Raw(),
        state=State.GO,
        target="write a Python hook (reconciler.hooks) or a remote reconciler",
        tier="F",
    ),
    Field("remote", LazyBlock("work:REMOTE"), "a reconciler behind HTTP", state=_LATER, tier="W"),
)

RECONCILER: Final = Block(
    "reconciler",
    _RECONCILER_ROWS,
    exclusive=(("profile", "workers"), ("profile", "resync"), ("profile", "queue")),
)


def _resource_block(title: str, doc: str) -> Block:
    return Block(
        title,
        (
            *condition_fields("the block's children exist"),
            EXTERNAL_FIELD,
            *kind_fields(),
        ),
        doc=doc,
    )


ON_CREATE: Final = _resource_block("onCreate", "Children made once and then left alone.")
ON_RECONCILE: Final = _resource_block("onReconcile", "Children made and kept in line.")

STATUS_FIELD: Final = Block(
    "a status field",
    (
        Field("path", PathType("status"), "where in status", required=True),
        Field("value", ANY, "what to write", required=True),
        Field("type", Choice("string", "int", "float", "bool", "auto"), "the type to write it as", "auto"),
        *condition_fields("written"),
        MOTIF_ROW,
        Field("clearOnFalse", Flag(), "write empty text when the conditions are false", False, tier="W"),
    ),
)

STATUS: Final = Block(
    "status",
    (
        Field("conditions", Flag(), "false: no Ready condition", True),
        Field("readiness", Choice("children", "reconcile"), "what Ready follows", "children", is_superset=True),
        Field("fields", ListOf(STATUS_FIELD), "status fields from templates"),
        Field("include", Text(), "a file that holds this block", tier="W"),
    ),
)


def _moved(name: str, target: str, moves_to: str = "") -> Field:
    return Field(name, Raw(), state=State.NEWER, target=target, moves_to=moves_to)


def _onto_entry(name: str) -> Field:
    """A field that the newer layout keeps in a group of operatorBox, and today's on the entry."""
    return _moved(name, f"{name} on the entry", f"../../{name}")


_NEXT_RECONCILE: Final = Block(
    "reconcile",
    (
        *(_moved(name, f"operatorBox.{name}", f"../{name}") for name in ("onCreate", "onReconcile", "onDelete")),
        *(_onto_entry(name) for name in ("normalize", "imports", "forceConflict")),
        *(
            _moved(row.name, f"operatorBox.reconciler.{row.name}", f"../reconciler/{row.name}")
            for row in _RECONCILER_ROWS
        ),
    ),
)
_NEXT_EMIT: Final = Block(
    "emit",
    (
        _moved("status", "operatorBox.status", "../status"),
        _moved("events", "no events: they are not in this version"),
    ),
)
_NEXT_RUNTIME: Final = Block(
    "runtime",
    (
        *(_moved(name, f"operatorBox.{name}", f"../{name}") for name in ("finalizers", "autoscale")),
        _moved("cleanup", "no cleanup: it is not in this version"),
        *(
            _onto_entry(name)
            for name in (
                "allowedNamespaces",
                "restrictedNamespaces",
                "deletionProtection",
                "ignoreStatusPatch",
                "ignoreObservedGeneration",
            )
        ),
    ),
)

OPERATOR_BOX: Final = Block(
    "operatorBox",
    (
        *condition_fields("objects are reconciled"),
        Field("reconciler", RECONCILER, "workers, resync and queue"),
        Field("onCreate", ON_CREATE, ON_CREATE.doc),
        Field("onReconcile", ON_RECONCILE, ON_RECONCILE.doc),
        Field("onDelete", ON_DELETE, ON_DELETE.doc),
        Field("status", STATUS, "what is written to the CR's status"),
        Field("prune", Flag(), "a revision without this entry deletes its children", False, is_superset=True),
        Field("formerKinds", FormerKinds(), "kinds it had: what is left of them is pruned", (), is_superset=True),
        Field("cross", CROSS, "other operators' objects", (), state=_LATER, tier="W"),
        Field("observe", LazyBlock("observation:OBSERVE"), "secondary watches and events", state=_LATER, tier="W"),
        Field("preReconcile", LazyBlock("gates:PRE_RECONCILE"), "gates", state=_LATER, tier="W"),
        Field("finalizers", NameList(), "extra finalizers", (), state=_LATER, tier="W"),
        Field("autoscale", LazyBlock("work:AUTOSCALE"), "scales the workers", state=_LATER, tier="W"),
        Field("providers", ACTIONS, "what external providers do", state=_LATER, tier="F"),
        replace(EXTERNAL_FIELD, is_superset=True),
        Field("rollBackOnError", Flag(), "undo on failure", False, state=_LATER, tier="F"),
        Field("reconcile", _NEXT_RECONCILE, tier="W"),
        Field("emit", _NEXT_EMIT, tier="W"),
        Field("runtime", _NEXT_RUNTIME, tier="W"),
        *(
            Field(name, Raw(), state=State.OLDER, target=f"reconciler.{name}")
            for name in ("default", "workers", "resync", "queue", "requeue", "profile", "hooks", "constructor")
        ),
    ),
)
