"""Desired children + live children -> what to write. Pure: the same inputs always give the same plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.operator import drift, names
from orkestra.operator.certificates import CertificateRequest
from orkestra.operator.inventory import ChildId, Live
from orkestra.operator.rotation import seconds_left


class Verb(StrEnum):
    CREATE = "create"
    APPLY = "apply"
    REPLACE = "replace"
    STATUS = "set status of"
    DELETE = "delete"


Propagation = Literal["Background", "Foreground"]


class DriftMode(StrEnum):
    CORRECT = "correct"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Desired:
    """One child the definition yields now.

    ``is_reconciled`` False: created if absent, then left alone. ``force`` None: fields of our own child are taken
    back from other managers, objects of others are left alone; True takes those too; False never takes a field.
    """

    info: ResourceInfo
    key: ObjectKey
    manifest: Object
    entry: str
    is_reconciled: bool = True
    force: bool | None = None
    drift: DriftMode = DriftMode.CORRECT
    ignored: tuple[tuple[str, ...], ...] = ()
    by_reference: bool = True
    order: int = 0
    is_replaced: bool = False
    """Deleted and made anew where it differs in more than its metadata."""
    certificate: CertificateRequest | None = None
    """What the content is issued for when it is written; it is not in ``manifest``."""
    rotate_after: float = 0.0
    """Seconds of age at which the content is made anew; 0: never."""
    is_kept: bool = False
    """Content that was generated once stays as it is for as long as the child exists."""
    status: Object | None = None
    """What to write to the child's status subresource (``custom`` only)."""

    @property
    def id(self) -> ChildId:
        return (self.info.gvk, self.key)

    @property
    def digest(self) -> str:
        annotations = self.manifest["metadata"].get("annotations") or {}
        return str(annotations.get(names.APPLIED_ANNOTATION) or "")


@dataclass(frozen=True, slots=True)
class Step:
    """One write. ``changed`` names the paths that made it necessary (empty for create, delete and definition changes);
    ``is_drift`` tells a correction of somebody else's change from a change of ours; ``may_drop`` that the definition
    may have lost a field since the last write."""

    verb: Verb
    info: ResourceInfo
    key: ObjectKey
    entry: str = ""
    manifest: Object | None = None
    uid: str = ""
    force: bool = True
    adopts: bool = False
    is_drift: bool = False
    may_drop: bool = False
    changed: tuple[str, ...] = ()
    certificate: CertificateRequest | None = None
    is_kept: bool = False
    propagation: Propagation = "Background"
    """Of a deletion."""
    seen: str = ""
    """Digest of the live child the step was decided on (see ``drift.state_digest``)."""

    @property
    def id(self) -> ChildId:
        return (self.info.gvk, self.key)


@dataclass(frozen=True, slots=True)
class Blocked:
    """A child that must not be written: it belongs to somebody else, or is being deleted."""

    info: ResourceInfo
    key: ObjectKey
    entry: str
    message: str
    is_conflict: bool


@dataclass(frozen=True, slots=True)
class Drifted:
    """A difference that the definition says to report and leave."""

    info: ResourceInfo
    key: ObjectKey
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    steps: tuple[Step, ...] = ()
    prune: tuple[Step, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    drifted: tuple[Drifted, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.steps or self.prune)


@dataclass(slots=True)
class _Draft:
    steps: list[Step] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)
    drifted: list[Drifted] = field(default_factory=list)


def make_plan(
    desired: Sequence[Desired],
    live: Mapping[ChildId, Live],
    *,
    owner_uid: str,
    owner_label: str,
    kept: Iterable[ChildId] = (),
    suppressed: Iterable[ChildId] = (),
    now: datetime | None = None,
) -> Plan:
    """``live``: every cached child that carries our label at a desired place, plus all of this CR's.

    ``kept``: children to leave alone though the definition does not yield them now; ``suppressed``: create-once
    children that were there before and were deleted by hand. Deletions come after all other steps, and only for
    children that carry both of this CR's marks.
    """
    draft = _Draft()
    absent_by_choice = set(suppressed)
    for want in sorted(desired, key=lambda d: d.order):
        have = live.get(want.id)
        if have is None:
            if want.id not in absent_by_choice:
                draft.steps += [_create(want), *_status(want, None)]
        elif not have.belongs_to(owner_uid, owner_label) and want.force is not True:
            draft.blocked.append(_foreign(want, have))
        elif have.meta.is_terminating:
            message = f"waiting for the old {want.info.kind} {want.key} to be gone"
            draft.blocked.append(Blocked(want.info, want.key, want.entry, message, is_conflict=False))
        elif want.certificate is not None or want.rotate_after:
            _renew(want, have, now, draft)
        elif want.is_reconciled:
            _align(want, have, draft)
            draft.steps += _status(want, have)
    spared = {want.id for want in desired} | set(kept)
    prune = [
        Step(Verb.DELETE, child.info, child.key, uid=child.meta.uid)
        for identity, child in live.items()
        if identity not in spared and not child.meta.is_terminating and child.belongs_to(owner_uid, owner_label)
    ]
    return Plan(tuple(draft.steps), tuple(prune), tuple(draft.blocked), tuple(draft.drifted))


