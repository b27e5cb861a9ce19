"""CronJob -> Jobs (rules: kubernetes pkg/controller/cronjob/{cronjob_controllerv2.go,utils.go})."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.jobs.controller import JOBS
from orkestra.devserver.controllers.jobs.schedule import Schedule, ScheduleError, parse_schedule
from orkestra.devserver.controllers.jobs.status import is_done
from orkestra.devserver.controllers.routes import itself, to_controller
from orkestra.devserver.controllers.times import parse_stamp, stamp
from orkestra.devserver.controllers.workload import whole
from orkestra.k8s.errors import AlreadyExists
from orkestra.k8s.objects import (
    Object,
    ObjectKey,
    get_path,
    is_terminating,
    key_of,
    name_of,
    namespace_of,
    resource_version_of,
    uid_of,
)  # fmt: skip
from orkestra.k8s.owners import owner_reference

CRONJOBS = "cronjobs.batch"
SCHEDULED = "batch.kubernetes.io/cronjob-scheduled-timestamp"


class CronJobs(Controller):
    name: ClassVar[str] = "cronjob"

    @property
    def watches(self) -> dict[str, Callable[[Object], Iterable[ObjectKey]]]:
        return {CRONJOBS: itself, JOBS: to_controller("CronJob")}

    def sync(self, key: ObjectKey) -> None:
        cron = self.view.get(CRONJOBS, key)
        if cron is None or is_terminating(cron):
            return
        jobs = self.view.controlled(JOBS, uid_of(cron))
        self._prune(cron, jobs)
        cron = self._tell(cron, jobs)
        if cron["spec"].get("suspend") is True:
            return
        try:
            schedule = parse_schedule(str(cron["spec"].get("schedule")), cron["spec"].get("timeZone"))
        except ScheduleError:
            return  # nothing to do before it is edited
        self._start_if_due(key, cron, schedule)

    def _start_if_due(self, key: ObjectKey, cron: Object, schedule: Schedule) -> None:
        now = self.engine.cluster.now()
        anchor = parse_stamp(get_path(cron, ("status", "lastScheduleTime")))
        anchor = anchor or parse_stamp(cron["metadata"].get("creationTimestamp")) or now
        deadline = cron["spec"].get("startingDeadlineSeconds")
        since = max(anchor, now - timedelta(seconds=deadline)) if isinstance(deadline, int) else anchor
        due = schedule.last_before(now, anchor)
        if due is not None and due > since and self._make_room(cron):
            self._start(cron, due)
        following = schedule.next_after(now, anchor)
        if following is not None:
            self.requeue(key, (following - now).total_seconds() + 0.01)

    def _make_room(self, cron: Object) -> bool:
        """Whether the policy lets another Job start; Replace makes it so."""
        active = [job for job in self.view.controlled(JOBS, uid_of(cron)) if not is_done(job)]
        policy = cron["spec"].get("concurrencyPolicy", "Allow")
        if policy == "Replace":
            for job in active:
                self.engine.delete(JOBS, job)
        return policy != "Forbid" or not active

    def _start(self, cron: Object, due: datetime) -> None:
        template = cron["spec"]["jobTemplate"]
        made = template.get("metadata") or {}
        zone = cron["spec"].get("timeZone")
        shown = due.astimezone(ZoneInfo(zone)).isoformat() if zone else stamp(due)
        meta: Object = {"name": f"{name_of(cron)}-{int(due.timestamp()) // 60}", "namespace": namespace_of(cron)}
        if made.get("labels"):
            meta["labels"] = dict(made["labels"])
        meta["annotations"] = {**(made.get("annotations") or {}), SCHEDULED: shown}
        meta["ownerReferences"] = [owner_reference(cron)]
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": meta, "spec": template["spec"]}
        try:
            self.engine.create(JOBS, job)
        except AlreadyExists:
            held = self.view.get(JOBS, ObjectKey(namespace_of(cron), meta["name"]))
            if held is None or held not in self.view.controlled(JOBS, uid_of(cron)):
                return
        current = self.view.get(CRONJOBS, key_of(cron)) or cron
        status = {**(current.get("status") or {}), "lastScheduleTime": stamp(due)}
        jobs = self.view.controlled(JOBS, uid_of(cron))
        self.engine.write_status(CRONJOBS, current, {**status, **_active(jobs, status)})

    def _tell(self, cron: Object, jobs: list[Object]) -> Object:
        held = cron.get("status") or {}
        status = {field: value for field, value in held.items() if field != "active"} | _active(jobs, held)
        ends = [str(end) for job in jobs if (end := get_path(job, ("status", "completionTime")))]
        if ends and max(ends) > str(held.get("lastSuccessfulTime") or ""):
            status["lastSuccessfulTime"] = max(ends)
        return self.engine.write_status(CRONJOBS, cron, status) if status != held else cron

    def _prune(self, cron: Object, jobs: list[Object]) -> None:
        """Keep the newest finished Jobs, by kind of end, up to their limits."""
        for end, limit in (("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")):
            default = 3 if end == "Complete" else 1
            ended = [job for job in jobs if _has_ended(job, end) and not is_terminating(job)]
            ended.sort(key=lambda job: (str(get_path(job, ("status", "startTime"))), name_of(job)))
            for job in ended[: max(0, len(ended) - whole(cron["spec"].get(limit), default))]:
                self.engine.delete(JOBS, job)


def _has_ended(job: Object, end: str) -> bool:
    conditions = get_path(job, ("status", "conditions")) or ()
    return any(each["type"] == end and each["status"] == "True" for each in conditions)


def _active(jobs: list[Object], held: Object) -> Object:
    """References to running Jobs; one that stands keeps the resourceVersion it was made with."""
    known = {ref.get("uid"): ref for ref in held.get("active") or ()}
    refs = [
        known.get(uid_of(job))
        or {
            "kind": "Job", "namespace": namespace_of(job), "name": name_of(job), "uid": uid_of(job),
            "apiVersion": "batch/v1", "resourceVersion": resource_version_of(job),
        }
        for job in jobs
        if not is_done(job)
    ]  # fmt: skip
    return {"active": refs} if refs else {}
