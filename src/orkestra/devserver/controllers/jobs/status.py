"""What becomes of a Job, decided purely, and its conditions in the controller's words.

A Job that is done says first why (SuccessCriteriaMet, FailureTarget), and is Complete or Failed once no pod is left
running (kubernetes pkg/controller/job/job_controller.go, KEP-3998 and KEP-3939).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from orkestra.devserver.controllers.jobs.pods import Census
from orkestra.devserver.controllers.times import seconds_since, stamp
from orkestra.devserver.controllers.workload import whole
from orkestra.k8s.objects import Object, get_path


class Verdict(Enum):
    """(interim condition, final condition, reason, message)"""

    SUCCESS = ("SuccessCriteriaMet", "Complete", "CompletionsReached", "Reached expected number of succeeded pods")
    BACK_OFF = ("FailureTarget", "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    DEADLINE = ("FailureTarget", "Failed", "DeadlineExceeded", "Job was active longer than specified deadline")

    @property
    def interim(self) -> str:
        return self.value[0]

    @property
    def final(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Tally:
    """Ended pods, counted and not."""

    succeeded: int
    failed: int


def judge(job: Object, census: Census, tally: Tally, now: datetime) -> Verdict | None:
    """None while the Job goes on."""
    told = told_verdict(job)
    if told is not None:
        return told
    spec = job["spec"]
    limit = whole(spec.get("backoffLimit"), 6)
    if tally.failed > limit or _restarted_too_often(job, census, limit):
        return Verdict.BACK_OFF
    if spec.get("suspend") is not True and _is_late(job, now):
        return Verdict.DEADLINE
    completions = spec.get("completions")
    if completions is None:
        is_met = tally.succeeded > 0 and not census.active and not census.going
    else:
        is_met = tally.succeeded >= completions
    return Verdict.SUCCESS if is_met else None


def told_verdict(job: Object) -> Verdict | None:
    """The verdict an earlier look has written."""
    for condition in get_path(job, ("status", "conditions")) or ():
        if condition.get("status") == "True" and condition.get("type") in ("SuccessCriteriaMet", "FailureTarget"):
            for verdict in Verdict:
                if (verdict.value[0], verdict.value[2]) == (condition["type"], condition.get("reason")):
                    return verdict
            return Verdict.SUCCESS if condition["type"] == "SuccessCriteriaMet" else Verdict.BACK_OFF
    return None


def is_done(job: Object) -> bool:
    conditions = get_path(job, ("status", "conditions")) or ()
    return any(each.get("type") in ("Complete", "Failed") and each.get("status") == "True" for each in conditions)


def with_condition(
    held: list[Object], kind: str, status: str, reason: str, message: str, now: datetime
) -> list[Object]:
    """Set in place, or added last; one that says the same stays."""
    moment = stamp(now)
    fresh = {"type": kind, "status": status, "lastProbeTime": moment, "lastTransitionTime": moment}
    fresh |= {"reason": reason, "message": message}
    for index, each in enumerate(held):
        if each.get("type") == kind:
            is_same = (each.get("status"), each.get("reason")) == (status, reason)
            return list(held) if is_same else [*held[:index], fresh, *held[index + 1 :]]
    return [*held, fresh]


def seconds_to_deadline(job: Object, now: datetime) -> float | None:
    limit = job["spec"].get("activeDeadlineSeconds")
    start = get_path(job, ("status", "startTime"))
    if not isinstance(limit, int) or not start or job["spec"].get("suspend") is True:
        return None
    return limit - seconds_since(start, now)


def seconds_to_live(job: Object, now: datetime) -> float | None:
    """Seconds a finished Job still has; None where it stays."""
    ttl = job["spec"].get("ttlSecondsAfterFinished")
    if not isinstance(ttl, int):
        return None
    ends = [each for each in get_path(job, ("status", "conditions")) or () if each["type"] in ("Complete", "Failed")]
    return ttl - seconds_since(ends[0].get("lastTransitionTime"), now) if ends else None


def _is_late(job: Object, now: datetime) -> bool:
    left = seconds_to_deadline(job, now)
    return left is not None and left <= 0


def _restarted_too_often(job: Object, census: Census, limit: int) -> bool:
    if get_path(job, ("spec", "template", "spec", "restartPolicy")) != "OnFailure":
        return False
    return census.restarts >= limit if limit else census.restarts > 0