def _create(want: Desired) -> Step:
    return Step(
        Verb.CREATE,
        want.info,
        want.key,
        want.entry,
        want.manifest,
        force=want.force is not False,
        adopts=want.force is True,
        certificate=want.certificate,
        is_kept=want.is_kept,
    )


def _renew(want: Desired, have: Live, now: datetime | None, draft: _Draft) -> None:
    """Generated content is written again when it is old enough, or when what it is made from has changed."""
    is_old = bool(want.rotate_after) and now is not None and seconds_left(have.meta, want.rotate_after, now) <= 0
    is_other = want.is_reconciled and have.meta.annotations.get(names.APPLIED_ANNOTATION, "") != want.digest
    if is_old or is_other:
        step = Step(Verb.APPLY, want.info, want.key, want.entry, want.manifest, uid=have.meta.uid, may_drop=True)
        draft.steps.append(replace(step, certificate=want.certificate))


def _status(want: Desired, have: Live | None) -> list[Step]:
    """The write to the child's status, if it is due."""
    if want.status is None or (have is not None and have.obj is None):
        return []
    wanted = {"status": want.status}
    if have is not None and have.obj is not None and not drift.differences(wanted, have.obj):
        return []
    return [Step(Verb.STATUS, want.info, want.key, want.entry, wanted)]


def _align(want: Desired, have: Live, draft: _Draft) -> None:
    manifest = want.manifest
    if want.ignored:
        manifest = deepcopy(manifest)
        drift.keep_ignored(manifest, have.obj, want.ignored)
    if have.obj is not None:
        changed = tuple(drift.differences(manifest, have.obj))
    else:
        in_line = drift.is_metadata_in_line(manifest, have.meta.labels, have.meta.annotations)
        changed = () if in_line else ("metadata",)
    if not changed:
        return
    applied = have.meta.annotations.get(names.APPLIED_ANNOTATION, "")
    is_ours = applied == want.digest
    if is_ours and want.drift is DriftMode.REPORT:
        draft.drifted.append(Drifted(want.info, want.key, changed))
        return
    may_drop = applied.partition(".")[2] != want.digest.partition(".")[2]
    is_replaced = want.is_replaced and (may_drop or not all(path.startswith("metadata.") for path in changed))
    draft.steps.append(
        Step(
            Verb.REPLACE if is_replaced else Verb.APPLY,
            want.info,
            want.key,
            want.entry,
            manifest,
            uid=have.meta.uid,
            force=want.force is not False,
            is_drift=is_ours,
            may_drop=may_drop,
            changed=changed,
            seen=drift.state_digest(have.obj or {}),
        )
    )


def _foreign(want: Desired, have: Live) -> Blocked:
    if _is_predecessors(want, have):
        message = f"waiting for the {want.info.kind} {want.key} of a deleted CR of this name to be gone"
        return Blocked(want.info, want.key, want.entry, message, is_conflict=False)
    owner = next((f"{r.kind} {r.name}" for r in have.meta.owner_references if r.controller), "")
    owner = owner or have.meta.labels.get(names.OWNER_LABEL, "") or "nobody known"
    message = f"{want.info.kind} {want.key} exists and belongs to {owner}; it is left alone"
    return Blocked(want.info, want.key, want.entry, message, is_conflict=True)


def _is_predecessors(want: Desired, have: Live) -> bool:
    """Was it a CR of the same kind and name that made it? Two of them never live at once: the garbage collector is on
    its way, and needs a moment."""
    mine = next(iter((want.manifest["metadata"].get("ownerReferences")) or ()), None)
    if mine is None:
        return False
    group = mine["apiVersion"].rpartition("/")[0]
    return any(
        theirs.controller
        and (theirs.kind, theirs.name, theirs.api_version.rpartition("/")[0]) == (mine["kind"], mine["name"], group)
        and theirs.uid != mine["uid"]
        for theirs in have.meta.owner_references
    )
