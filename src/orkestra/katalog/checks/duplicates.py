"""The same thing twice: two children of one kind and name, one child for all objects, a status path inside another."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.diagnostics.finding import Span
from orkestra.katalog.model import Block, OperatorBox, ResourceEntry
from orkestra.katalog.schema.kinds import BY_KEY
from orkestra.katalog.terms import Binding
from orkestra.katalog.values import Constant, Value

_ACTION: Final = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_KEPT_CHARACTERS: Final = 256
_OWN: Final = "{{.metadata.namespace}}"


class Child(NamedTuple):
    """What makes a child one: its kind without the version, its place, its name as far as the file fixes them."""

    group: str
    kind: str
    namespace: str
    name: str

    @property
    def is_fixed(self) -> bool:
        """Whether it is the same object whatever object of the box it is made for."""
        return "{{" not in self.name and "{{" not in self.namespace


def check_duplicate_children(checked: Checked) -> None:
    """Two unconditional children of one kind, namespace and name (the default name included), in one box or in two."""
    fixed: dict[Child, tuple[OperatorBox, ResourceEntry]] = {}
    for box in checked.boxes:
        seen: dict[Child, ResourceEntry] = {}
        for block in (box.on_create, box.on_reconcile):
            for entry in block.entries:
                child = child_of(entry, box)
                if child is None or not _is_unconditional(entry, block):
                    continue
                first = seen.setdefault(child, entry)
                if first is not entry:
                    _report(first, entry, child, checked)
                    continue
                if child.is_fixed and box.enabled:
                    owner, other = fixed.setdefault(child, (box, entry))
                    if checked.entry_of(owner) is not checked.entry_of(box):
                        _report(other, entry, child, checked)
                    else:
                        _check_shared(entry, child, box, checked)


def child_of(entry: ResourceEntry, box: OperatorBox) -> Child | None:
    """None where only a run can tell what kind it is, or what a name made of a Motif's inputs comes to."""
    kind = BY_KEY[entry.kind]
    api_version, name = kind.api_version, kind.kind
    if entry.kind == "custom":
        version, written = entry.fields.get("apiVersion"), entry.fields.get("kind")
        if not isinstance(version, Constant) or not isinstance(written, Constant):
            return None
        api_version, name = str(version.value), str(written.value)
    if "toNamespaces" in entry.fields:
        return None
    suffix = f"-{kind.suffix}" if kind.suffix else ""
    default = "orkestra-tls" if "tls" in entry.fields else f"{{{{.metadata.name}}}}{suffix}"
    namespace = _written(entry.namespace, entry.motif) if kind.namespaced else ""
    given = _written(entry.name, entry.motif)
    if ".inputs." in namespace + given:
        return None
    is_own = kind.namespaced and namespace in ("", _OWN)
    place = box.namespace or _OWN if is_own else namespace
    return Child(api_version.rpartition("/")[0], name, place, given or default)


def _written(value: Value | None, motif: Binding | None) -> str:
    """A name as it is written, white space aside, ``$.`` as ``.`` and inputs as what they were given."""
    if value is None:
        return ""
    if motif is None:
        return name_of(str(value))
    text = " ".join(str(value).split())
    return _ACTION.sub(lambda found: _action(found[1].replace("$.", "."), motif), text)


def _action(text: str, motif: Binding | None) -> str:
    given = motif.inputs.get(text.removeprefix(".inputs.")) if motif and text.startswith(".inputs.") else None
    return _written(given, motif.within) if motif and given is not None else "{{" + text + "}}"


def name_of(text: str) -> str:
    """A name without inputs, as it is compared."""
    return _named(text) if len(text) <= _KEPT_CHARACTERS else _named.__wrapped__(text)


@lru_cache(maxsize=1024)
def _named(text: str) -> str:
    return _ACTION.sub(lambda found: "{{" + found[1].replace("$.", ".") + "}}", " ".join(text.split()))


def _is_unconditional(entry: ResourceEntry, block: Block) -> bool:
    return entry.conditions is None and entry.for_each is None and block.conditions is None


def _report(first: ResourceEntry, entry: ResourceEntry, child: Child, checked: Checked) -> None:
    place = checked.decoder.related(_at(first, checked), f"{first.id} is here")
    shown = _ACTION.sub(lambda found: "{{ " + found[1] + " }}", child.name)
    checked.report(1203, f"{entry.kind}: {child.kind} {shown} is declared twice", _at(entry, checked), related=(place,))


def _at(entry: ResourceEntry, checked: Checked) -> Span:
    return checked.key_span(entry, "metadata" if entry.kind == "custom" else "name")


def _check_shared(entry: ResourceEntry, child: Child, box: OperatorBox, checked: Checked) -> None:
    """One child for all objects of a box: the first object has it, and every other one fails over it."""
    if entry.kind == "custom" or box.namespace:
        return
    message = f"{entry.kind}: every {box.gvk.kind} would make the same {child.kind} {child.name}"
    hint = "put {{ .metadata.name }} into the name, unless there is only ever one"
    checked.report(1524, message, _at(entry, checked), hint)


def check_status_paths(checked: Checked) -> None:
    """A status field below another status field: one of them would overwrite the other."""
    for box in checked.boxes:
        by_path = {field.path: field for field in box.status.fields}
        for field in box.status.fields:
            for length in range(1, len(field.path)):
                outer = by_path.get(field.path[:length])
                if outer is not None:
                    shown, outer_shown = ".".join(field.path), ".".join(outer.path)
                    place = checked.decoder.related(checked.span(outer.position), f"{outer_shown} is here")
                    message = f"status: {shown} lies inside {outer_shown}, which is written as a whole"
                    checked.report(1209, message, checked.span(field.position), related=(place,))
