"""What is said of parameters is what the functions do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orkestra.template import Function, FunctionError, TemplateError, compile
from orkestra.template.functions import builtin_functions
from orkestra.template.inference.signatures import REFUSES, SUBJECT_FIRST, signature_of
from tests.unit.template.functions.examples import DATA, ENVIRONMENT

SAMPLES = {"string": "zz", "integer": 3, "number": 1.5, "boolean": True, "array": ["a"], "object": {"a": 1}}
ROWS = [row for row in builtin_functions().values() if row.domain != "go" and row.call is not None and row.example]


def arguments_of(row: Function) -> list[Any]:
    """Those its example calls it with."""
    seen: list[Any] = []
    call = row.call
    assert call is not None

    def recording(*arguments: Any) -> Any:
        seen[:] = arguments
        return call(*arguments)

    recorder = replace(row, call=recording)
    compile(row.example, functions={**builtin_functions(), row.name: recorder}).render(DATA, ENVIRONMENT)
    return seen[row.needs_environment :]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_types_that_are_said_to_be_refused_are(row: Function) -> None:
    signature, good = signature_of(row), arguments_of(row)
    assert row.call is not None
    for position in range(len(good)):
        for kind in REFUSES.get(signature.sort_of(position), ()):
            arguments = [*good[:position], SAMPLES[kind], *good[position + 1 :]]
            with pytest.raises((FunctionError, TemplateError)):
                row.call(*([ENVIRONMENT] if row.needs_environment else []), *arguments)


def test_functions_whose_order_tells_exist() -> None:
    assert builtin_functions().keys() >= SUBJECT_FIRST


def test_no_function_takes_more_than_its_signature_says() -> None:
    for row in ROWS:
        named = row.signature.partition("(")[2].rpartition(")")[0]
        if row.max_args is not None:
            assert len([part for part in named.split(",") if part.strip()]) == row.max_args, row.signature
