"""What a copy reads: no more than the definition can name."""

from __future__ import annotations

import pytest

from orkestra.k8s.gvk import GVK
from orkestra.katalog import load_text, render
from orkestra.katalog.model import OperatorBox
from orkestra.operator.copies import SourceNeed, copy_into, source_needs, target_namespaces
from orkestra.operator.needs import child_needs

SECRET = GVK("", "v1", "Secret")


def box(entries: str, more: str = "") -> OperatorBox:
    text = f"""
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {{name: t}}
spec:
  crds:
    site:
      apiTypes: {{group: demo.io, version: v1, kind: Site, plural: sites}}
      {more}
      operatorBox: {{onReconcile: {{secrets: [{entries}]}}}}
"""
    katalog, findings = load_text(text)
    assert katalog is not None, render(findings)
    return katalog.boxes[0]


@pytest.mark.parametrize(
    ("entry", "more", "need"),
    [
        ("{fromSecret: pull, fromNamespace: vault}", "", SourceNeed(SECRET, "vault", "pull")),
        ("{fromSecret: '{{ .spec.s }}', fromNamespace: vault}", "", SourceNeed(SECRET, "vault", "")),
        ("{fromSecret: pull}", "", SourceNeed(SECRET, "", "pull")),
        ("{fromSecret: pull}", "namespace: shop", SourceNeed(SECRET, "shop", "pull")),
        ("{fromSecret: pull, fromNamespace: '{{ .spec.n }}'}", "namespace: shop", SourceNeed(SECRET, "", "pull")),
    ],
)
def test_the_narrowest_watch_that_sees_the_source(entry: str, more: str, need: SourceNeed) -> None:
    assert source_needs(box(entry, more)) == {need}


def test_a_wider_watch_serves_the_narrower_ones() -> None:
    entries = "{name: a, fromSecret: pull, fromNamespace: vault}, {name: b, fromSecret: '{{ .spec.s }}'}"
    assert source_needs(box(entries)) == {SourceNeed(SECRET)}


def test_without_copies_nothing_more_is_watched() -> None:
    assert source_needs(box("{data: {k: v}}")) == frozenset()


def test_children_in_other_namespaces_are_seen_there() -> None:
    assert child_needs(box("{data: {k: v}, toNamespaces: [b]}", "namespace: a"))[SECRET].all_namespaces
    assert not child_needs(box("{data: {k: v}}", "namespace: a"))[SECRET].all_namespaces


def test_a_copy_loses_what_its_source_has_not() -> None:
    manifest = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"k": "v"}}
    copy_into(manifest, {"kind": "ConfigMap", "metadata": {"name": "s"}, "binaryData": {"b": "AA=="}})
    assert manifest == {"kind": "ConfigMap", "metadata": {"name": "c"}, "binaryData": {"b": "AA=="}}


def test_namespaces_count_once_and_empty_ones_not_at_all() -> None:
    assert target_namespaces(["b", "", "a", "b", None]) == ["b", "a"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("{fromSecret: a, data: {k: v}}", "ORK1106"),
        ("{fromNamespace: a, data: {k: v}}", "ORK1502"),
        ("{toNamespaces: [a], namespace: b}", "ORK1502"),
    ],
)
def test_fields_that_make_no_sense_together(entry: str, code: str) -> None:
    text = (
        "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: t}\nspec:\n  crds:\n    site:\n"
        "      apiTypes: {group: demo.io, version: v1, kind: Site, plural: sites}\n"
        f"      operatorBox: {{onReconcile: {{secrets: [{entry}]}}}}\n"
    )
    _, findings = load_text(text)
    assert [finding.code for finding in findings] == [code]
