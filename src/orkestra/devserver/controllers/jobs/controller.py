"""The Job control loop: count what ended, judge, start or stop pods, tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import ClassVar

from orkestra.devserver.controllers.engine import Controller, Engine
from orkestra.devserver.controllers.jobs import pods as job_pods
from orkestra.devserver.controllers.jobs import status as job_status
from orkestra.devserver.controllers.jobs.indexes import format_indexes, index_of, parse_indexes
from orkestra.devserver.controllers.jobs.pods import Census
from orkestra.devserver.controllers.jobs.status import Tally, Verdict
from orkestra.devserver.controllers.routes import itself, to_controller_or_adopter
from orkestra.devserver.controllers.times import stamp
from orkestra.devserver.controllers.workload import BURST, owned_pods, whole
from orkestra.k8s.errors import NotFound
from orkestra.k8s.finalizers import has_finalizer, without_finalizer
from orkestra.k8s.objects import Object, ObjectKey, is_terminating, key_of, uid_of

JOBS = "jobs.batch"
FIRST_BACK_OFF_SECONDS = 1.0
LAST_BACK_OFF_SECONDS = 60.0
"""Kubernetes waits 10 s … 10 min before it replaces a failed pod; a tenth of that serves those who wait."""


class Jobs(Controller):
    name: ClassVar[str] = "job"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._not_before: dict[str, float] = {}

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {JOBS: itself, "pods": to_controller_or_adopter(self.view, "Job", JOBS)}

    def gone(self, resource: str, obj: Object) -> None:
        if resource == JOBS:
            self._not_before.pop(uid_of(obj), None)
            for pod in self.view.controlled("pods", uid_of(obj)):
                self._let_go(pod)

    def sync(self, key: ObjectKey) -> None:
        job = self.view.get(JOBS, key)
        if job is None or job["spec"].get("managedBy") not in (None, "kubernetes.io/job-controller"):
            return
        if is_terminating(job):
            for pod in self.view.controlled("pods", uid_of(job)):
                self._let_go(pod)
        elif job_status.is_done(job):
            self._outlive(key, job)
        else:
            self._run(key, job)

    def _run(self, key: ObjectKey, job: Object) -> None:
        now = self.engine.cluster.now()
        held = job.get("status") or {}
        is_suspended = job["spec"].get("suspend") is True
        if not held.get("startTime") and not is_suspended:
            job = {**job, "status": {**held, "startTime": stamp(now)}}
        census = job_pods.take_census(owned_pods(self, job))
        if is_suspended or _is_suspended(held):
            for pod in census.failed:  # what a suspension stopped has not failed
                if is_terminating(pod):
                    self._let_go(pod)
            census = Census(
                census.active, census.going, census.succeeded, [p for p in census.failed if not is_terminating(p)]
            )
        lost = _let_go_uncounted(held, census)
        tally = Tally(
            whole(held.get("succeeded")) + len(census.succeeded) + lost.succeeded,
            whole(held.get("failed")) + len(census.failed) + lost.failed,
        )
        completed = parse_indexes(held.get("completedIndexes"))
        completed |= {index for pod in census.succeeded if (index := index_of(pod)) is not None}
        if job_pods.is_indexed(job):
            tally = Tally(len(completed), tally.failed)
        verdict = job_status.judge(job, census, tally, now)
        if verdict is not None or is_suspended:
            for pod in census.active[:BURST]:
                self.engine.delete("pods", pod)
        else:
            self._scale(key, job, census, tally, completed)
        self._report(key, job, census, tally, completed, verdict)

    def _scale(self, key: ObjectKey, job: Object, census: Census, tally: Tally, completed: set[int]) -> None:
        """Bring the number of running pods to what the parallelism and the open completions ask for."""
        spec = job["spec"]
        wanted = whole(spec.get("parallelism"), 1)
        completions = spec.get("completions")
        if completions is not None:
            wanted = min(wanted, max(0, completions - tally.succeeded))
        elif tally.succeeded:
            wanted = min(wanted, len(census.active))
        surplus = len(census.active) - wanted
        for pod in job_pods.excess(census, max(0, surplus)):
            self.engine.delete("pods", pod)
        if surplus >= 0 or not self._may_start(key, job, census, tally):
            return
        count = min(-surplus, BURST)
        if job_pods.is_indexed(job):
            for index in job_pods.missing_indexes(job, census, completed, count):
                self.engine.create("pods", job_pods.new_pod(job, index))
        else:
            for _ in range(count):
                self.engine.create("pods", job_pods.new_pod(job, None))

    def _may_start(self, key: ObjectKey, job: Object, census: Census, tally: Tally) -> bool:
        """After a failure the next pod waits, twice as long with each."""
        uid, clock = uid_of(job), self.engine.clock()
        if census.failed:
            wait = min(LAST_BACK_OFF_SECONDS, FIRST_BACK_OFF_SECONDS * 2.0 ** min(tally.failed - 1, 10))
            self._not_before[uid] = clock + wait
        left = self._not_before.get(uid, clock) - clock
        if left > 0:
            self.requeue(key, left)
        return left <= 0

    def _report(
        self, key: ObjectKey, job: Object, before: Census, tally: Tally, completed: set[int], verdict: Verdict | None
    ) -> None:
        """Told in two steps, so that no pod is lost or counted twice: named as ended, then counted and let go."""
        now = self.engine.cluster.now()
        pods = self.view.controlled("pods", uid_of(job))
        census = job_pods.take_census(pods)
        held = job.get("status") or {}
        conditions = _suspension(list(held.get("conditions") or ()), job, now)
        if verdict is not None:
            conditions = job_status.with_condition(conditions, verdict.interim, "True", *verdict.value[2:], now)
        status: Object = {"conditions": conditions} if conditions else {}
        if held.get("startTime") and job["spec"].get("suspend") is not True:
            status["startTime"] = stamp(now) if _is_resumed(held, job) else held["startTime"]
        status |= {
            field: count
            for field, count in (("active", len(census.active)), *_counts(held))
            if count
        } | {"terminating": len(census.going)}  # fmt: skip
        ended = {"succeeded": list(map(uid_of, before.succeeded)), "failed": list(map(uid_of, before.failed))}
        if job_pods.is_indexed(job) and completed:  # an index that is told is counted: its pod needs no second step
            status |= {"succeeded": tally.succeeded, "completedIndexes": format_indexes(completed)}
            ended["succeeded"] = []
        status |= {"uncountedTerminatedPods": {k: v for k, v in ended.items() if v}, "ready": census.ready}
        live = self.view.get(JOBS, key) or job
        if before.ended:
            live = self.engine.write_status(JOBS, live, status)
            for pod in before.ended:
                self._let_go(pod)
        status = {**status, "uncountedTerminatedPods": {}}
        for field, count in (("succeeded", tally.succeeded), ("failed", tally.failed)):
            if count:
                status[field] = count
        if verdict is not None and not census.active and not census.going:
            status["conditions"] = job_status.with_condition(conditions, verdict.final, "True", *verdict.value[2:], now)
            if verdict is Verdict.SUCCESS:
                status["completionTime"] = stamp(now)
                self.engine.events.tell(live, "job-controller", "Normal", "Completed", "Job completed")
            else:
                self.engine.events.tell(live, "job-controller", "Warning", *verdict.value[2:])
        self.engine.write_status(JOBS, live, status)
        self._come_back(key, {**job, "status": status})

    def _come_back(self, key: ObjectKey, job: Object) -> None:
        left = job_status.seconds_to_deadline(job, self.engine.cluster.now())
        if left is not None and job_status.told_verdict(job) is None:
            self.requeue(key, left)

    def _outlive(self, key: ObjectKey, job: Object) -> None:
        for pod in self.view.controlled("pods", uid_of(job)):
            self._let_go(pod)
        left = job_status.seconds_to_live(job, self.engine.cluster.now())
        if left is not None and left <= 0:
            self.engine.delete(JOBS, job, propagation="Foreground")
        elif left is not None:
            self.requeue(key, left)

    def _let_go(self, pod: Object) -> None:
        current = self.view.get("pods", key_of(pod))
        if current is not None and uid_of(current) == uid_of(pod) and has_finalizer(current, job_pods.TRACKING):
            try:
                self.engine.update("pods", without_finalizer(current, job_pods.TRACKING))
            except NotFound:
                return


def _let_go_uncounted(held: Object, census: Census) -> Tally:
    """Pods an interrupted report named and let go, but did not count."""
    named = held.get("uncountedTerminatedPods") or {}
    standing = set(map(uid_of, census.ended))
    counts = (sum(uid not in standing for uid in named.get(end) or ()) for end in ("succeeded", "failed"))
    return Tally(*counts)


def _counts(held: Object) -> Iterable[tuple[str, int]]:
    return (("succeeded", whole(held.get("succeeded"))), ("failed", whole(held.get("failed"))))


def _is_suspended(status: Object) -> bool:
    return any(each["type"] == "Suspended" and each["status"] == "True" for each in status.get("conditions") or ())


def _is_resumed(held: Object, job: Object) -> bool:
    return _is_suspended(held) and job["spec"].get("suspend") is not True


def _suspension(conditions: list[Object], job: Object, now: datetime) -> list[Object]:
    if job["spec"].get("suspend") is True:
        return job_status.with_condition(conditions, "Suspended", "True", "JobSuspended", "Job suspended", now)
    if any(each["type"] == "Suspended" for each in conditions):
        return job_status.with_condition(conditions, "Suspended", "False", "JobResumed", "Job resumed", now)
    return conditions
