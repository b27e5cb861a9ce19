"""Identity and ownership of a child: names, labels, owner references."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object, name_of, uid_of
from orkestra.operator import names
from orkestra.operator.drift import ITEM_KEYS

_encoder = msgspec.json.Encoder(order="sorted")


def own(manifest: Object, cr: Mapping[str, Any], owner: ResourceInfo, *, by_reference: bool) -> None:
    """Write this CR's ownership into ``manifest`` in place.

    By reference where scope allows it, so that the garbage collector and every tree view understand it; by uid label
    where it does not. Labels a user gave the child stay; GitOps tools' tracking keys are dropped, whoever wrote them.
    """
    meta = manifest["metadata"]
    labels = {k: v for k, v in (meta.get("labels") or {}).items() if not names.is_tracking_key(k)}
    labels[names.MANAGED_BY_LABEL] = names.MANAGED_BY
    labels[names.OWNER_LABEL] = names.label_value(name_of(cr))
    annotations = {k: v for k, v in (meta.get("annotations") or {}).items() if not names.is_tracking_key(k)}
    if by_reference:
        meta["ownerReferences"] = [
            {
                "apiVersion": owner.api_version,
                "kind": owner.kind,
                "name": name_of(cr),
                "uid": uid_of(cr),
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ]
    else:
        labels[names.OWNER_UID_LABEL] = uid_of(cr)
    meta["labels"] = labels
    if annotations:
        meta["annotations"] = annotations
    else:
        meta.pop("annotations", None)


def stamp(manifest: Object, generated: object = None) -> None:
    """Write digests of the whole desired manifest into its annotation: ``<content>.<shape>``.

    The content tells our change from somebody else's; ``generated`` is what content that is made on writing is made
    from. The shape (which fields and list items there are, whatever their values) tells whether a field was dropped,
    which an apply alone may not remove: see ``ownership.py``.
    """
    whole = manifest if generated is None else [manifest, generated]
    content = hashlib.sha256(_encoder.encode(whole)).hexdigest()[:16]
    shape = hashlib.sha256(_encoder.encode(_shape(manifest, ""))).hexdigest()[:8]
    manifest["metadata"].setdefault("annotations", {})[names.APPLIED_ANNOTATION] = f"{content}.{shape}"


def _shape(value: Any, name: str) -> Any:
    """Manifests are JSON: asking for ``dict`` and not for any mapping is a quarter of the price of a rendering."""
    if isinstance(value, dict):
        return {key: _shape(item, key) if isinstance(item, (dict, list)) else 0 for key, item in value.items()}
    if isinstance(value, list):
        keys = ITEM_KEYS.get(name, ())
        return [[_shape(item, ""), *(item.get(k) for k in keys if isinstance(item, dict))] for item in value]
    return 0
