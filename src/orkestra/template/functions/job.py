"""Jobs and CronJobs. Pods come from ``_pods``, the Jobs of a CronJob from ``_activeJobs``, ``_lastJob`` and
``_lastSuccessfulJob``."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.environment import Environment
from orkestra.template.errors import FunctionError
from orkestra.template.functions.function import Domain
from orkestra.template.functions.moments import now
from orkestra.template.functions.objectfields import (
    count_at,
    field_of,
    is_true,
    list_at,
    map_at,
    maps_at,
    name_of,
    object_of,
    text_at,
)
from orkestra.template.functions.podlists import container_statuses, pods_of

JOB: Final = Domain("job", [])
function = JOB.function


@function("jobSucceeded(o) bool", "Whether the Job is complete.", "{{ jobSucceeded .children.job }}", "false")
def job_succeeded(o: Any) -> bool:
    return is_true(object_of(o), "Complete")


@function("jobFailed(o) bool", "Whether it has failed for good.", "{{ jobFailed .children.job }}", "true")
def job_failed(o: Any) -> bool:
    return is_true(object_of(o), "Failed")


@function("jobActive(o) bool", "Whether it has active pods.", "{{ jobActive .children.job }}", "false")
def job_active(o: Any) -> bool:
    return count_at(object_of(o), "status", "active") > 0


@function(
    "jobFirstExitCode(o) int",
    "The exit code of the first container that ended, in the order of _pods; 0 without.",
    "{{ jobFirstExitCode .children.job }}",
    "2",
)
def job_first_exit_code(o: Any) -> int:
    for pod in pods_of(o):
        for container in container_statuses(pod):
            for field in ("state", "lastState"):
                if map_at(container, field, "terminated"):
                    return count_at(container, field, "terminated", "exitCode")
    return 0


def _names(o: Any, *phases: str) -> list[str]:
    return [name_of(pod) for pod in pods_of(o) if text_at(pod, "status", "phase") in phases]


@function(
    "jobActivePodNames(o) list",
    "Its pods that are pending or running.",
    "{{ jobActivePodNames .children.job }}",
    "[]",
)
def job_active_pod_names(o: Any) -> list[str]:
    return _names(o, "Pending", "Running")


@function("jobSucceededPodNames(o) list", "Its pods that succeeded.", "{{ jobSucceededPodNames .children.job }}", "[]")
def job_succeeded_pod_names(o: Any) -> list[str]:
    return _names(o, "Succeeded")


@function(
    "jobFailedPodNames(o) list", "Its pods that failed.", "{{ jobFailedPodNames .children.job }}", "[migrate-x7k2p]"
)
def job_failed_pod_names(o: Any) -> list[str]:
    return _names(o, "Failed")


@function("cronJobActiveCount(o) int", "How many of its Jobs run.", "{{ cronJobActiveCount .children.cronJob }}", "1")
def cron_job_active_count(o: Any) -> int:
    found = object_of(o)
    return len(list_at(found, "status", "active")) or len(maps_at(found, "_activeJobs"))


@function(
    "cronJobLastScheduleTime(o) string",
    "When it last made a Job.",
    "{{ cronJobLastScheduleTime .children.cronJob }}",
    "2025-12-31T02:00:00Z",
)
def cron_job_last_schedule_time(o: Any) -> str:
    return text_at(object_of(o), "status", "lastScheduleTime")


@function(
    "cronJobNextScheduleTime(o) string",
    "When it makes the next one, in UTC; nothing while it is suspended. Its time zone counts.",
    "{{ cronJobNextScheduleTime .children.cronJob }}",
    "2026-01-01T02:00:00Z",
    needs_environment=True,
    is_volatile=True,
)
def cron_job_next_schedule_time(environment: Environment, o: Any) -> str:
    from orkestra.template.functions.cron import next_fire
    from orkestra.template.times.zones import ZoneError, zone_of

    found = object_of(o)
    schedule, zone = text_at(found, "spec", "schedule"), text_at(found, "spec", "timeZone")
    if not schedule or field_of(found, "spec", "suspend") is True:
        return ""
    try:
        return next_fire(schedule, now(environment), zone_of(zone) if zone else None)
    except ZoneError as problem:
        raise FunctionError(str(problem)) from None


@function(
    "cronJobLastSuccessTime(o) string",
    "When a Job of it last succeeded.",
    "{{ cronJobLastSuccessTime .children.cronJob }}",
    "2025-12-30T02:03:00Z",
)
def cron_job_last_success_time(o: Any) -> str:
    return text_at(object_of(o), "status", "lastSuccessfulTime")


@function(
    "cronJobLastJobName(o) string",
    "The name of its last Job.",
    "{{ cronJobLastJobName .children.cronJob }}",
    "backup-29450000",
)
def cron_job_last_job_name(o: Any) -> str:
    return name_of(field_of(object_of(o), "_lastJob"))


@function(
    "cronJobLastJobSucceeded(o) bool",
    "Whether that one is complete.",
    "{{ cronJobLastJobSucceeded .children.cronJob }}",
    "false",
)
def cron_job_last_job_succeeded(o: Any) -> bool:
    return is_true(field_of(object_of(o), "_lastJob"), "Complete")


@function(
    "cronJobLastSuccessfulJobName(o) string",
    "The name of its last Job that succeeded.",
    "{{ cronJobLastSuccessfulJobName .children.cronJob }}",
    "backup-29448560",
)
def cron_job_last_successful_job_name(o: Any) -> str:
    return name_of(field_of(object_of(o), "_lastSuccessfulJob"))
