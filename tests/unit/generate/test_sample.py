"""Sample objects: what the schema proposes, the simplest that fits else, and never one that is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from orkestra.cli.generating.cr import command
from orkestra.generate.sample import NoSample, sample_of
from orkestra.generate.texts import text_for
from orkestra.k8s.schema.structural import compile_schema
from tests.unit.generate.katalogs import SHOP


def crd(spec: dict[str, Any], scope: str = "Namespaced") -> dict[str, Any]:
    schema = {"type": "object", "properties": {"spec": spec}}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Thing", "plural": "things"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.a.io"},
        "spec": {"group": "a.io", "names": names, "scope": scope, "versions": [version]},
    }


def value(schema: dict[str, Any], *, is_full: bool = False) -> Any:
    spec = {"type": "object", "required": ["x"], "properties": {"x": schema}}
    return sample_of(crd(spec), is_full=is_full)["spec"]["x"]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "default": "d"}, "d"),
        ({"type": "string", "enum": ["", "b"]}, "b"),
        ({"type": "string", "example": "e"}, "e"),
        ({"type": "string", "format": "date-time"}, "2026-01-01T00:00:00Z"),
        ({"type": "string", "pattern": "^[0-9]+(Mi|Gi)$"}, "1Gi"),
        ({"type": "string", "maxLength": 2}, "sa"),
        ({"type": "integer", "minimum": 3}, 3),
        ({"type": "integer", "maximum": -2}, -2),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, 4),
        ({"type": "integer", "multipleOf": 7}, 7),
        ({"type": "number", "maximum": 0.5}, 0.5),
        ({"type": "boolean"}, False),
        ({"x-kubernetes-int-or-string": True}, 1),
        ({"type": "array", "items": {"type": "integer"}}, []),
        ({"type": "array", "minItems": 2, "items": {"type": "string"}, "x-kubernetes-list-type": "set"}, None),
        (
            {
                "type": "array",
                "minItems": 2,
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["name"],
                "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
            },
            [{"name": "sample"}, {"name": "sample1"}],
        ),
        ({"type": "object", "minProperties": 1, "additionalProperties": {"type": "integer"}}, {"key": 1}),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                "oneOf": [{"required": ["b"]}, {"required": ["a"]}],
            },
            {"b": "sample"},
        ),
    ],
)
def test_a_value_fits_its_schema(schema: dict[str, Any], expected: Any) -> None:
    made = value(schema)  # raises where the schema refuses it
    if expected is not None:
        assert made == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]{3,5}-[0-9]{2}$",
        "^(dev|prod)/[A-Z]+$",
        r"^\d{4}-\d{2}$",
        "^[^a]+$",
        "^x*y{12}$",
        "^v[0-9]+(alpha|beta)?$",
        r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$",
    ],
)
def test_a_text_matches_its_pattern(pattern: str) -> None:
    assert isinstance(value({"type": "string", "pattern": pattern}), str)


def test_names_of_fields_give_texts_a_reader_knows() -> None:
    assert text_for({}, "image") == "nginx:1.27"
    assert text_for({}, "Schedule") == "0 3 * * *"
    assert text_for({"pattern": "^[a-z]+$"}, "image") != "nginx:1.27"


def test_optional_fields_come_with_full() -> None:
    spec = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer", "default": 2}}}
    assert sample_of(crd(spec))["spec"] == {"b": 2}
    assert sample_of(crd(spec), is_full=True)["spec"] == {"a": "sample", "b": 2}


def test_scope_name_and_version() -> None:
    assert "namespace" not in sample_of(crd({"type": "object"}, "Cluster"))["metadata"]
    assert sample_of(crd({"type": "object"}), name="mine")["metadata"] == {"name": "mine", "namespace": "default"}
    with pytest.raises(NoSample, match="it has v1"):
        sample_of(crd({"type": "object"}), "v9")


def test_rules_that_nothing_simple_meets_are_told() -> None:
    rule = {"rule": "self.x == 'something else'", "message": "x must be something else"}
    spec = {
        "type": "object",
        "required": ["x"],
        "properties": {"x": {"type": "string"}},
        "x-kubernetes-validations": [rule],
    }
    with pytest.raises(NoSample) as error:
        sample_of(crd(spec))
    assert "x must be something else" in "".join(error.value.causes)


def test_the_command_takes_katalogs_and_crds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("katalog.yaml").write_text(SHOP)
    spec = {"type": "object", "properties": {"a": {"type": "string", "enum": ["z"]}}}
    Path("crd.yaml").write_text(yaml.safe_dump(crd(spec)))

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(command, arguments, standalone_mode=False)

    assert yaml.safe_load(run().stdout)["kind"] == "Website"
    assert yaml.safe_load(run("--crd", "crd.yaml").stdout)["spec"] == {"a": "z"}
    assert run("--crd", "crd.yaml", "--version", "v9").return_value == 1
    assert getattr(run("--crd", "absent.yaml").exception, "exit_code", None) == 2


def test_samples_of_the_examples_are_accepted_by_their_crds() -> None:
    from tests.unit.docs.pages import ROOT

    for path in (ROOT / "examples").rglob("crd.yaml"):
        found = yaml.safe_load(path.read_text())
        for is_full in (False, True):
            made = sample_of(found, is_full=is_full)
            schema = compile_schema(found["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
            schema.default(made)
            assert schema.validate(made) == []
