"""Deployments, sets, autoscalers, budgets (pkg/apis/apps/validation, autoscaling/validation, policy/validation)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orkestra.devserver.kinds.rules.names import check_labels
from orkestra.devserver.kinds.rules.pods import check_template
from orkestra.k8s.errors import Cause
from orkestra.k8s.literals import Struct
from orkestra.k8s.objects import Object
from orkestra.k8s.schema.causes import forbidden, invalid_value, not_supported, required
from orkestra.k8s.selectors import SelectorError, label_selector_of

_PERCENT = re.compile(r"\d+%", re.ASCII)
IMMUTABLE = "field is immutable"


def not_negative(value: Any, path: str) -> list[Cause]:
    if isinstance(value, int) and value < 0:
        return [invalid_value(path, value, "must be greater than or equal to 0")]
    return []


def check_selector(spec: Mapping[str, Any], template: Mapping[str, Any]) -> list[Cause]:
    """A workload's selector must be there, not be empty, and match its template."""
    selector = spec.get("selector")
    labels = (template.get("metadata") or {}).get("labels") or {}
    found: list[Cause] = []
    mismatch = invalid_value(
        "spec.template.metadata.labels", labels or None, "`selector` does not match template `labels`"
    )
    if selector is None:
        return [required("spec.selector"), mismatch]
    found += check_labels(selector.get("matchLabels"), "spec.selector.matchLabels")
    try:
        parsed = label_selector_of(selector)
    except SelectorError:
        found += _check_expressions(selector)
        return [*found, invalid_value("spec.selector", selector, "invalid label selector")]
    if not parsed:
        found.append(invalid_value("spec.selector", selector, "empty selector is invalid for deployment"))
    elif not parsed.matches(labels):
        found.append(mismatch)
    return found


