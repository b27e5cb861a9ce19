"""Jobs and CronJobs (pkg/apis/batch/validation)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from orkestra.devserver.kinds.rules.pods import check_template
from orkestra.devserver.kinds.rules.workloads import IMMUTABLE, not_negative
from orkestra.k8s.errors import Cause
from orkestra.k8s.objects import Object
from orkestra.k8s.schema.causes import invalid_value, not_supported, required
from orkestra.k8s.selectors import SelectorError, label_selector_of

_COUNTS = ("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished")
_FROZEN = ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy")
_DIRECTIVES = ("nodeSelector", "affinity", "tolerations", "schedulingGates", "topologySpreadConstraints")
_MACROS = ("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly")


def check_job_spec(spec: Mapping[str, Any], path: str) -> list[Cause]:
    found: list[Cause] = []
    for field in _COUNTS:
        found += not_negative(spec.get(field), f"{path}.{field}")
    template = spec.get("template") or {}
    policy = (template.get("spec") or {}).get("restartPolicy")
    at = f"{path}.template.spec.restartPolicy"
    # The pod rules would complain about the missing policy as well; the job's own words stand alone.
    found += [cause for cause in check_template(template, f"{path}.template") if cause.field != at]
    if not policy or policy not in ("OnFailure", "Never"):
        found.append(required(at, 'valid values: "OnFailure", "Never"'))
    return found


def check_job(obj: Object, old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    found = check_job_spec(spec, "spec")
    found += _check_job_selector(obj, spec, is_new=old is None)
    if old is None:
        return found
    before = old.get("spec") or {}
    if before.get("completions") != spec.get("completions") and spec.get("completionMode") != "Indexed":
        found.append(invalid_value("spec.completions", spec.get("completions"), IMMUTABLE))
    if before.get("selector") != spec.get("selector"):
        found.append(invalid_value("spec.selector", spec.get("selector"), IMMUTABLE))
    if before.get("template") != spec.get("template") and not _may_change_template(old):
        found.append(invalid_value("spec.template", spec.get("template"), IMMUTABLE))
    elif _open_template(before) != _open_template(spec):
        pod = (spec.get("template") or {}).get("spec")
        found.append(invalid_value("spec.template.spec", pod, IMMUTABLE))
    for field in _FROZEN:
        if before.get(field) != spec.get(field):
            found.append(invalid_value(f"spec.{field}", spec.get(field), IMMUTABLE))
    return found


def _may_change_template(old: Mapping[str, Any]) -> bool:
    """Scheduling directives of a suspended job that never started are open to queue controllers."""
    return bool((old.get("spec") or {}).get("suspend")) and not (old.get("status") or {}).get("startTime")


def _open_template(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The pod spec without what may be directed before a job first starts."""
    pod = (spec.get("template") or {}).get("spec") or {}
    return {key: value for key, value in pod.items() if key not in _DIRECTIVES}


def _check_job_selector(obj: Object, spec: Mapping[str, Any], *, is_new: bool) -> list[Cause]:
    selector = spec.get("selector")
    if not selector:
        return [required("spec.selector")]
    found: list[Cause] = []
    if is_new and not spec.get("manualSelector"):
        uid = (obj.get("metadata") or {}).get("uid")
        if selector != {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}:
            found.append(invalid_value("spec.selector", selector, "`selector` not auto-generated"))
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
    try:
        is_matching = label_selector_of(selector).matches(labels)
    except SelectorError:
        is_matching = True
    if not is_matching:
        found.append(
            invalid_value("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")
        )
    return found


def check_cron_job(obj: Object, _old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    found: list[Cause] = []
    schedule = str(spec.get("schedule") or "")
    if not schedule:
        found.append(required("spec.schedule"))
    elif message := schedule_error(schedule):
        found.append(invalid_value("spec.schedule", schedule, message))
    zone = spec.get("timeZone")
    if isinstance(zone, str) and (message := zone_error(zone)):
        found.append(invalid_value("spec.timeZone", zone, message))
    for field in ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
        found += not_negative(spec.get(field), f"spec.{field}")
    policy = spec.get("concurrencyPolicy")
    if policy not in ("Allow", "Forbid", "Replace"):
        found.append(not_supported("spec.concurrencyPolicy", policy, ("Allow", "Forbid", "Replace")))
    found += check_job_spec((spec.get("jobTemplate") or {}).get("spec") or {}, "spec.jobTemplate.spec")
    name = str((obj.get("metadata") or {}).get("name") or "")
    if len(name) > 52:
        found.append(invalid_value("metadata.name", name, "must be no more than 52 characters"))
    return found


def zone_error(zone: str) -> str:
    """What is wrong with the name of a time zone; empty for a good one."""
    if not zone:
        return "timeZone must be nil or non-empty string"
    if zone.lower() == "local":
        return "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return f"unknown time zone {zone}"
    return ""


_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_NAMES: tuple[Mapping[str, int], ...] = (
    {},
    {},
    {},
    {month: number for number, month in enumerate(_MONTHS, 1)},
    {day: number for number, day in enumerate(_DAYS)},
)


def schedule_error(schedule: str) -> str:
    """What is wrong with a cron schedule in the form robfig/cron says it; empty for a good one."""
    if schedule.startswith("@"):
        if schedule in _MACROS or schedule.startswith("@every "):
            return ""
        return f"unrecognized descriptor: {schedule}"
    if schedule.startswith(("TZ=", "CRON_TZ=")):
        return "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
    fields = schedule.split()
    if len(fields) != 5:
        return f"expected exactly 5 fields, found {len(fields)}: [{' '.join(fields)}]"
    for text, limits, names in zip(fields, _LIMITS, _NAMES, strict=True):
        for part in text.split(","):
            if message := _part_error(part, limits, names):
                return message
    return ""


def _part_error(part: str, limits: tuple[int, int], names: Mapping[str, int]) -> str:
    span, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and int(step[:4])):
        return (
            f"failed to parse int from {step}"
            if not step.isdecimal()
            else f"step of range should be a positive number: {part}"
        )
    if span in ("*", "?"):
        return ""
    numbers = []
    for text in span.split("-"):
        number = names.get(text.lower())
        if number is None:
            if not text.isdecimal() or len(text) > 4:
                return f"failed to parse int from {text}"
            number = int(text)
        numbers.append(number)
    if len(numbers) > 2:
        return f"too many hyphens: {part}"
    if numbers[0] < limits[0]:
        return f"beginning of range ({numbers[0]}) below minimum ({limits[0]}): {part}"
    if numbers[-1] > limits[1]:
        return f"end of range ({numbers[-1]}) above maximum ({limits[1]}): {part}"
    if numbers[0] > numbers[-1]:
        return f"beginning of range ({numbers[0]}) beyond end of range ({numbers[-1]}): {part}"
    return ""
