"""Field ownership of children that were created by POST.

A created object's fields (and the defaults the server added to them) belong to ``orkestra-runtime`` by *Update*; an
apply adds the same manager by *Apply*. Both would own what we declare, and a field that the definition drops would
stay, held by the Update entry alone. So before an apply whose shape has changed, and only then, the Update entry is
folded into the Apply entry: one read each time, one more write once in the life of such a child. Before and not after:
whoever ends in between finds the old digest on the child and does it again.
The fold is what client-go's util/csaupgrade does for client-side apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.client.api import ApiClient
from orkestra.client.requests import PatchType
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import ObjectKey, metadata_of, resource_version_of
from orkestra.operator import names


async def own_by_apply(api: ApiClient, info: ResourceInfo, key: ObjectKey) -> None:
    """Make all that we own of a child ours by Apply, so that the next apply drops what it no longer declares.

    Raises NotFound, Conflict (the child changed in between) and other API errors.
    """
    live = await api.get(info, key)
    folded = folded_entries(metadata_of(live).get("managedFields") or [])
    if folded is None:
        return
    patch = [
        {"op": "replace", "path": "/metadata/resourceVersion", "value": resource_version_of(live)},
        {"op": "replace", "path": "/metadata/managedFields", "value": folded},
    ]
    await api.patch(info, key, patch, patch_type=PatchType.JSON, field_manager=names.FIELD_MANAGER)


def folded_entries(entries: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """``managedFields`` with our Update entries folded into our Apply entry; None where there are none to fold."""
    mine = [e for e in entries if e.get("manager") == names.FIELD_MANAGER and not e.get("subresource")]
    created = [e for e in mine if e.get("operation") == "Update"]
    if not created:
        return None
    declared = next((e for e in mine if e.get("operation") == "Apply"), None) or {**created[0], "operation": "Apply"}
    fields: Mapping[str, Any] = declared.get("fieldsV1") or {}
    for entry in created:
        fields = _union(fields, entry.get("fieldsV1") or {})
    return [*(e for e in entries if e not in mine), {**declared, "fieldsV1": fields}]


def _union(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(left)
    for key, below in right.items():
        out[key] = _union(out.get(key) or {}, below or {})
    return out
