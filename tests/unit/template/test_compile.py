from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from orkestra.template import Environment, Function, TemplateError, TemplateSyntaxError, compile
from orkestra.template.functions import builtin_functions

CR: dict[str, Any] = {
    "metadata": {"name": "shop"},
    "spec": {"replicas": 3, "weight": 0.5, "debug": False, "hosts": ["a", "b"], "none": None},
}


def value_of(text: str) -> Any:
    return compile(text, functions=builtin_functions()).value(CR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ .spec.replicas }}", 3),
        ("{{- .spec.weight -}}", 0.5),
        ("{{ .spec.debug }}", False),
        ("{{ .spec.hosts }}", ["a", "b"]),
        ("{{ .spec.none }}", None),
        ("{{ .spec.nothing.there }}", None),
        ("{{ add .spec.replicas 1 }}", 4),
        ("{{ len .spec.hosts }}", 2),
        ("{{ 7 }}", 7),
        ("{{/* how many */}}{{ .spec.replicas }}", 3),
        (" {{ .spec.replicas }}", " 3"),
        ("{{ .spec.replicas }}{{ .spec.replicas }}", "33"),
        ("{{ if true }}{{ .spec.replicas }}{{ end }}", "3"),
        ("{{ $x := 1 }}", ""),
        ("plain", "plain"),
    ],
)
def test_a_lone_action_keeps_the_type_of_its_value(text: str, expected: Any) -> None:
    found = value_of(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "is_static"),
    [("plain", True), ("", True), ("{{/* c */}}x", True), ("{{define `a`}}{{.}}{{end}}x", True), ("{{ 1 }}", False)],
)
def test_is_static(text: str, is_static: bool) -> None:
    assert compile(text, functions={}).is_static is is_static


def test_rendering_leaves_the_data_alone() -> None:
    data = {"spec": {"hosts": ["b", "a"], "env": {"B": 1, "A": 2}}}
    text = "{{ range $i, $h := .spec.hosts }}{{ $h }}{{ end }}{{ range $k, $v := .spec.env }}{{ $k }}{{ end }}{{ . }}"
    compile(text, functions={}).render(data)
    assert data == {"spec": {"hosts": ["b", "a"], "env": {"B": 1, "A": 2}}}
    assert list(data["spec"]["env"]) == ["B", "A"]


def test_any_mapping_serves_as_data() -> None:
    data = MappingProxyType({"spec": MappingProxyType({"image": "nginx"})})
    assert compile("{{ .spec.image }}{{ range $k, $v := .spec }}{{ $k }}{{ end }}", functions={}).render(data) == (
        "nginximage"
    )
    assert compile("{{ range . }}x{{ else }}none{{ end }}", functions={}).render(MappingProxyType({})) == "none"


def test_errors_name_place_and_expression() -> None:
    template = compile("a\n{{ .metadata.name.first }}", functions={}, name="web.yaml", line=4, column=10)
    with pytest.raises(TemplateError) as caught:
        template.render(CR)
    fault = caught.value
    assert (fault.line, fault.column, fault.expression) == (5, 4, ".metadata.name.first")
    assert str(fault) == (
        "template: web.yaml:5:4: executing at <.metadata.name.first>: can't evaluate field first in type string"
    )


def test_an_error_within_an_argument_keeps_its_own_place() -> None:
    template = compile("{{ toUpper (div 1 0) }}", functions=builtin_functions())
    with pytest.raises(TemplateError) as caught:
        template.render(CR)
    assert caught.value.message == "error calling div: division by zero"
    assert caught.value.column == 13


def test_the_wrong_number_of_arguments_is_found_at_once() -> None:
    with pytest.raises(TemplateSyntaxError, match="wrong number of args for toUpper: want 1 got 2"):
        compile('{{ if false }}{{ "a" | toUpper "b" }}{{ end }}', functions=builtin_functions())


def test_functions_used_are_known() -> None:
    template = compile('{{ .a | default "x" | printf "%s" }}{{ if eq .b 1 }}{{ end }}', functions=builtin_functions())
    assert template.functions_used == {"default", "printf", "eq"}


def function(name: str, call: Any, **more: Any) -> Function:
    return Function(name, "test", f"{name}()", "", "", "", call, 0, None, **more)


def test_a_late_function_is_bound_by_the_environment() -> None:
    template = compile("{{ phase }}", functions={"phase": function("phase", None)})
    environment = Environment(functions={"phase": function("phase", lambda: "Running")})
    assert template.render({}, environment) == "Running"
    with pytest.raises(TemplateError, match="function phase is not available here"):
        template.render({})


def test_time_comes_from_the_environment_only() -> None:
    functions = {"year": function("year", lambda environment: environment.now().year, needs_environment=True)}
    template = compile("{{ year }}", functions=functions)
    assert template.render({}, Environment(now=lambda: datetime(2024, 1, 1, tzinfo=UTC))) == "2024"
    with pytest.raises(TemplateError, match="error calling year: no clock is available here"):
        template.render({})


def test_whatever_a_function_raises_becomes_a_template_error() -> None:
    def broken() -> None:
        raise KeyError("x")

    template = compile("{{ broken }}", functions={"broken": function("broken", broken)})
    with pytest.raises(TemplateError, match="error calling broken: KeyError: 'x'"):
        template.render({})


def test_a_function_may_replace_one_of_go() -> None:
    assert compile("{{ len 1 }}", functions={"len": function("len", lambda value: "mine")}).render({}) == "mine"
