"""The types of one kind across its versions: built-in, or from a CustomResourceDefinition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Protocol

from orkestra.k8s.apply.fieldset import FieldSet
from orkestra.k8s.apply.nodes import Node, builtin_node, custom_node
from orkestra.k8s.builtin import Schema, builtin_resources, definition_name
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object


class Types(Protocol):
    """What field ownership asks of a kind."""

    @property
    def is_custom(self) -> bool:
        """Whether objects are free-form JSON; built-in ones are Go structs, whose empty structs are always there."""
        ...

    def root(self, api_version: str) -> Node | None:
        """The kind's type in a version; None where that version is not served (its managers are forgotten)."""
        ...

    def reset_fields(self, subresource: str) -> FieldSet:
        """Fields a request to the subresource ("" for the object itself) cannot own, since the server resets them."""
        ...

    def convert(self, obj: Object, api_version: str) -> Object:
        """The object in another version."""
        ...


_STATUS: FieldSet = {"f:status": {}}
_SPEC: FieldSet = {"f:spec": {}}
_SPEC_AND_METADATA: FieldSet = {"f:metadata": {}, "f:spec": {}}
# Where a kind differs from {status} on the object and {spec} on its status: GetResetFields in k8s.io/kubernetes
# pkg/registry/*/*/strategy.go.
_RESET: dict[tuple[str, str, str], FieldSet] = {
    ("apps", "Deployment", "status"): {"f:spec": {}, "f:metadata": {"f:labels": {}}},
    ("", "Pod", "status"): {"f:spec": {}, "f:metadata": {"f:deletionTimestamp": {}, "f:ownerReferences": {}}},
    ("certificates.k8s.io", "CertificateSigningRequest", ""): {"f:spec": {}, "f:status": {}},
    ("certificates.k8s.io", "CertificateSigningRequest", "status"): {"f:spec": {}, "f:status": {"f:conditions": {}}},
    ("certificates.k8s.io", "CertificateSigningRequest", "approval"): {
        "f:spec": {},
        "f:status": {"f:certificate": {}},
    },
    ("", "Namespace", "finalize"): _STATUS,
}
_STATUS_RESETS_METADATA = frozenset({
    "ValidatingAdmissionPolicy", "PodCertificateRequest", "FlowSchema", "PriorityLevelConfiguration", "ServiceCIDR",
    "DeviceTaintRule", "ResourceClaim", "CSINode", "VolumeAttachment", "StorageVersionMigration",
    "CustomResourceDefinition", "APIService",
})  # fmt: skip


class BuiltinTypes:
    """A built-in kind. All its versions are taken to have the fields of the one asked for."""

    def __init__(self, group: str, kind: str) -> None:
        self._group = group
        self._kind = kind

    @property
    def is_custom(self) -> bool:
        return False

    def root(self, api_version: str) -> Node | None:
        try:
            return builtin_node(definition_name(GVK.parse(api_version, self._kind)))
        except (KeyError, ValueError):
            return None

    def reset_fields(self, subresource: str) -> FieldSet:
        found = _RESET.get((self._group, self._kind, subresource))
        if found is not None:
            return found
        if subresource == "status":
            return _SPEC_AND_METADATA if self._kind in _STATUS_RESETS_METADATA else _SPEC
        return _STATUS if subresource == "" and self._has_status() else {}

    def _has_status(self) -> bool:
        return (self._group, self._kind) in _kinds_with_status()

    def convert(self, obj: Object, api_version: str) -> Object:
        return {**obj, "apiVersion": api_version}


class CustomTypes:
    """A custom resource: its served versions' schemas, and the conversion between them where there is one."""

    def __init__(
        self,
        schemas: Mapping[str, Schema],
        *,
        has_status: bool,
        convert: Callable[[Object, str], Object] | None = None,
    ) -> None:
        """``schemas``: apiVersion (``example.com/v1``) -> openAPIV3Schema; {} where the version has none."""
        self._schemas = dict(schemas)
        self._nodes: dict[str, Node] = {}
        self._has_status = has_status
        self._convert = convert

    @property
    def is_custom(self) -> bool:
        return True

    def root(self, api_version: str) -> Node | None:
        node = self._nodes.get(api_version)
        if node is None and api_version in self._schemas:
            node = self._nodes[api_version] = custom_node(self._schemas[api_version])
        return node

    def reset_fields(self, subresource: str) -> FieldSet:
        if subresource == "status":
            return _SPEC_AND_METADATA
        return _STATUS if self._has_status and not subresource else {}

    def convert(self, obj: Object, api_version: str) -> Object:
        return self._convert(obj, api_version) if self._convert else {**obj, "apiVersion": api_version}


@cache
def builtin_types(group: str, kind: str) -> BuiltinTypes:
    """Shared by every request for the kind."""
    return BuiltinTypes(group, kind)


@cache
def _kinds_with_status() -> frozenset[tuple[str, str]]:
    return frozenset((info.group, info.kind) for info in builtin_resources() if "status" in info.subresources)
