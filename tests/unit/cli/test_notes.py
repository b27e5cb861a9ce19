"""``ork notes``: the functions there are, what they do, and what an expression gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from orkestra.cli import cli
from orkestra.cli.evaluating.catalogue import EXAMPLES, document_of, example_result
from orkestra.template.functions import builtin_functions
from tests.unit.docs.pages import ROOT

CR = {
    "apiVersion": "a.io/v1",
    "kind": "Thing",
    "metadata": {"name": "shop"},
    "spec": {"image": "r.io/nginx:1.27", "n": 3, "tags": ["a", "b"]},
}
KATALOG = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
notes:
  functions:
    - {name: title, expression: '{{ .metadata.name | toUpper }}', description: The name in capitals.}
    - {name: twice, expression: 'mul .spec.n 2'}
    - {name: both, expression: '{{ title }}-{{ twice }}'}
    - {name: nth, expression: 'index .spec.tags (index .args 0)'}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cr.yaml").write_text(yaml.safe_dump(CR))
    Path("katalog.yaml").write_text(KATALOG)


def ork(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["notes", *arguments], standalone_mode=False)


def test_every_function_is_listed_and_shown() -> None:
    listed = json.loads(ork("list", "-o", "json").stdout)
    assert [row["name"] for row in listed] == list(builtin_functions())
    text = ork("list").stdout
    assert ork().stdout == text
    assert all(f"  {row.signature}" in text for row in builtin_functions().values())


def test_a_domain_is_listed_alone_and_a_wrong_one_cannot_run() -> None:
    assert {row["domain"] for row in json.loads(ork("list", "--domain", "semver", "-o", "json").stdout)} == {"semver"}
    assert getattr(ork("list", "--domain", "semvr").exception, "exit_code", None) == 2


def test_words_are_looked_for_in_names_first() -> None:
    found = [row["name"] for row in json.loads(ork("search", "replicas", "-o", "json").stdout)]
    assert found[0] == "allReplicasReady" and "replicaSetOwnerName" not in found[:3]
    assert ork("search", "qqqqqq").return_value == 1


def test_every_example_evaluates_to_what_the_documentation_says() -> None:
    assert EXAMPLES.read_text() == (ROOT / "docs" / "examples" / "children.yaml").read_text()
    for row in builtin_functions().values():
        assert not row.example or example_result(row) == row.result, row.name


def test_a_function_is_shown_with_its_example() -> None:
    text = ork("show", "TOUPPER").stdout
    assert "toUpper(s string) string" in text and "RESULT:\n  ABC" in text
    wrong = ork("show", "toUper")
    assert wrong.return_value == 1 and "did you mean toUpper?" in wrong.stderr


@pytest.mark.parametrize(
    ("expression", "value", "kind"),
    [
        (".spec.n", 3, "int"),
        (".spec.image | imageTag", "1.27", "string"),
        ("{{ .metadata.name }}-{{ .spec.n }}", "shop-3", "string"),
        (".spec.tags", ["a", "b"], "list"),
        (".spec", CR["spec"], "map"),
        (".spec.absent", None, "null"),
        ("eq .spec.n 3", True, "bool"),
        (".children", {}, "map"),
    ],
)
def test_an_expression_is_evaluated_with_its_type(expression: str, value: Any, kind: str) -> None:
    found = json.loads(ork("try", expression, "--cr", "cr.yaml", "-o", "json").stdout)
    assert (found["value"], found["type"]) == (value, kind)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        (".spec.n | nope", ".spec.n | nope\n          ^\nerror: function"),
        ('.spec.n | toUpper | trim "a" "b" "c"', "wrong number of args"),
        (".spec.(", "^"),
        ("", "^"),
    ],
)
def test_what_fails_says_where(expression: str, told: str) -> None:
    result = ork("try", expression, "--cr", "cr.yaml")
    assert result.return_value == 1 and result.stdout == ""
    assert told in result.stderr


def test_notes_of_a_file_are_functions_too() -> None:
    options = ("--cr", "cr.yaml", "-f", "katalog.yaml")
    assert ork("try", "title", *options).stdout == "SHOP\n"
    assert ork("try", "both", *options).stdout == "SHOP-6\n"
    assert ork("try", "nth 1", *options).stdout == "b\n"
    assert ork("try", "nth 7", *options).return_value == 1
    shown = ork("show", "title", "-f", "katalog.yaml").stdout
    assert "The name in capitals." in shown and "EXPRESSION:\n  {{ .metadata.name | toUpper }}" in shown
    names = [r["name"] for r in json.loads(ork("list", "--domain", "notes", "-f", "katalog.yaml", "-o", "json").stdout)]
    assert names == ["title", "twice", "both", "nth"]


def test_notes_that_are_wrong_cannot_be_used() -> None:
    Path("wrong.yaml").write_text(KATALOG.replace("{{ title }}-{{ twice }}", "{{ both }}"))
    result = ork("try", "both", "-f", "wrong.yaml")
    assert getattr(result.exception, "exit_code", None) == 2
    assert "calls itself" in str(result.exception)
    assert getattr(ork("list", "-f", "absent.yaml").exception, "exit_code", None) == 2


def test_further_roots_stand_beside_the_object() -> None:
    Path("more.yaml").write_text("children: {deployment: {status: {readyReplicas: 2}}}\n")
    result = ork("try", ".children.deployment.status.readyReplicas", "--cr", "cr.yaml", "--with", "more.yaml")
    assert result.stdout == "2\n"


@pytest.mark.parametrize("text", ["", "- 1\n", "a: [\n"])
def test_an_object_that_is_none_cannot_run(text: str) -> None:
    Path("wrong.yaml").write_text(text)
    assert getattr(ork("try", ".a", "--cr", "wrong.yaml").exception, "exit_code", None) == 2
    assert getattr(ork("try", ".a", "--cr", "absent.yaml").exception, "exit_code", None) == 2


def test_documents_of_functions_hold_what_the_registry_holds() -> None:
    row = builtin_functions()["randomHex"]
    assert document_of(row)["volatile"] is True
