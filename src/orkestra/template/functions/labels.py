"""Labels and annotations of any Kubernetes object."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import integer, text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import Fields, map_at, object_of, scalar_text

LABELS: Final = Domain("kubernetes", [])
function = LABELS.function


@function("labels(o) map", "metadata.labels.", "{{ (labels .children.deployment).app }}", "web")
def labels_of(o: Any) -> Fields:
    return map_at(object_of(o), "metadata", "labels")


@function("annotations(o) map", "metadata.annotations.", "{{ len (annotations .children.deployment) }}", "1")
def annotations_of(o: Any) -> Fields:
    return map_at(object_of(o), "metadata", "annotations")


@function("getLabel(o, key string) string", "One label.", '{{ getLabel .children.deployment "app" }}', "web")
def get_label(o: Any, key: Any) -> str:
    return scalar_text(labels_of(o).get(text(key)))


@function(
    "getLabelInt(o, key string) int",
    "One label as a whole number; 0 where it is missing.",
    '{{ getLabelInt .children.deployment "shard" }}',
    "7",
)
def get_label_int(o: Any, key: Any) -> int:
    return integer(get_label(o, key) or 0)


@function("hasLabel(o, key string) bool", "Whether it has it.", '{{ hasLabel .children.deployment "app" }}', "true")
def has_label(o: Any, key: Any) -> bool:
    return text(key) in labels_of(o)


@function(
    "getAnnotation(o, key string) string",
    "One annotation.",
    '{{ getAnnotation .children.deployment "deployment.kubernetes.io/revision" }}',
    "2",
)
def get_annotation(o: Any, key: Any) -> str:
    return scalar_text(annotations_of(o).get(text(key)))


@function(
    "getAnnotationInt(o, key string) int",
    "One annotation as a whole number; 0 where it is missing.",
    '{{ getAnnotationInt .children.deployment "deployment.kubernetes.io/revision" | add 1 }}',
    "3",
)
def get_annotation_int(o: Any, key: Any) -> int:
    return integer(get_annotation(o, key) or 0)


@function(
    "hasAnnotation(o, key string) bool", "Whether it has it.", '{{ hasAnnotation .children.deployment "a" }}', "false"
)
def has_annotation(o: Any, key: Any) -> bool:
    return text(key) in annotations_of(o)


@function(
    "labelMatches(o, key string, value string, …) bool",
    "Whether every one of these labels has its value.",
    '{{ labelMatches .children.deployment "app" "web" "tier" "front" }}',
    "true",
)
def label_matches(o: Any, key: Any, value: Any, *more: Any) -> bool:
    if len(more) % 2:
        raise FunctionError("every key needs a value")
    pairs = (key, value, *more)
    found = labels_of(o)
    return all(
        text(pairs[at]) in found and scalar_text(found[text(pairs[at])]) == text(pairs[at + 1])
        for at in range(0, len(pairs), 2)
    )
