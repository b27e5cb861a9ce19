"""A kind's columns and the cells of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orkestra.devserver.kinds import CustomKind, Kind
from orkestra.devserver.tables import access, cluster, custom, network, storage, workloads
from orkestra.devserver.tables.cells import age, created
from orkestra.k8s.objects import Object

Cells = Callable[[Object, datetime], list[Any]]

_DESCRIPTIONS = {
    "Name": "Name must be unique within a namespace.",
    "Age": "Time since the object was created.",
    "Created At": "Time the object was created.",
}


@dataclass(frozen=True, slots=True)
class Column:
    """``priority`` 0 is always shown, 1 with ``-o wide``."""

    name: str
    type: str = "string"
    format: str = ""
    priority: int = 0
    description: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description or _DESCRIPTIONS.get(self.name, self.name),
            "priority": self.priority,
        }


@dataclass(frozen=True, slots=True)
class TableLayout:
    columns: tuple[Column, ...]
    cells: Cells


def layout_of(kind: Kind) -> TableLayout:
    if isinstance(kind, CustomKind):
        columns = tuple(Column(*entry) for entry in custom.columns(kind.printer_columns))
        return TableLayout(columns, custom.row(kind.printer_columns))
    return _LAYOUTS.get((kind.info.group, kind.info.kind), _PLAIN)


def _parse(text: str) -> tuple[Column, ...]:
    """``Ready Data:integer *IP`` -> columns; a star marks a wide one, underscores stand for spaces."""
    found: list[Column] = []
    for word in text.split():
        name, _, kind = word.lstrip("*").partition(":")
        shown = name.replace("_", " ")
        found.append(Column(shown, kind or "string", "name" if shown == "Name" else "", int(word.startswith("*"))))
    return tuple(found)


def _name_and_age(obj: Object, now: datetime) -> list[Any]:
    return [obj["metadata"].get("name"), age(obj, now)]


def _name_and_creation(obj: Object, _now: datetime) -> list[Any]:
    return [obj["metadata"].get("name"), created(obj)]


_PLAIN = TableLayout(_parse("Name Created_At:date"), _name_and_creation)

_WIDE = "*Containers *Images *Selector"
_SPECS: Mapping[tuple[str, str], tuple[str, Cells]] = {
    ("", "Pod"): (
        "Name Ready Status Restarts Age *IP *Node *Nominated_Node *Readiness_Gates",
        workloads.pod,
    ),
    ("", "PodTemplate"): ("Name Containers Images Pod_Labels", workloads.pod_template),
    ("", "ReplicationController"): (
        f"Name Desired:integer Current:integer Ready:integer Age {_WIDE}",
        workloads.replicas,
    ),
    ("apps", "ReplicaSet"): (f"Name Desired:integer Current:integer Ready:integer Age {_WIDE}", workloads.replicas),
    ("apps", "Deployment"): (f"Name Ready Up-to-date Available Age {_WIDE}", workloads.deployment),
    ("apps", "StatefulSet"): ("Name Ready Age *Containers *Images", workloads.stateful_set),
    ("apps", "DaemonSet"): (
        "Name Desired:integer Current:integer Ready:integer Up-to-date:integer Available:integer Node_Selector Age "
        + _WIDE,
        workloads.daemon_set,
    ),
    ("apps", "ControllerRevision"): ("Name Controller Revision Age", workloads.controller_revision),
    ("batch", "Job"): (f"Name Status Completions Duration Age {_WIDE}", workloads.job),
    ("batch", "CronJob"): (
        f"Name Schedule Timezone Suspend:boolean Active:integer Last_Schedule Age {_WIDE}",
        workloads.cron_job,
    ),
    ("autoscaling", "HorizontalPodAutoscaler"): (
        "Name Reference Targets MinPods MaxPods Replicas Age",
        workloads.autoscaler,
    ),
    ("policy", "PodDisruptionBudget"): (
        "Name Min_Available Max_Unavailable Allowed_Disruptions:integer Age",
        workloads.disruption_budget,
    ),
    ("", "Service"): ("Name Type Cluster-IP External-IP Port(s) Age *Selector", network.service),
    ("", "Endpoints"): ("Name Endpoints Age", network.endpoints),
    ("discovery.k8s.io", "EndpointSlice"): ("Name AddressType Ports Endpoints Age", network.endpoint_slice),
    ("networking.k8s.io", "Ingress"): ("Name Class Hosts Address Ports Age", network.ingress),
    ("networking.k8s.io", "IngressClass"): ("Name Controller Parameters Age", network.ingress_class),
    ("networking.k8s.io", "NetworkPolicy"): ("Name Pod-Selector Age", network.policy),
    ("", "ConfigMap"): ("Name Data Age", cluster.config_map),
    ("", "Secret"): ("Name Type Data Age", cluster.secret),
    ("", "ServiceAccount"): ("Name Age", _name_and_age),
    ("", "Namespace"): ("Name Status Age", cluster.namespace),
    ("", "Node"): (
        "Name Status Roles Age Version *Internal-IP *External-IP *OS-Image *Kernel-Version *Container-Runtime",
        cluster.node,
    ),
    ("", "Event"): (
        "Last_Seen Type Reason Object *Subobject *Source Message *First_Seen *Count *Name",
        cluster.event,
    ),
    ("events.k8s.io", "Event"): (
        "Last_Seen Type Reason Object *Subobject *Source Message *First_Seen *Count *Name",
        cluster.event,
    ),
    ("", "ResourceQuota"): ("Name Request Limit Age", cluster.quota),
    ("", "LimitRange"): ("Name Created_At:date", _name_and_creation),
    ("coordination.k8s.io", "Lease"): ("Name Holder Age", cluster.lease),
    ("scheduling.k8s.io", "PriorityClass"): (
        "Name Value:integer Global-Default:boolean Age PreemptionPolicy",
        cluster.priority_class,
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): (
        "Name Scope Versions Created_At:date *Group *Kind *ShortNames *Established:boolean",
        cluster.definition,
    ),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): ("Name Webhooks:integer Age", cluster.webhooks),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): ("Name Webhooks:integer Age", cluster.webhooks),
    ("", "PersistentVolume"): (
        "Name Capacity Access_Modes Reclaim_Policy Status Claim StorageClass VolumeAttributesClass Reason Age "
        "*VolumeMode",
        storage.volume,
    ),
    ("", "PersistentVolumeClaim"): (
        "Name Status Volume Capacity Access_Modes StorageClass VolumeAttributesClass Age *VolumeMode",
        storage.claim,
    ),
    ("storage.k8s.io", "StorageClass"): (
        "Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age",
        storage.storage_class,
    ),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("Name Role Age *Users *Groups *ServiceAccounts", access.binding),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (
        "Name Role Age *Users *Groups *ServiceAccounts",
        access.binding,
    ),
    ("node.k8s.io", "RuntimeClass"): ("Name Handler Age", cluster.runtime_class),
    ("storage.k8s.io", "CSINode"): ("Name Drivers:integer Age", storage.csi_node),
    ("apiregistration.k8s.io", "APIService"): ("Name Service Available Age", cluster.api_service),
}

_LAYOUTS = {key: TableLayout(_parse(text), cells) for key, (text, cells) in _SPECS.items()}
