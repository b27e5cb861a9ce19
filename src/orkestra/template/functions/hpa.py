"""HorizontalPodAutoscalers: what they scale, between which bounds, and whether they can."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import count_at, is_true, maps_at, object_of, text_at

HPA: Final = Domain("hpa", [])
function = HPA.function


@function("hpaCurrentReplicas(o) int", "Replicas there are.", "{{ hpaCurrentReplicas .children.hpa }}", "4")
def hpa_current_replicas(o: Any) -> int:
    return count_at(object_of(o), "status", "currentReplicas")


@function("hpaDesiredReplicas(o) int", "Replicas it wants.", "{{ hpaDesiredReplicas .children.hpa }}", "5")
def hpa_desired_replicas(o: Any) -> int:
    return count_at(object_of(o), "status", "desiredReplicas")


@function(
    "hpaMinReplicas(o) int",
    "The fewest it may want: 1 where the spec does not say.",
    "{{ hpaMinReplicas .children.hpa }}",
    "2",
)
def hpa_min_replicas(o: Any) -> int:
    found = object_of(o)
    return count_at(found, "spec", "minReplicas", otherwise=1 if found else 0)


@function("hpaMaxReplicas(o) int", "The most it may want.", "{{ hpaMaxReplicas .children.hpa }}", "5")
def hpa_max_replicas(o: Any) -> int:
    return count_at(object_of(o), "spec", "maxReplicas")


@function(
    "hpaScaling(o) bool",
    "Whether it wants another number of replicas than there are.",
    "{{ hpaScaling .children.hpa }}",
    "true",
)
def hpa_scaling(o: Any) -> bool:
    return hpa_current_replicas(o) != hpa_desired_replicas(o)


@function(
    "hpaScalingActive(o) bool",
    "Whether its condition ScalingActive is True: it can read its metrics.",
    "{{ hpaScalingActive .children.hpa }}",
    "true",
)
def hpa_scaling_active(o: Any) -> bool:
    return is_true(object_of(o), "ScalingActive")


@function(
    "hpaAbleToScale(o) bool",
    "Whether its condition AbleToScale is True.",
    "{{ hpaAbleToScale .children.hpa }}",
    "true",
)
def hpa_able_to_scale(o: Any) -> bool:
    return is_true(object_of(o), "AbleToScale")


@function(
    "hpaScalingLimited(o) bool",
    "Whether its condition ScalingLimited is True: a bound holds it.",
    "{{ hpaScalingLimited .children.hpa }}",
    "false",
)
def hpa_scaling_limited(o: Any) -> bool:
    return is_true(object_of(o), "ScalingLimited")


@function("hpaAtMax(o) bool", "Whether it wants as many as it may.", "{{ hpaAtMax .children.hpa }}", "true")
def hpa_at_max(o: Any) -> bool:
    return 0 < hpa_max_replicas(o) <= hpa_desired_replicas(o)


@function(
    "hpaScaleTargetName(o) string", "The name of what it scales.", "{{ hpaScaleTargetName .children.hpa }}", "web"
)
def hpa_scale_target_name(o: Any) -> str:
    return text_at(object_of(o), "spec", "scaleTargetRef", "name")


@function("hpaScaleTargetKind(o) string", "The kind of it.", "{{ hpaScaleTargetKind .children.hpa }}", "Deployment")
def hpa_scale_target_kind(o: Any) -> str:
    return text_at(object_of(o), "spec", "scaleTargetRef", "kind")


@function(
    "hpaMetricTypes(o) list",
    "The types of its metrics: Resource, Pods, Object, External.",
    "{{ hpaMetricTypes .children.hpa }}",
    "[Resource]",
)
def hpa_metric_types(o: Any) -> list[str]:
    return [text_at(metric, "type") for metric in maps_at(object_of(o), "spec", "metrics")]
