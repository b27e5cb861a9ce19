"""The kinds of children: their keys, what they become, and their fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from orkestra.katalog.schema import access, claims, pods, policies, scaling
from orkestra.katalog.schema.blocks import Block, Field, State, Tier
from orkestra.katalog.schema.containers import ListOf, Raw
from orkestra.katalog.schema.entries import CHILD_FIELDS, CONTROL_FIELDS, EntryList
from orkestra.katalog.schema.scalars import Choice, Duration, Text
from orkestra.katalog.schema.shared import ANNOTATIONS, ANY, COUNT, FLAG, LABELS, PORT, TEXT, TEXT_MAP, TEXTS, TREE
from orkestra.template.times.cron import CronError, parse_cron


@dataclass(frozen=True, slots=True)
class ChildKind:
    """One key of a block. ``suffix`` makes the default name ``<cr>-<suffix>`` (empty: the CR's own name).

    ``is_named``: the name must be given. ``is_superset``: a kind this project adds to those that do something.
    """

    key: str
    singular: str
    api_version: str
    kind: str
    suffix: str = ""
    namespaced: bool = True
    fields: tuple[Field, ...] = ()
    state: State = State.SUPPORTED
    is_named: bool = False
    is_superset: bool = False
    exclusive: tuple[tuple[str, ...], ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()


def _superset(*rows: Field) -> tuple[Field, ...]:
    return tuple(replace(row, is_superset=True) for row in rows)


def _schedule(text: str) -> tuple[int, str] | None:
    """``@every 5m`` and time zones are no cron fields: Kubernetes takes the first, `timeZone` is the second's place."""
    if text.startswith("@every "):
        return None
    try:
        parse_cron(text)
    except CronError as error:
        return 1408, str(error)
    return None


def _copy(kind: str) -> tuple[Field, ...]:
    return (
        Field(f"from{kind}", TEXT, f"a {kind} to copy, and to follow as it changes"),
        Field("fromNamespace", TEXT, "the namespace to copy from; the CR's unless given"),
        Field("toNamespaces", TEXTS, "the namespaces to have it in: one child in each"),
    )


_DEPLOYMENT: Final = (
    pods.IMAGE,
    pods.REPLICAS,
    *pods.NETWORK,
    *pods.COMMAND,
    *pods.ENVIRONMENT,
    Field("resources", pods.RESOURCES, "requests and limits"),
    pods.WORKING_DIRECTORY,
    *pods.PLACEMENT,
    Field("probes", pods.PROBES, "health checks"),
    *pods.SECURITY,
    pods.ROLLOUT,
    *pods.STORAGE,
    *pods.SIDES,
    pods.AUTOSCALE,
)

_STATEFUL_SET: Final = (
    *(row for row in _DEPLOYMENT if row.name != "workingDirectory"),
    Field("tag", TEXT, "the image's tag where it names none", "latest"),
    Field("serviceName", TEXT, "the governing Service; the object's name unless given"),
    Field(
        "volumeClaimTemplates",
        ListOf(
            Block(
                "a volume claim template",
                (
                    Field("name", TEXT, "the claim's name", required=True),
                    Field("storageClass", TEXT, "the storage class; the default one unless given"),
                    Field("storageSize", TEXT, "how much", required=True),
                    Field("mountPath", TEXT, "where the container sees it"),
                ),
            )
        ),
        "claims made for each pod",
    ),
)

_JOB: Final = (
    pods.IMAGE,
    *pods.COMMAND,
    *_superset(*pods.ENVIRONMENT),
    Field("backoffLimit", COUNT, "failures before the Job has failed", "3"),
    pods.WORKING_DIRECTORY,
    Field("resources", pods.RESOURCES, "requests and limits"),
    *pods.PLACEMENT,
    *pods.SECURITY,
    *pods.STORAGE,
    *pods.SIDES,
)

_DAEMON_SET: Final = tuple(row for row in _DEPLOYMENT if row.name not in ("replicas", "autoscale"))

_REPLICA_SET: Final = _DEPLOYMENT

_POD: Final = (
    pods.IMAGE,
    *pods.NETWORK,
    *_superset(*pods.COMMAND, *pods.ENVIRONMENT),
    Field("resources", pods.RESOURCES, "requests and limits"),
    *pods.PLACEMENT,
    Field("probes", pods.PROBES, "health checks"),
    *pods.SECURITY,
    *pods.STORAGE,
    *pods.SIDES,
)

_CRON_JOB: Final = (
    Field("schedule", Text(templated=True, check=_schedule), "when: a cron expression", required=True),
    pods.IMAGE,
    *pods.COMMAND,
    *_superset(*pods.ENVIRONMENT),
    Field("suspend", FLAG, "make no more Jobs for now"),
    Field("successfulJobsHistoryLimit", COUNT, "Jobs kept that succeeded", "3"),
    Field("failedJobsHistoryLimit", COUNT, "Jobs kept that failed", "1"),
    Field(
        "concurrencyPolicy",
        Choice("Allow", "Forbid", "Replace", templated=True, any_case=True),
        "what happens when the one before still runs",
        "Allow",
    ),
    Field("startingDeadlineSeconds", COUNT, "how late a Job may start"),
    pods.WORKING_DIRECTORY,
    Field("resources", pods.RESOURCES, "requests and limits"),
    *pods.PLACEMENT,
    *pods.SECURITY,
    *_superset(*pods.STORAGE),
    *pods.SIDES,
)

_NAMESPACE: Final = (Field("finalizers", TEXTS, "finalizers of the Namespace object"),)

_SERVICE: Final = (
    Field("type", Choice("ClusterIP", "NodePort", "LoadBalancer", templated=True), "how it is reached", "ClusterIP"),
    Field("headless", FLAG, "no cluster IP: names resolve to pods"),
    Field("protocol", pods.PROTOCOL, "of the port", "TCP"),
    Field("port", PORT, "the port it listens on"),
    Field("targetPort", PORT, "the pods' port; `port` unless given"),
    Field("selector", TEXT_MAP, "the pods' labels; the CR's own pods unless given"),
)

_INGRESS: Final = (
    Field("host", TEXT, "the host name"),
    Field("serviceName", TEXT, "the Service behind it"),
    Field("servicePort", PORT, "its port"),
    Field("path", TEXT, "the path", "/"),
    Field("pathType", Choice("Prefix", "Exact", "ImplementationSpecific", templated=True), "how it matches", "Prefix"),
    Field("className", TEXT, "the ingress class"),
    Field(
        "tls",
        Block(
            "tls",
            (
                Field("create", FLAG, "serve TLS"),
                Field("secretName", TEXT, "the Secret with the certificate"),
                Field("hosts", TEXTS, "the names it covers"),
            ),
        ),
        "TLS at the edge",
    ),
)

_CONFIG_MAP: Final = (
    Field("data", TEXT_MAP, "keys and texts"),
    *_copy("ConfigMap"),
)
_CONFIG_MAP_EXCLUSIVE: Final = (("data", "fromConfigMap"),)

_SECRET: Final = (
    Field("type", TEXT, "the Secret's type", "Opaque"),
    Field("data", TEXT_MAP, "keys and texts, not base64"),
    *_copy("Secret"),
    Field("once", FLAG, "made once and kept; random values stay"),
    Field("rotateAfter", Duration(templated=True), "made anew at this age; needs once"),
    Field(
        "tls",
        Block(
            "tls",
            (
                Field("commonName", TEXT, "the certificate's subject"),
                Field("dnsNames", TEXTS, "the names it covers"),
                Field("validFor", Duration(templated=True), "its life; rotateAfter, else 1y"),
            ),
        ),
        "a certificate of an authority of its own, as tls.crt, tls.key and ca.crt",
    ),
)
_SECRET_EXCLUSIVE: Final = (
    ("data", "fromSecret"),
    ("type", "fromSecret"),
    ("once", "fromSecret"),
    ("tls", "fromSecret"),
)

_CUSTOM: Final = (
    Field("apiVersion", TEXT, "the child's apiVersion", required=True),
    Field("kind", TEXT, "the child's kind", required=True),
    Field(
        "metadata",
        Block(
            "metadata",
            (
                Field("name", TEXT, "the child's name", required=True),
                Field("namespace", TEXT, "the child's namespace; the CR's unless given"),
                Field("labels", LABELS, "labels beside the ownership labels"),
                Field("annotations", ANNOTATIONS, "annotations of the child"),
                Field("namespaced", FLAG, "its scope, where discovery must not be asked"),
            ),
        ),
        "name, namespace, labels and annotations",
        required=True,
    ),
    Field("spec", ANY, "as its API writes it"),
    Field("status", TREE, "written to the status subresource"),
    Field("hasStatus", FLAG, "true: patch status; false: never; unset: ask discovery"),
)

_RBAC = "rbac.authorization.k8s.io/v1"

CHILD_KINDS: Final = (
    ChildKind("deployments", "deployment", "apps/v1", "Deployment", "deployment", fields=_DEPLOYMENT),
    ChildKind("statefulSets", "statefulSet", "apps/v1", "StatefulSet", fields=_STATEFUL_SET),
    ChildKind("services", "service", "v1", "Service", "svc", fields=_SERVICE),
    ChildKind(
        "configMaps", "configMap", "v1", "ConfigMap", "config", fields=_CONFIG_MAP, exclusive=_CONFIG_MAP_EXCLUSIVE
    ),
    ChildKind("secrets", "secret", "v1", "Secret", "secret", fields=_SECRET, exclusive=_SECRET_EXCLUSIVE),
    ChildKind("serviceAccounts", "serviceAccount", "v1", "ServiceAccount", "sa"),
    ChildKind("ingresses", "ingress", "networking.k8s.io/v1", "Ingress", "ingress", fields=_INGRESS),
    ChildKind("jobs", "job", "batch/v1", "Job", "job", fields=_JOB),
    ChildKind("custom", "custom", "", "", fields=_CUSTOM),
    ChildKind("daemonSets", "daemonSet", "apps/v1", "DaemonSet", "daemonset", fields=_DAEMON_SET, is_superset=True),
    ChildKind("replicaSets", "replicaSet", "apps/v1", "ReplicaSet", "replicaset", fields=_REPLICA_SET),
    ChildKind("pods", "pod", "v1", "Pod", "pod", fields=_POD),
    ChildKind("cronJobs", "cronJob", "batch/v1", "CronJob", "cronjob", fields=_CRON_JOB),
    ChildKind("roles", "role", _RBAC, "Role", "role", fields=access.ROLE),
    ChildKind("roleBindings", "roleBinding", _RBAC, "RoleBinding", "rolebinding", fields=access.ROLE_BINDING),
    ChildKind("clusterRoles", "clusterRole", _RBAC, "ClusterRole", "cluster-role", False, access.CLUSTER_ROLE),
    ChildKind(
        "clusterRoleBindings",
        "clusterRoleBinding",
        _RBAC,
        "ClusterRoleBinding",
        "crb",
        False,
        access.CLUSTER_ROLE_BINDING,
    ),
    ChildKind("namespaces", "namespace", "v1", "Namespace", "ns", False, _NAMESPACE),
    ChildKind(
        "persistentVolumeClaims",
        "persistentVolumeClaim",
        "v1",
        "PersistentVolumeClaim",
        fields=claims.CLAIM,
        is_named=True,
    ),
    ChildKind(
        "persistentVolumes",
        "persistentVolume",
        "v1",
        "PersistentVolume",
        "",
        False,
        claims.VOLUME,
        is_named=True,
        exclusive=claims.VOLUME_EXCLUSIVE,
        one_of=claims.VOLUME_ONE_OF,
    ),
    ChildKind("hpa", "hpa", "autoscaling/v2", "HorizontalPodAutoscaler", "hpa", fields=scaling.AUTOSCALER),
    ChildKind(
        "pdb",
        "pdb",
        "policy/v1",
        "PodDisruptionBudget",
        "pdb",
        fields=scaling.BUDGET,
        exclusive=scaling.BUDGET_EXCLUSIVE,
        one_of=scaling.BUDGET_ONE_OF,
    ),
    ChildKind(
        "networkPolicies",
        "networkPolicy",
        "networking.k8s.io/v1",
        "NetworkPolicy",
        fields=(*policies.NETWORK_POLICY, *_copy("NetworkPolicy")),
        exclusive=tuple(
            (row, "fromNetworkPolicy") for row in ("podSelector", "ingress", "egress", "policyTypes", "profile")
        ),
    ),
    ChildKind(
        "resourceQuotas",
        "resourceQuota",
        "v1",
        "ResourceQuota",
        fields=(*policies.QUOTA, *_copy("ResourceQuota")),
        exclusive=(("hard", "fromResourceQuota"), ("profile", "fromResourceQuota")),
    ),
    ChildKind(
        "limitRanges",
        "limitRange",
        "v1",
        "LimitRange",
        fields=(*policies.LIMITS, *_copy("LimitRange")),
        exclusive=(("limits", "fromLimitRange"), ("profile", "fromLimitRange")),
    ),
)

BY_KEY: Final[dict[str, ChildKind]] = {kind.key: kind for kind in CHILD_KINDS}
BY_SINGULAR: Final[dict[str, ChildKind]] = {kind.singular: kind for kind in CHILD_KINDS}

_DEAD: Final = (
    "podTemplates", "storageClasses", "storageLocations", "storagePools", "storageBackups", "storageSnapshots",
    "storageVolumes", "serviceMonitors", "priorityClasses", "priorityLevelConfigurations", "runtimeClasses",
    "podSecurityPolicies", "volumes", "volumeMounts",
)  # fmt: skip

_WIDE: Final = frozenset(("replicaSets", "pods", "persistentVolumes", "resourceQuotas", "limitRanges"))
_OLD_KEYS: Final = {
    "replicasets": "replicaSets",
    "horizontalPodAutoscalers": "hpa",
    "podDisruptionBudgets": "pdb",
}


def entry_block(kind: ChildKind) -> Block:
    """The table of one kind's entries."""
    common = CONTROL_FIELDS if kind.key == "custom" else tuple(_common_rows(kind))
    title, doc = f"an entry of {kind.key}", f"One {kind.kind or 'object of any kind'}."
    return Block(title, (*common, *kind.fields), exclusive=kind.exclusive, one_of=kind.one_of, doc=doc)


def _common_rows(kind: ChildKind) -> Iterator[Field]:
    for row in CHILD_FIELDS:
        if row.name == "name" and kind.is_named:
            yield replace(row, doc="the child's name", required=True)
        elif row.name != "namespace" or kind.namespaced:
            yield row


def kind_fields() -> tuple[Field, ...]:
    """A row per kind, for the blocks that hold resources."""
    return (
        *(_kind_field(kind) for kind in CHILD_KINDS),
        *(Field(old, Raw(), state=State.OLDER, target=new) for old, new in _OLD_KEYS.items()),
        *(Field(key, Raw(), state=State.DEAD, target="declare it under custom", tier="F") for key in _DEAD),
    )


def _kind_field(kind: ChildKind) -> Field:
    if kind.state is not State.SUPPORTED:
        return Field(kind.key, Raw(), f"{kind.kind} children", state=kind.state, later_code=1902)
    entries = EntryList(kind.key, entry_block(kind))
    tier: Tier = "W" if kind.key in _WIDE else "C"
    return Field(kind.key, entries, f"{kind.kind or 'other'} children", tier=tier, is_superset=kind.is_superset)
