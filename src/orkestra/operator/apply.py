"""A plan -> requests. The only module of this folder that writes children."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from orkestra.client.api import ApiClient
from orkestra.client.errors import TransportError
from orkestra.client.requests import PatchType
from orkestra.k8s.errors import AlreadyExists, Invalid, NotFound, StatusError
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, is_terminating, labels_of, metadata_of, uid_of
from orkestra.operator import names
from orkestra.operator.certificates import CertificateRequest, issue
from orkestra.operator.drift import state_digest
from orkestra.operator.inventory import ChildId
from orkestra.operator.outcome import Drift, Failure, Outcome, Reason, failure_of
from orkestra.operator.ownership import own_by_apply
from orkestra.operator.plan import Plan, Step, Verb

_Value = TypeVar("_Value")
_REMEMBERED = 10_000
"""Futile applies, and refusals, remembered; the oldest go first, at the price of one more such request each."""
_UNCHECKED = "Ignore"
"""Nobody reads warnings of unknown fields here, and for an apply the server would parse the body twice to give them."""
_REFUSED_SECONDS = 3600.0
"""How long a refusal stands: what it was about may be mended elsewhere (a node port set free) without our hearing."""


class Deposed(Exception):
    """Leadership was lost in the middle of a reconcile; the next leader does it again from the start."""


def always() -> bool:
    return True


class ChildCache(Protocol):
    """Where a write is remembered, so that the next reconcile reads it."""

    def writing(self, key: ObjectKey) -> AbstractContextManager[None]: ...

    def record_write(self, written: Object) -> None: ...

    def record_delete(self, key: ObjectKey, uid: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """``content``: what was sent, and to what; ``until``: seconds on the loop's clock."""

    content: str
    failure: Failure
    until: float


