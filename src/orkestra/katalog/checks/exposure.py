"""Values of Secrets in places that more people may read: a status, a ConfigMap, labels and annotations, the command
line of a container."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.paths import Path
from orkestra.katalog.terms import Condition
from orkestra.katalog.values import TemplateValue, Value
from orkestra.katalog.walk import first_reads, templates_in

_DATA: Final = ("data", "stringData", "binaryData")
_SECRETS: Final = ("secret", "secrets")
_PRINTING: Final = frozenset(("toJson", "toJSON", "toString", "printf", "print", "println", "mapValues", "asString"))
_READ_AS: Final = frozenset((*_SECRETS, "*"))
_OPEN_FIELDS: Final = {"labels": "a label", "annotations": "an annotation", "command": "a command", "args": "arguments"}


def check_secret_exposure(checked: Checked) -> None:
    for box in checked.boxes:
        is_secret = box.gvk.kind == "Secret" and not box.gvk.group
        if not is_secret and not box.reads.children & _READ_AS:
            continue
        for value, place in (*_open_places(box), *_messages(box, checked)):
            for template in templates_in(value):
                for read in first_reads(template):
                    if _is_secret(read.path, is_secret) or _is_whole(read.path, template):
                        width = sum(len(step) + 1 for step in read.path)
                        at = template.origin.span_at(read.line, read.column, width)
                        message = f"{'.'.join(read.path)[:120]}: the value of a Secret would be readable in {place}"
                        checked.report(1702, message, at, "refer to the Secret instead (valueFrom, envFrom, a volume)")


def _open_places(box: OperatorBox) -> Iterator[tuple[Value, str]]:
    for field in box.status.fields:
        yield field.value, "the status"
    for rule in box.validation.rules if box.validation is not None else ():
        yield rule.message, "an event"
    for entry in box.entries:
        for name, value in entry.fields.items():
            if entry.kind == "configMaps":
                yield value, "a ConfigMap"
            elif name in _OPEN_FIELDS:
                yield value, _OPEN_FIELDS[name]
            elif name in ("env", "spec", "metadata"):
                yield value, "the child's spec"


def _messages(box: OperatorBox, checked: Checked) -> Iterator[tuple[Value, str]]:
    for _, _, tested in checked.evaluated(box):
        notify = tested.notify if isinstance(tested, Condition) else None
        if notify is not None and notify.message is not None:
            yield notify.message, "a message to a team"


def _is_whole(path: Path, template: TemplateValue) -> bool:
    """A Secret printed with all that is in it."""
    named = {"secret": 2, "secrets": 3}.get(path[1] if len(path) > 1 else "", 0)
    is_one = path[0] == "children" and len(path) in (named, named - 1) and len(path) > 1
    return is_one and bool(template.functions_used & _PRINTING or template.template.lone_field == path)


def _is_secret(path: Path, is_secret: bool) -> bool:
    if is_secret and path[0] in _DATA:
        return True
    return len(path) > 2 and path[0] == "children" and path[1] in _SECRETS and any(step in _DATA for step in path[2:])
