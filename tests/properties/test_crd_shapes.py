"""Definitions of any shape get an answer, never an exception."""

import copy
import json
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from orkestra.k8s.schema.crd import default_crd, validate_crd
from orkestra.k8s.schema.node import SchemaError
from orkestra.k8s.schema.soundness import check_structural
from orkestra.k8s.schema.structural import compile_schema
from orkestra.katalog.crdcheck import judge_crds
from orkestra.katalog.diagnostics import Findings

CASES = json.loads((Path(__file__).parents[1] / "unit/k8s_schema/verdicts/crds.json").read_text())["cases"]
CRDS = [case["crd"] for case in CASES]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.sampled_from(["", "object", ".spec", "(", "é"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "a", "rule"]), inner, max_size=2)
    ),
    max_leaves=4,
)


ODD = [
    ".nan",
    "-.inf",
    "0x1F",
    "1e999",
    "2001-01-01",
    "!!binary aGk=",
    "!!str 5",
    "<<",
    "99999999999999999999",
    "&a [*a]",
]
"""As YAML has them and JSON does not."""


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    out = [path] if path else []
    for name, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        out += _places(item, (*path, name))
    return out


def spoil(crd: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    spoilt = copy.deepcopy(crd)
    for _ in range(data.draw(st.integers(1, 2))):
        places = _places(spoilt)
        if not places:
            break
        *above, last = data.draw(st.sampled_from(places))
        holder = spoilt
        for step in above:
            holder = holder[step]
        holder[last] = data.draw(JUNK)
    return spoilt


@given(st.sampled_from(CRDS), st.data())
def test_spoilt_definitions_are_judged(crd: dict[str, Any], data: st.DataObject) -> None:
    spoilt = spoil(crd, data)
    default_crd(spoilt)
    for cause in validate_crd(spoilt):
        assert cause.reason
        assert cause.message


@given(st.sampled_from(CRDS), st.data())
def test_spoilt_files_are_judged_at_places_they_have(crd: dict[str, Any], data: st.DataObject) -> None:
    lines = yaml.safe_dump(spoil(crd, data)).splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    head, colon, _ = lines[at].partition(":")
    lines[at] = f"{head}{colon} {data.draw(st.sampled_from(ODD))}" if colon else lines[at]
    findings = Findings()
    judge_crds("\n".join(lines).encode("utf-8", "replace"), "crd.yaml", findings)
    for found in findings.sorted():
        assert found.file == "crd.yaml"
        assert 1 <= found.span.line <= len(lines)


KEYWORDS = st.sampled_from(
    ["type", "properties", "items", "required", "enum", "default", "pattern", "format", "allOf", "anyOf", "not",
     "nullable", "additionalProperties", "maxLength", "x-kubernetes-validations", "x-kubernetes-list-type",
     "x-kubernetes-list-map-keys", "x-kubernetes-int-or-string"]
)  # fmt: skip
SCHEMAS = st.recursive(
    JUNK, lambda inner: st.dictionaries(KEYWORDS, inner | st.lists(inner, max_size=2), max_size=4), max_leaves=6
)


@given(SCHEMAS, JUNK)
def test_any_schema_compiles_or_says_why_not(schema: Any, value: Any) -> None:
    check_structural(schema)
    try:
        compiled = compile_schema(schema)
    except SchemaError as problem:
        assert problem.problem
        return
    obj = {"spec": value, "a": value}
    compiled.default(obj)
    compiled.prune(obj)
    compiled.validate(obj)
