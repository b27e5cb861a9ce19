"""Rows of pods and what runs them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orkestra.devserver.tables.cells import (
    NONE,
    UNKNOWN,
    UNSET,
    age,
    containers_and_images,
    duration,
    labels_text,
    moment,
    name_of_row,
    selector_text,
    since,
    spec_of,
    status_of,
    text_of,
)
from orkestra.k8s.conditions import is_condition
from orkestra.k8s.objects import Object

Row = list[Any]


def pod(obj: Object, now: datetime) -> Row:
    spec, status = spec_of(obj), status_of(obj)
    statuses = status.get("containerStatuses") or []
    ready = sum(1 for entry in statuses if entry.get("ready"))
    restarts = sum(int(entry.get("restartCount") or 0) for entry in statuses)
    last = max(
        (moment for entry in statuses if (moment := _finished_before(entry))),
        default="",
    )
    shown = f"{restarts} ({since(last, now)} ago)" if restarts and last else str(restarts)
    gates = spec.get("readinessGates") or ()
    met = sum(1 for gate in gates if is_condition(obj, str(gate.get("conditionType"))))
    return [
        name_of_row(obj),
        f"{ready}/{len(spec.get('containers') or ())}",
        pod_phase(obj),
        shown,
        age(obj, now),
        text_of(status.get("podIP")),
        text_of(spec.get("nodeName")),
        text_of(status.get("nominatedNodeName")),
        f"{met}/{len(gates)}" if gates else NONE,
    ]


def _finished_before(entry: Mapping[str, Any]) -> str:
    return str(((entry.get("lastState") or {}).get("terminated") or {}).get("finishedAt") or "")


def pod_phase(obj: Object) -> str:
    """The STATUS column: the phase, or what says more (pkg/printers/internalversion/printers.go, printPod)."""
    spec, status = spec_of(obj), status_of(obj)
    reason = str(status.get("reason") or status.get("phase") or "Unknown")
    if any(
        c.get("type") == "PodScheduled" and c.get("reason") == "SchedulingGated" for c in status.get("conditions") or ()
    ):
        reason = "SchedulingGated"
    starting, shown = _init_phase(spec, status)
    if starting:
        reason = shown
    else:
        has_running = False
        for entry in reversed(status.get("containerStatuses") or []):
            state = entry.get("state") or {}
            waiting, ended = state.get("waiting") or {}, state.get("terminated")
            if waiting.get("reason"):
                reason = waiting["reason"]
            elif ended is not None:
                reason = _ended(ended)
            elif entry.get("ready") and state.get("running") is not None:
                has_running = True
        if reason == "Completed" and has_running:
            reason = "Running" if is_condition(obj, "Ready") else "NotReady"
    if obj["metadata"].get("deletionTimestamp"):
        if status.get("reason") == "NodeLost":
            return "Unknown"
        if status.get("phase") not in ("Failed", "Succeeded"):
            return "Terminating"
    return reason


def _ended(state: Mapping[str, Any]) -> str:
    if state.get("reason"):
        return str(state["reason"])
    return f"Signal:{state['signal']}" if state.get("signal") else f"ExitCode:{state.get('exitCode', 0)}"


def _init_phase(spec: Mapping[str, Any], status: Mapping[str, Any]) -> tuple[bool, str]:
    total = len(spec.get("initContainers") or ())
    for index, entry in enumerate(status.get("initContainerStatuses") or ()):
        state = entry.get("state") or {}
        ended, waiting = state.get("terminated"), state.get("waiting") or {}
        if ended is not None and ended.get("exitCode", 0) == 0:
            continue
        if ended is not None:
            return True, f"Init:{_ended(ended)}"
        if waiting.get("reason") and waiting["reason"] != "PodInitializing":
            return True, f"Init:{waiting['reason']}"
        return True, f"Init:{index}/{total}"
    return False, ""


def pod_template(obj: Object, _now: datetime) -> Row:
    template = obj.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels")
    return [name_of_row(obj), *containers_and_images(template.get("spec") or {}), labels_text(labels)]


def _wide(obj: Object) -> list[str]:
    spec = spec_of(obj)
    template = (spec.get("template") or {}).get("spec") or {}
    return [*containers_and_images(template), selector_text(spec.get("selector"))]


def replicas(obj: Object, now: datetime) -> Row:
    status = status_of(obj)
    return [
        name_of_row(obj),
        spec_of(obj).get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age(obj, now),
        *_wide(obj),
    ]


def deployment(obj: Object, now: datetime) -> Row:
    status = status_of(obj)
    return [
        name_of_row(obj),
        f"{status.get('readyReplicas', 0)}/{spec_of(obj).get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(obj, now),
        *_wide(obj),
    ]


def stateful_set(obj: Object, now: datetime) -> Row:
    ready = f"{status_of(obj).get('readyReplicas', 0)}/{spec_of(obj).get('replicas', 0)}"
    return [name_of_row(obj), ready, age(obj, now), *_wide(obj)[:2]]


def daemon_set(obj: Object, now: datetime) -> Row:
    status = status_of(obj)
    counts = ("desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled")
    selector = ((spec_of(obj).get("template") or {}).get("spec") or {}).get("nodeSelector")
    return [
        name_of_row(obj),
        *(status.get(field, 0) for field in counts),
        status.get("numberAvailable", 0),
        labels_text(selector),
        age(obj, now),
        *_wide(obj),
    ]


def controller_revision(obj: Object, now: datetime) -> Row:
    owner = next((o for o in obj["metadata"].get("ownerReferences") or () if o.get("controller")), None)
    shown = (
        f"{str(owner['kind']).lower()}.{str(owner['apiVersion']).partition('/')[0]}/{owner['name']}" if owner else NONE
    )
    return [name_of_row(obj), shown, obj.get("revision", 0), age(obj, now)]


def job(obj: Object, now: datetime) -> Row:
    spec, status = spec_of(obj), status_of(obj)
    done = status.get("succeeded", 0)
    completions, parallelism = spec.get("completions"), spec.get("parallelism") or 0
    if completions is not None:
        shown = f"{done}/{completions}"
    else:
        shown = f"{done}/1 of {parallelism}" if parallelism > 1 else f"{done}/1"
    start, end = moment(status.get("startTime")), moment(status.get("completionTime"))
    took = "" if start is None else duration(((end or now) - start).total_seconds())
    return [name_of_row(obj), _job_status(obj), shown, took, age(obj, now), *_wide(obj)]


def _job_status(obj: Object) -> str:
    if is_condition(obj, "Complete"):
        return "Complete"
    if is_condition(obj, "Failed"):
        return "Failed"
    if obj["metadata"].get("deletionTimestamp"):
        return "Terminating"
    if is_condition(obj, "Suspended"):
        return "Suspended"
    if is_condition(obj, "FailureTarget"):
        return "FailureTarget"
    return "SuccessCriteriaMet" if is_condition(obj, "SuccessCriteriaMet") else "Running"


def cron_job(obj: Object, now: datetime) -> Row:
    spec, status = spec_of(obj), status_of(obj)
    last = status.get("lastScheduleTime")
    job_spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    template = (job_spec.get("template") or {}).get("spec") or {}
    return [
        name_of_row(obj),
        spec.get("schedule", ""),
        text_of(spec.get("timeZone")),
        "True" if spec.get("suspend") else "False",
        len(status.get("active") or ()),
        since(last, now) if last else NONE,
        age(obj, now),
        *containers_and_images(template),
        selector_text(job_spec.get("selector")),
    ]


def autoscaler(obj: Object, now: datetime) -> Row:
    spec, status = spec_of(obj), status_of(obj)
    target = spec.get("scaleTargetRef") or {}
    return [
        name_of_row(obj),
        f"{target.get('kind', '')}/{target.get('name', '')}",
        _targets(spec, status),
        str(spec["minReplicas"]) if spec.get("minReplicas") is not None else UNSET,
        spec.get("maxReplicas", 0),
        status.get("currentReplicas", 0),
        age(obj, now),
    ]


def _targets(spec: Mapping[str, Any], status: Mapping[str, Any]) -> str:
    if "targetCPUUtilizationPercentage" in spec:
        current = status.get("currentCPUUtilizationPercentage")
        return f"cpu: {UNKNOWN if current is None else f'{current}%'}/{spec['targetCPUUtilizationPercentage']}%"
    shown: list[str] = []
    current = status.get("currentMetrics") or []
    for index, metric in enumerate(spec.get("metrics") or ()):
        source = metric.get("resource") or {}
        target = source.get("target") or {}
        now = ((current[index].get("resource") or {}).get("current") or {}) if index < len(current) else {}
        if target.get("averageUtilization") is not None:
            usage = now.get("averageUtilization")
            shown.append(
                f"{source.get('name')}: {UNKNOWN if usage is None else f'{usage}%'}/{target['averageUtilization']}%"
            )
        else:
            value = target.get("averageValue") or target.get("value") or UNKNOWN
            shown.append(f"{source.get('name', metric.get('type'))}: {now.get('averageValue') or UNKNOWN}/{value}")
    if len(shown) > 2:
        return f"{', '.join(shown[:2])} + {len(shown) - 2} more..."
    return ", ".join(shown) or NONE


def disruption_budget(obj: Object, now: datetime) -> Row:
    spec = spec_of(obj)
    return [
        name_of_row(obj),
        text_of(spec.get("minAvailable"), "N/A"),
        text_of(spec.get("maxUnavailable"), "N/A"),
        status_of(obj).get("disruptionsAllowed", 0),
        age(obj, now),
    ]
