"""Names, labels and metadata (k8s.io/apimachinery pkg/util/validation, pkg/api/validation/objectmeta.go)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.finalizers import FOREGROUND, ORPHAN, is_finalizer_name
from orkestra.k8s.literals import Struct
from orkestra.k8s.objects import Object, finalizers_of, metadata_of
from orkestra.k8s.schema.causes import forbidden, invalid_value, required

NameCheck = Callable[[str], str]
"""The message a name earns; empty for a good one."""

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = rf"({_QUALIFIED})?"
_CONFIG_KEY = r"[-._a-zA-Z0-9]+"
_LABEL_RE, _SUBDOMAIN_RE = re.compile(_LABEL, re.ASCII), re.compile(_SUBDOMAIN, re.ASCII)
_QUALIFIED_RE, _VALUE_RE = re.compile(_QUALIFIED, re.ASCII), re.compile(_VALUE, re.ASCII)
_CONFIG_KEY_RE = re.compile(_CONFIG_KEY, re.ASCII)
_OWNER_FIELDS = ("apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion")
_MAX_ANNOTATIONS = 256 * 1024


def too_long(most: int) -> str:
    return f"must be no more than {most} {'byte' if most == 1 else 'bytes'}"


def dns_label(name: str) -> str:
    if len(name) > 63:
        return too_long(63)
    if _LABEL_RE.fullmatch(name):
        return ""
    if "." in name and _SUBDOMAIN_RE.fullmatch(name):
        return "must not contain dots"
    return (
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        f"with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
    )


def dns_subdomain(name: str) -> str:
    if len(name) > 253:
        return "must be no more than 253 characters"
    if _SUBDOMAIN_RE.fullmatch(name):
        return ""
    return (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        f"and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
    )


def path_segment(name: str) -> str:
    if name in (".", ".."):
        return f"may not be '{name}'"
    for illegal in ("/", "%"):
        if illegal in name:
            return f"may not contain '{illegal}'"
    return ""


def config_key(key: str) -> str:
    if len(key) > 253:
        return too_long(253)
    if key in (".", ".."):
        return f"must not be '{key}'"
    if key.startswith(".."):
        return "must not start with '..'"
    if _CONFIG_KEY_RE.fullmatch(key):
        return ""
    return (
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME', "
        f" or 'key-name', regex used for validation is '{_CONFIG_KEY}')"
    )


def qualified_name(key: str) -> list[str]:
    prefix, slash, name = key.rpartition("/")
    found = []
    if "/" in prefix:
        return [
            "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "
            f"an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            f"'{_QUALIFIED}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ]
    if slash:
        if not prefix:
            found.append("prefix part must be non-empty")
        elif message := dns_subdomain(prefix):
            found.append(f"prefix part {message}")
    if not name:
        found.append("name part must be non-empty")
    elif len(name) > 63:
        found.append(f"name part {too_long(63)}")
    if not _QUALIFIED_RE.fullmatch(name):
        found.append(
            "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
            f"alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            f"'{_QUALIFIED}')"
        )
    return found


def label_value(value: str) -> str:
    if len(value) > 63:
        return too_long(63)
    if _VALUE_RE.fullmatch(value):
        return ""
    return (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        f"validation is '{_VALUE}')"
    )


def check_labels(labels: Mapping[str, Any] | None, path: str) -> list[Cause]:
    found: list[Cause] = []
    for key, value in (labels or {}).items():
        found += [invalid_value(path, key, message) for message in qualified_name(key)]
        if message := label_value(str(value)):
            found.append(invalid_value(path, value, message))
    return found


def check_annotations(annotations: Mapping[str, Any] | None, path: str) -> list[Cause]:
    found: list[Cause] = []
    size = 0
    for key, value in (annotations or {}).items():
        found += [invalid_value(path, key, message) for message in qualified_name(key.lower())]
        size += len(key) + len(str(value))
    if size > _MAX_ANNOTATIONS:
        found.append(Cause("FieldValueTooLong", f"Too long: may not be more than {_MAX_ANNOTATIONS} bytes", path))
    return found


def check_metadata(
    obj: Object, *, is_namespaced: bool, name_check: NameCheck, needs_qualified_finalizers: bool = True
) -> list[Cause]:
    """An object's own metadata, on create and update alike."""
    meta = metadata_of(obj)
    found: list[Cause] = []
    name, generate = str(meta.get("name") or ""), str(meta.get("generateName") or "")
    if generate and (message := name_check(generate.rstrip("-.") or "x")):
        found.append(invalid_value("metadata.generateName", generate, message))
    if not name:
        found.append(required("metadata.name", "name or generateName is required"))
    elif message := name_check(name):
        found.append(invalid_value("metadata.name", name, message))
    namespace = str(meta.get("namespace") or "")
    if is_namespaced and namespace and (message := dns_label(namespace)):
        found.append(invalid_value("metadata.namespace", namespace, message))
    elif not is_namespaced and namespace:
        found.append(forbidden("metadata.namespace", "not allowed on this type"))
    if meta.get("labels"):
        found += check_labels(meta["labels"], "metadata.labels")
    if meta.get("annotations"):
        found += check_annotations(meta["annotations"], "metadata.annotations")
    if meta.get("ownerReferences"):
        found += _check_owners(meta["ownerReferences"])
    if meta.get("finalizers"):
        found += _check_finalizers(meta["finalizers"], needs_qualified=needs_qualified_finalizers)
    return found


