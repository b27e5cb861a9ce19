"""Field ownership of children that were created by POST.

A created object's fields (and the defaults the server added to them) belong to ``orkestra-runtime`` by *Update*; the
first apply adds the same manager by *Apply*. From then on both own what we declare, and a field that the definition
drops would stay, held by the Update entry alone. When the definition's shape changes, and only then, the Update entry
is folded into the Apply entry and the apply repeated: two more requests, once in the life of such a child.
The fold is what client-go's util/csaupgrade does for client-side apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.client.api import ApiClient
from orkestra.client.requests import PatchType
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, key_of, metadata_of, resource_version_of
from orkestra.operator import names


async def release_stale_fields(api: ApiClient, info: ResourceInfo, manifest: Object, applied: Object) -> Object | None:
    """After an apply whose manifest may have lost fields. Returns the object, or None where nothing had to be done."""
    entries = metadata_of(applied).get("managedFields") or []
    mine = [e for e in entries if e.get("manager") == names.FIELD_MANAGER and not e.get("subresource")]
    created = next((e for e in mine if e.get("operation") == "Update"), None)
    declared = next((e for e in mine if e.get("operation") == "Apply"), None)
    if created is None or declared is None:
        return None
    merged = {**declared, "fieldsV1": _union(declared.get("fieldsV1") or {}, created.get("fieldsV1") or {})}
    kept = [merged if entry is declared else entry for entry in entries if entry is not created]
    patch = [
        {"op": "test", "path": "/metadata/resourceVersion", "value": resource_version_of(applied)},
        {"op": "replace", "path": "/metadata/managedFields", "value": kept},
    ]
    await api.patch(info, key_of(applied), patch, patch_type=PatchType.JSON, field_manager=names.FIELD_MANAGER)
    return await api.apply(info, manifest, field_manager=names.FIELD_MANAGER, force=True)


def _union(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(left)
    for key, below in right.items():
        out[key] = _union(out.get(key) or {}, below or {})
    return out
