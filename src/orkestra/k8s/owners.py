"""ownerReferences: who owns an object, who controls it, and which ownerships the garbage collector honours.

Rules: k8s.io/apimachinery pkg/apis/meta/v1/controller_ref.go; scope: the "Owners and Dependents" concept page (an
owner is cluster-scoped or lives in the dependent's namespace; a cluster-scoped dependent has cluster-scoped owners).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.k8s.objects import metadata_of, name_of, uid_of

OwnerReference = dict[str, Any]


def owner_reference(
    owner: Mapping[str, Any], *, is_controller: bool = True, blocks_owner_deletion: bool = True
) -> OwnerReference:
    """A reference to ``owner``, which must carry apiVersion, kind, name and uid; ValueError where one lacks."""
    reference: OwnerReference = {
        "apiVersion": owner.get("apiVersion"),
        "kind": owner.get("kind"),
        "name": name_of(owner),
        "uid": uid_of(owner),
    }
    missing = [field for field, value in reference.items() if not value]
    if missing:
        raise ValueError(f"an owner needs {', '.join(missing)}")
    if is_controller:
        reference["controller"] = True
    if blocks_owner_deletion:
        reference["blockOwnerDeletion"] = True
    return reference


def owners_of(obj: Mapping[str, Any]) -> list[OwnerReference]:
    references = metadata_of(obj).get("ownerReferences")
    return [entry for entry in references if isinstance(entry, dict)] if isinstance(references, list) else []


def controller_of(obj: Mapping[str, Any]) -> OwnerReference | None:
    """The one owner that manages the object; None where nothing does."""
    for reference in owners_of(obj):
        if reference.get("controller") is True:
            return reference
    return None


def is_owned_by(obj: Mapping[str, Any], owner_uid: str) -> bool:
    """By uid alone: a new object of the old name is another owner."""
    return bool(owner_uid) and any(reference.get("uid") == owner_uid for reference in owners_of(obj))


def can_own(owner_namespaced: bool, owner_ns: str, child_namespaced: bool, child_ns: str) -> bool:
    """Whether an ownerReference between the two holds. The collector deletes a child whose reference does not."""
    if not owner_namespaced:
        return True
    return child_namespaced and owner_ns == child_ns
