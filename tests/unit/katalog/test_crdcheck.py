"""CRDs that the API server would refuse, told where they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.katalog import load
from orkestra.katalog.crdcheck import find_field
from orkestra.katalog.diagnostics import Findings, SourceText
from orkestra.katalog.source import parse_documents
from tests.unit.katalog.compose.trees import katalog, write

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.shop.example.com}
spec:
  group: shop.example.com
  names: {kind: Website, plural: websites}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      additionalPrinterColumns:
        - {name: Image, type: string, jsonPath: .spec.image}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                image: {type: string}
                tags:
                  type: array
                  items: {type: string}
              x-kubernetes-validations:
                - rule: self.image != ""
"""
BOX = "  operatorBox: {onReconcile: {configMaps: [{data: {a: '{{ .metadata.name }}'}}]}}\n"


def judged(folder: Path, crd: str, *, judges: bool = True) -> list[tuple[str, int, str]]:
    """(file, line, message) of each finding that is an error."""
    entries = (
        f"{name}:\n  crdFile: crd.yaml\n  apiTypes: {{kind: Website}}\n  labelSelector: part={name}\n{BOX}"
        for name in ("one", "two")
    )
    write(folder, katalog=katalog("".join(entries)))
    (folder / "crd.yaml").write_text(crd)
    _, findings = load(folder / "katalog.yaml", judges_crds=judges)
    assert {found.code for found in findings if found.is_error} <= {"ORK1122"}
    return [(Path(found.file).name, found.span.line, found.message) for found in findings if found.is_error]


def test_a_crd_that_is_right_is_right(tmp_path: Path) -> None:
    assert judged(tmp_path, CRD) == []


@pytest.mark.parametrize(
    ("was", "now", "line", "text"),
    [
        (
            "{type: string}\n                tags",
            "{type: text}\n                tags",
            21,
            "properties[image].type: Unsupported",
        ),
        ("items: {type: string}", "minItems: 1", 23, "properties[tags].items: Required value"),
        (".spec.image}", "spec.image}", 13, "spec.additionalPrinterColumns[0].JSONPath: Invalid value"),
        (
            "self.image != ",
            "self.imag != ",
            26,
            "[0].rule: compilation failed: ERROR: <input>:1:5: undefined field 'imag'",
        ),
        (
            "self.image != ",
            "self.tags.all(a, self.tags.all(b, a != b)) || self.image != ",
            26,
            "estimated rule cost exceeds",
        ),
        ("storage: true", "storage: false", 9, "must have exactly one version marked as storage version"),
        ("{name: websites.", "{name: website.", 3, 'must be spec.names.plural+"."+spec.group'),
        ("group: shop.example.com", "group: shop", 3, "metadata.name"),
        ("io/v1\n", "io/v1beta1\n", 1, "expected apiextensions.k8s.io/v1, found 'apiextensions.k8s.io/v1beta1'"),
        ("  scope: Namespaced", "  scope: Namespaced\n  preserveUnknownFields: true", 8, "spec.preserveUnknownFields"),
        (
            "type: object\n          properties:",
            "nullable: true\n          type: object\n          properties:",
            16,
            "nullable cannot be true",
        ),
    ],
)
def test_what_the_api_server_refuses(tmp_path: Path, was: str, now: str, line: int, text: str) -> None:
    assert was in CRD
    changed = CRD.replace(was, now, 1)
    found = judged(tmp_path, changed)
    assert [(file, at) for file, at, message in found if text in message] == [("crd.yaml", line)], found
    assert all(message.startswith("the API server would refuse this CRD: ") for *_, message in found)
    assert judged(tmp_path, changed, judges=False) == []


def test_every_version_and_every_document_is_judged(tmp_path: Path) -> None:
    version = CRD[CRD.index("    - name: v1") :]
    second = (
        version.replace("v1", "v1beta1")
        .replace("storage: true", "storage: false")
        .replace("image: {type: s", "image: {type: b")
    )
    other = CRD.replace("ebsite", "ebshop").replace("items: {type: string}", "items: {type: list}")
    (_, first_line, first), (_, second_line, last) = judged(tmp_path, f"{CRD}{second}---\n{other}") or [("", 0, "")] * 2
    assert "spec.versions[1].schema" in first
    assert "properties[tags].items.type" in last
    assert first_line < second_line


def test_a_reason_that_quotes_a_schema_is_cut(tmp_path: Path) -> None:
    properties = "".join(f"            field{n}: {{type: string}}\n" for n in range(100))
    changed = CRD.replace("      schema:\n", "      subresources: {status: {}}\n      schema:\n").replace(
        "          properties:\n", f"          additionalProperties: true\n          properties:\n{properties}", 1
    )
    found = judged(tmp_path, changed)
    assert any("fields are allowed at the root" in message or message.endswith(" …") for *_, message in found)
    assert all(len(message) < 700 for *_, message in found)


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ("", "1:1"),
        ("nothing.like.it", "1:1"),
        ("spec.validation.openAPIV3Schema.type", "16:17"),
        ("spec.versions[0].name", "9:13"),
        ("spec.versions[7].name", "9:5"),
        ("spec.version", "9:13"),
        ("spec.additionalPrinterColumns[0].JSONPath", "13:49"),
        ("spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[image].type", "21:31"),
        ("spec.versions[0].schema.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule", "26:25"),
    ],
)
def test_where_a_field_is_written(path: str, at: str) -> None:
    (root,) = parse_documents(SourceText("crd.yaml", CRD), Findings())
    assert str(find_field(root, path).span) == at
