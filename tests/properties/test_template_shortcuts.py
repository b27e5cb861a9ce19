"""The corpora of the judges, and the generators of the fuzz targets, both ways: by closures and by shortcut."""

from __future__ import annotations

import pytest

from orkestra.template import Environment, Limits, TemplateSyntaxError, compile
from orkestra.template.functions import builtin_functions
from tests.fuzz.chance import Chance
from tests.fuzz.shortcuts import agree
from tests.fuzz.targets import template_text
from tests.judges.agreement import FIXED_SEED
from tests.judges.test_templates import text_of

FUNCTIONS = builtin_functions()
ENVIRONMENTS = (
    Environment(limits=Limits(steps=20_000)),
    Environment(limits=Limits(output_bytes=4096, steps=1000)),
    Environment(limits=Limits(output_bytes=20, steps=3, depth=2)),
)
CASES = 600


def answered(text: str, chance: Chance, number: int) -> bool:
    try:
        template = compile(text, functions=FUNCTIONS)
    except TemplateSyntaxError:
        return False
    return agree(template, chance.data(odd=0.1), ENVIRONMENTS[number % len(ENVIRONMENTS)])


@pytest.mark.parametrize(("kind", "least"), [("whole", 150), ("spoilt", 20), ("tokens", 5), ("printf", 30)])
def test_corpora_of_the_judges(kind: str, least: int) -> None:
    chances = [Chance(f"{kind}:{FIXED_SEED}:{number}") for number in range(CASES)]
    assert sum(answered(text_of(kind, chance), chance, number) for number, chance in enumerate(chances)) > least


def test_templates_with_every_function() -> None:
    chances = [Chance(f"shortcut:{number}") for number in range(CASES)]
    assert sum(answered(template_text(chance), chance, number) for number, chance in enumerate(chances)) > 100
