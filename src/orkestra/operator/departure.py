"""``onDelete``: Jobs that run and children that go, in order, while the CR waits for its end.

Level-triggered like everything else: each look does what is still to be done of the first stage that is not over.
Jobs have no ownerReference, or the collector would take them with the CR; Kubernetes removes them some time after
they ended. Deleted is only what this CR's inventory covers; anything else of that name is left, and told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from orkestra.k8s.errors import NotFound, StatusError
from orkestra.k8s.objects import Object, metadata_of
from orkestra.operator import names
from orkestra.operator.context import BoxContext
from orkestra.operator.desired import DeletionSet, Renderer
from orkestra.operator.inventory import ChildId, Live
from orkestra.operator.observe import Observed, scope_of
from orkestra.operator.outcome import Failure, Outcome, Reason
from orkestra.operator.plan import Desired, Step, Verb

KEEP_JOBS_SECONDS = 3600
"""How long an ended Job stays, so that its log can be read."""


async def depart(cx: BoxContext, renderer: Renderer, observed: Observed) -> list[str]:
    """Do what is due of ``onDelete``; what is still waited for, in words, is returned. Raises Failure."""
    spec = cx.box.on_delete
    scope = scope_of(cx, observed.cr, observed.children)
    for stage in renderer.render_deletion(observed.cr, scope):
        waiting = [text for job in stage.jobs if (text := await _run(cx, observed, job))]
        gone = [text for place in stage.deletions if (text := await _remove(cx, observed, stage, place))]
        if spec.ordered:
            waiting += gone
        if waiting:
            _check_timeout(cx, observed, waiting[0])
            return waiting
    return []


def job_ids(renderer: Renderer, cx: BoxContext, observed: Observed) -> frozenset[ChildId]:
    """The Jobs of ``onDelete``, which are not among the children to clean up."""
    if not cx.box.on_delete.stages:
        return frozenset()
    scope = scope_of(cx, observed.cr, observed.children)
    return frozenset(job.id for stage in renderer.render_deletion(observed.cr, scope) for job in stage.jobs)


async def _run(cx: BoxContext, observed: Observed, job: Desired) -> str:
    """Create the Job if it is not there; what it is waited for, or empty when it has ended."""
    subject = f"Job {job.key}"
    finished = cx.memory.finished.setdefault(observed.key, set())
    cached = cx.children[job.info.gvk].get(job.key)
    if (observed.uid, job.id) in finished:
        return ""
    if cached is None:
        spec = {"ttlSecondsAfterFinished": KEEP_JOBS_SECONDS, **job.manifest["spec"]}
        step = Step(Verb.CREATE, job.info, job.key, job.entry, {**job.manifest, "spec": spec})
        if await _attempt(cx, observed, step):
            return f"{subject} to end"
        return ""
    live = Live(job.info, cached.meta, None if cached.raw is None else cached.object())
    if not live.belongs_to(observed.uid, observed.owner_label):
        message = f"{subject} exists and is not this CR's; {job.entry} does not run"
        raise Failure(Reason.CONFLICT, message, is_retried=False)
    if not _has_ended(live.obj or {}):
        return f"{subject} to end"
    finished.add((observed.uid, job.id))
    return ""


def _has_ended(job: Object) -> bool:
    conditions = (job.get("status") or {}).get("conditions") or ()
    return any(c.get("type") in ("Complete", "Failed") and c.get("status") == "True" for c in conditions)


async def _remove(cx: BoxContext, observed: Observed, stage: DeletionSet, place: ChildId) -> str:
    """Delete the child at ``place`` if it is this CR's; what it is waited for, or empty when it is gone."""
    gvk, key = place
    cache = cx.children[gvk]
    cached = cache.get(key)
    if cached is None:
        await _tell_of_stranger(cx, observed, place)
        return ""
    child = Live(cache.info, cached.meta, None)
    if not child.belongs_to(observed.uid, observed.owner_label):
        _tell(cx, observed, place)
        return ""
    if not cached.meta.is_terminating:
        step = Step(Verb.DELETE, cache.info, key, stage.entries[place], uid=cached.meta.uid)
        await _attempt(cx, observed, replace(step, propagation="Foreground"))
    return f"{gvk.kind} {key} to be gone" if cache.get(key) is not None else ""


async def _attempt(cx: BoxContext, observed: Observed, step: Step) -> bool:
    """Whether it was done; False where the namespace is going too, and nothing can be made in it any more."""
    outcome = Outcome()
    await cx.writer.attempt(step, outcome, observed.uid)
    failure = outcome.failure
    if failure is None:
        return True
    cause = failure.__cause__
    if isinstance(cause, StatusError) and any(c.reason == "NamespaceTerminating" for c in cause.causes):
        return False
    raise failure


async def _tell_of_stranger(cx: BoxContext, observed: Observed, place: ChildId) -> None:
    """The cache shows what carries our label; something else may stand there."""
    if (observed.uid, place) in cx.memory.finished.setdefault(observed.key, set()):
        return
    cx.memory.finished[observed.key].add((observed.uid, place))
    try:
        await cx.writer.api.get(cx.children[place[0]].info, place[1])
    except NotFound:
        return
    except StatusError:
        return  # not readable: then it is not ours to tell about
    _tell(cx, observed, place)


def _tell(cx: BoxContext, observed: Observed, place: ChildId) -> None:
    kind, key = place[0].kind, names.shown(place[1])
    cx.recorder.record(observed.cr, "Warning", "LeftAlone", f"{kind} {key} is not this CR's: it is not deleted")


def _check_timeout(cx: BoxContext, observed: Observed, waiting: str) -> None:
    seconds = cx.box.on_delete.timeout_seconds
    if time_left(cx, observed) <= 0:
        message = f"onDelete: not done within {seconds:g} s: waiting for {waiting}"
        raise Failure(Reason.ERROR, message, is_retried=False)


def time_left(cx: BoxContext, observed: Observed) -> float:
    """Seconds until the timeout, counted from the CR's deletion."""
    deleted = datetime.fromisoformat(str(metadata_of(observed.cr).get("deletionTimestamp")))
    return (deleted + timedelta(seconds=cx.box.on_delete.timeout_seconds) - cx.now()).total_seconds()
