"""Decoded blocks -> the frozen model. Whatever could not be decoded was reported and is left at its default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from orkestra.katalog.crdfile import Files
from orkestra.katalog.diagnostics.finding import SourceText
from orkestra.katalog.identity import Identity, identify
from orkestra.katalog.model import (
    About,
    Block,
    OnDelete,
    OperatorBox,
    QueueSpec,
    Requeue,
    ResourceEntry,
    Stage,
    StatusField,
    StatusSpec,
)
from orkestra.katalog.profiles import preset
from orkestra.katalog.schema.blocks import MARK, Decoded, decoded_preset
from orkestra.katalog.schema.conditions import conditions_of
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.schema.katalog import CRD_ENTRY
from orkestra.katalog.schema.kinds import BY_KEY
from orkestra.katalog.schema.operator_box import OPERATOR_BOX, QUEUE, RECONCILER, STATUS
from orkestra.katalog.schema.records import filled
from orkestra.katalog.source.nodes import MapNode, Node
from orkestra.katalog.values import Constant
from orkestra.katalog.walk import reads_of, sites_of

_PARTS: Final = {
    "labels": "labels",
    "cr_files": "crFiles",
    "setup": "setup",
    "enrich": "enrich",
    "enrich_all": "enrichAll",
    "normalize": "normalize",
    "validation": "validation",
    "mutation": "mutation",
    "conversion": "conversion",
    "webhooks": "webhooks",
    "endpoints": "endpoints",
    "cross_access": "crossAccess",
    "deletion_protection": "deletionProtection",
    "remove_finalizers": "removeFinalizers",
    "serve": "serve",
}
"""Attribute of an OperatorBox -> field of its entry, as decoded."""

_BOX_PARTS: Final = {
    "cross": "cross",
    "external": "external",
    "observe": "observe",
    "pre_reconcile": "preReconcile",
    "finalizers": "finalizers",
    "autoscale": "autoscale",
    "roll_back_on_error": "rollBackOnError",
    "prune": "prune",
    "former_kinds": "formerKinds",
}
"""The same for fields of its operatorBox."""


def compile_entry(name: str, node: Node, decoder: Decoder, files: Files) -> tuple[OperatorBox | None, Identity | None]:
    """One entry of ``spec.crds``; the box is None when its kind is unknown or it is no map at all."""
    scoped = decoder.for_owner(name)
    entry = CRD_ENTRY.decode(node, scoped, "")
    if not isinstance(entry, Decoded):
        return None, None
    if entry["mode"] == "typed":
        message = "mode: typed needs a Go program"
        decoder.report(
            1603, message, entry.value_span("mode"), "leave it out: objects are read without generated types"
        )
    if entry["ignoreObservedGeneration"]:
        message = "ignoreObservedGeneration: objects are reconciled at the observed generation anyway"
        decoder.report(1502, message, entry.key_span("ignoreObservedGeneration"), "leave it out")
    identity = identify(entry, scoped, files)
    if identity is None:
        return None, None
    rows = entry.filled()
    box = OperatorBox(
        name=name,
        gvk=identity.gvk,
        position=decoder.position(node),
        plural=identity.plural,
        namespaced=identity.namespaced,
        crd=identity.crd,
        enabled=rows["enabled"],
        description=rows["description"],
        namespace=rows["namespace"],
        allowed_namespaces=frozenset(rows["allowedNamespaces"]),
        restricted_namespaces=frozenset(rows["restrictedNamespaces"]),
        label_selector=rows["labelSelector"],
        field_selector=rows["fieldSelector"],
        depends_on=rows["dependsOn"],
        force_conflict=rows["forceConflict"],
        ignore_status_patch=rows["ignoreStatusPatch"],
        ignore_observed_generation=rows["ignoreObservedGeneration"],
        **{attribute: rows[name] for attribute, name in _PARTS.items()},
        **_operator_box(rows["operatorBox"], scoped),
    )
    surfaces = {target: _surface(box, target, found, decoder) for target, found in targets_of(node)}
    box = replace(box, surfaces=surfaces) if surfaces else box
    sites = decoder.sites[name] = sites_of(box)
    reads = reads_of(sites)
    for surface in surfaces.values():
        reads |= surface.reads
    object.__setattr__(box, "reads", reads)  # nobody else has the box yet, and it has fifty fields to copy
    return box, identity


def targets_of(entry: Node) -> Iterator[tuple[str, MapNode]]:
    """The named targets of ``serve`` that have an operatorBox, as they are written in an entry."""
    serve = entry.get("serve") if isinstance(entry, MapNode) else None
    targets = serve.get("target") if isinstance(serve, MapNode) else None
    for name, (_, target) in targets.entries.items() if isinstance(targets, MapNode) else ():
        if isinstance(target, MapNode) and isinstance(target.get("operatorBox"), MapNode):
            yield name, target


def _surface(box: OperatorBox, target: str, written: MapNode, decoder: Decoder) -> OperatorBox:
    """What a target does of its own: for the same objects, with none of the entry's other parts."""
    name = f"{box.name}.{target}"
    scoped = decoder.for_owner(name)
    node = written.entries["operatorBox"][1]
    decoded = OPERATOR_BOX.decode(node, scoped, "operatorBox")
    parts = _operator_box(decoded, scoped) if isinstance(decoded, Decoded) else {}
    surface = OperatorBox(
        name,
        box.gvk,
        decoder.position(node),
        plural=box.plural,
        enabled=box.enabled,
        namespaced=box.namespaced,
        crd=box.crd,
        namespace=box.namespace,
        **parts,
    )
    sites = decoder.sites[name] = sites_of(surface)
    return replace(surface, reads=reads_of(sites))


