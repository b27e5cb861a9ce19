"""Every name, port, quantity and the like in an entry, held against its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from orkestra.katalog.checks import formats
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.formats import Format, problem_of
from orkestra.katalog.source.nodes import NULLS, ListNode, MapNode, Node, ScalarNode

Shape = Mapping[str, Any] | Format
Pair: TypeAlias = tuple[str, ScalarNode, Format]
"""Name, value, and the format it has to have."""

_EACH: Final = "*"
"""Every value of a map, every item of a list."""

_ANY_KEY: Final = "keys"
"""The format of a map's keys."""

_LABELS: Final = {_EACH: formats.LABEL_VALUE}
_QUANTITIES: Final = {_EACH: formats.QUANTITY}
_NAMED: Final = {"name": formats.SUBDOMAIN}
_KEYED: Final = {**_NAMED, "key": formats.CONFIG_KEY}
_FROM: Final = {_EACH: _NAMED}
_RESOURCES: Final = {"requests": _QUANTITIES, "limits": _QUANTITIES}
_PROBE: Final = {"port": formats.PORT_OR_NAME, "path": formats.URL_PATH}
_CONTAINER: Final[Mapping[str, Any]] = {
    "image": formats.IMAGE,
    "env": {_EACH: {"name": formats.ENV_NAME, "valueFrom": {"secretKeyRef": _KEYED, "configMapKeyRef": _KEYED}}},
    "envFrom": {"secretRef": _FROM, "configMapRef": _FROM},
    "resources": _RESOURCES,
    "probes": {_EACH: _PROBE},
    "volumeMounts": {_EACH: {"name": formats.LABEL, "mountPath": formats.MOUNT_PATH}},
}
_SIDE: Final = {_EACH: {"name": formats.LABEL, **_CONTAINER}}
_POD: Final[Mapping[str, Any]] = {
    **_CONTAINER,
    "port": formats.PORT,
    "serviceAccountName": formats.SUBDOMAIN,
    "imagePullSecrets": {_EACH: formats.SUBDOMAIN},
    "nodeSelector": _LABELS,
    "rollingUpdate": {"maxSurge": formats.AMOUNT, "maxUnavailable": formats.AMOUNT},
    "volumes": {
        _EACH: {
            "name": formats.LABEL,
            "configMap": _NAMED,
            "secret": {"secretName": formats.SUBDOMAIN},
            "persistentVolumeClaim": {"claimName": formats.SUBDOMAIN},
            "emptyDir": {"sizeLimit": formats.QUANTITY},
        }
    },
    "initContainers": _SIDE,
    "sidecars": _SIDE,
    "serviceName": formats.LABEL_1035,
    "volumeClaimTemplates": {
        _EACH: {
            "name": formats.LABEL,
            "storageSize": formats.QUANTITY,
            "storageClass": formats.SUBDOMAIN,
            "mountPath": formats.MOUNT_PATH,
        }
    },
}
_DATA: Final = {"data": {_ANY_KEY: formats.CONFIG_KEY}}
_SHAPES: Final[Mapping[str, Mapping[str, Any]]] = {
    **dict.fromkeys(("deployments", "statefulSets", "daemonSets", "replicaSets", "pods", "jobs", "cronJobs"), _POD),
    "services": {"port": formats.PORT, "targetPort": formats.PORT_OR_NAME, "selector": _LABELS},
    "ingresses": {
        "host": formats.HOST,
        "serviceName": formats.LABEL_1035,
        "servicePort": formats.PORT_OR_NAME,
        "className": formats.SUBDOMAIN,
        "path": formats.URL_PATH,
        "tls": {"secretName": formats.SUBDOMAIN, "hosts": {_EACH: formats.HOST}},
    },
    "configMaps": _DATA,
    "secrets": _DATA,
    "persistentVolumeClaims": {"storage": formats.QUANTITY},
    "persistentVolumes": {"capacity": formats.QUANTITY},
    "resourceQuotas": {"hard": _QUANTITIES},
    "limitRanges": {"limits": {_EACH: {_EACH: _QUANTITIES}}},
    "pdb": {"minAvailable": formats.AMOUNT, "maxUnavailable": formats.AMOUNT},
    "networkPolicies": {
        side: {
            _EACH: {
                peers: {_EACH: {"ipBlock": {"cidr": formats.CIDR, "except": {_EACH: formats.CIDR}}}},
                "ports": {_EACH: {"port": formats.PORT_OR_NAME}},
            }
        }
        for side, peers in (("ingress", "from"), ("egress", "to"))
    },
}
_EVERYWHERE: Final[Mapping[str, Any]] = {
    "labels": {_EACH: replace(formats.LABEL_VALUE, is_template_only=True)},
    "toNamespaces": {_EACH: formats.LABEL},
}
_ENTRIES: Final = {kind: {**_EVERYWHERE, **shape} for kind, shape in _SHAPES.items()}


def check_words(checked: Checked) -> None:
    """One finding for each value that Kubernetes would refuse, however it renders."""
    for box in checked.boxes:
        for entry in (*box.entries, *box.on_delete.entries):
            if checked.is_full:
                return
            node = checked.decoder.entry_nodes[entry.id]
            for name, found, form in _pairs(node, _ENTRIES.get(entry.kind, _EVERYWHERE), "", []):
                problem = problem_of(found.text, form)
                if problem:
                    checked.report(1520, f"{name}: {problem}", found.span)


def _pairs(node: Node, shape: Mapping[str, Any], name: str, found: list[Pair]) -> list[Pair]:
    """``found``, with all values below a node that have a format."""
    rest, keys = shape.get(_EACH), shape.get(_ANY_KEY)
    if isinstance(node, ListNode):
        for item in node.items:
            _pair(item, rest, name, found)
    elif isinstance(node, MapNode) and keys is not None:
        found += ((text[:60], key, keys) for text, (key, _) in node.entries.items())
    elif isinstance(node, MapNode):
        for text, (_, value) in node.entries.items():
            below = shape.get(text, rest)
            if below is None:
                continue
            if isinstance(below, Format):
                if isinstance(value, ScalarNode) and (value.text not in NULLS or not value.is_null):
                    found.append((text, value, below))
            elif not isinstance(value, ScalarNode):
                _pairs(value, below, text, found)
    return found


def _pair(node: Node, shape: Shape | None, name: str, found: list[Pair]) -> None:
    if isinstance(shape, Format):
        if isinstance(node, ScalarNode) and not node.is_null:
            found.append((name, node, shape))
    elif shape is not None and not isinstance(node, ScalarNode):
        _pairs(node, shape, name, found)
