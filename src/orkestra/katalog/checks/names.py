"""Names and namespaces of children that Kubernetes would refuse, as far as the file fixes them."""

from __future__ import annotations

import re
from typing import Final

from orkestra.katalog.checks import formats
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.formats import Format, problem_of
from orkestra.katalog.model import ResourceEntry
from orkestra.katalog.values import Constant, TemplateValue, Value

_CAPITALS = re.compile(r"\{\{-?\s*(?:toUpper\b[^|}]*|[^{}]*\|\s*toUpper)\s*-?\}\}")
_OF_KIND: Final = {
    "services": formats.LABEL_1035,
    "statefulSets": formats.LABEL,
    "namespaces": formats.LABEL,
    "cronJobs": formats.CRON_JOB_NAME,
    "jobs": formats.JOB_NAME,
    **dict.fromkeys(("roles", "roleBindings", "clusterRoles", "clusterRoleBindings", "custom"), formats.PATH_SEGMENT),
}
"""Formats of names by kind; those of other kinds are DNS subdomains. A ``custom`` kind may be any."""


def check_names(checked: Checked) -> None:
    for box in checked.boxes:
        for entry in (*box.entries, *box.on_delete.entries):
            keys = ("metadata",) if entry.kind == "custom" else ()
            for field, value in (("name", entry.name), ("namespace", entry.namespace)):
                if value is None:
                    continue
                problem = problem_of_value(value, format_of(entry, field))
                if problem:
                    checked.report(1501, f"{field}: {problem}", checked.value_span(entry, *keys, field))


def format_of(entry: ResourceEntry, field: str) -> Format:
    """What the ``name`` or ``namespace`` of an entry's children must look like."""
    return formats.LABEL if field == "namespace" else _OF_KIND.get(entry.kind, formats.SUBDOMAIN)


def problem_of_value(value: Value | None, form: Format) -> str:
    if isinstance(value, TemplateValue):
        if form.outside is not None and form.outside.match("A") and _CAPITALS.search(value.text):
            return f"toUpper gives capitals, which cannot be in {form.noun}: expected {form.rule}"
        return problem_of(value.text, form)
    if isinstance(value, Constant) and isinstance(value.value, str):
        return problem_of(value.value, form)
    return ""