def _operator_box(found: Decoded | None, decoder: Decoder) -> dict[str, Any]:
    nothing = MapNode(found.node.start, found.node.source) if found else None
    reconciler = (found["reconciler"] if found else None) or _empty(RECONCILER, nothing)
    if not reconciler["default"] and not reconciler["hooks"] and not reconciler["remote"]:
        message = "default: false leaves the work to hooks or remote, which this version cannot run yet"
        decoder.report(1901, message, reconciler.key_span("default"))
    queue = reconciler["queue"] or _empty(QUEUE, nothing)
    profile = _reconciler_profile(reconciler["profile"] or "", decoder)
    parts: dict[str, Any] = {
        "has_reconciler": reconciler["default"],
        "workers": profile.get("workers", reconciler["workers"]),
        "resync_seconds": profile.get("resync", reconciler["resync"]),
        "queue": QueueSpec(
            profile.get("maxDepth", queue["maxDepth"]),
            queue["failureThreshold"],
            queue["shared"],
            queue["retryBackoff"],
            queue["behaviour"],
        ),
        "hooks": reconciler["hooks"],
        "remote": reconciler["remote"],
        "unset": frozenset(
            name
            for name, block in (
                ("workers", reconciler),
                ("resync", reconciler),
                ("maxDepth", queue),
                ("failureThreshold", queue),
            )
            if name not in profile and name not in block
        ),
        "requeue": _requeue(reconciler["requeue"], decoder),
    }
    if found:
        rows = found.filled()
        parts |= {
            "conditions": conditions_of(found),
            "on_create": block_of(rows["onCreate"]),
            "on_reconcile": block_of(rows["onReconcile"]),
            "on_delete": _on_delete(rows["onDelete"]),
            "status": _status(rows["status"] or _empty(STATUS, nothing), decoder),
            "providers": filled(found, "providers") or {},
            **{attribute: rows[name] for attribute, name in _BOX_PARTS.items()},
        }
    return parts


def _reconciler_profile(name: str, decoder: Decoder) -> Mapping[str, Any]:
    """workers, resync and maxDepth of a preset of the definition's own, or a built-in one."""
    own = decoded_preset("reconciler", name, decoder, "operatorBox.reconciler")
    if own is None:
        return preset("reconciler", name) or {}
    found = {key: own[key] for key in ("workers", "resync") if key in own}
    queue = own["queue"]
    return {**found, "maxDepth": queue["maxDepth"]} if queue is not None and "maxDepth" in queue else found


def _empty(block: Any, node: MapNode | None) -> Decoded:
    return Decoded(block, node or MapNode(_NOWHERE, SourceText("", "")))


class _Nowhere:
    index = line = column = 0


_NOWHERE = _Nowhere()


def about(metadata: Decoded) -> About:
    """What a file says of itself."""
    return About(
        metadata["author"],
        metadata["version"],
        metadata["description"],
        metadata["license"],
        metadata["tags"],
        metadata["createdBy"],
    )


def block_of(found: Decoded | None) -> Block:
    """Children by kind, with the conditions and calls of the block where it may have some."""
    if found is None:
        return Block()
    entries: list[ResourceEntry] = []
    for key, value in found.values.items():
        if key in BY_KEY:
            entries.extend(value)
    conditions = conditions_of(found) if "when" in found.block.fields else None
    external = found["external"] if "external" in found.block.fields else ()
    return Block(conditions, tuple(entries), external)


def _on_delete(found: Decoded | None) -> OnDelete:
    if found is None:
        return OnDelete()
    stages = [Stage("", block_of(found).entries)]
    stages += [Stage(group["name"] or "", block_of(group).entries) for group in found["groups"] or ()]
    filled = tuple(stage for stage in stages if stage.entries)
    return OnDelete(conditions_of(found), filled, found["ordered"], found["timeout"], found["external"])


def _requeue(found: Decoded | None, decoder: Decoder) -> Requeue | None:
    if found is None or "after" not in found:
        return None
    after = found["after"]
    if isinstance(after, Constant) and not after.value:
        return None
    return Requeue(after, conditions_of(found), decoder.position(found.node))


def _status(found: Decoded, decoder: Decoder) -> StatusSpec:
    return StatusSpec(found["conditions"], found["readiness"], status_fields(found, decoder))


def status_fields(found: Decoded, decoder: Decoder) -> tuple[StatusField, ...]:
    return tuple(
        StatusField(
            path=field["path"],
            value=field["value"],
            type=field["type"],
            conditions=conditions_of(field),
            clear_on_false=field["clearOnFalse"],
            position=decoder.position(field.node.entries["path"][1]),
            motif=field[MARK],
        )
        for field in found["fields"] or ()
        if "path" in field and "value" in field
    )
