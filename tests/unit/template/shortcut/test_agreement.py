"""A shortcut answers what the closures answer, whatever the data have where it looks."""

from __future__ import annotations

import copy
import itertools
import math
from collections import OrderedDict
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pytest

from orkestra.template import DEFAULT_ENVIRONMENT, Environment, Limits, TemplateError, TemplateFault, compile
from orkestra.template.functions import builtin_functions
from orkestra.template.values import Byte, Int
from tests.fuzz.shortcuts import agree
from tests.golden.recorded import read_cases, read_data

FUNCTIONS = builtin_functions()
CR: dict[str, Any] = {
    "metadata": {"name": "shop", "labels": {"tier": "front", "app": "shop"}},
    "spec": {"replicas": 3, "debug": False, "hosts": ["a", "b"], "ports": [{"name": "http", "port": 80}], "none": None},
}
ANSWERED = (
    "{{ .metadata.name }}",
    "{{ .metadata.name }}-{{ .spec.replicas }}-{{ .metadata.name }}",
    "[{{ .spec.nothing.at.all }}{{ .spec.none }}{{ .spec.debug }}]",
    "{{ $.metadata.name }}{{ with .spec }}{{ .replicas }}{{ $.metadata.name }}{{ end }}",
    "{{ with .spec.nothing }}a{{ else with .metadata.name }}{{ . }}{{ else }}c{{ end }}",
    "{{ if .spec.debug }}a{{ else if gt .spec.replicas 2 }}b{{ else if .x }}c{{ else }}d{{ end }}",
    '{{ if eq .metadata.name "shop" }}a{{ end }}{{ if ne "x" .metadata.name }}b{{ end }}',
    "{{ eq 3 .spec.replicas }}{{ ne .spec.replicas 3 }}{{ eq 1 2 }}{{ eq 1 1 2 }}{{ eq .spec.debug false }}",
    "{{ lt .spec.replicas 4 }}{{ le 3 .spec.replicas }}{{ gt 4 .spec.replicas }}{{ ge .spec.replicas 4 }}",
    '{{ lt .metadata.name "z" }}{{ ge .metadata.name "z" }}{{ gt .metadata.name .metadata.name }}',
    '{{ .spec.none | default "x" }}{{ .metadata.name | default "y" }}{{ default 1 .spec.nothing }}',
    "{{ .metadata.name | toUpper }}{{ .metadata.name | toUpper | toLower | len }}",
    '{{ printf "%s-%d" .metadata.name .spec.replicas }}{{ printf "%v%v" .metadata.name .spec.replicas }}',
    '{{ .metadata.name | printf "%q" }}{{ printf "{%s}" .metadata.name }}{{ printf "%5d" .spec.replicas }}',
    '{{ $f := "%s|%s" }}{{ printf $f .metadata.name "x" }}{{ printf "%%" }}{{ printf .metadata.name }}',
    "{{ range .spec.hosts }}{{ . }},{{ end }}{{ range .spec.none }}x{{ else }}none{{ end }}",
    "{{ range $i, $h := .spec.hosts }}{{ $i }}{{ $h }}{{ eq $i 1 }}{{ end }}",
    '{{ range $i, $h := .spec.hosts }}{{ printf "%T %d" $i $i }}{{ end }}',
    "{{ range $k, $v := .metadata.labels }}{{ $k }}={{ $v }} {{ end }}{{ range .metadata.labels }}{{ . }}{{ end }}",
    "{{ range .spec.ports }}{{ .name }}={{ .port }}{{ range $.spec.hosts }}{{ . }}{{ end }}{{ end }}",
    "{{ range .spec.hosts }}{{ if eq . `b` }}{{ break }}{{ end }}{{ . }}{{ end }}",
    "{{ range .spec.hosts }}{{ if eq . `a` }}{{ continue }}{{ end }}{{ . }}{{ end }}",
    "{{ range $x := .spec.none }}{{ else }}[{{ $x }}]{{ end }}{{ range $x, $y := .none }}{{ else }}{{ $y }}{{ end }}",
    "{{ $x := 1 }}{{ range .spec.hosts }}{{ $x = add $x 1 }}{{ $x }}{{ end }}{{ $x }}",
    "{{ $x := `` }}{{ range $i, $h := .spec.hosts }}{{ if $i }}{{ $x = `,` }}{{ end }}{{ $x }}{{ $h }}{{ end }}",
    "{{ range $h := .spec.hosts }}{{ $h }}{{ $h = `z` }}{{ $h }}{{ end }}",
    "{{ $m := .metadata }}{{ $m.name }}{{ $m = .spec }}{{ $m.name }}{{ $m.replicas }}",
    "{{ $x := 1 }}{{ if .spec.debug }}{{ $x := 2 }}{{ $x }}{{ else }}{{ $x }}{{ end }}{{ $x := 3 }}{{ $x }}",
    "{{ if $x := .spec.replicas }}{{ $x }}{{ else }}n{{ $x }}{{ end }}{{ with $y := .metadata }}{{ $y.name }}{{ end }}",
    "{{ and .spec.debug .metadata.name.first }}{{ or .metadata.name .metadata.name.first }}{{ or .x .y .spec.none 7 }}",
    "{{ and 1 .spec.replicas .metadata.name }}{{ .spec.none | or .x .metadata.name }}{{ or (and .x .y) (not .x) }}",
    "{{ (index .spec.ports 0).port }}{{ index .metadata.labels `app` }}{{ len .spec.hosts }}{{ not .x }}",
    "{{ print .metadata.name 1 .spec.replicas }}{{ html .metadata.name }}{{ urlquery .metadata.name }}",
    "{{ join .spec.hosts `,` }}{{ toJson .spec }}{{ range split `a,b` `,` }}{{ . }};{{ end }}",
    "{{/* nothing */}}{{ $x := .spec }}",
    "{{ 1 }}{{ 1.5 }}{{ true }}{{ `{}` }}{{ 'a' }}{{ 1e6 }}{{ -0.0 }}{{ 0.0 }}",
)


