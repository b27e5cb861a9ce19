from __future__ import annotations

import pytest

from orkestra.template import Read, compile
from orkestra.template.functions import builtin_functions


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("plain", set()),
        ("{{ .spec.image }}", {("spec", "image")}),
        ("{{ $.spec.image }}", {("spec", "image")}),
        ("{{ . }}", {()}),
        ("{{ with .spec }}{{ .image }}{{ $.kind }}{{ end }}", {("spec",), ("spec", "image"), ("kind",)}),
        ("{{ with .a }}{{ else with .b }}{{ .c }}{{ end }}", {("a",), ("b",), ("b", "c")}),
        ("{{ range .spec.ports }}{{ .name }}{{ end }}", {("spec", "ports")}),
        ("{{ range $k, $v := .spec.env }}{{ $v.x }}{{ end }}", {("spec", "env")}),
        ('{{ index .spec "a" "b" }}', {("spec", "a", "b")}),
        ("{{ index .spec .key }}", {("spec",), ("key",)}),
        ('{{ (index .children "web").status.ready }}', {("children", "web", "status", "ready")}),
        ("{{ $x := .spec }}{{ $x.image }}", {("spec", "image")}),
        ("{{ $x := .a }}{{ if .c }}{{ $x = .b }}{{ end }}{{ $x.y }}", {("c",), ("a", "y"), ("b", "y")}),
        ("{{ (or .a .b).c }}", {("a",), ("b",), ("a", "c"), ("b", "c")}),
        ('{{ .spec.x | default "y" }}', {("spec", "x")}),
        ("{{ template `t` .spec }}{{ define `t` }}{{ .image }}{{ end }}", {("spec", "image")}),
        ("{{ block `t` .spec }}{{ .image }}{{ end }}", {("spec", "image")}),
        ('{{ if eq .kind "a" }}{{ .b }}{{ end }}', {("kind",), ("b",)}),
        ("{{ define `unused` }}{{ .x }}{{ end }}{{ .y }}", {("y",)}),
    ],
)
def test_paths(text: str, paths: set[tuple[str, ...]]) -> None:
    found = compile(text, functions=builtin_functions()).paths
    assert found == paths


def test_recursion_is_followed_to_a_bound() -> None:
    text = "{{ template `t` . }}{{ define `t` }}{{ .a }}{{ template `t` .n }}{{ end }}"
    assert {("a",), ("n", "a"), ("n", "n", "a")} <= compile(text, functions={}).paths


def test_reads_have_places_and_mark_elements() -> None:
    template = compile("{{ range .spec.ports }}{{ .name }}{{ end }}", functions={}, line=7, column=3)
    assert template.reads == (Read(("spec", "ports"), 7, 12), Read(("spec", "ports", "*", "name"), 7, 29))