@dataclass(frozen=True, slots=True)
class Writer:
    """``caches`` by kind: every kind the box keeps children of."""

    api: ApiClient
    caches: Mapping[GVK, ChildCache]
    may_write: Callable[[], bool] = always
    futile: dict[ChildId, str] = field(default_factory=dict)
    """Applies that changed nothing: the server, or somebody it asks, spells a value another way than we do. Such a one
    is not sent again while child and definition stay as they are. By child: what was sent, and to what."""
    refused: dict[ChildId, Refusal] = field(default_factory=dict)
    """What the server called invalid: the same again would only be refused again."""

    async def patch_cr(self, info: ResourceInfo, key: ObjectKey, patch: Object, *, subresource: str = "") -> Object:
        """A merge patch of the CR or its status. Raises StatusError, TransportError, Deposed."""
        self._check()
        return await self.api.patch(
            info,
            key,
            patch,
            patch_type=PatchType.MERGE,
            subresource=subresource,
            field_manager=names.FIELD_MANAGER,
            field_validation=_UNCHECKED,
        )

    def _check(self) -> None:
        """A replica that no longer leads writes nothing more, whatever stage its reconcile is in."""
        if not self.may_write():
            raise Deposed("this replica no longer leads")

    async def execute(self, plan: Plan, outcome: Outcome, owner_uid: str) -> None:
        """Every step is tried, whatever became of the others; nothing is deleted unless all of them went well."""
        for blocked in plan.blocked:
            if blocked.is_conflict:
                outcome.failures.append(Failure(Reason.CONFLICT, blocked.message, is_retried=False))
            else:
                outcome.waiting.append(blocked.message)
        for drifted in plan.drifted:
            text = f"{drifted.info.kind} {drifted.key} differs at {', '.join(drifted.changed)}"
            outcome.drifted.append(Drift(drifted.info.kind, text))
        for step in plan.steps:
            refusal = self._standing_refusal(step)
            if refusal is not None:
                outcome.failures.append(refusal.failure)
            elif step.id not in self.futile or self.futile[step.id] != _content(step):
                await self.attempt(step, outcome, owner_uid)
        if not outcome.failures:
            for step in plan.prune:
                await self.attempt(step, outcome, owner_uid)

    def _standing_refusal(self, step: Step) -> Refusal | None:
        refusal = self.refused.get(step.id)
        if refusal is None:
            return None
        if refusal.content == _content(step) and asyncio.get_running_loop().time() < refusal.until:
            return refusal
        del self.refused[step.id]
        return None

    async def attempt(self, step: Step, outcome: Outcome, owner_uid: str) -> None:
        self._check()
        doing = f"{step.verb} {step.info.kind} {names.shown(step.key)}"
        try:
            if step.certificate is not None:
                step = await _issued(step, step.certificate)
            with self.caches[step.info.gvk].writing(step.key):
                match step.verb:
                    case Verb.CREATE:
                        await self._create(step, owner_uid)
                    case Verb.APPLY:
                        await self._apply(step)
                    case Verb.REPLACE:
                        await self._replace(step, owner_uid)
                    case Verb.STATUS:
                        await self._set_status(step)
                    case Verb.DELETE:
                        await self.delete(step)
            outcome.writes += 1
            if step.is_drift:
                text = f"{step.info.kind} {step.key} at {', '.join(step.changed)}"
                outcome.corrected.append(Drift(step.info.kind, text))
        except StatusError as error:
            failure = failure_of(error, doing)
            failure.__cause__ = error
            outcome.failures.append(failure)
            if failure.reason == Reason.INVALID_CHILD:
                until = asyncio.get_running_loop().time() + _REFUSED_SECONDS
                # A copy, without the frames that a raised error keeps alive.
                told = Failure(failure.reason, failure.message, is_retried=False)
                _remember(self.refused, step.id, Refusal(_content(step), told, until))
        except TransportError as error:
            outcome.failures.append(Failure(Reason.ERROR, f"cannot {doing}: {error}", is_retried=True))
        except Failure as failure:
            outcome.failures.append(failure)

    async def _create(self, step: Step, owner_uid: str) -> None:
        """POST: half the price of an apply for the API server. Where fields may never be taken from others, apply:
        an applied object and one made by POST differ in who owns its fields at the next apply."""
        assert step.manifest is not None
        if not step.force:
            self._record(step, await self._send(step, force=False))
            return
        try:
            created = await self.api.create(
                step.info, step.manifest, field_manager=names.FIELD_MANAGER, field_validation=_UNCHECKED
            )
        except AlreadyExists:
            await self._adopt(step, owner_uid)
            return
        self._record(step, created)

    async def _adopt(self, step: Step, owner_uid: str) -> None:
        """The place is taken by something the cache does not show: a child that lost its label, or a stranger."""
        found = await self.api.get(step.info, step.key)
        is_ours = labels_of(found).get(names.OWNER_UID_LABEL) == owner_uid or any(
            reference.get("uid") == owner_uid for reference in metadata_of(found).get("ownerReferences") or ()
        )
        if not is_ours and not step.adopts:
            owner = next((r.get("kind", "") + " " + r.get("name", "") for r in _controllers(found)), "")
            message = f"{step.info.kind} {step.key} exists and is not ours" + (
                f": it belongs to {owner}" if owner else ""
            )
            raise Failure(Reason.CONFLICT, f"{message}; it is left alone", is_retried=False)
        if step.is_kept and is_ours:
            step = replace(step, manifest=_identity(step.manifest or {}))
        self._record(step, await self._send(step, force=True))

    async def _apply(self, step: Step) -> None:
        """An apply refused as invalid while it corrects somebody's change may be refused for what they added: a list
        item keyed differently, which our apply would leave beside ours. Then lists are set as a whole."""
        if step.may_drop and step.force:
            await own_by_apply(self.api, step.info, step.key)
        try:
            applied = await self._send(step, force=step.force)
        except Invalid:
            if not (step.is_drift and step.force):
                raise
            applied = await self.api.patch(
                step.info,
                step.key,
                step.manifest,
                patch_type=PatchType.MERGE,
                field_manager=names.FIELD_MANAGER,
                field_validation=_UNCHECKED,
            )
        if state_digest(applied) == step.seen:
            _remember(self.futile, step.id, _content(step))
        self._record(step, applied)

    async def _replace(self, step: Step, owner_uid: str) -> None:
        """Delete, and make anew at once if it is gone at once; what terminates slowly is made anew when it has gone."""
        if await self.delete(step):
            await self._create(step, owner_uid)

    async def _set_status(self, step: Step) -> None:
        written = await self.api.patch(
            step.info,
            step.key,
            step.manifest,
            patch_type=PatchType.MERGE,
            subresource="status",
            field_manager=names.FIELD_MANAGER,
            field_validation=_UNCHECKED,
        )
        self._record(step, written)

    async def _send(self, step: Step, *, force: bool) -> Object:
        assert step.manifest is not None
        return await self.api.apply(
            step.info, step.manifest, field_manager=names.FIELD_MANAGER, force=force, field_validation=_UNCHECKED
        )

    async def delete(self, step: Step) -> bool:
        """Is it gone? Gone already is as good as deleted; what finalizers or a grace period still hold is remembered
        as terminating."""
        cache = self.caches[step.info.gvk]
        try:
            answer = await self.api.delete(step.info, step.key, uid=step.uid, propagation=step.propagation)
        except NotFound:
            answer = None
        if answer is not None and answer.get("kind") == step.info.kind and is_terminating(answer):
            cache.record_write(answer)
            return False
        cache.record_delete(step.key, step.uid)
        return True

    def _record(self, step: Step, written: Object) -> None:
        if uid_of(written):
            self.caches[step.info.gvk].record_write(written)


def _remember(memory: dict[ChildId, _Value], child: ChildId, value: _Value) -> None:
    memory[child] = value
    if len(memory) > _REMEMBERED:
        del memory[next(iter(memory))]


def _content(step: Step) -> str:
    return f"{step.verb} {step.seen} {state_digest(step.manifest or {})}"


async def _issued(step: Step, request: CertificateRequest) -> Step:
    """The step with its certificate in it. Raises Failure."""
    try:
        data = await asyncio.to_thread(issue, request)
    except ValueError as error:
        raise Failure(Reason.INVALID_CHILD, f"{step.entry}.tls: {error}", is_retried=False) from error
    return replace(step, manifest={**(step.manifest or {}), "data": data})


def _identity(manifest: Object) -> Object:
    return {part: manifest[part] for part in ("apiVersion", "kind", "metadata") if part in manifest}


def _controllers(obj: Object) -> list[dict[str, str]]:
    return [r for r in metadata_of(obj).get("ownerReferences") or () if r.get("controller")]