FEW_STEPS = Environment(limits=Limits(steps=2_000))  # numbers are ranged over, too


class Word(str):
    pass


class Table(dict[str, Any]):
    def __missing__(self, key: str) -> Any:
        self[key] = "made"
        return "made"


class Getter:
    """Has the method of a map, and is none."""

    def get(self, key: str) -> str:
        return key


def deep(levels: int) -> Any:
    made: Any = "leaf"
    for _ in range(levels):
        made = {"name": made}
    return made


ODD: tuple[Any, ...] = (
    *(None, "", "é", "\ud800", "\udcff\udcc3", "x" * 5000, "é" * 4000, "a\n\"'\\{}%s", Word("w"), b"x"),
    *(0, -1, 2**63 - 1, 2**63, 10**400, True, False, 1.5, 1e21, -0.0, math.nan, math.inf, Int(5), Byte(5)),
    *([], ["a"], ["a"] * 300, ["x" * 3000] * 3, [None], [[1]], ("a", "b"), (), {1}, object()),
    *({}, {"a": 1}, {1: 2}, {1: 2, "a": 3}, {"name": "n"}, {Word("b"): 1, "a": 2}, {str(i): i for i in range(300)}),
    *(MappingProxyType({"name": "p"}), OrderedDict(name="o"), Table(), Getter(), deep(300), ["a", 1, None, 2.5, True]),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


def changed(path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    made = copy.deepcopy(CR)
    target: Any = made
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return made


@pytest.mark.parametrize("text", ANSWERED)
def test_it_answers_the_frequent_case(text: str) -> None:
    assert agree(compile(text, functions=FUNCTIONS), CR, DEFAULT_ENVIRONMENT)


@pytest.mark.parametrize("text", ANSWERED)
def test_odd_values_anywhere(text: str) -> None:
    template = compile(text, functions=FUNCTIONS)
    for path, value in itertools.product(places(CR), ODD):
        template.shortcut, template.misses = None, 0
        agree(template, changed(path, value), FEW_STEPS)


@pytest.mark.parametrize("text", ANSWERED)
@pytest.mark.parametrize(
    "limits",
    [
        Limits(output_bytes=1),
        Limits(steps=1),
        Limits(output_bytes=4095, steps=999),
        Limits(output_bytes=5000, steps=1000),
    ],
    ids=str,
)
def test_limits_are_those_of_the_closures(text: str, limits: Limits) -> None:
    large = {**CR, "spec": {**CR["spec"], "hosts": ["a"] * 200}}
    for data in (CR, large):
        agree(compile(text, functions=FUNCTIONS), data, Environment(limits=limits))


@pytest.mark.parametrize(
    "text",
    [
        "{{ range .list }}{{ range $.list }}{{ end }}{{ end }}",
        "{{ range .list }}{{ hasPrefix $.large `x` }}{{ end }}",
        "{{ range .list }}abcdefghijklmnopqrstuvwxyz{{ range $.list }}abc{{ end }}{{ end }}",
        "{{ if contains .large `x` }}a{{ end }}",
        "{{ if eq .large `x` }}a{{ end }}",
        "{{ if .large | default 1 }}a{{ end }}{{ if default .large 1 }}a{{ end }}{{ not .large }}",
        "{{ if camelToKebab .humps }}a{{ end }}",
        "{{ if printf `%s` .large }}a{{ end }}",
        "{{ .half }}{{ .half }}",
        "{{ range .list }}{{ $.half }}{{ end }}",
    ],
)
def test_what_is_too_large_is_refused(text: str) -> None:
    template = compile(text, functions=FUNCTIONS)
    data = {"list": ["a"] * 60, "large": "x" * 6000, "half": "x" * 3000, "humps": "aA" * 2000}
    few = Environment(limits=Limits(output_bytes=5000, steps=1000))
    assert not agree(template, data, few)
    with pytest.raises(TemplateError, match=r"larger than|stopped after"):
        template.render(data, few)


def test_what_go_answered_to() -> None:
    """The templates recorded from Go, as the contract renders them."""
    data, answered = read_data(), 0
    for case in read_cases():
        try:
            template = compile(case["template"], functions=FUNCTIONS)
        except TemplateFault:
            continue
        answered += agree(template, data[case["data"]], DEFAULT_ENVIRONMENT)
    assert answered > 200


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=lambda row: row.name)
def test_every_function(row: Any) -> None:
    if row.example.startswith("{{"):
        agree(compile(row.example, functions=FUNCTIONS), {}, DEFAULT_ENVIRONMENT)
    values = ("$x", ".spec.hosts", ".spec.replicas", ".metadata", "`a`")[: max(row.min_args, row.max_args != 0)]
    text = "{{ $x := .metadata.name }}{{ " + " ".join((row.name, *values)) + " }}"
    agree(compile(text, functions=FUNCTIONS), CR, DEFAULT_ENVIRONMENT)