def _check_owners(owners: Sequence[Mapping[str, Any]]) -> list[Cause]:
    found: list[Cause] = []
    controllers: list[str] = []
    for index, owner in enumerate(owners):
        path = f"metadata.ownerReferences[{index}]"
        api_version = str(owner.get("apiVersion") or "")
        if not api_version or api_version.count("/") > 1 or api_version.endswith("/"):
            text = "version must not be empty"
            found.append(
                invalid_value(f"{path}.apiVersion", api_version, text)
                if api_version
                else required(f"{path}.apiVersion", "must not be empty")
            )
        for field in ("kind", "name", "uid"):
            if not owner.get(field):
                found.append(required(f"{path}.{field}", "must not be empty"))
        if (api_version, owner.get("kind")) == ("v1", "Event"):
            found.append(invalid_value(path, dict(owner), "/v1, Kind=Event is disallowed from being an owner"))
        if owner.get("controller"):
            controllers.append(f"{owner.get('kind')}/{owner.get('name')}")
    if len(controllers) > 1:
        found.append(
            invalid_value(
                "metadata.ownerReferences",
                [Struct({key: owner[key] for key in _OWNER_FIELDS if key in owner}) for owner in owners],
                "Only one reference can have Controller set to true. Found "
                f'"true" in references for {controllers[0]} and {controllers[1]}',
            )
        )
    return found


def _check_finalizers(finalizers: Sequence[str], *, needs_qualified: bool) -> list[Cause]:
    found = [
        invalid_value(
            f"metadata.finalizers[{index}]",
            name,
            "name is neither a standard finalizer name nor is it fully qualified",
        )
        for index, name in enumerate(finalizers)
        if needs_qualified and not is_finalizer_name(name)
    ]
    found += [
        invalid_value("metadata.finalizers", name, message) for name in finalizers for message in qualified_name(name)
    ]
    if FOREGROUND in finalizers and ORPHAN in finalizers:
        found.append(
            invalid_value(
                "metadata.finalizers",
                list(finalizers),
                f"finalizer {ORPHAN} and {FOREGROUND} cannot be both set",
            )
        )
    return found


def check_metadata_update(obj: Object, old: Object) -> list[Cause]:
    """What may not change between two revisions of one object (ValidateObjectMetaUpdate)."""
    new_meta, old_meta = metadata_of(obj), metadata_of(old)
    found: list[Cause] = []
    if old_meta.get("deletionTimestamp"):
        had = set(finalizers_of(old))
        added = [name for name in finalizers_of(obj) if name not in had]
        if added:
            listed = ", ".join(f'"{name}"' for name in sorted(added))
            found.append(
                forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers "
                    f"[]string{{{listed}}}",
                )
            )
    for field in ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"):
        if (new_meta.get(field) or "") != (old_meta.get(field) or ""):
            found.append(invalid_value(f"metadata.{field}", new_meta.get(field), "field is immutable"))
    return found
