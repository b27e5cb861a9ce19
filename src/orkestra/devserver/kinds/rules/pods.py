"""Pod specs and pods (pkg/apis/core/validation/validation.go)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from orkestra.devserver.kinds.rules.names import check_annotations, check_labels, dns_label, dns_subdomain
from orkestra.k8s.errors import Cause
from orkestra.k8s.objects import Object
from orkestra.k8s.quantity import parse_quantity
from orkestra.k8s.schema.causes import duplicate, forbidden, invalid_value, not_supported, required

_PORT_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?", re.ASCII)
_ENV_NAME = re.compile(r"[ -<>-~]+", re.ASCII)
_ENV_NAME_RULE = "a valid environment variable name must consist only of printable ASCII characters other than '='"
_FIELDS = frozenset(
    {
        *("metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations"),
        *("spec.nodeName", "spec.serviceAccountName", "spec.hostname", "spec.restartPolicy", "spec.schedulerName"),
        *("status.podIP", "status.podIPs", "status.hostIP", "status.hostIPs", "status.phase"),
    }
)
PROTOCOLS = ("SCTP", "TCP", "UDP")
_MESSAGE_POLICIES = ("File", "FallbackToLogsOnError")
_PULL = ("Always", "IfNotPresent", "Never")
_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_MUTABLE = ("activeDeadlineSeconds", "terminationGracePeriodSeconds", "tolerations", "schedulingGates", "nodeName")


def check_template(template: Mapping[str, Any], path: str, claims: Iterable[str] = ()) -> list[Cause]:
    """``claims`` are volumes that come from elsewhere: a StatefulSet's claim templates."""
    meta = template.get("metadata") or {}
    found = check_labels(meta.get("labels"), f"{path}.metadata.labels")
    found += check_annotations(meta.get("annotations"), f"{path}.metadata.annotations")
    return found + check_pod_spec(template.get("spec") or {}, f"{path}.spec", claims)


def check_pod_spec(spec: Mapping[str, Any], path: str, claims: Iterable[str] = ()) -> list[Cause]:
    found: list[Cause] = []
    volumes = _check_volumes(spec.get("volumes") or (), f"{path}.volumes", found).union(claims)
    containers = spec.get("containers") or ()
    if not containers:
        found.append(required(f"{path}.containers"))
    names: set[str] = set()
    for field in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(field) or ()):
            _check_container(container, f"{path}.{field}[{index}]", names, volumes, found)
    policy = spec.get("restartPolicy")
    if policy not in ("Always", "OnFailure", "Never"):
        found.append(
            not_supported(f"{path}.restartPolicy", policy, ("Always", "OnFailure", "Never"))
            if policy
            else required(f"{path}.restartPolicy")
        )
    dns = spec.get("dnsPolicy")
    supported = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
    if dns not in supported:
        found.append(not_supported(f"{path}.dnsPolicy", dns, supported))
    for field, check in (("serviceAccountName", dns_subdomain), ("hostname", dns_label), ("subdomain", dns_label)):
        value = spec.get(field)
        if value and (message := check(str(value))):
            found.append(invalid_value(f"{path}.{field}", value, message))
    deadline = spec.get("activeDeadlineSeconds")
    if isinstance(deadline, int) and deadline < 1:
        found.append(
            invalid_value(f"{path}.activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive")
        )
    found += check_labels(spec.get("nodeSelector"), f"{path}.nodeSelector")
    _check_host_ports(spec.get("containers") or (), f"{path}.containers", found)
    return found


def _check_host_ports(containers: Any, path: str, found: list[Cause]) -> None:
    taken: set[str] = set()
    for index, container in enumerate(containers):
        for number, port in enumerate(container.get("ports") or ()):
            if not port.get("hostPort"):
                continue
            shown = f"{port.get('protocol')}/{port.get('hostIP') or ''}/{port['hostPort']}"
            if shown in taken:
                found.append(duplicate(f"{path}[{index}].ports[{number}].hostPort", shown))
            taken.add(shown)


def _check_volumes(volumes: Any, path: str, found: list[Cause]) -> set[str]:
    names: set[str] = set()
    for index, volume in enumerate(volumes):
        name = str(volume.get("name") or "")
        at = f"{path}[{index}]"
        if not name:
            found.append(required(f"{at}.name"))
        elif message := dns_label(name):
            found.append(invalid_value(f"{at}.name", name, message))
        elif name in names:
            found.append(duplicate(f"{at}.name", name))
        names.add(name)
        sources = [key for key in volume if key != "name"]
        if not sources:
            found.append(required(at, "must specify a volume type"))
        for extra in sources[1:]:
            found.append(forbidden(f"{at}.{extra}", "may not specify more than 1 volume type"))
        for source, field in (("secret", "secretName"), ("persistentVolumeClaim", "claimName")):
            if isinstance(volume.get(source), dict) and not volume[source].get(field):
                found.append(required(f"{at}.{source}.{field}"))
    return names


