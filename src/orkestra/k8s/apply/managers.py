"""managedFields: the entries of an object as owners, and back.

Rules: k8s.io/apimachinery pkg/util/managedfields/internal/{managedfields,capmanagers,stripmeta}.go.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from orkestra.k8s.apply.fieldset import FieldSet, FieldSetError, decode_fields, difference, union

APPLY, UPDATE = "Apply", "Update"
MAX_UPDATE_MANAGERS = 10
_ANCIENT = "ancient-changes"
_STRIPPED: FieldSet = {
    "f:apiVersion": {},
    "f:kind": {},
    "f:metadata": {
        ".": {},
        **{
            f"f:{name}": {}
            for name in (
                "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
                "managedFields", "resourceVersion",
            )
        },
    },
}  # fmt: skip


class ManagerKey(NamedTuple):
    """What tells managers apart. ``api_version`` is empty for Apply: an applier stays itself in any version."""

    manager: str
    operation: str
    api_version: str
    subresource: str

    def __str__(self) -> str:
        """As conflicts name a manager."""
        text = f'"{self.manager}"'
        if self.subresource:
            text += f' with subresource "{self.subresource}"'
        return f"{text} using {self.api_version}" if self.operation == UPDATE else text


@dataclass(frozen=True, slots=True)
class Owned:
    """One manager's fields, in the version it last wrote; ``time`` is RFC 3339, empty where none is recorded."""

    fields: FieldSet
    api_version: str
    time: str = ""


Managers = dict[ManagerKey, Owned]


def manager_key(manager: str, operation: str, api_version: str, subresource: str) -> ManagerKey:
    return ManagerKey(manager or "unknown", operation, "" if operation == APPLY else api_version, subresource)


def decode_managers(entries: Any) -> Managers:
    """managedFields to owners. Raises FieldSetError."""
    if not isinstance(entries, list):
        raise FieldSetError("managedFields is not a list")
    out: Managers = {}
    for entry in entries:
        if not isinstance(entry, dict):
            raise FieldSetError("an entry of managedFields is not an object")
        operation, api_version = entry.get("operation"), entry.get("apiVersion")
        if operation not in (APPLY, UPDATE):
            raise FieldSetError("operation must be `Apply` or `Update`")
        if not api_version or not isinstance(api_version, str):
            raise FieldSetError("apiVersion must not be empty")
        if entry.get("fieldsType") != "FieldsV1":
            raise FieldSetError("fieldsType must be FieldsV1")
        fields = decode_fields(entry.get("fieldsV1") or {})
        names = (str(entry.get("manager") or ""), operation, "" if operation == APPLY else api_version)
        key = ManagerKey(*names, str(entry.get("subresource") or ""))
        out[key] = Owned(fields, api_version, str(entry.get("time") or ""))
    return out


def encode_managers(managers: Managers) -> list[dict[str, Any]]:
    """Owners as sorted managedFields entries."""
    entries = []
    for key, owned in managers.items():
        entry: dict[str, Any] = {
            "manager": key.manager,
            "operation": key.operation,
            "apiVersion": owned.api_version,
            "fieldsType": "FieldsV1",
            "fieldsV1": owned.fields,
        }
        if owned.time:
            entry["time"] = owned.time
        if key.subresource:
            entry["subresource"] = key.subresource
        entries.append(entry)
    entries.sort(key=_order)
    return entries


def _order(entry: dict[str, Any]) -> tuple[str, ...]:
    return (
        entry["operation"],
        entry.get("time", ""),
        entry["manager"],
        entry["apiVersion"],
        entry.get("subresource", ""),
    )


def strip(managers: Managers, key: ManagerKey) -> None:
    """Take the fields nobody owns (apiVersion, kind, metadata.name …) from one manager; forget it if none is left."""
    owned = managers.get(key)
    if owned is not None:
        left = difference(owned.fields, _STRIPPED)
        if left:
            managers[key] = replace(owned, fields=left)
        else:
            del managers[key]


def cap_update_managers(managers: Managers) -> None:
    """Fold the oldest Update entries of a version into one until no more than MAX_UPDATE_MANAGERS are left."""
    updaters = [key for key in managers if key.operation == UPDATE]
    excess = len(updaters) - MAX_UPDATE_MANAGERS
    if excess <= 0:
        return
    updaters.sort(key=lambda key: (managers[key].time, key.manager, key.api_version, key.subresource))
    first: dict[str, ManagerKey] = {}
    for key in updaters:
        if excess <= 0:
            return
        version = managers[key].api_version
        if version not in first:
            first[version] = key
            continue
        bucket = ManagerKey(_ANCIENT, UPDATE, version, "")
        if bucket not in managers:
            managers[bucket] = managers.pop(first[version])
        owned = managers.pop(key)
        managers[bucket] = replace(owned, fields=union(owned.fields, managers[bucket].fields))
        excess -= 1
