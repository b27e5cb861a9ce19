"""The Katalog contract: a missing value prints as nothing, and a field of it is missing too."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template import TemplateError, compile
from orkestra.template.functions import builtin_functions

CR: dict[str, Any] = {"metadata": {"name": "shop"}, "spec": {"image": "nginx", "none": None, "hosts": []}}


def render(text: str) -> str:
    return compile(text, functions=builtin_functions()).render(CR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[{{ .spec.nothing }}]", "[]"),
        ("[{{ .spec.none }}]", "[]"),
        ("[{{ .spec.nothing.at.all }}]", "[]"),
        ("[{{ .spec.none.field }}]", "[]"),
        ("[{{ $x := .spec.nothing }}{{ $x.field }}]", "[]"),
        ("[{{ (.spec.nothing).field }}]", "[]"),
        ('[{{ index .metadata.annotations "team" }}]', "[]"),
        ('[{{ index .spec.nothing 0 "x" }}]', "[]"),
        ("[{{ slice .spec.nothing 1 }}]", "[]"),
        ("{{ len .spec.nothing }}", "0"),
        ("[{{ print .spec.nothing }}]", "[]"),
        ('{{ printf "%s-%v-%q" .metadata.name .spec.nothing .spec.none }}', 'shop--""'),
        ('{{ printf "%d" .spec.nothing }}', "%!d(<nil>)"),
        ("[{{ html .spec.nothing }}]", "[]"),
        ("{{ range .spec.nothing }}x{{ else }}none{{ end }}", "none"),
        ("{{ with .spec.nothing }}x{{ else }}none{{ end }}", "none"),
        ("{{ if .spec.nothing.field }}x{{ else }}none{{ end }}", "none"),
        ("{{ eq .spec.nothing nil }}", "true"),
        ('{{ .spec.nothing | default "y" }}', "y"),
        ('{{ default "y" .spec.nothing }}', "y"),
        ('{{ default "y" .spec.image }}', "nginx"),
        ("[{{ .spec.nothing | toUpper }}]", "[]"),
        ("{{ add .spec.nothing 1 }}", "1"),
        ("{{ template `t` .spec.nothing }}{{ define `t` }}[{{ . }}{{ .x }}]{{ end }}", "[]"),
        ("{{ .spec }}", "map[hosts:[] image:nginx none:<nil>]"),
    ],
)
def test_missing_values(text: str, expected: str) -> None:
    assert render(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ .spec.image.tag }}", "can't evaluate field tag in type string"),
        ("{{ .spec.hosts.first }}", "can't evaluate field first in type []interface {}"),
        ("{{ if gt .spec.nothing 1 }}{{ end }}", "error calling gt: invalid type for comparison: no value"),
        ("{{ index .spec.hosts 0 }}", "error calling index: index out of range: 0"),
        ("{{ printf .spec.nothing }}", "error calling printf: wrong type for value; expected string; got no value"),
    ],
)
def test_what_is_no_missing_value_stays_an_error(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(text)
    assert caught.value.message == message


def test_go_mode_prints_no_value() -> None:
    template = compile("{{ .spec.nothing }} {{ .spec.none }} {{ print .spec.none }}", functions={}, missing="go")
    assert template.render(CR) == "<no value> <no value> <nil>"