def _check_container(
    container: Mapping[str, Any], path: str, names: set[str], volumes: set[str], found: list[Cause]
) -> None:
    name = str(container.get("name") or "")
    if not name:
        found.append(required(f"{path}.name"))
    elif message := dns_label(name):
        found.append(invalid_value(f"{path}.name", name, message))
    elif name in names:
        found.append(duplicate(f"{path}.name", name))
    names.add(name)
    image = str(container.get("image") or "")
    if not image:
        found.append(required(f"{path}.image"))
    elif image != image.strip():
        found.append(invalid_value(f"{path}.image", image, "must not have leading or trailing whitespace"))
    _check_ports(container.get("ports") or (), f"{path}.ports", found)
    for index, env in enumerate(container.get("env") or ()):
        _check_env(env, f"{path}.env[{index}]", found)
    for source in container.get("envFrom") or ():
        if not (source.get("configMapRef") or source.get("secretRef")):
            # The real server names the list, not its entry.
            text = "must specify one of: `configMapRef` or `secretRef`"
            found.append(invalid_value(f"{path}.envFrom", "", text))
    _check_mounts(container.get("volumeMounts") or (), f"{path}.volumeMounts", volumes, found)
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if isinstance(container.get(probe), dict):
            _check_probe(container[probe], f"{path}.{probe}", found)
    pull = container.get("imagePullPolicy")
    if pull and pull not in _PULL:
        found.append(not_supported(f"{path}.imagePullPolicy", pull, _PULL))
    told = container.get("terminationMessagePolicy")
    if told not in _MESSAGE_POLICIES:
        found.append(not_supported(f"{path}.terminationMessagePolicy", told, _MESSAGE_POLICIES))
    _check_resources(container.get("resources") or {}, f"{path}.resources", found)


def _check_ports(ports: Any, path: str, found: list[Cause]) -> None:
    names: set[str] = set()
    for index, port in enumerate(ports):
        at = f"{path}[{index}]"
        name = str(port.get("name") or "")
        if name:
            if messages := port_name(name):
                found += [invalid_value(f"{at}.name", name, message) for message in messages]
            elif name in names:
                found.append(duplicate(f"{at}.name", name))
            names.add(name)
        number = port.get("containerPort") or 0
        if number == 0:
            found.append(required(f"{at}.containerPort"))
        elif message := port_number(number):
            found.append(invalid_value(f"{at}.containerPort", number, message))
        if port.get("hostPort") and (message := port_number(port["hostPort"])):
            found.append(invalid_value(f"{at}.hostPort", port["hostPort"], message))
        if port.get("protocol") not in PROTOCOLS:
            found.append(not_supported(f"{at}.protocol", port.get("protocol"), PROTOCOLS))


def port_name(name: str) -> list[str]:
    """What is wrong with a port's name (apimachinery pkg/util/validation, IsValidPortName)."""
    if _PORT_NAME.fullmatch(name):
        return []
    found = []
    if len(name) > 15:
        found.append("must be no more than 15 characters")
    if not re.fullmatch("[-a-z0-9]+", name):
        found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", name):
        found.append("must contain at least one letter (a-z)")
    if "--" in name:
        found.append("must not contain consecutive hyphens")
    if name.startswith("-") or name.endswith("-"):
        found.append("must not begin or end with a hyphen")
    return found


def port_messages(port: Any) -> list[str]:
    """A port by number or by name."""
    if isinstance(port, int):
        return [message] if (message := port_number(port)) else []
    return port_name(str(port or "-"))


def port_number(number: int) -> str:
    return "" if 1 <= number <= 65535 else "must be between 1 and 65535, inclusive"


def _check_env(env: Mapping[str, Any], path: str, found: list[Cause]) -> None:
    name = str(env.get("name") or "")
    if not name:
        found.append(required(f"{path}.name"))
    elif not _ENV_NAME.fullmatch(name):
        found.append(invalid_value(f"{path}.name", name, _ENV_NAME_RULE))
    source = env.get("valueFrom")
    if isinstance(source, dict):
        if not source:
            found.append(
                invalid_value(
                    f"{path}.valueFrom",
                    "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or "
                    "`fileKeyRef`",
                )
            )
        elif env.get("value"):
            found.append(invalid_value(f"{path}.valueFrom", "", "may not be specified when `value` is not empty"))
        for reference in ("configMapKeyRef", "secretKeyRef"):
            target = source.get(reference)
            if isinstance(target, dict) and not target.get("key"):
                found.append(required(f"{path}.valueFrom.{reference}.key"))
        field = source.get("fieldRef")
        if isinstance(field, dict) and (message := _field_error(str(field.get("fieldPath") or ""))):
            found.append(invalid_value(f"{path}.valueFrom.fieldRef.fieldPath", field.get("fieldPath"), message))


