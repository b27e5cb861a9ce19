"""What holds for every function that takes an object: nothing of a missing one, a refusal of what is none."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template.errors import FunctionError
from orkestra.template.functions import Function, builtin_functions
from tests.unit.template.functions.examples import ENVIRONMENT

EMPTY = {"string": "", "int": 0, "number": 0, "bool": False, "list": [], "map": {}}
OBJECT_PARAMETERS = ("o", "n")
ALSO_LISTS = ("get", "getOr", "getStringOr", "getIntOr", "getBoolOr")
LENIENT = ("getOr", "getStringOr", "getIntOr", "getBoolOr")


def takes_object(row: Function) -> bool:
    first = row.signature.partition("(")[2].rstrip(")").partition(",")[0].partition(")")[0]
    return first in OBJECT_PARAMETERS and row.domain not in ("random", "go")


def result_of(row: Function) -> str:
    return row.signature.rpartition(")")[2].strip()


ROWS = [row for row in builtin_functions().values() if takes_object(row)]


def call(row: Function, *arguments: Any) -> Any:
    assert row.call is not None
    filled = [*arguments, *["0"] * (row.min_args - len(arguments))]
    return row.call(ENVIRONMENT, *filled) if row.needs_environment else row.call(*filled)


def test_most_domains_are_here() -> None:
    assert len(ROWS) > 120
    assert {"pods", "node", "hpa", "serve", "kubernetes", "warnings"} <= {row.domain for row in ROWS}


@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in LENIENT], ids=lambda row: row.name)
@pytest.mark.parametrize("missing", [None, "", {}], ids=["missing", "printed missing", "empty"])
def test_a_missing_object_has_nothing(row: Function, missing: Any) -> None:
    found = call(row, missing)
    if result_of(row):
        assert found == EMPTY[result_of(row)]
        assert type(found) is type(EMPTY[result_of(row)])
    else:
        assert found is None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
@pytest.mark.parametrize("wrong", ["web", 3, True, 1.5], ids=repr)
def test_what_is_no_object_is_refused(row: Function, wrong: Any) -> None:
    with pytest.raises(FunctionError, match="expected an object; got"):
        call(row, wrong)


NO_LISTS = [row for row in ROWS if row.domain != "pods" and not row.name.startswith(("job", *ALSO_LISTS))]


@pytest.mark.parametrize("row", NO_LISTS, ids=lambda row: row.name)
def test_a_list_is_no_object(row: Function) -> None:
    with pytest.raises(FunctionError, match="expected an object; got a list"):
        call(row, [{"kind": "Pod"}])


JUNK: list[Any] = ["text", 7, True, [1, "a", None, {"name": 3}], {"items": 3}, {"a": {"b": []}}, None, -1.5]
RELATED = ("pods", "warnings", "node", "pvc", "pv", "storageClass", "endpoints", "backingPods", "replicaSets", "pvcs")
RELATED_OF_OTHERS = ("lastJob", "lastSuccessfulJob", "activeJobs", "loadBalancerIPs", "tlsSecrets")
FIELDS = ("metadata", "spec", "status", "kind", *(f"_{name}" for name in RELATED + RELATED_OF_OTHERS))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_fields_of_another_type_read_as_missing(row: Function) -> None:
    for junk in JUNK:
        found = call(row, dict.fromkeys(FIELDS, junk))
        expected = EMPTY.get(result_of(row))
        assert result_of(row) in ("", "number") or type(found) is type(expected)
