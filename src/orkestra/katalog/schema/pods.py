"""Rows about pods and their containers, shared by every workload."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.schema.blocks import Block, Field, LazyBlock, State
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf, OtherSpelling, Shorthand
from orkestra.katalog.schema.profile_names import ProfileName
from orkestra.katalog.schema.scalars import Choice, IntOrText
from orkestra.katalog.schema.shared import (
    ANY,
    COUNT,
    FLAG,
    NUMBER,
    PORT,
    TEXT,
    TEXT_MAP,
    TEXTS,
    TREE,
    TREES,
)


def profile_of(kind: str) -> Field:
    """The row that names a preset of a class."""
    return Field("profile", ProfileName(kind), "a named preset", tier="W")


def _beside_profile(*rows: Field) -> tuple[tuple[str, str], ...]:
    return tuple(("profile", row.name) for row in rows)


PROTOCOL: Final = Choice("TCP", "UDP", "SCTP", templated=True)
QUANTITIES: Final = MapOf(TEXT, expects="a map of quantities", templated_keys=True)

RESOURCES: Final = Block(
    "resources",
    (
        profile_of("resources"),
        Field("requests", QUANTITIES, "what the scheduler reserves: cpu, memory …"),
        Field("limits", QUANTITIES, "what the container may not exceed"),
    ),
    exclusive=(("profile", "requests"), ("profile", "limits")),
)

_OPTIONAL: Final = Field("optional", FLAG, "a missing object or key is no error")
_KEY_REF: Final = Block(
    "a key reference",
    (
        Field("name", TEXT, "the object's name", required=True),
        Field("key", TEXT, "the key in it", required=True),
        _OPTIONAL,
    ),
)

VALUE_FROM: Final = Block(
    "valueFrom",
    (
        Field("secretKeyRef", _KEY_REF, "a key of a Secret"),
        Field("configMapKeyRef", _KEY_REF, "a key of a ConfigMap"),
        Field(
            "fieldRef",
            Block(
                "fieldRef",
                (
                    Field("apiVersion", TEXT, "the version of the pod's schema; v1"),
                    Field("fieldPath", TEXT, "such as metadata.name or status.podIP", required=True),
                ),
            ),
            "a field of the pod",
        ),
        Field(
            "resourceFieldRef",
            Block(
                "resourceFieldRef",
                (
                    Field("containerName", TEXT, "the container; this one unless given"),
                    Field("resource", TEXT, "such as limits.memory", required=True),
                    Field("divisor", TEXT, "the unit to give it in"),
                ),
            ),
            "a resource of the container",
        ),
        Field(
            "fileKeyRef",
            Block(
                "fileKeyRef",
                (
                    Field("volumeName", TEXT, "the volume", required=True),
                    Field("path", TEXT, "the file in it", required=True),
                    Field("key", TEXT, "the key in the file", required=True),
                    _OPTIONAL,
                ),
            ),
            "a key of a file in a volume",
        ),
    ),
    exclusive=(("secretKeyRef", "configMapKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef"),),
    one_of=(("secretKeyRef", "configMapKeyRef", "fieldRef", "resourceFieldRef", "fileKeyRef"),),
)

ENV: Final = ByShape(
    "a list of variables",
    sequence=ListOf(
        Block(
            "an env variable",
            (
                Field("name", TEXT, "the variable's name", required=True),
                Field("value", TEXT, "its value"),
                Field("valueFrom", VALUE_FROM, "where its value comes from"),
            ),
            exclusive=(("value", "valueFrom"),),
        )
    ),
    mapping=OtherSpelling(1504, "variables are a list, not a map", "write - name: …, value: …", rewrite="env"),
)

_ENV_SOURCE: Final = ListOf(
    Block(
        "an envFrom source",
        (
            Field("name", TEXT, "the object's name", required=True),
            Field("prefix", TEXT, "put before each name"),
            Field("suffix", TEXT, "put after each name; needs keys"),
            Field("optional", FLAG, "a missing object is no error"),
            Field("keys", TEXTS, "only these keys"),
        ),
    )
)

ENV_FROM: Final = ByShape(
    "a map with secretRef and configMapRef",
    mapping=Block(
        "envFrom",
        (
            Field("secretRef", _ENV_SOURCE, "variables from Secrets"),
            Field("configMapRef", _ENV_SOURCE, "variables from ConfigMaps"),
        ),
    ),
    sequence=OtherSpelling(
        1601,
        "a list is an older spelling",
        "write secretRef: [{name: …}], configMapRef: [{name: …}]",
        rewrite="envFrom",
    ),
)

_TIMINGS: Final = (
    Field("initialDelaySeconds", COUNT, "wait before the first probe"),
    Field("periodSeconds", COUNT, "time between probes"),
    Field("timeoutSeconds", COUNT, "time for an answer"),
    Field("failureThreshold", COUNT, "failures in a row that count"),
    Field("successThreshold", COUNT, "successes in a row that count"),
)

PROBE: Final = Block(
    "a probe",
    (
        Field("type", Choice("http", "tcp", templated=True), "how to ask", "http"),
        Field("path", TEXT, "the path of an http probe", "/"),
        Field("port", PORT, "a port number or name; the container's port unless given"),
        profile_of("probes"),
        *_TIMINGS,
    ),
    exclusive=_beside_profile(*(row for row in _TIMINGS if row.name != "successThreshold")),
)

PROBES: Final = Block(
    "probes",
    (
        Field("startup", PROBE, "has the container started"),
        Field("liveness", PROBE, "is it alive"),
        Field("readiness", PROBE, "may it get traffic"),
    ),
)

_CONTAINER_SECURITY_ROWS: Final = (
    Field("allowPrivilegeEscalation", FLAG, "a process may gain more rights than its parent"),
    Field("appArmorProfile", TREE, "AppArmor, as Kubernetes writes it"),
    Field("capabilities", TREE, "Linux capabilities to add and drop, as Kubernetes writes them"),
    Field("privileged", FLAG, "root on the node"),
    Field("procMount", TEXT, "how /proc is mounted"),
    Field("readOnlyRootFilesystem", FLAG, "the image cannot be written to"),
    Field("runAsGroup", NUMBER, "the group id of its processes"),
    Field("runAsNonRoot", FLAG, "refuse to start as root"),
    Field("runAsUser", NUMBER, "the user id of its processes"),
    Field("seLinuxOptions", TREE, "SELinux labels, as Kubernetes writes them"),
    Field("seccompProfile", TREE, "seccomp, as Kubernetes writes it"),
    Field("windowsOptions", TREE, "Windows settings, as Kubernetes writes them"),
)

CONTAINER_SECURITY: Final = Block(
    "securityContext",
    (profile_of("containerSecurity"), *_CONTAINER_SECURITY_ROWS),
    exclusive=_beside_profile(*_CONTAINER_SECURITY_ROWS),
)

_POD_SECURITY_ROWS: Final = (
    Field("appArmorProfile", TREE, "AppArmor, as Kubernetes writes it"),
    Field("fsGroup", NUMBER, "the group that owns the volumes"),
    Field("fsGroupChangePolicy", TEXT, "when their ownership is changed: OnRootMismatch or Always"),
    Field("runAsGroup", NUMBER, "the group id of its processes"),
    Field("runAsNonRoot", FLAG, "refuse to start as root"),
    Field("runAsUser", NUMBER, "the user id of its processes"),
    Field("seLinuxChangePolicy", TEXT, "how volumes are relabelled: MountOption or Recursive"),
    Field("seLinuxOptions", TREE, "SELinux labels, as Kubernetes writes them"),
    Field("seccompProfile", TREE, "seccomp, as Kubernetes writes it"),
    Field("supplementalGroups", ANY, "further group ids"),
    Field("supplementalGroupsPolicy", TEXT, "whether groups of the image count: Merge or Strict"),
    Field("sysctls", TREES, "kernel parameters, as Kubernetes writes them"),
    Field("windowsOptions", TREE, "Windows settings, as Kubernetes writes them"),
)

POD_SECURITY: Final = Block(
    "podSecurity",
    (profile_of("podSecurity"), *_POD_SECURITY_ROWS),
    exclusive=_beside_profile(*_POD_SECURITY_ROWS),
)

ROLLING_UPDATE: Final = Block(
    "rollingUpdate",
    (
        profile_of("rollingUpdate"),
        Field("maxSurge", IntOrText(templated=True), "pods above the wanted number: a count or a percentage"),
        Field("maxUnavailable", IntOrText(templated=True), "pods that may be missing: a count or a percentage"),
    ),
    exclusive=(("profile", "maxSurge"), ("profile", "maxUnavailable")),
)

_ITEMS: Final = ListOf(
    Block(
        "an item",
        (
            Field("key", TEXT, "the key", required=True),
            Field("path", TEXT, "the file it becomes", required=True),
            Field("mode", COUNT, "the file's permissions, such as 0644"),
        ),
    )
)


def _named_source(title: str, name: str, *fields: Field) -> ByShape:
    """A volume source that is mostly a name: the name alone, or a map."""
    block = Block(title, (Field(name, TEXT, "the object's name", required=True), *fields))
    return ByShape("a name or a map", scalar=Shorthand(name, TEXT), mapping=block)


HOST_PATH: Final = _named_source(
    "hostPath", "path", Field("type", TEXT, "what must be there: Directory, File, Socket …")
)
_FILES: Final = (
    Field("items", _ITEMS, "only these keys, each as a file"),
    Field("defaultMode", COUNT, "the files' permissions, such as 0644"),
    Field("optional", FLAG, "a missing object is no error"),
)
_SOURCES: Final = {
    "configMap": _named_source("configMap", "name", *_FILES),
    "secret": _named_source("secret", "secretName", *_FILES),
    "emptyDir": Block(
        "emptyDir", (Field("medium", TEXT, "Memory for a tmpfs"), Field("sizeLimit", TEXT, "how much it may hold"))
    ),
    "persistentVolumeClaim": _named_source(
        "persistentVolumeClaim", "claimName", Field("readOnly", FLAG, "mounted read-only")
    ),
    "hostPath": HOST_PATH,
}

VOLUMES: Final = ListOf(
    Block(
        "a volume",
        (
            Field("name", TEXT, "what volumeMounts call it", required=True),
            *(Field(source, kind, "as in a pod's volume, or just the name") for source, kind in _SOURCES.items()),
        ),
        exclusive=(tuple(_SOURCES),),
        one_of=(tuple(_SOURCES),),
    )
)

VOLUME_MOUNTS: Final = ListOf(
    Block(
        "a volume mount",
        (
            Field("name", TEXT, "the volume", required=True),
            Field("mountPath", TEXT, "where the container sees it", required=True),
            Field("subPath", TEXT, "a path in the volume"),
            Field("subPathExpr", TEXT, "the same, with $(VARIABLES)"),
            Field("readOnly", FLAG, "mounted read-only"),
            Field("recursiveReadOnly", TEXT, "whether mounts below are read-only too: Disabled, IfPossible or Enabled"),
            Field("mountPropagation", TEXT, "whether mounts travel: None, HostToContainer or Bidirectional"),
        ),
    )
)

CONTAINERS: Final = ListOf(
    Block(
        "a container",
        (
            Field("name", TEXT, "the container's name", required=True),
            Field("image", TEXT, "the image", required=True),
            Field("command", TEXTS, "its entry point"),
            Field("args", TEXTS, "its arguments"),
            Field("env", ENV, "environment variables"),
            Field("envFrom", ENV_FROM, "environment variables from Secrets and ConfigMaps"),
            Field("ports", TREES, "as Kubernetes writes them"),
            Field("resources", RESOURCES, "requests and limits"),
            Field("volumeMounts", VOLUME_MOUNTS, "where it sees the pod's volumes"),
            Field("probes", PROBES, "health checks"),
            Field("securityContext", CONTAINER_SECURITY, "of this container"),
        ),
    )
)

IMAGE: Final = Field("image", TEXT, "the container's image", required=True)
REPLICAS: Final = Field("replicas", COUNT, "how many pods", "1")
COMMAND: Final = (
    Field("command", TEXTS, "the container's entry point"),
    Field("args", TEXTS, "its arguments"),
)
ENVIRONMENT: Final = (
    Field("env", ENV, "environment variables"),
    Field("envFrom", ENV_FROM, "environment variables from Secrets and ConfigMaps"),
)
SIDES: Final = (
    Field("initContainers", CONTAINERS, "run before the container", is_superset=True),
    Field("sidecars", CONTAINERS, "run beside the container", is_superset=True),
)
SECURITY: Final = (
    Field("securityContext", CONTAINER_SECURITY, "of the container"),
    Field("podSecurity", POD_SECURITY, "of the pod"),
)
STORAGE: Final = (
    Field("volumes", VOLUMES, "the pod's volumes"),
    Field("volumeMounts", VOLUME_MOUNTS, "where the container sees them"),
)
NETWORK: Final = (
    Field("port", PORT, "the container's port"),
    Field("protocol", PROTOCOL, "of the port", "TCP"),
)
PLACEMENT: Final = (
    Field("nodeSelector", TEXT_MAP, "labels a node must have"),
    Field("serviceAccountName", TEXT, "the pod's service account"),
    Field("imagePullSecrets", TEXTS, "names of Secrets with registry credentials"),
)
WORKING_DIRECTORY: Final = Field("workingDirectory", TEXT, "where the command runs")
AUTOSCALE: Final = Field(
    "autoscale", LazyBlock("work:REPLICA_SCALING"), "scales with conditions", state=State.LATER, tier="W"
)
ROLLOUT: Final = Field("rollingUpdate", ROLLING_UPDATE, "how pods are replaced")