def _field_error(field: str) -> str:
    """pkg/apis/core/pods/helpers.go, ConvertDownwardAPIFieldLabel."""
    if not field or field in _FIELDS or re.fullmatch(r"metadata\.(labels|annotations)\['.*'\]", field):
        return ""
    return f"error converting fieldPath: field label not supported: {field}"


def _check_mounts(mounts: Any, path: str, volumes: set[str], found: list[Cause]) -> None:
    points: set[str] = set()
    for index, mount in enumerate(mounts):
        at = f"{path}[{index}]"
        name, point = str(mount.get("name") or ""), str(mount.get("mountPath") or "")
        if not name:
            found.append(required(f"{at}.name"))
        elif name not in volumes:
            found.append(Cause("FieldValueNotFound", f'Not found: "{name}"', f"{at}.name"))
        if not point:
            found.append(required(f"{at}.mountPath"))
        elif point in points:
            found.append(invalid_value(f"{at}.mountPath", point, "must be unique"))
        points.add(point)


def _check_probe(probe: Mapping[str, Any], path: str, found: list[Cause]) -> None:
    handlers = [name for name in ("exec", "httpGet", "tcpSocket", "grpc") if name in probe]
    if not handlers:
        found.append(required(path, "must specify a handler type"))
    for extra in handlers[1:]:
        found.append(forbidden(f"{path}.{extra}", "may not specify more than 1 handler type"))
    for field in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
        value = probe.get(field)
        if isinstance(value, int) and value < 0:
            found.append(invalid_value(f"{path}.{field}", value, "must be greater than or equal to 0"))
    if path.endswith((".livenessProbe", ".startupProbe")) and probe.get("successThreshold", 1) not in (0, 1):
        found.append(invalid_value(f"{path}.successThreshold", probe["successThreshold"], "must be 1"))
    if isinstance(probe.get("exec"), dict) and not probe["exec"].get("command"):
        found.append(required(f"{path}.exec.command"))
    for handler in ("httpGet", "tcpSocket"):
        action = probe.get(handler)
        if isinstance(action, dict):
            port = action.get("port")
            found += [invalid_value(f"{path}.{handler}.port", port, message) for message in port_messages(port)]


def _check_resources(resources: Mapping[str, Any], path: str, found: list[Cause]) -> None:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for field, amounts in (("limits", limits), ("requests", requests)):
        for name, amount in amounts.items():
            _check_resource_name(name, f"{path}.{field}[{name}]", found)
            if parse_quantity(amount).mantissa < 0:
                found.append(invalid_value(f"{path}.{field}[{name}]", amount, "must be greater than or equal to 0"))
    for name, amount in requests.items():
        limit = limits.get(name)
        if limit is not None and parse_quantity(amount) > parse_quantity(limit):
            found.append(
                invalid_value(f"{path}.requests", amount, f"must be less than or equal to {name} limit of {limit}")
            )


def _check_resource_name(name: str, path: str, found: list[Cause]) -> None:
    if "/" in name or name in _RESOURCES or name.startswith("hugepages-"):
        return
    found.append(invalid_value(path, name, "must be a standard resource type or fully qualified"))
    found.append(invalid_value(path, name, "must be a standard resource for containers"))


def check_pod(obj: Object, old: Object | None) -> list[Cause]:
    found = check_pod_spec(obj.get("spec") or {}, "spec")
    if old is not None:
        found += _check_tolerations(obj.get("spec") or {}, old.get("spec") or {})
    if old is not None and _frozen(obj) != _frozen(old):
        found.append(
            forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,"
                "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                "previously negative)",
            )
        )
    return found


def _check_tolerations(spec: Mapping[str, Any], before: Mapping[str, Any]) -> list[Cause]:
    """Those there stay; only how long they tolerate may change."""

    def lasting(tolerations: Any) -> list[dict[str, Any]]:
        return [{k: v for k, v in toleration.items() if k != "tolerationSeconds"} for toleration in tolerations or ()]

    now = lasting(spec.get("tolerations"))
    if all(toleration in now for toleration in lasting(before.get("tolerations"))):
        return []
    return [forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")]


def _frozen(pod: Mapping[str, Any]) -> dict[str, Any]:
    spec = {key: value for key, value in (pod.get("spec") or {}).items() if key not in _MUTABLE}
    for field in ("containers", "initContainers"):
        if field in spec:
            spec[field] = [{k: v for k, v in container.items() if k != "image"} for container in spec[field]]
    return spec
