"""Templates that compile and still cannot do what they say: calls that fail, branches that are never taken,
comparisons that never hold. What values they see is told by the schemas at hand."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.datatypes import METADATA, DataTypes, types_of
from orkestra.katalog.checks.schemas import check_reads
from orkestra.katalog.checks.schematypes import type_at
from orkestra.katalog.paths import Path
from orkestra.katalog.sites import Site
from orkestra.katalog.values import TemplateValue
from orkestra.template import Template
from orkestra.template.functions import builtin_functions
from orkestra.template.inference import UNKNOWN, Analysis, Shape, Trouble

_NUMBERS: Final = {
    Trouble.REFUSED: 1309,
    Trouble.DOUBTFUL: 1310,
    Trouble.FORMAT: 1311,
    Trouble.CONSTANT: 1312,
    Trouble.NEVER: 1313,
    Trouble.UNUSED: 1314,
    Trouble.REVERSED: 1315,
}


def check_templates(checked: Checked) -> None:
    for box in checked.boxes:
        types = types_of(box, checked)
        for site, templates, _ in checked.evaluated(box):
            for template in templates:
                if not template.is_plain:
                    if checked.is_full:
                        return
                    _check(template, site, types, checked)


def analysis_of(template: TemplateValue, site: Site, types: DataTypes) -> Analysis:
    """What is known of a template at its site; made once for each text where nothing types it."""
    compiled, functions = template.template, types.checked.decoder.functions
    if not site.own_child and not types.may_type(template.paths, site):
        if functions is builtin_functions():
            return _untyped(compiled)
        return compiled.analyse(functions, _metadata)
    key = (id(compiled), site.loop.path if site.loop is not None else None)
    kept: dict[object, Analysis] = types.analyses
    known = kept.get(key)
    if known is None:
        known = kept[key] = compiled.analyse(functions, partial(_shape, types, site))
    return known


def _shape(types: DataTypes, site: Site, path: Path) -> Shape:
    return types.shape_of(path, site) if path else Shape(path=())


@lru_cache(maxsize=1024)
def _untyped(template: Template) -> Analysis:
    return template.analyse(builtin_functions(), _metadata)


def _metadata(path: Path) -> Shape:
    if len(path) < 2 or path[0] != "metadata":
        return UNKNOWN
    found = type_at(path[1:], METADATA)
    return Shape(frozenset((found.type,)), is_present=found.is_present) if found.type else UNKNOWN


def _check(template: TemplateValue, site: Site, types: DataTypes, checked: Checked) -> None:
    analysis = analysis_of(template, site, types)
    for problem in analysis.problems:
        name = template.field.rpartition(".")[2]
        at = template.origin.span_at(problem.line, problem.column, problem.width)
        checked.report(_NUMBERS[problem.trouble], f"{name}: {problem.message}", at, problem.hint)
    check_reads(template, analysis.looked_up, site, types)
