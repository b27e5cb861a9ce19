"""The JSON Schema of definitions: sound, complete, and never stricter than ``ork validate``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft7Validator
from reference.cases import CASES, Case

from orkestra.cli.generating.schema import command
from orkestra.generate.jsonschema import UnknownKind, schema_of
from orkestra.katalog import load_text
from orkestra.katalog.diagnostics import Findings
from orkestra.katalog.schema.blocks import State
from orkestra.katalog.schema.outline import FILES, sections, state_of
from orkestra.katalog.source import decode_text, parse, plain_value
from tests.unit.docs.pages import EVERYWHERE, ROOT, blocks, read

GOOD = [
    *(path.read_text() for path in sorted((ROOT / "examples").rglob("*.yaml"))),
    *(text for page in EVERYWHERE if page != "docs/diagnostics.md" for text in blocks(read(page), "yaml")),
]
STRUCTURAL = {1101, 1103, 1105, 1601, 1602, 1603}
"""Codes of what a schema can say: unknown and missing keys, words that are none of the known ones, other spellings."""

BEYOND = {1603: "mode: typed is a choice of the language"}


@cache
def validator() -> Draft7Validator:
    return Draft7Validator(schema_of())


def tree_of(text: str | bytes) -> Any:
    findings = Findings()
    data = text if isinstance(text, bytes) else text.encode()
    node = parse(decode_text(data, "k.yaml", findings), findings)
    return None if node is None or findings.has_errors else plain_value(node)


def errors_of(tree: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator().iter_errors(tree)]


def documents() -> Iterator[Any]:
    for n, text in enumerate(GOOD):
        tree = tree_of(text)
        if isinstance(tree, dict) and tree.get("kind") in FILES and load_text(text)[0] is not None:
            yield pytest.param(tree, id=f"{tree['metadata']['name']}-{n}")


DOCUMENTS = list(documents())


def test_it_is_a_schema() -> None:
    Draft7Validator.check_schema(schema_of())
    for kind in FILES:
        Draft7Validator.check_schema(schema_of(kind))


def test_what_loads_is_valid() -> None:
    assert len(DOCUMENTS) > 5
    for document in DOCUMENTS:
        assert errors_of(document.values[0]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"ORK{case.number}")
def test_good_examples_of_the_codes_are_valid(case: Case) -> None:
    tree = tree_of(case.text_of(case.good))
    if isinstance(tree, dict) and tree.get("kind") in FILES:
        assert errors_of(tree) == []


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.number in STRUCTURAL and case.number not in BEYOND],
    ids=lambda case: f"ORK{case.number}",
)
def test_bad_examples_of_structure_are_refused(case: Case) -> None:
    assert errors_of(tree_of(case.text_of(case.bad))) != []


def test_every_row_of_every_block_is_there_with_a_text_to_show() -> None:
    definitions = schema_of()["definitions"]
    for section in sections().values():
        found = definitions.get(section.heading.replace(" ", "-"))
        if found is None:  # the layout of another generation, refused as a whole
            assert {state_of(row) for row in section.block.fields.values()} == {State.NEWER}
            continue
        assert list(found["properties"]) == list(section.block.fields)
        for name, row in section.block.fields.items():
            shown = found["properties"][name]
            if state_of(row) in (State.SUPPORTED, State.LATER) and name not in ("kind", "apiVersion"):
                assert shown["markdownDescription"], (section.heading, name)
            elif name not in ("kind", "apiVersion"):
                assert shown["doNotSuggest"] and name in shown["description"]
                assert {name: False} in [rule.get("properties") for rule in found["allOf"]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"replicas": -1}, "minimum"),
        ({"replicas": "many"}, "pattern"),
        ({"replicas": [1]}, "type"),
        ({"imgae": "x"}, "additionalProperties"),
        ({"protocol": "ICMP"}, "anyOf"),
    ],
)
def test_wrong_values_are_refused_by_the_keyword_that_says_why(change: dict[str, Any], told: str) -> None:
    assert told in {error.validator for error in validator().iter_errors(katalog_with(change))}


@pytest.mark.parametrize(
    "change",
    [
        {"replicas": "3"},
        {"replicas": "{{ .spec.replicas }}"},
        {"replicas": None},
        {"image": 1.1},
        {"protocol": "{{ .spec.protocol }}"},
        {"resources": {"profile": "SMALL"}},
        {"when": [{"field": "spec.a", "gt": 3}, {"field": "spec.b", "in": ["a", 1]}]},
        {"drift": "report"},
        {"drift": {"ignore": ["spec.replicas"]}},
    ],
)
def test_every_way_to_write_a_value_is_taken(change: dict[str, Any]) -> None:
    assert errors_of(katalog_with(change)) == []


def katalog_with(change: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "orkestra.orkspace.io/v1",
        "kind": "Katalog",
        "metadata": {"name": "shop"},
        "spec": {
            "crds": {
                "website": {
                    "apiTypes": {"kind": "Pod"},
                    "operatorBox": {"onReconcile": {"deployments": [{"image": "a", **change}]}},
                }
            }
        },
    }


def test_the_command_prints_the_same_bytes_each_time_in_both_forms() -> None:
    def run(*arguments: str) -> str:
        return CliRunner().invoke(command, arguments, standalone_mode=False).stdout

    assert run() == run()
    assert json.loads(run()) == schema_of() == yaml.load(run("--format", "yaml"), yaml.CSafeLoader)
    assert json.loads(run("Katalog")) == schema_of("Katalog")


def test_a_kind_that_is_none_cannot_run() -> None:
    with pytest.raises(UnknownKind, match="expected Katalog"):
        schema_of("Katalogue")
    result = CliRunner().invoke(command, ["Katalogue"], standalone_mode=False)
    assert getattr(result.exception, "exit_code", None) == 2
