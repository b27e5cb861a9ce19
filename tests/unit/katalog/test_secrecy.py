"""A credential that stands in a file is told of, and never shown: not by the finding about it, nor by any other."""

from __future__ import annotations

import pytest

from orkestra.katalog import load_text, render
from orkestra.katalog.diagnostics import Findings, SourceText, Span
from orkestra.katalog.diagnostics.annotations import render_annotations
from orkestra.katalog.diagnostics.documents import render_json
from orkestra.katalog.diagnostics.junit import render_junit
from orkestra.katalog.diagnostics.report import Report
from orkestra.katalog.diagnostics.sarif import render_sarif
from orkestra.katalog.diagnostics.secrecy import without
from orkestra.katalog.edits.fixes import with_fixes
from tests.unit.katalog.katalogs import box_text

AWS = "AKIA" + "ABCDEFGHIJKLMNOP"
GITLAB = "glpat-" + "a1b2" * 6


def every_form(text: str) -> str:
    """All that ``ork validate`` can print about a file, in every form."""
    found = with_fixes(SourceText("katalog.yaml", text), load_text(text)[1])
    report = Report(("katalog.yaml",), tuple(found), fixed=tuple(found))
    forms = (render_json(report), render_sarif(report, version="1"), render_junit(report), render_annotations(report))
    return "\n".join((render(found), *forms))


@pytest.mark.parametrize(
    ("text", "secret", "others"),
    [
        (box_text("onReconcile: {secrets: [{data: {password: hunter2}}]}"), "hunter2", []),
        (box_text("onReconcile: {secrets: [{data: {password: 'it''s hunter2'}}]}"), "hunter2", []),
        (box_text("onReconcile: {secrets: [{dta: 1, data: {password: hunter2}}]}"), "hunter2", ["ORK1101"]),
        (box_text("onReconcile: {secrets: [{data: {password: hunter2, apiKey: 'x9'}}]}"), "x9", []),
        (box_text("onReconcile: {secrets: [{data: {password: 'no'}, type: {}}]}"), "'no'", ["ORK1102"]),
        (box_text(f"onReconcile: {{deployments: [{{image: a, replicas: {AWS}}}]}}"), AWS, ["ORK1102"]),
        (box_text(f"onReconcile: {{deployments: [{{image: a, {GITLAB}: 1}}]}}"), GITLAB[:12], ["ORK1101"]),
        (box_text(f"onReconcile: {{jobs: [{{image: a, env: {{K: {AWS}}}}}]}}"), AWS, ["ORK1504"]),
        (box_text("onReconcile: {custom: [{apiVersion: v1, kind: X, spec: {password: 'hunter2'}}]}"), "hunter2", None),
        (box_text(f"# {AWS}\nprne: true"), AWS, ["ORK1101"]),
        (
            box_text(
                "onReconcile:\n  configMaps:\n    - data:\n        k: |\n          -----BEGIN PRIVATE KEY-----\n"
                "          MIIEpAIBAAKCAQEA1 {{ .Spec.x }}\n          -----END PRIVATE KEY-----\n"
            ),
            "MIIEp",
            ["ORK1303"],
        ),
        ('kind: Katalog\npassword: "hunter2\n', "hunter2", ["ORK1001"]),
        ("kind: Katalog\npassword: hunter2: x\n", "hunter2", ["ORK1001"]),
        ("kind: Katalog\nenv: [{name: DB_PASSWORD, value: hunter2: [}\n", "hunter2", ["ORK1001"]),
        (f"kind: Katalog\na: {AWS}: x\n", AWS, ["ORK1001"]),
        ("gateway: {api: {auth: {tokens: [{name: a, token: hunter22}]}}}", "hunter22", None),
        ("providers: [{name: aws, auth: {key: hunter22}}]", "hunter22", None),
        (
            "kind: E2E\nspec: {katalog: a, expect: [{commands: [{run: curl --password hunter2 x, exitCode: no}]}]}",
            "hunter2",
            None,
        ),
        ("kind: Simulate\nspec: {katalog: a, cr: b, password: hunter2}", "hunter2", None),
        ("kind: Motif\nmetadata: {name: a}\nresources: {secrets: [{data: {password: hunter2}}]}", "hunter2", None),
    ],
)
def test_no_form_of_output_shows_a_credential(text: str, secret: str, others: list[str] | None) -> None:
    assert secret in text.replace("''", "'")
    codes = {found.code for found in load_text(text)[1]}
    assert "ORK1701" in codes or codes & {"ORK1001"}
    if others is not None:
        assert codes - {"ORK1701"} == set(others), "the other findings are still told"
    assert secret not in every_form(text)


def test_the_caret_still_points_at_the_place() -> None:
    text = box_text("onReconcile: {secrets: [{data: {user: admin, password: hunter2}}]}")
    lines = render(load_text(text)[1]).splitlines()
    assert lines[1].endswith("user: admin, password: *******}}]}")
    assert lines[2].index("^") == lines[1].index("*") and lines[2].count("^") == len("hunter2")


def test_a_credential_is_shown_nowhere_else_either() -> None:
    made = f"onReconcile: {{secrets: [{{data: {{token: {AWS}}}}}],\n"
    other = f"  configMaps: [{{labels: {{x: '{AWS}/a b'}}}}]}}"
    found = load_text(box_text(made + other))[1]
    assert {each.code for each in found} == {"ORK1110", "ORK1701"}
    token = box_text(
        "onReconcile: {secrets: [{data: {password: &p 'p4ss-w0rd'}}],\n  configMaps: [{labels: {x: 'p4ss-w0rd/ '}}]}"
    )
    for text in (box_text(made + other), token):
        assert AWS not in every_form(text) and "p4ss-w0rd" not in every_form(text)


def test_a_fix_that_would_show_a_credential_is_not_printed_and_still_made() -> None:
    text = box_text(f"onReconcile: {{jobs: [{{image: a, env: {{K: {AWS}}}}}]}}")
    found = with_fixes(SourceText("katalog.yaml", text), load_text(text)[1])
    assert any(AWS in edit.text for each in found for edit in each.fix), "as --fix will write it"
    assert "[{name: K, value: 2}]" in every_form(text.replace(AWS, "2")), "other fixes are printed"
    assert AWS not in every_form(text)


def test_a_credential_beyond_the_limit_of_findings_is_kept_all_the_same() -> None:
    findings = Findings(limit=1)
    source = SourceText("a.yaml", "x: hunter2\ny: z\n")
    findings.add(1102, 'x: found text "hunter2"', source, Span(1, 1, 1, 2))
    findings.add(1701, "a literal credential", source, Span(1, 4, 1, 11))
    (found, _) = findings.sorted()
    assert found.quote == "x: *******" and "hunter2" not in found.message


@pytest.mark.parametrize(
    ("message", "credential", "shown"),
    [
        ('expected a number, found text "hunter2"', "hunter2", 'expected a number, found text "***"'),
        ('expected a number, found text "hunt…"', "hunter2", 'expected a number, found text "***…"'),
        ('"hunter2 and m" is not a name', "hunter2 and more", '"***" is not a name'),
        ("password: a literal credential", "password", "password: a literal credential"),
        ('"password" is not a number', "password", '"***" is not a number'),
        ("a role of abc", "abc", "a role of abc"),
        ("p@ss-word-1 is refused, and p@ss-word-1", "p@ss-word-1", "*** is refused, and ***"),
    ],
)
def test_messages_name_no_credential(message: str, credential: str, shown: str) -> None:
    assert without(message, [credential]) == shown
