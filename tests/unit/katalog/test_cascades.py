"""One cause, one message: each of these Katalogs is good but for one slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog import load_text, render
from orkestra.katalog.diagnostics import SourceText, Span
from orkestra.katalog.diagnostics.annotations import render_annotations
from orkestra.katalog.diagnostics.documents import render_json
from orkestra.katalog.diagnostics.finding import Findings
from orkestra.katalog.diagnostics.junit import render_junit
from orkestra.katalog.diagnostics.report import Report
from orkestra.katalog.diagnostics.sarif import render_sarif
from tests.unit.katalog.katalogs import findings_of

GOOD = Path(__file__).parents[2] / "golden" / "good"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("websites.yaml", "kind: Katalog", "kind: Katalgo"),
        ("websites.yaml", "orkestra.orkspace.io/v1", "orkestra.orkspace.io/v2"),
        ("websites.yaml", "crdFile: crds/website.yaml", "crdFile: crds/websites.yaml"),
        ("websites.yaml", "operatorBox:", "operatorbox:"),
        ("websites.yaml", "onReconcile:", "onReconcil:"),
        ("websites.yaml", "deployments:", "deployment:"),
        ("websites.yaml", 'image: "{{ .spec.image }}"', 'imag: "{{ .spec.image }}"'),
        ("websites.yaml", 'image: "{{ .spec.image }}"', 'image: "{{ .spec.imgae }}"'),
        ("websites.yaml", 'image: "{{ .spec.image }}"', "image: {{ .spec.image }}"),
        ("websites.yaml", 'image: "{{ .spec.image }}"', 'image: "{{ .spec.image }"'),
        ("websites.yaml", "spec.tier, in: [web, api]", "spec.teir, in: [web, api]"),
        ("websites.yaml", "in: [web, api]", "inn: [web, api]"),
        ("websites.yaml", 'port: "{{ .spec.port }}"', 'port: ""'),
        ("websites.yaml", "status:", "staus:"),
        ("websites.yaml", 'replicas: "{{ .spec.replicas }}"', "replicas: [1]"),
        ("websites.yaml", "- {field: status.ready, greaterThan: 0}", "- {field: status.ready, greaterThan: 0"),
        ("pages.yaml", "range $i, $page := .spec.pages", "range $i, $page := .spec.pgaes"),
        ("pages.yaml", "$page.path", "$page.pth"),
        ("pages.yaml", "forEach: {field: spec.regions, as: region}", "forEach: {field: spec.regins, as: region}"),
        ("pages.yaml", "as: region}", "as: regin}"),
        ("databases.yaml", "- {name: config, configMap:", "- {name: confg, configMap:"),
        ("databases.yaml", "name: data, storageClass", "nam: data, storageClass"),
        ("databases.yaml", "once: true", "onec: true"),
        ("databases.yaml", "secrets:", "secret:"),
        ("databases.yaml", "spec.backup.enabled, equals", "spec.bakcup.enabled, equals"),
        ("databases.yaml", ".spec.backup.schedule", ".spec.bakcup.schedule"),
        ("chain.yaml", "database:\n      crdFile", "databse:\n      crdFile"),
        ("chain.yaml", "labelSelector: {generation: blue}", "labelSelector: {generation: green}"),
        ("tenants.yaml", "roleRef: {name: operators}", "roleRef: [operators]"),
        ("workers.yaml", "volumes: [{name: scratch", "volumes: [{nam: scratch"),
        ("workers.yaml", "volumes: [", "volume: ["),
        ("workers.yaml", ".spec.concurrency 2", ".spec.concurency 2"),
        ("inventory.yaml", "kind: Deployment", "kind: Deploymnet"),
        ("agents.yaml", "daemonSets:", "daemonsets:"),
        ("promotions.yaml", "jobs:", "job:"),
        ("previews.yaml", "group: shop.example.com, ", ""),
        ("monitoring.yaml", "kind: NetworkPolicy", "kind: NetworkPolicyy"),
        ("monitoring.yaml", "policyTypes: [Ingress]", "policyType: [Ingress]"),
    ],
)
def test_one_slip_is_told_once(name: str, old: str, new: str) -> None:
    text = (GOOD / name).read_text()
    assert old in text
    found = load_text(text.replace(old, new, 1), path=GOOD / name, root=GOOD)[1]
    assert len(found) == 1, render(found)
    assert found[0].quote or found[0].related, "a line is quoted, if not its own then that where it began"
    assert found[0].span.column <= len(found[0].quote) + 1


def test_names_that_are_no_text_pass_through_every_form() -> None:
    """A name on Linux is bytes: what is not UTF-8 comes as lone surrogates."""
    findings = Findings()
    findings.add(1101, "two\nlines, 100% ::error::", SourceText("a\udcff%.yaml", "x: 1\n"), Span(1, 1, 1, 2), "b\r\nc")
    report = Report(("a\udcff%.yaml",), tuple(findings.sorted()))
    for text in (
        render_json(report),
        render_sarif(report, version="1.0.0"),
        render_junit(report),
        render_annotations(report),
    ):
        text.encode()
    assert render_annotations(report).count("\n") == 1
    assert "100%25 ::error::" in render_annotations(report)
    assert render(report.findings).count("two") == 1


def test_what_has_no_name_of_its_own_is_called_by_its_entry() -> None:
    crds = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\nspec: {crds: {web: null}}\n"
    assert [message for _, _, message in findings_of(crds)] == ["web: expected a map, found null"]
    assert [message for _, _, message in findings_of("- a\n")] == ["expected a map, found a list"]
