"""Entries of a Katalog -> the CustomResourceDefinitions of their kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from orkestra.generate.evidence import OPEN, Schema, scalar_leaves, schema_of
from orkestra.generate.gathering import gather
from orkestra.generate.kinds import guess_plural
from orkestra.k8s.objects import Object
from orkestra.katalog.model import OperatorBox

_MOST_COLUMNS: Final = 6
_OBSERVED: Final = "observedGeneration"

CONDITIONS: Final[Schema] = {
    "description": "What holds for the object; Ready is the one to wait for.",
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["type"],
    "items": {
        "type": "object",
        "required": ["lastTransitionTime", "message", "reason", "status", "type"],
        "properties": {
            "lastTransitionTime": {"type": "string", "format": "date-time"},
            "message": {"type": "string", "maxLength": 32768},
            "observedGeneration": {"type": "integer", "format": "int64", "minimum": 0},
            "reason": {
                "type": "string",
                "minLength": 1,
                "maxLength": 1024,
                "pattern": "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
            },
            "status": {"type": "string", "enum": ["True", "False", "Unknown"]},
            "type": {"type": "string", "maxLength": 316},
        },
    },
}
"""As metav1.Condition (k8s.io/apimachinery pkg/apis/meta/v1) is declared in CRDs."""


def crds_of(boxes: Iterable[OperatorBox]) -> list[Object]:
    """A CRD for each kind of the boxes, in their order, from what their templates, conditions, loops and status fields
    use. Entries of one kind share its CRD; of several versions, the first is stored.

    ``status.observedGeneration`` is -1 until the first reconcile, so that nobody takes an object without a status for
    one that is ready.
    """
    kinds: dict[tuple[str, str], dict[str, list[OperatorBox]]] = {}
    for box in boxes:
        kinds.setdefault((box.gvk.group, box.gvk.kind), {}).setdefault(box.gvk.version, []).append(box)
    return [_crd(versions) for versions in kinds.values()]


def _crd(versions: Mapping[str, list[OperatorBox]]) -> Object:
    box = next(iter(versions.values()))[0]
    kind, plural = box.gvk.kind, box.plural or guess_plural(box.gvk.kind)
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{box.gvk.group}"},
        "spec": {
            "group": box.gvk.group,
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "scope": "Cluster" if box.namespaced is False else "Namespaced",
            "versions": [_version(name, found, is_stored=n == 0) for n, (name, found) in enumerate(versions.items())],
        },
    }


def _version(name: str, boxes: list[OperatorBox], *, is_stored: bool) -> dict[str, Any]:
    found = gather(boxes)
    spec = schema_of(found.at(("spec",)))
    if "type" not in spec:
        spec = {"type": "object", **(OPEN if found.at(("spec",)).is_open else {})}
    status = _status_of(schema_of(found.at(("status",))), boxes[0])
    schema: Schema = {"type": "object", "properties": {"spec": spec, "status": status}}
    if spec.get("required"):
        schema["required"] = ["spec"]
    if boxes[0].description:
        schema = {"description": boxes[0].description, **schema}
    return {
        "name": name,
        "served": True,
        "storage": is_stored,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        "additionalPrinterColumns": _columns(status, boxes[0]),
    }


def _status_of(derived: Schema, box: OperatorBox) -> Schema:
    own = derived.get("properties") or {}
    fields = {
        _OBSERVED: {
            "description": "The generation the status is about; -1 before the first reconcile.",
            "type": "integer",
            "format": "int64",
            "default": -1,
        }
    }
    if box.status.conditions:
        fields["conditions"] = CONDITIONS
    return {
        "type": "object",
        "default": {_OBSERVED: -1},
        "properties": dict(sorted({**own, **fields}.items())),
        **({key: value for key, value in OPEN.items() if derived.get(key)}),
    }


def _columns(status: Schema, box: OperatorBox) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = []
    if box.status.conditions:
        for name, key in (("Ready", "status"), ("Reason", "reason")):
            place = f'.status.conditions[?(@.type=="Ready")].{key}'
            columns.append({"name": name, "type": "string", "jsonPath": place})
    own = [
        (path, schema)
        for path, schema in scalar_leaves({**status, "properties": _own_fields(status)})
        if all(step.replace("_", "").isalnum() for step in path)
    ]
    taken = {column["name"] for column in columns} | {"Age"}
    own = [(path, schema) for path, schema in own if _column_name(path) not in taken]
    for n, (path, schema) in enumerate(own[:_MOST_COLUMNS]):
        column = {"name": _column_name(path), "type": schema["type"], "jsonPath": f".status.{'.'.join(path)}"}
        columns.append(column if n < 3 else {**column, "priority": 1})
    columns.append({"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"})
    return columns


def _own_fields(status: Schema) -> Schema:
    return {name: each for name, each in status["properties"].items() if name not in (_OBSERVED, "conditions")}


def _column_name(path: tuple[str, ...]) -> str:
    return ".".join(f"{step[:1].upper()}{step[1:]}" for step in path)
