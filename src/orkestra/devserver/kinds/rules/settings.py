"""ConfigMaps, Secrets, Leases, priorities, webhook registrations."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import msgspec

from orkestra.devserver.kinds.rules.names import config_key
from orkestra.devserver.kinds.rules.workloads import IMMUTABLE
from orkestra.k8s.errors import Cause
from orkestra.k8s.objects import Object
from orkestra.k8s.quantity import parse_quantity
from orkestra.k8s.schema.causes import forbidden, invalid_value, not_supported, required

_FROZEN = "field is immutable when `immutable` is set"
_MAX_BYTES = 1 << 20
_LIMITS = (("min", "min"), ("defaultRequest", "default request"), ("default", "default"), ("max", "max"))
_ACCOUNT = "kubernetes.io/service-account.name"
_NEEDED_KEYS = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
    "kubernetes.io/basic-auth": ("username", "password"),
}


def check_config_map(obj: Object, old: Object | None) -> list[Cause]:
    found: list[Cause] = []
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for field, values in (("data", data), ("binaryData", binary)):
        _check_keys(values, field, found)
    for key in data:
        if key in binary:
            found.append(invalid_value(f"data[{key}]", key, "duplicate of key present in binaryData"))
    if _size(data) + _size(binary) > _MAX_BYTES:
        found.append(Cause("FieldValueTooLong", f"Too long: may not be more than {_MAX_BYTES} bytes", "[]"))
    if old is not None and old.get("immutable"):
        found += _check_frozen(obj, old, ("data", "binaryData"))
    return found


def check_secret(obj: Object, old: Object | None) -> list[Cause]:
    found: list[Cause] = []
    data = obj.get("data") or {}
    _check_keys(data, "data", found)
    if _size(data) * 3 // 4 > _MAX_BYTES:
        found.append(Cause("FieldValueTooLong", f"Too long: may not be more than {_MAX_BYTES} bytes", "data"))
    kind = str(obj.get("type") or "")
    needed = [key for key in _NEEDED_KEYS.get(kind, ()) if key not in data]
    if kind != "kubernetes.io/basic-auth" or len(needed) == 2:
        # One of user name and password is enough.
        found += [required(f"data[{key}]") for key in needed]
    for key in (".dockercfg", ".dockerconfigjson"):
        if key in _NEEDED_KEYS.get(kind, ()) and key in data and (message := _json_error(str(data[key]))):
            found.append(invalid_value(f"data[{key}]", "<secret contents redacted>", message))
    if kind == "kubernetes.io/service-account-token":
        annotations = (obj.get("metadata") or {}).get("annotations") or {}
        if not annotations.get(_ACCOUNT):
            found.append(required(f"metadata.annotations[{_ACCOUNT}]"))
    if old is not None:
        if old.get("type") != kind:
            found.append(invalid_value("type", kind, IMMUTABLE))
        if old.get("immutable"):
            found += _check_frozen(obj, old, ("data",))
    return found


def _json_error(encoded: str) -> str:
    try:
        msgspec.json.decode(base64.b64decode(encoded))
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        return "unexpected end of JSON input" if "truncated" in str(error) else str(error)
    return ""


def _check_frozen(obj: Object, old: Object, fields: tuple[str, ...]) -> list[Cause]:
    found = [] if obj.get("immutable") else [forbidden("immutable", _FROZEN)]
    return found + [forbidden(field, _FROZEN) for field in fields if obj.get(field) != old.get(field)]


def _check_keys(values: Mapping[str, Any], field: str, found: list[Cause]) -> None:
    for key in values:
        if message := config_key(key):
            found.append(invalid_value(f"{field}[{key}]", key, message))


def _size(values: Mapping[str, Any]) -> int:
    return sum(len(str(value)) for value in values.values())


def check_priority_class(obj: Object, old: Object | None) -> list[Cause]:
    found: list[Cause] = []
    value = obj.get("value") or 0
    name = str((obj.get("metadata") or {}).get("name") or "")
    if name.startswith("system-") and name not in ("system-cluster-critical", "system-node-critical"):
        found.append(
            forbidden("metadata.name", "priority class names with 'system-' prefix are reserved for system use only")
        )
    elif value > 1_000_000_000 and not name.startswith("system-"):
        found.append(forbidden("value", "maximum allowed value of a user defined priority is 1000000000"))
    if old is not None and old.get("value") != obj.get("value"):
        found.append(invalid_value("value", value, IMMUTABLE))
    return found


def check_lease(obj: Object, _old: Object | None) -> list[Cause]:
    spec = obj.get("spec") or {}
    found: list[Cause] = []
    duration = spec.get("leaseDurationSeconds")
    if isinstance(duration, int) and duration <= 0:
        found.append(invalid_value("spec.leaseDurationSeconds", duration, "must be greater than 0"))
    transitions = spec.get("leaseTransitions")
    if isinstance(transitions, int) and transitions < 0:
        found.append(invalid_value("spec.leaseTransitions", transitions, "must be greater than or equal to 0"))
    return found


def check_webhooks(obj: Object, _old: Object | None) -> list[Cause]:
    found: list[Cause] = []
    for index, hook in enumerate(obj.get("webhooks") or ()):
        at = f"webhooks[{index}]"
        if str(hook.get("name") or "").count(".") < 2:
            found.append(
                invalid_value(
                    f"{at}.name",
                    hook.get("name"),
                    "should be a domain with at least three segments separated by dots",
                )
            )
        if not hook.get("admissionReviewVersions"):
            found.append(required(f"{at}.admissionReviewVersions", "must specify one of v1, v1beta1"))
        if hook.get("sideEffects") not in ("None", "NoneOnDryRun"):
            supported = ("None", "NoneOnDryRun")
            found.append(not_supported(f"{at}.sideEffects", hook.get("sideEffects"), supported))
        if hook.get("failurePolicy") not in ("Fail", "Ignore"):
            found.append(not_supported(f"{at}.failurePolicy", hook.get("failurePolicy"), ("Fail", "Ignore")))
        timeout = hook.get("timeoutSeconds")
        if isinstance(timeout, int) and not 1 <= timeout <= 30:
            message = "the timeout value must be between 1 and 30 seconds"
            found.append(invalid_value(f"{at}.timeoutSeconds", timeout, message))
        _check_client(hook.get("clientConfig") or {}, f"{at}.clientConfig", found)
    return found


def _check_client(client: Mapping[str, Any], at: str, found: list[Cause]) -> None:
    if ("url" in client) == ("service" in client):
        found.append(required(at, "exactly one of url or service is required"))
    if "url" in client:
        scheme = urlsplit(str(client["url"])).scheme
        if scheme != "https":
            message = "'https' is the only allowed URL scheme; desired format: https://host[/path]"
            found.append(invalid_value(f"{at}.url", scheme, message))


def check_limit_range(obj: Object, _old: Object | None) -> list[Cause]:
    """Least, default request, default and most must be in order (pkg/apis/core/validation, ValidateLimitRange)."""
    found: list[Cause] = []
    for index, limit in enumerate((obj.get("spec") or {}).get("limits") or ()):
        at = f"spec.limits[{index}]"
        for (low, low_word), (high, high_word) in combinations(_LIMITS, 2):
            for name, amount in (limit.get(low) or {}).items():
                other = (limit.get(high) or {}).get(name)
                if other is not None and parse_quantity(amount) > parse_quantity(other):
                    shown_at, shown = (low, amount) if high == "max" else (high, other)
                    if high == "default":
                        shown = amount
                    text = f"{low_word} value {amount} is greater than {high_word} value {other}"
                    found.append(invalid_value(f"{at}.{shown_at}[{name}]", shown, text))
    return found


def check_event(obj: Object, old: Object | None) -> list[Cause]:
    involved = obj.get("involvedObject") or {}
    namespace = (obj.get("metadata") or {}).get("namespace")
    if old is None and involved.get("namespace") and involved["namespace"] != namespace:
        return [invalid_value("involvedObject.namespace", involved["namespace"], "does not match event.namespace")]
    return []