def _check_expressions(selector: Mapping[str, Any]) -> list[Cause]:
    found: list[Cause] = []
    for index, expression in enumerate(selector.get("matchExpressions") or ()):
        at, operator = f"spec.selector.matchExpressions[{index}]", expression.get("operator")
        values = expression.get("values")
        if operator in ("In", "NotIn"):
            if not values:
                found.append(required(f"{at}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                found.append(forbidden(f"{at}.values", text))
        else:
            found.append(invalid_value(f"{at}.operator", operator, "not a valid selector operator"))
    return found


def _check_set(obj: Object, old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    template = spec.get("template") or {}
    found = not_negative(spec.get("replicas"), "spec.replicas")
    found += not_negative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    found += not_negative(spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")
    found += check_selector(spec, template)
    claims = [str((claim.get("metadata") or {}).get("name")) for claim in spec.get("volumeClaimTemplates") or ()]
    found += check_template(template, "spec.template", claims)
    policy = (template.get("spec") or {}).get("restartPolicy")
    if policy in ("OnFailure", "Never"):
        found.append(not_supported("spec.template.spec.restartPolicy", policy, ("Always",)))
    if old is not None and (old.get("spec") or {}).get("selector") != spec.get("selector"):
        found.append(invalid_value("spec.selector", spec.get("selector"), IMMUTABLE))
    return found


def check_replica_set(obj: Object, old: Object | None) -> list[Cause]:
    return _check_set(obj, old)


def check_replication_controller(obj: Object, _old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    template = spec.get("template") or {}
    found = not_negative(spec.get("replicas"), "spec.replicas")
    labels = (template.get("metadata") or {}).get("labels") or {}
    selector = spec.get("selector") or {}
    if not selector:
        found.append(required("spec.selector"))
    elif not selector.items() <= labels.items():
        message = "`selector` does not match template `labels`"
        found.append(invalid_value("spec.template.metadata.labels", labels, message))
    return found + check_template(template, "spec.template")


def check_deployment(obj: Object, old: Object | None) -> list[Cause]:
    found = _check_set(obj, old)
    spec = obj.get("spec") or {}
    strategy = spec.get("strategy") or {}
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            found.append(
                forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")
            )
    elif kind == "RollingUpdate":
        found += _check_rolling(rolling or {}, "spec.strategy.rollingUpdate")
    else:
        shown = Struct({"Type": kind, "RollingUpdate": rolling})
        found.append(not_supported("spec.strategy", shown, ("Recreate", "RollingUpdate")))
    deadline = spec.get("progressDeadlineSeconds")
    if isinstance(deadline, int):
        found += not_negative(deadline, "spec.progressDeadlineSeconds")
        if deadline <= (spec.get("minReadySeconds") or 0):
            found.append(
                invalid_value("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds")
            )
    return found


def _check_rolling(rolling: Mapping[str, Any], path: str) -> list[Cause]:
    found: list[Cause] = []
    for field in ("maxUnavailable", "maxSurge"):
        found += count_or_percent(rolling.get(field), f"{path}.{field}")
    if not found and _is_zero(rolling.get("maxUnavailable")) and _is_zero(rolling.get("maxSurge")):
        found.append(
            invalid_value(f"{path}.maxUnavailable", rolling.get("maxUnavailable"), "may not be 0 when `maxSurge` is 0")
        )
    return found


def count_or_percent(value: Any, path: str) -> list[Cause]:
    if isinstance(value, str):
        if not _PERCENT.fullmatch(value):
            message = (
                "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
            )
            return [invalid_value(path, value, f"{message}regex used for validation is '[0-9]+%')")]
        return []
    return not_negative(value, path)


def _is_zero(value: Any) -> bool:
    return value in (0, "0%")


def check_stateful_set(obj: Object, old: Object | None) -> list[Cause]:
    found = _check_set(obj, None)
    spec = obj.get("spec") or {}
    policy = spec.get("podManagementPolicy")
    if policy not in ("OrderedReady", "Parallel"):
        found.append(invalid_value("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'"))
    strategy = (spec.get("updateStrategy") or {}).get("type")
    if strategy not in ("OnDelete", "RollingUpdate"):
        found.append(invalid_value("spec.updateStrategy", strategy, "must be 'RollingUpdate' or 'OnDelete'"))
    if old is not None:
        before = old.get("spec") or {}
        for field in ("serviceName", "podManagementPolicy", "selector", "volumeClaimTemplates"):
            if before.get(field) != spec.get(field):
                found.append(invalid_value(f"spec.{field}", spec.get(field), IMMUTABLE))
    return found


def check_daemon_set(obj: Object, old: Object | None) -> list[Cause]:
    found = _check_set(obj, old)
    if not (obj.get("spec") or {}).get("selector"):
        found = [cause for cause in found if cause.field != "spec.selector"]
    strategy = (obj.get("spec") or {}).get("updateStrategy") or {}
    if strategy.get("type") not in ("OnDelete", "RollingUpdate"):
        supported = ("RollingUpdate", "OnDelete")
        shown = Struct({"Type": strategy.get("type"), "RollingUpdate": strategy.get("rollingUpdate")})
        found.append(not_supported("spec.updateStrategy", shown, supported))
    return found


def check_autoscaler(obj: Object, _old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    found: list[Cause] = []
    if isinstance(least, int):
        if least < 1:
            found.append(invalid_value("spec.minReplicas", least, "must be greater than or equal to 1"))
        if most < least:
            found.append(invalid_value("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    target = spec.get("scaleTargetRef") or {}
    for field in ("kind", "name"):
        if not target.get(field):
            found.append(required(f"spec.scaleTargetRef.{field}"))
    if not target.get("apiVersion") and target.get("kind") != "ReplicationController":
        found.append(invalid_value("spec.scaleTargetRef.apiVersion", "", "apiVersion must specify API group"))
    if most < 1:
        found.append(required("spec.maxReplicas"))
    return found


def check_disruption_budget(obj: Object, _old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    if "minAvailable" in spec and "maxUnavailable" in spec:
        shown = Struct(
            MinAvailable=spec["minAvailable"],
            Selector=spec.get("selector"),
            MaxUnavailable=spec["maxUnavailable"],
            UnhealthyPodEvictionPolicy=spec.get("unhealthyPodEvictionPolicy"),
        )
        return [invalid_value("spec", shown, "minAvailable and maxUnavailable cannot be both set")]
    found: list[Cause] = []
    for field in ("minAvailable", "maxUnavailable"):
        value = spec.get(field)
        found += count_or_percent(value, f"spec.{field}")
        if isinstance(value, str) and _PERCENT.fullmatch(value) and int(value[:-1][:9]) > 100:
            found.append(invalid_value(f"spec.{field}", value, "must not be greater than 100%"))
    return found
