"""The end of a CR, and the finalizer that lets us take part in it.

A finalizer costs a write and can hang a namespace, so it is set only when deletion needs us: when a child exists that
no ownerReference reaches (another namespace, cluster scope), or when there is an ``onDelete``. All other children are
the garbage collector's.
"""

from __future__ import annotations

from orkestra.controller.controller import Result
from orkestra.k8s.errors import Conflict, Forbidden, NotFound
from orkestra.k8s.objects import finalizers_of, resource_version_of
from orkestra.operator import names
from orkestra.operator.context import BoxContext
from orkestra.operator.departure import depart, job_ids, time_left
from orkestra.operator.desired import DesiredSet, Renderer
from orkestra.operator.inventory import ChildId, Live
from orkestra.operator.observe import Observed, owned_children
from orkestra.operator.outcome import Failure, Outcome, Reason, failure_of
from orkestra.operator.plan import Step, Verb

WAIT_SECONDS = 5.0
"""How long until the end of a deletion is looked at again; watch events of the children usually come first."""


async def ensure_finalizer(cx: BoxContext, observed: Observed, desired: DesiredSet) -> None:
    """Before the first child that only we can clean up is made, make sure that we are asked when the CR goes."""
    if names.CLEANUP_FINALIZER in finalizers_of(observed.cr):
        return
    if not cx.box.on_delete.stages and all(child.by_reference for child in desired.children):
        return
    await _set_finalizers(cx, observed, [*finalizers_of(observed.cr), names.CLEANUP_FINALIZER])


async def let_go(cx: BoxContext, observed: Observed) -> None:
    """Take our finalizer off a CR that nobody will be there to finish."""
    finalizers = finalizers_of(observed.cr)
    if names.CLEANUP_FINALIZER in finalizers:
        await _set_finalizers(cx, observed, [name for name in finalizers if name != names.CLEANUP_FINALIZER])


async def finish(cx: BoxContext, observed: Observed, renderer: Renderer) -> Result:
    """Do what ``onDelete`` says, delete what only we can delete, wait for both, release the CR. Raises Failure."""
    if names.CLEANUP_FINALIZER not in finalizers_of(observed.cr):
        return Result()
    if cx.box.on_delete.stages and await depart(cx, renderer, observed):
        return Result(requeue_after=max(min(WAIT_SECONDS, time_left(cx, observed)), 0.1))
    outcome = Outcome()
    jobs = job_ids(renderer, cx, observed)
    for child in _ours_to_delete(cx, observed, jobs):
        if not child.meta.is_terminating:
            step = Step(Verb.DELETE, child.info, child.key, uid=child.meta.uid)
            await cx.writer.attempt(step, outcome, observed.uid)
    if outcome.failure is not None:
        raise outcome.failure
    if _ours_to_delete(cx, observed, jobs):
        return Result(requeue_after=WAIT_SECONDS)
    try:
        await let_go(cx, observed)
    except NotFound:
        pass
    return Result()


def _ours_to_delete(cx: BoxContext, observed: Observed, spared: frozenset[ChildId]) -> list[Live]:
    """The children that no ownerReference reaches, as the cache has them now, less the ``spared``."""
    return [
        child
        for identity, child in owned_children(cx, observed.uid).items()
        if identity not in spared
        and names.OWNER_UID_LABEL in child.meta.labels
        and child.belongs_to(observed.uid, observed.owner_label)
    ]


async def _set_finalizers(cx: BoxContext, observed: Observed, finalizers: list[str]) -> None:
    """Raises Failure (retried) when the CR changed meanwhile: the next reconcile sees it as it is then."""
    patch = {"metadata": {"finalizers": finalizers, "resourceVersion": resource_version_of(observed.cr)}}
    try:
        with cx.crs.writing(observed.key):
            cx.crs.record_write(await cx.writer.patch_cr(cx.info, observed.key, patch))
    except Conflict as error:
        raise Failure(Reason.ERROR, error.message, is_retried=True) from error
    except Forbidden as error:
        raise failure_of(error, "set the finalizers") from error
