from __future__ import annotations

import pytest

from orkestra.template import compile
from orkestra.template.functions import Function, builtin_functions

FUNCTIONS = builtin_functions()


@pytest.mark.parametrize("row", [row for row in FUNCTIONS.values() if row.example], ids=lambda row: row.name)
def test_the_example_renders_its_result(row: Function) -> None:
    assert compile(row.example, functions=FUNCTIONS).render({"spec": {"a": 1}}) == row.result


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=lambda row: row.name)
def test_every_row_documents_itself(row: Function) -> None:
    assert row.signature.startswith(f"{row.name}(")
    assert row.description.endswith((".", "b", "y"))
    assert row.example or row.name == "call"


def test_the_contract_is_complete() -> None:
    named = """toLower toUpper trimSpace trim trimPrefix trimSuffix hasPrefix hasSuffix contains replace split join
    repeat camelToKebab truncate add sub mul div mod min max clamp abs ternary boolTernary eqTernary boolDefault default
    coalesce empty notEmpty toInt toFloat toBool toString toJson toList typeOf typeMap typeList typeString typeNumber
    typeBool typeNull isScalar isComposite len Empty toBase64 fromBase64 toJSON sha256sum slugify truncateName repoSlug
    lookup and or not eq ne lt le gt ge print printf println html js urlquery index slice call"""
    assert set(named.split()) == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (0, "wrong number of args for toUpper: want 1 got 0"),
        (1, ""),
        (2, "wrong number of args for toUpper: want 1 got 2"),
    ],
)
def test_arity(given: int, problem: str) -> None:
    assert FUNCTIONS["toUpper"].arity_problem(given) == problem
    assert FUNCTIONS["default"].arity_problem(3) == "wrong number of args for default: want 1 to 2 got 3"
    assert FUNCTIONS["index"].arity_problem(0) == "wrong number of args for index: want at least 1 got 0"
