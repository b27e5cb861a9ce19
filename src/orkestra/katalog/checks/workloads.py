"""What the parts of one entry say of each other: mounts and volumes, requests and limits, lower and upper ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from orkestra.k8s.quantity import Quantity, QuantityError, parse_quantity
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import Hint, Span
from orkestra.katalog.model import ResourceEntry
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.suggest import hint_for

_KEPT_CHARACTERS: Final = 64
_PODS: Final = frozenset(("deployments", "statefulSets", "daemonSets", "replicaSets", "pods", "jobs", "cronJobs"))
_PARTS: Final = frozenset(("volumes", "volumeClaimTemplates", "name", "port"))
_SIDES: Final = ("initContainers", "sidecars")
_MOUNTING: Final = frozenset((*_SIDES, "volumes", "volumeClaimTemplates", "volumeMounts"))


_SELECTING: Final = frozenset(("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"))


class Problem(NamedTuple):
    number: int
    message: str
    at: Span
    hint: Hint = ""
    first: Span | None = None


def check_workloads(checked: Checked) -> None:
    for box in checked.boxes:
        for entry in (*box.entries, *box.on_delete.entries):
            for problem in _problems(entry, checked.decoder.entry_nodes[entry.id]):
                if problem.number == 1521 and not checked.decoder.misspelt.isdisjoint(_PARTS):
                    continue  # what is missing is there under another name
                related = [checked.decoder.related(problem.first, "the first is here")] if problem.first else []
                checked.report(problem.number, problem.message, problem.at, problem.hint, related)


def _problems(entry: ResourceEntry, node: MapNode) -> Iterator[Problem]:
    if entry.kind in _PODS:
        if not node.entries.keys().isdisjoint(_MOUNTING):
            yield from _volumes(node)
        for container in (node, *_containers(node)):
            yield from _resources(container)
            yield from _twice(container.get("env"), "name", "env")
            yield from _twice(container.get("volumeMounts"), "mountPath", "volumeMounts")
        yield from _probes(node)
        yield from _rollout(node)
    elif entry.kind == "custom":
        yield from _selection(node)
    elif entry.kind == "hpa":
        yield from _ends(node, "minReplicas", "maxReplicas")
    elif entry.kind == "limitRanges":
        for item in _items(node.get("limits")):
            yield from _ordered(item.get("min"), item.get("max"), "min", "max")
            yield from _ordered(item.get("defaultRequest"), item.get("default"), "defaultRequest", "default")
    elif entry.kind == "services":
        type_, headless = _text(node.get("type")), node.get("headless")
        if type_ in ("NodePort", "LoadBalancer") and isinstance(headless, ScalarNode) and headless.value is True:
            message = f"headless: a Service of type {type_} has a cluster IP, so it cannot be headless"
            yield Problem(1522, message, node.entries["headless"][0].span)


def _selection(node: MapNode) -> Iterator[Problem]:
    """A workload written out whole selects its own pods (k8s.io/kubernetes pkg/apis/apps/validation)."""
    if _text(node.get("kind")) not in _SELECTING or not _text(node.get("apiVersion")).startswith("apps/"):
        return
    wanted = _below(node, "spec", "selector", "matchLabels")
    labels = _below(node, "spec", "template", "metadata", "labels")
    if not isinstance(wanted, MapNode) or not isinstance(labels, MapNode):
        return
    for name, (key, value) in wanted.entries.items():
        mine = labels.get(name)
        is_open = any("{{" in other for other in labels.entries) or "{{" in name
        if mine is None and not is_open:
            yield Problem(1522, f"matchLabels: the pods of the template have no label {name[:80]}", key.span)
        elif _text(mine) and _text(value) and _text(mine) != _text(value):
            message = f'matchLabels: {name[:80]} is "{_text(mine)[:63]}" in the pods of the template'
            yield Problem(1522, message, value.span, "", mine.span if mine is not None else None)


def _below(node: Node | None, *path: str) -> Node | None:
    for key in path:
        node = node.get(key) if isinstance(node, MapNode) else None
    return node


def _containers(node: MapNode) -> list[MapNode]:
    return [item for side in _SIDES for item in _items(node.get(side))]


def _items(node: Node | None) -> list[MapNode]:
    return [item for item in node.items if isinstance(item, MapNode)] if isinstance(node, ListNode) else []


def _text(node: Node | None) -> str:
    """A text without templates; empty for anything else."""
    return node.text if isinstance(node, ScalarNode) and "{{" not in node.text else ""


def _volumes(node: MapNode) -> Iterator[Problem]:
    """Mounts of volumes that are not there, and volumes that nothing mounts."""
    volumes = [*_items(node.get("volumes")), *_items(node.get("volumeClaimTemplates"))]
    names = {_text(volume.get("name")) for volume in volumes}
    is_open = any("{{" in _raw(volume.get("name")) for volume in volumes)
    mounts = [mount for each in (node, *_containers(node)) for mount in _items(each.get("volumeMounts"))]
    mounted = {_raw(mount.get("name")) for mount in mounts}
    is_lost = False
    for mount in mounts:
        name, at = _text(mount.get("name")), mount.get("name")
        if name and at is not None and name not in names and not is_open:
            known = sorted(names - {""})
            hint: Hint = (lambda name=name, known=known: hint_for(name, known)) if known else "declare it under volumes"
            is_lost = True
            yield Problem(1521, f'volumeMounts: there is no volume "{name[:60]}"', at.span, hint)
    yield from _twice(node.get("volumes"), "name", "volumes")
    for side in _SIDES:
        yield from _twice(node.get(side), "name", side)
    if is_lost or any("{{" in name for name in mounted):
        return
    for volume in _items(node.get("volumes")):
        name, at = _text(volume.get("name")), volume.get("name")
        if name and at is not None and name not in mounted:
            yield Problem(1523, f'volumes: nothing mounts "{name[:60]}"', at.span, "mount it under volumeMounts")


def _raw(node: Node | None) -> str:
    return node.text if isinstance(node, ScalarNode) else ""


def _twice(node: Node | None, key: str, where: str) -> Iterator[Problem]:
    """Two items of a list that share what must tell them apart."""
    seen: dict[str, Node] = {}
    for item in _items(node):
        found = item.get(key)
        text = _text(found)
        if text and found is not None:
            first = seen.setdefault(text, found)
            if first is not found:
                yield Problem(1203, f'{where}: "{text[:60]}" is there twice', found.span, first=first.span)


def _resources(node: MapNode) -> Iterator[Problem]:
    resources = node.get("resources")
    if isinstance(resources, MapNode):
        yield from _ordered(resources.get("requests"), resources.get("limits"), "requests", "limits")


def _ordered(low: Node | None, high: Node | None, lower: str, upper: str) -> Iterator[Problem]:
    """Quantities of one map that must not lie above those of another."""
    if not isinstance(low, MapNode) or not isinstance(high, MapNode):
        return
    for name, (_, value) in low.entries.items():
        mine, theirs = _quantity(value), _quantity(high.get(name))
        if mine is not None and theirs is not None and mine > theirs:
            message = f"{lower}: {name[:40]} is {_text(value)}, more than the {_text(high.get(name))} of {upper}"
            yield Problem(1522, message, value.span)


def _quantity(node: Node | None) -> Quantity | None:
    text = _text(node)
    if not text:
        return None
    return _parsed(text) if len(text) <= _KEPT_CHARACTERS else _parsed.__wrapped__(text)


@lru_cache(maxsize=256)
def _parsed(text: str) -> Quantity | None:
    try:
        return parse_quantity(text)
    except QuantityError:
        return None


def _ends(node: MapNode, lower: str, upper: str) -> Iterator[Problem]:
    low, high, at = _text(node.get(lower)), _text(node.get(upper)), node.get(lower)
    if low.isdigit() and high.isdigit() and at is not None and int(low) > int(high):
        yield Problem(1522, f"{lower}: {low} is more than {upper}, which is {high}", at.span)


def _probes(node: MapNode) -> Iterator[Problem]:
    """A probe asks a port: its own, or the container's."""
    probes = node.get("probes")
    if node.get("port") is not None or not isinstance(probes, MapNode):
        return
    for name, (key, probe) in probes.entries.items():
        if isinstance(probe, MapNode) and probe.get("port") is None and _text(probe.get("type")) != "exec":
            message = f"probes: {name[:40]} has no port to ask, and the container has none either"
            yield Problem(1521, message, key.span, "give the probe or the entry a port")


def _rollout(node: MapNode) -> Iterator[Problem]:
    update = node.get("rollingUpdate")
    if isinstance(update, MapNode):
        surge, missing = _text(update.get("maxSurge")), update.get("maxUnavailable")
        if surge in ("0", "0%") and _text(missing) in ("0", "0%") and missing is not None:
            message = "maxUnavailable: with no pod more and no pod less, none can be replaced"
            yield Problem(1522, message, missing.span, "let one of maxSurge and maxUnavailable be more than 0")
