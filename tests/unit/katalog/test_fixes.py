"""Findings that take no thought are followed: each kind, together, and never into something worse."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from orkestra.katalog import Diagnostic, load_text
from orkestra.katalog.diagnostics import Findings, SourceText, Span
from orkestra.katalog.edits.fixes import Fixed, apply_edits, edits_between, fix, with_fixes
from orkestra.katalog.edits.mending import mend
from orkestra.katalog.suggest import hint_for
from tests.unit.katalog.katalogs import HEAD, box_text


def judge(text: str) -> Sequence[Diagnostic]:
    return load_text(text, path="k.yaml")[1]


def of(text: str) -> Fixed:
    return fix(SourceText("k.yaml", text), judge)


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("onReconcile: {services: [{prt: 80}]}", "onReconcile: {services: [{port: 80}]}", "ORK1101"),
        ("onReconcile: {services: [{'prt': 80}]}", "onReconcile: {services: [{'port': 80}]}", "ORK1101"),
        ("onReconcile: {services: [{port: 80, type: nodeport}]}",
         "onReconcile: {services: [{port: 80, type: NodePort}]}", "ORK1105"),
        ('prune: "true"', "prune: true", "ORK1102"),
        ("onReconcile: {services: {port: 80}}", "onReconcile: {services: [{port: 80}]}", "ORK1102"),
        ("onReconcile:\n  services:\n    # a\n    port: 80  # b\n    name: c\n  jobs: []",
         "onReconcile:\n  services:\n    # a\n    - port: 80  # b\n      name: c\n  jobs: []", "ORK1102"),
        ("when: {field: spec.a, exists: true}", "when: [{field: spec.a, exists: true}]", "ORK1102"),
        ("reconciler: {resync: 30}", "reconciler: {resync: 30s}", "ORK1107"),
        ("workers: 3", "reconciler:\n  workers: 3", "ORK1601"),
        ("emit: {status: {}}", "status: {}", "ORK1602"),
        ("onReconcile: {jobs: [{image: x, env: {A: b}}]}",
         "onReconcile: {jobs: [{image: x, env: [{name: A, value: b}]}]}", "ORK1504"),
        ("onReconcile:\n  jobs:\n  - image: x\n    env:\n      # a\n      A: b  # c\n"
         "      D:\n        secretKeyRef: {name: e, key: f}",
         "onReconcile:\n  jobs:\n  - image: x\n    env:\n      # a\n      - name: A\n        value: b  # c\n"
         "      - name: D\n        valueFrom:\n          secretKeyRef: {name: e, key: f}", "ORK1504"),
        ('onReconcile: {services: [{port: "{{ .Spec.port }}"}]}',
         'onReconcile: {services: [{port: "{{ .spec.port }}"}]}', "ORK1303"),
        ('onReconcile: {services: [{port: "{{ $.Spec.port }}"}]}',
         'onReconcile: {services: [{port: "{{ $.spec.port }}"}]}', "ORK1303"),
        ("when: [{field: Spec.a, exists: true}]", "when: [{field: spec.a, exists: true}]", "ORK1303"),
        ("onReconcile:\n  services:\n  - port: {{ .spec.port }}  # p\n",
         'onReconcile:\n  services:\n  - port: "{{ .spec.port }}"  # p\n', "ORK1012"),
        ("onReconcile:\n  services:\n  - port: {{ index .spec \"a\" }}\n",
         "onReconcile:\n  services:\n  - port: '{{ index .spec \"a\" }}'\n", "ORK1012"),
        ("onReconcile: {services: [{port: {{ .spec.port }}}]}", 'onReconcile: {services: [{port: "{{ .spec.port }}"}]}',
         "ORK1012"),
        ("onReconcile:\n  services:\n  - port: 80\n    name: {{ .a }}-{{ .b }}",
         'onReconcile:\n  services:\n  - port: 80\n    name: "{{ .a }}-{{ .b }}"', "ORK1012"),
    ],
)  # fmt: skip
def test_each_kind(wrong: str, right: str, code: str) -> None:
    found = of(box_text(wrong))
    assert found.text == box_text(right)
    assert code in {each.code for each in found.done}
    assert not any(each.code == code for each in found.remaining)


def test_quotes_go_where_the_kinds_schema_wants_text_and_away_where_it_wants_a_number() -> None:
    spec = "{externalName: no, clusterIP: 1.10, healthCheckNodePort: %s3%s, publishNotReadyAddresses: 'on'}"
    box = "onReconcile: {custom: [{apiVersion: v1, kind: Service, metadata: {name: a}, spec: SPEC}]}"
    found = of(box_text(box.replace("SPEC", spec % ('"', '"'))))
    fixed = '{externalName: "no", clusterIP: "1.10", healthCheckNodePort: 3, publishNotReadyAddresses: on}'
    assert found.text == box_text(box.replace("SPEC", fixed))
    assert {each.code for each in found.done} == {"ORK1506"}


def test_all_of_a_file_together() -> None:
    box = """
    workers: 3
    onReconcile:
      deployments:
        - name: {{ .metadata.name }}-x  # the name
          imgae: "{{ .Spec.image }}"
          env: {A: b}
    prune: "true"
    nonsense: 1
    """
    found = of(box_text(box))
    assert [(each.code, each.message) for each in found.remaining] == [
        ("ORK1101", 'unknown key "nonsense" in operatorBox')
    ]
    assert len(found.done) == 6


@pytest.mark.parametrize(
    "box",
    [
        "onReconcile: {services: [{port: 80, prt: 81}]}",  # the key is there already
        "onReconcile: {services: [{port: 80, foo: 81}]}",
        "onReconcile: {services: {web: {port: 80}}}",
        "reconciler: {workers: 3}\nworkers: 4",
        "onReconcile: {hpa: [{maxReplicas: 3, inReplicas: 1, axReplicas: 2}]}",
    ],
)
def test_what_takes_thought_is_left(box: str) -> None:
    found = of(box_text(box))
    assert found.text.count("prt") == box.count("prt")
    assert any(each.is_error for each in found.remaining)
    assert of(found.text).text == found.text


def test_a_typed_path_is_mended_where_it_stands() -> None:
    findings = Findings()
    source = SourceText("k", "a: '{{ .spec.replcias }}'")
    findings.add(1305, "m", source, Span(1, 8, 1, 22), lambda: hint_for("replcias", ["replicas", "image"], ("spec",)))
    (found,) = findings.sorted()
    assert apply_edits(source, found.fix) == "a: '{{ .spec.replicas }}'"


def test_tabs_become_spaces_where_their_width_does_not_matter() -> None:
    text = "a:\n\tb:\n\t\tc: 1\n\td: |\n\t\t\tx\n"
    findings = load_text(text, path="k")[1]
    assert findings[0].code == "ORK1002"
    assert mend(SourceText("k", "a:\n\tb: 1\n"), findings) == "a:\n  b: 1\n"
    mixed = "a:\n  b:\n\t- c: 1\n\t  d: 2\n"
    assert mend(SourceText("k", mixed), findings) in (mixed, mixed.replace("\t", "  "))
    ambiguous = "a:\n    b:\n        c: 1\n\td: 1\n"
    assert mend(SourceText("k", ambiguous), findings) in (ambiguous, ambiguous.replace("\t", "    "))


def test_block_scalars_are_not_mended() -> None:
    text = "a: |\n  b: {{ .x }}\nc: {{ .y }}\n"
    assert mend(SourceText("k", text), judge(text)) == 'a: |\n  b: {{ .x }}\nc: "{{ .y }}"\n'


def test_line_ends_stay() -> None:
    text = box_text("prune: 'true'\nworkers: 3\n").replace("\n", "\r\n")
    found = of(text)
    assert found.text.count("\n") == found.text.count("\r\n") > 8
    assert "workers: 3" in found.text


@pytest.mark.parametrize(
    "text", ["", "\x00", "a: [", "{{", "- {{ a", "a: {{\n", "a:\n\t- b\n c: {{ .x\n", "? {{ x }}\n"]
)
def test_anything_may_be_given(text: str) -> None:
    found = of(text)
    assert of(found.text).text == found.text


def test_findings_bring_the_edits_of_a_rewriting() -> None:
    text = box_text("workers: 3\nonReconcile: {jobs: [{image: x, anyOf: [], env: {A: b}}]}\n")
    source = SourceText("k.yaml", text)
    found = {each.code + each.message[:5]: each for each in with_fixes(source, judge(text))}
    assert set(found) == {"ORK1601worke", "ORK1601anyOf", "ORK1504env: "}
    after = apply_edits(source, found["ORK1601worke"].fix)
    assert "reconciler:\n          workers: 3\n" in after
    assert "anyOf" in after
    assert "or: []" in apply_edits(source, found["ORK1601anyOf"].fix)
    assert "{name: A, value: b}" in apply_edits(source, found["ORK1504env: "].fix)


def test_edits_between_two_texts_make_one_of_the_other() -> None:
    for before, after in (
        ("a\nb\nc\n", "a\nB\nc"),
        ("", "x"),
        ("x", ""),
        ("a\r\nb", "a\r\nb\r\nc\r\n"),
        (HEAD, HEAD + "z"),
    ):
        source = SourceText("k", before)
        assert apply_edits(source, edits_between(source, after)) == after
