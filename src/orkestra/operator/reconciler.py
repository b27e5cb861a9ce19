"""One CR, brought in line: the stages in order.

observe -> (deletion) -> finalizer -> desired -> plan -> apply -> status. Stages are plain calls that return values; a
failing stage raises ``Failure``, and the one ``except`` here turns it into the outcome that status, event and metric
are made of. The key is all that comes in: what happened before does not matter, what stands now does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from orkestra.controller.controller import Result
from orkestra.k8s.errors import NotFound
from orkestra.k8s.objects import ObjectKey, annotations_of, is_terminating
from orkestra.katalog.values import RenderError
from orkestra.operator import deletion, names
from orkestra.operator.context import BoxContext
from orkestra.operator.desired import DesiredSet, Renderer
from orkestra.operator.events import announce
from orkestra.operator.observe import Observed, fingerprint, observe, owned_children, scope_of, uniqueness, with_places
from orkestra.operator.once import suppressed_children
from orkestra.operator.outcome import Failure, Outcome, Reason
from orkestra.operator.plan import make_plan
from orkestra.operator.readiness import judge_children
from orkestra.operator.reporting import Report, report_status
from orkestra.operator.rotation import seconds_left
from orkestra.rules import Facts, is_met
from orkestra.template.times.durations import parse_duration


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
            left = self._until_due(key)
            if left is None or left > 0:
                return Result(requeue_after=left)
        cx.memory.settled.pop(key, None)
        observed = observe(cx, cached)
        if annotations_of(observed.cr).get(names.PAUSED_ANNOTATION) == "true":
            return Result()
        outcome = Outcome()
        try:
            if is_terminating(observed.cr):
                return await deletion.finish(cx, observed, self.renderer)
            scope = scope_of(cx, observed.cr, observed.children)
            if not is_met(cx.box.conditions, Facts(scope, cx.environment, is_unique=uniqueness(cx, observed))):
                return Result()
            desired = await self._align(observed, scope, outcome)
            judge_children(cx, desired, observed, outcome)
        except Failure as failure:
            outcome.failures.append(failure)
        except RenderError as error:
            outcome.failures.append(Failure(Reason.INVALID_TEMPLATE, str(error), is_retried=False))
        try:
            report = await report_status(cx, observed, outcome)
        except NotFound:
            return Result()  # deleted meanwhile; its event brings the key back
        announce(cx, observed, outcome)
        return self._conclude(observed, outcome, report)

    async def _align(self, observed: Observed, scope: Mapping[str, Any], outcome: Outcome) -> DesiredSet:
        """Make the children what the definition says."""
        cx = self.cx
        desired = self.renderer.render(observed.cr, scope, uniqueness(cx, observed))
        cx.memory.copy_from(observed.key, desired.sources)
        outcome.waiting += desired.missing
        await deletion.ensure_finalizer(cx, observed, desired)
        plan = make_plan(
            desired.children,
            with_places(cx, observed, [child.id for child in desired.children]),
            owner_uid=observed.uid,
            owner_label=observed.owner_label,
            kept=desired.kept,
            suppressed=suppressed_children(cx, observed, desired),
            now=cx.now(),
        )
        cx.memory.await_places(observed.key, [(blocked.info.gvk, blocked.key) for blocked in plan.blocked])
        await cx.writer.execute(plan, outcome, observed.uid)
        if cx.is_leaving and outcome.failure is None:
            await deletion.let_go(cx, observed)
        self._note_due(observed, desired)
        return desired

    def _conclude(self, observed: Observed, outcome: Outcome, report: Report) -> Result:
        failure = outcome.failure
        if failure is not None:
            if failure.is_retried:
                raise RetryLater(failure.message)
            return Result()
        if report.held_for:
            return Result(requeue_after=report.held_for)
        if not outcome.writes and not report.is_written and not outcome.waiting:
            cached = self.cx.crs.get(observed.key)
            if cached is not None:
                self.cx.memory.settled[observed.key] = fingerprint(self.cx, cached)
        waits = [self._requeue_after(observed) or None, self._until_due(observed.key)]
        return Result(requeue_after=min((wait for wait in waits if wait is not None), default=None))

    def _note_due(self, observed: Observed, desired: DesiredSet) -> None:
        """Remember when the first generated child is to be made anew."""
        rotating = [child for child in desired.children if child.rotate_after]
        self.cx.memory.due.pop(observed.key, None)
        if not rotating:
            return
        now, live = self.cx.now(), owned_children(self.cx, observed.uid)
        lefts = [seconds_left(live[c.id].meta, c.rotate_after, now) for c in rotating if c.id in live]
        if lefts:
            self.cx.memory.due[observed.key] = now + timedelta(seconds=max(min(lefts), 1.0))

    def _until_due(self, key: ObjectKey) -> float | None:
        due = self.cx.memory.due.get(key)
        return (due - self.cx.now()).total_seconds() if due is not None else None

    def _requeue_after(self, observed: Observed) -> float | None:
        """``reconciler.requeue``: after success only; a result that is no duration means not at all."""
        requeue = self.cx.box.requeue
        if requeue is None:
            return None
        scope = scope_of(self.cx, observed.cr, observed.children)
        try:
            if not is_met(requeue.conditions, Facts(scope, self.cx.environment)):
                return None
            return parse_duration(str(requeue.after.render(scope, self.cx.environment)))
        except (RenderError, ValueError):
            return None
