"""Paths that the schema of what they look at cannot have: typing errors that would only ever yield nothing, or be
pruned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from itertools import takewhile
from typing import Final, TypeAlias

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.datatypes import DataTypes, Place, types_of
from orkestra.katalog.checks.expressions import misfits
from orkestra.katalog.checks.schematypes import Gap
from orkestra.katalog.diagnostics.finding import Hint, Span
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.paths import Path
from orkestra.katalog.sites import Site
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.terms import CelTest, Condition
from orkestra.katalog.values import TemplateValue
from orkestra.katalog.walk import first_reads
from orkestra.template import Template

_SURE: Final = frozenset({("metadata", "name"), ("metadata", "namespace"), ("metadata",), ("spec",), ("status",)})
_DESCRIBED_ANYWAY: Final = frozenset(("metadata", "children", "cross"))
_OWN: Final = frozenset(("spec", "status"))
_NONE: Final = ("",)
_WORDS: Final = {"string": "text", "integer": "a number", "number": "a number", "boolean": "true or false"}

Located: TypeAlias = tuple[Path, int, int, int]


def check_schema_paths(checked: Checked) -> None:
    for box in checked.boxes:
        types = types_of(box, checked)
        is_untyped = not types.is_typed
        for site, templates, tested in checked.evaluated(box):
            is_open = is_untyped and site.loop is None and not site.own_child
            for template in templates:
                if is_open and _described(template.template).isdisjoint(_DESCRIBED_ANYWAY):
                    continue
                check_reads(template, _reads(template), site, types)
            if isinstance(tested, Condition) and tested.cel is not None:
                check_expression(tested.cel, site, types)
            if tested is not None and tested.path and not (is_open and tested.path[0] in _OWN):
                place = tested.place if isinstance(tested, Condition) else tested.position
                check_path(tested.path, site, types, partial(checked.span, place))
        for field in box.status.fields if not is_untyped else ():
            check_path(("status", *field.path), Site(), types, partial(checked.span, field.position))


def check_expression(test: CelTest, site: Site, types: DataTypes) -> None:
    """The paths of a CEL expression, which start at the CR wherever it stands; then whether its types fit."""
    told: set[Path] = set()
    site = site._replace(own_child=False)
    for path, offset, width in test.reads:
        if path and not any(path[: len(wrong)] == wrong for wrong in told):
            place = partial(test.origin.span_at, *test.place_of(offset), width)
            told.add(check_path(path, site, types, place) or _NONE)
    if types.own is not None and not types.checked.is_full:
        _check_absent(test, site, types)
    if told <= {_NONE} and types.own is not None:
        for message, offset in misfits(test.program.text, types.own, types.is_builtin):
            types.checked.report(1411, f"cel: {message}", test.origin.span_at(*test.place_of(offset)))


def _check_absent(test: CelTest, site: Site, types: DataTypes) -> None:
    """Fields an object may lack: where a template prints nothing, an expression fails, and the reconcile with it."""
    text = "".join(test.program.text.split())
    told: set[Path] = set()
    for read, offset, width in test.reads:
        path = tuple(takewhile(str.isidentifier, read))
        if not path or path[0] not in ("spec", "status") or path in told:
            continue
        found = types.type_of(path, site, is_spec_given=True)
        steps = [".".join(path[:n]) for n in range(1, len(path) + 1)]
        is_asked = any(f"has(object.{step})" in text for step in steps) or ".?" in text
        if not found.type or found.is_present or is_asked or _is_asked_beside(path, site, types.box):
            continue
        told.add(path)
        shown = ".".join(path)
        message = f"{shown} is optional in the CRD, and the expression fails where it is absent"
        at = test.origin.span_at(*test.place_of(offset), width)
        types.checked.report(1308, message, at, f"write has(object.{shown}) && … before it")


def _is_asked_beside(path: Path, site: Site, box: OperatorBox) -> bool:
    """Whether a condition that comes before looks whether it is there."""
    entry = site.entry
    lists = (box.conditions, entry.conditions if entry is not None else None)
    return any(
        condition.path == path[: len(condition.path)]
        for conditions in lists
        for condition in (conditions.when if conditions is not None else ())
        if condition.path is not None
    )


def check_path(path: Path, site: Site, types: DataTypes, place: Callable[[], Span]) -> Path:
    """Reports a path that cannot exist, and gives its part up to the step that is wrong; empty where none is. ``place``
    is asked for only then."""
    if path in _SURE:
        return ()
    found = types.gap_of(path, site)
    if found is None or types.checked.is_full:
        return ()
    message, hint = _told(path, *found)
    types.checked.report(1305, message, place(), hint)
    return path[: found[0].step + found[1].lead + 1]


def check_reads(template: TemplateValue, reads: Iterable[Located], site: Site, types: DataTypes) -> None:
    """The paths a template reads, each with (line, column, width); of those that go wrong at one step, the first."""
    told: set[Path] = set()
    for path, line, column, width in reads:
        if not any(path[: len(wrong)] == wrong for wrong in told):
            told.add(check_path(path, site, types, partial(template.origin.span_at, line, column, width)) or _NONE)


@lru_cache(maxsize=1024)
def _described(template: Template) -> frozenset[str]:
    """What the paths it reads begin with, leaving out those that are there always."""
    return frozenset(read.path[0] for read in template.first_reads if read.path not in _SURE)


def _reads(template: TemplateValue) -> Iterator[Located]:
    for read in first_reads(template):
        yield read.path, read.line, read.column, sum(len(step) + 1 for step in read.path)


def _told(path: Path, gap: Gap, at: Place) -> tuple[str, Hint]:
    n = gap.step + at.lead
    step, where, shown = path[n][:60], ".".join(path[:n])[:120], ".".join(path)[:120]
    if gap.kind == "array":
        return f"{shown}: {where} is a list, which has no {step}", "go over it with range, or take an item with index"
    if gap.kind != "object":
        return f"{shown}: {where} is {_WORDS[gap.kind]}, there is no {step} in it", ""
    message = f"{shown}: {at.owner} has no {step} in {where or 'the object'}"
    return message, lambda: hint_for(path[n], gap.known, path[:n])
