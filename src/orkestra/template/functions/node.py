"""Nodes, given themselves or as the ``_node`` of a pod."""

from __future__ import annotations

from typing import Any, Final

from orkestra.template.functions.arguments import text
from orkestra.template.functions.function import Domain
from orkestra.template.functions.objectfields import (
    Fields,
    condition_of,
    field_of,
    is_true,
    map_at,
    maps_at,
    object_of,
    text_at,
)

NODE: Final = Domain("node", [])
function = NODE.function


def _node(o: Any) -> Fields:
    found = object_of(o)
    return map_at(found, "_node") if "_node" in found else found


@function("nodeReady(n) bool", "Whether the node is ready.", "{{ nodeReady .children.pod }}", "true")
def node_ready(n: Any) -> bool:
    return is_true(_node(n), "Ready")


@function("nodeAllocatableCPU(n) string", "CPU it has for pods.", "{{ nodeAllocatableCPU .children.pod }}", "3920m")
def node_allocatable_cpu(n: Any) -> str:
    return text_at(_node(n), "status", "allocatable", "cpu")


@function(
    "nodeAllocatableMemory(n) string",
    "Memory it has for pods.",
    "{{ nodeAllocatableMemory .children.pod }}",
    "14Gi",
)
def node_allocatable_memory(n: Any) -> str:
    return text_at(_node(n), "status", "allocatable", "memory")


@function(
    "nodeCondition(n, type string) string",
    "The status of its condition of this type: True, False or Unknown.",
    '{{ nodeCondition .children.pod "MemoryPressure" }}',
    "False",
)
def node_condition(n: Any, type: Any) -> str:
    return text_at(condition_of(_node(n), text(type)), "status")


@function(
    "nodeTaints(n) list",
    "Its taints, as key=value:effect.",
    "{{ nodeTaints .children.pod }}",
    "[dedicated=web:NoSchedule]",
)
def node_taints(n: Any) -> list[str]:
    return [_taint(taint) for taint in maps_at(_node(n), "spec", "taints")]


def _taint(taint: Fields) -> str:
    value = text_at(taint, "value")
    return f"{text_at(taint, 'key')}{'=' if value else ''}{value}:{text_at(taint, 'effect')}"


@function("podNodeName(o) string", "The node a pod runs on.", "{{ podNodeName .children.pod }}", "node-a")
def pod_node_name(o: Any) -> str:
    found = object_of(o)
    return text_at(found, "spec", "nodeName") or text_at(found, "_node", "metadata", "name")


def _label(o: Any, key: str) -> str:
    return text_at(field_of(object_of(o), "_node"), "metadata", "labels", key)


@function("podNodeZone(o) string", "The zone of that node.", "{{ podNodeZone .children.pod }}", "eu-1a")
def pod_node_zone(o: Any) -> str:
    return _label(o, "topology.kubernetes.io/zone")


@function("podNodeRegion(o) string", "The region of that node.", "{{ podNodeRegion .children.pod }}", "eu-1")
def pod_node_region(o: Any) -> str:
    return _label(o, "topology.kubernetes.io/region")


@function(
    "podNodeInstanceType(o) string", "The machine type of it.", "{{ podNodeInstanceType .children.pod }}", "m5.large"
)
def pod_node_instance_type(o: Any) -> str:
    return _label(o, "node.kubernetes.io/instance-type")
