"""What all workload controllers share: pods from templates, which pods count as what, adoption, and hashes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.pod_status import conditions_by_type, is_finished, is_ready
from orkestra.devserver.controllers.times import parse_stamp
from orkestra.k8s.objects import Object, get_path, is_terminating, labels_of, metadata_of, name_of, namespace_of, uid_of
from orkestra.k8s.owners import controller_of, owner_reference
from orkestra.k8s.selectors import LabelSelector, SelectorError, label_selector_of

BURST = 20
"""Pods made or deleted in one look at a workload; the rest waits for the next, so that requests get their turn."""

_SAFE = "bcdfghjklmnpqrstvwxz2456789"
_encoder = msgspec.json.Encoder(order="deterministic")


def pod_from_template(owner: Object, template: Mapping[str, Any], *, name: str = "") -> Object:
    """A pod controlled by ``owner``: named ``name``, or by the server after the owner's name."""
    made = metadata_of(template)
    meta: Object = {"name": name} if name else {"generateName": f"{name_of(owner)}-"}
    meta["namespace"] = namespace_of(owner)
    for field in ("labels", "annotations"):
        if made.get(field):
            meta[field] = dict(made[field])
    if made.get("finalizers"):
        meta["finalizers"] = list(made["finalizers"])
    meta["ownerReferences"] = [owner_reference(owner)]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": dict(template.get("spec") or {})}


def selector_of(obj: Mapping[str, Any]) -> LabelSelector | None:
    """``spec.selector``; None where it is absent, empty or does not parse: it selects nothing."""
    spec = (obj.get("spec") or {}).get("selector")
    try:
        return label_selector_of(spec) if spec else None
    except SelectorError:
        return None


def is_active(pod: Mapping[str, Any]) -> bool:
    """Neither ended nor on its way out."""
    return not is_terminating(pod) and not is_finished(pod)


def available_in(pod: Mapping[str, Any], min_ready_seconds: int, controller: Controller) -> float | None:
    """Seconds until a ready pod counts as available; 0 where it does, None where it is not ready."""
    if not is_ready(pod):
        return None
    if not min_ready_seconds:
        return 0.0
    since = parse_stamp(conditions_by_type(pod)["Ready"].get("lastTransitionTime"))
    if since is None:
        return None
    return max(0.0, min_ready_seconds - (controller.engine.cluster.now() - since).total_seconds())


def owned_pods(controller: Controller, owner: Object) -> list[Object]:
    """The owner's pods, after taking in matching ones that nobody controls."""
    return adopt(controller, "pods", owner)


def adopt(controller: Controller, resource: str, owner: Object) -> list[Object]:
    """Children by controller reference; matching orphans of the namespace become children
    (kubernetes pkg/controller/controller_ref_manager.go)."""
    children = controller.view.controlled(resource, uid_of(owner))
    selector = selector_of(owner)
    if selector is None or is_terminating(owner):
        return children
    released = [child for child in children if not selector.matches(labels_of(child)) and not is_terminating(child)]
    for child in released:
        refs = [ref for ref in child["metadata"]["ownerReferences"] if ref.get("uid") != uid_of(owner)]
        controller.engine.update(resource, {**child, "metadata": {**child["metadata"], "ownerReferences": refs}})
    for orphan in controller.view.selected(resource, namespace_of(owner), selector):
        if controller_of(orphan) is None and not is_terminating(orphan) and not is_finished(orphan):
            refs = [*(metadata_of(orphan).get("ownerReferences") or ()), owner_reference(owner)]
            controller.engine.update(resource, {**orphan, "metadata": {**orphan["metadata"], "ownerReferences": refs}})
    return controller.view.controlled(resource, uid_of(owner))


def deletion_rank(pod: Object) -> tuple[Any, ...]:
    """Sorts the pods to go first to the front (kubernetes pkg/controller/controller_utils.go, ActivePodsWithRanks)."""
    annotations = metadata_of(pod).get("annotations") or {}
    try:
        cost = int(annotations.get("controller.kubernetes.io/pod-deletion-cost", "0"))
    except ValueError:
        cost = 0
    phases = {"Pending": 0, "": 1, "Unknown": 1}
    created = parse_stamp(metadata_of(pod).get("creationTimestamp"))
    return (
        bool(get_path(pod, ("spec", "nodeName"))),
        phases.get(str(get_path(pod, ("status", "phase"), "")), 2),
        is_ready(pod),
        cost,
        -(created.timestamp() if created else 0.0),
    )


def template_hash(template: Mapping[str, Any], collisions: int = 0) -> str:
    """A short name for a template's content, in the alphabet Kubernetes uses for generated names."""
    digest = zlib.crc32(_encoder.encode(template) + (str(collisions).encode() if collisions else b""))
    return "".join(_SAFE[ord(digit) % len(_SAFE)] for digit in str(digest))


def int_or_percent(value: Any, total: int, *, round_up: bool) -> int:
    """``25%`` of ``total``, or the number itself; 0 for what is neither."""
    if isinstance(value, int):
        return value
    text = str(value or "")
    if not text.endswith("%") or not text[:-1].isdigit():
        return 0
    scaled = int(text[:-1]) * total
    return -(-scaled // 100) if round_up else scaled // 100


def whole(value: Any, default: int = 0) -> int:
    """``value`` where it is an integer, else ``default``."""
    return value if isinstance(value, int) else default


def without_zeros(status: Mapping[str, Any], keep: Iterable[str] = ()) -> Object:
    """Drops counters at zero and empty lists, as Go's omitempty does, but for the fields in ``keep``."""
    kept = set(keep)
    return {
        field: value for field, value in status.items() if field in kept or (value not in (0, "", None) and value != [])
    }


def earliest(controller: Controller, pods: Iterable[Object], min_ready_seconds: int) -> tuple[int, float | None]:
    """How many pods are available, and in how many seconds the next one will be (None: none is on its way)."""
    waits = [available_in(pod, min_ready_seconds, controller) for pod in pods]
    coming = [wait for wait in waits if wait]
    return sum(wait == 0.0 for wait in waits), min(coming) if coming else None
