"""One CR, brought in line: the stages in order.

observe -> (deletion) -> finalizer -> desired -> plan -> apply -> status. Stages are plain calls that return values; a
failing stage raises ``Failure``, and the one ``except`` here turns it into the outcome that status, event and metric
are made of. The key is all that comes in: what happened before does not matter, what stands now does.
"""

from __future__ import annotations

from dataclasses import dataclass

from orkestra.controller.controller import Result
from orkestra.k8s.errors import NotFound
from orkestra.k8s.objects import ObjectKey, annotations_of, is_terminating
from orkestra.katalog.durations import parse_duration
from orkestra.katalog.values import RenderError
from orkestra.operator import deletion, names
from orkestra.operator.context import BoxContext
from orkestra.operator.desired import DesiredSet, Renderer
from orkestra.operator.events import announce
from orkestra.operator.observe import Observed, fingerprint, observe, owned_children, scope_of, with_places
from orkestra.operator.once import suppressed_children
from orkestra.operator.outcome import Failure, Outcome
from orkestra.operator.plan import make_plan
from orkestra.operator.readiness import judge_children
from orkestra.operator.reporting import report_status
from orkestra.rules.when import evaluate


class RetryLater(Exception):
    """The reconcile has told its failure in status; the queue's back-off decides when it is tried again."""


@dataclass(frozen=True, slots=True)
class Reconciler:
    cx: BoxContext
    renderer: Renderer

    async def reconcile(self, key: ObjectKey) -> Result:
        cx = self.cx
        cached = cx.crs.get(key)
        if cached is None:
            cx.memory.forget(key)
            return Result()
        before = fingerprint(cx, cached)
        if cx.memory.settled.get(key) == before and not cx.is_time_dependent:
            return Result()
        cx.memory.settled.pop(key, None)
        observed = observe(cx, cached)
        if annotations_of(observed.cr).get(names.PAUSED_ANNOTATION) == "true":
            return Result()
        outcome = Outcome()
        try:
            if is_terminating(observed.cr):
                return await deletion.finish(cx, observed)
            desired = await self._align(observed, outcome)
            judge_children(cx, desired, owned_children(cx, observed.uid), observed, outcome)
        except Failure as failure:
            outcome.failures.append(failure)
        try:
            changed = await report_status(cx, observed, outcome)
        except NotFound:
            return Result()  # deleted meanwhile; its event brings the key back
        announce(cx, observed, outcome)
        return self._conclude(observed, outcome, changed=changed)

    async def _align(self, observed: Observed, outcome: Outcome) -> DesiredSet:
        """Make the children what the definition says."""
        cx = self.cx
        desired = self.renderer.render(observed.cr, scope_of(cx, observed.cr, observed.children))
        await deletion.ensure_finalizer(cx, observed, desired)
        plan = make_plan(
            desired.children,
            with_places(cx, observed, [child.id for child in desired.children]),
            owner_uid=observed.uid,
            owner_label=observed.owner_label,
            kept=desired.kept,
            suppressed=suppressed_children(cx, observed, desired),
        )
        await cx.writer.execute(plan, outcome, observed.uid)
        return desired

    def _conclude(self, observed: Observed, outcome: Outcome, *, changed: bool) -> Result:
        failure = outcome.failure
        if failure is not None:
            if failure.is_retried:
                raise RetryLater(failure.message)
            return Result()
        if not outcome.writes and not changed and not outcome.waiting:
            cached = self.cx.crs.get(observed.key)
            if cached is not None:
                self.cx.memory.settled[observed.key] = fingerprint(self.cx, cached)
        return Result(requeue_after=after) if (after := self._requeue_after(observed)) else Result()

    def _requeue_after(self, observed: Observed) -> float | None:
        """``reconciler.requeue``: after success only; a result that is no duration means not at all."""
        requeue = self.cx.box.requeue
        if requeue is None:
            return None
        scope = scope_of(self.cx, observed.cr, observed.children)
        try:
            if not evaluate(requeue.conditions, scope, self.cx.environment):
                return None
            return parse_duration(str(requeue.after.render(scope, self.cx.environment)))
        except (RenderError, ValueError):
            return None
