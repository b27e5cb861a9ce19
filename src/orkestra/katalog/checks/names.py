"""Names and namespaces of children that Kubernetes would refuse, as far as the file fixes them.

Source: k8s.io/apimachinery pkg/util/validation/validation.go; Services take DNS-1035 labels (pkg/apis/core/validation).
"""

from __future__ import annotations

import re

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import ResourceEntry
from orkestra.katalog.values import Constant, TemplateValue, Value

_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?")
_LABEL_1035 = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_RBAC_KINDS = frozenset({"roles", "roleBindings", "clusterRoles", "clusterRoleBindings", "custom"})


def check_names(checked: Checked) -> None:
    for box in checked.boxes:
        for entry in box.entries:
            keys = ("metadata",) if entry.kind == "custom" else ()
            for field, value in (("name", entry.name), ("namespace", entry.namespace)):
                problem = _problem(entry, field, value)
                if problem:
                    checked.report(1501, f"{field}: {problem}", checked.value_span(entry, *keys, field))


def _problem(entry: ResourceEntry, field: str, value: Value | None) -> str:
    if isinstance(value, TemplateValue):
        fixed = _ACTION.sub("", value.text)
        if entry.kind in _RBAC_KINDS and field == "name":
            return ""
        wrong = re.search(r"[^-a-z0-9.\s]" if field == "name" else r"[^-a-z0-9\s]", fixed)
        return f'"{wrong.group()}" cannot be in the name of a Kubernetes object' if wrong and "{{" not in fixed else ""
    if not isinstance(value, Constant) or not isinstance(value.value, str):
        return ""
    return name_problem(value.value, kind="namespaces" if field == "namespace" else entry.kind)


def name_problem(name: str, *, kind: str) -> str:
    """Why ``name`` cannot name an object of the kind (a key such as ``services``); empty when it can."""
    shown = name if len(name) <= 60 else name[:57] + "…"
    if kind == "services":
        is_right, rule = bool(_LABEL_1035.fullmatch(name)), 'lower-case letters, digits and "-", starting with a letter'
        limit = 63
    elif kind == "namespaces":
        is_right, rule, limit = bool(_LABEL.fullmatch(name)), 'lower-case letters, digits and "-"', 63
    elif kind in _RBAC_KINDS:
        is_right = name not in ("", ".", "..") and "/" not in name and "%" not in name
        rule, limit = 'anything but "/" and "%"', 253
    else:
        is_right, rule, limit = bool(_SUBDOMAIN.fullmatch(name)), 'lower-case letters, digits, "-" and "."', 253
    if len(name) > limit:
        return f'"{shown}" has {len(name)} characters; at most {limit} are allowed'
    return "" if is_right else f'Kubernetes would refuse "{shown}": expected {rule}'
