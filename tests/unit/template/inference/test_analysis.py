"""What is told about a template without running it, and that nothing else is."""

from __future__ import annotations

import pytest

from orkestra.template import compile
from orkestra.template.functions import builtin_functions
from orkestra.template.inference import UNKNOWN, Analysis, Shape, Trouble

FUNCTIONS = builtin_functions()


def _of(kind: str, **options: object) -> Shape:
    return Shape(frozenset((kind,)), **options)  # type: ignore[arg-type]


DATA = {
    ("spec", "image"): _of("string", optional=frozenset({("spec", "image")})),
    ("spec", "tier"): _of("string", allowed=("web", "batch")),
    ("spec", "replicas"): _of("integer", is_present=True),
    ("spec", "public"): _of("boolean"),
    ("spec", "ports"): _of("array"),
    ("spec", "ports", "*"): _of("integer"),
    ("spec", "share"): Shape(frozenset(("integer", "number"))),
    ("spec",): _of("object"),
}


def analysed(text: str) -> Analysis:
    def lookup(path: tuple[str, ...]) -> Shape:
        return DATA.get(path, UNKNOWN)

    return compile(text, functions=FUNCTIONS).analyse(FUNCTIONS, lookup)


def told(text: str) -> list[tuple[Trouble, str]]:
    return [(each.trouble, each.message) for each in analysed(text).problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{{ add "a" 1 }}', 'add takes a number, not "a"'),
        ('{{ .spec.x | add "a" }}', 'add takes a number, not "a"'),
        ("{{ add .spec.public 1 }}", "add takes a number, not spec.public (true or false)"),
        ("{{ len .spec.replicas }}", "len takes text, a list or a map, not spec.replicas (a whole number)"),
        ('{{ join .spec.image "," }}', "join takes a list, not spec.image (text)"),
        ('{{ .spec.ports | join "," }}', 'join takes a list, not ","'),
        ("{{ toLower .spec.ports }}", "toLower takes text, not spec.ports (a list)"),
        ("{{ readyReplicas .spec.image }}", "readyReplicas takes an object, not spec.image (text)"),
        ("{{ range .spec.image }}x{{ end }}", "range cannot go over spec.image (text)"),
        ('{{ if eq .spec.replicas "3" }}x{{ end }}', 'eq cannot compare spec.replicas (a whole number) with "3"'),
        ('{{ if eq .spec.public "true" }}x{{ end }}', 'eq cannot compare spec.public (true or false) with "true"'),
        ("{{ gt .spec.public false }}", "gt has no order for true and false"),
        ('{{ semverMajor "x" }}', 'semverMajor: "x" is no version: expected one such as 1.2.3'),
        ("{{ with .spec }}{{ len .replicas }}{{ end }}", "len takes text, a list or a map, not spec.replicas (a whole"),
        (
            "{{ $n := .spec.replicas }}{{ len $n }}",
            "len takes text, a list or a map, not spec.replicas (a whole number)",
        ),
        ("{{ range .spec.ports }}{{ len . }}{{ end }}", "len takes text, a list or a map, not spec.ports.* (a whole"),
        (
            '{{ define "a" }}{{ len .replicas }}{{ end }}{{ template "a" .spec }}',
            "len takes text, a list or a map, not",
        ),
        ('{{ len (index .spec "replicas") }}', "len takes text, a list or a map, not spec.replicas (a whole number)"),
    ],
)
def test_calls_that_always_fail(text: str, message: str) -> None:
    found = told(text)
    assert [trouble for trouble, _ in found] == [Trouble.REFUSED]
    assert found[0][1].startswith(message)


@pytest.mark.parametrize(
    ("text", "trouble", "message"),
    [
        ("{{ toLower 3 }}", Trouble.DOUBTFUL, "toLower takes text, not 3"),
        (
            "{{ add .spec.image 1 }}",
            Trouble.DOUBTFUL,
            "add takes a number, and spec.image (text) may be something else",
        ),
        ("{{ gt .spec.share 1 }}", Trouble.DOUBTFUL, "gt fails for spec.share (a number) whenever one side is whole"),
        ('{{ printf "%d" .spec.image }}', Trouble.FORMAT, "printf: %d does not print spec.image (text)"),
        (
            '{{ printf "%s" .spec.replicas }}',
            Trouble.FORMAT,
            "printf: %s does not print spec.replicas (a whole number)",
        ),
        ('{{ printf "%s-%s" .spec.image }}', Trouble.FORMAT, "printf: the format has 2 verbs and gets 1 argument"),
        ('{{ .spec.image | printf "%s" 1 }}', Trouble.FORMAT, "printf: the format has 1 verb and gets 2 arguments"),
        ('{{ printf "%y" 1 }}', Trouble.FORMAT, "printf: %y is no verb"),
        ("{{ if true }}x{{ end }}", Trouble.CONSTANT, "the condition is the same for all data: this branch is always"),
        (
            '{{ if eq "a" "b" }}x{{ end }}',
            Trouble.CONSTANT,
            "the condition is the same for all data: this branch is never",
        ),
        ('{{ with "" }}x{{ end }}', Trouble.CONSTANT, "the condition is the same for all data: this branch is never"),
        (
            '{{ if eq .spec.tier "wbe" }}x{{ end }}',
            Trouble.NEVER,
            "spec.tier is one of web, batch by the schema, never",
        ),
        ('{{ default .spec.image "x" }}', Trouble.UNUSED, 'default ends with the value, and "x" is never empty'),
        ('{{ or "x" .spec.image }}', Trouble.UNUSED, 'or ends at "x", which is never empty'),
        ('{{ coalesce "x" .spec.image }}', Trouble.UNUSED, 'coalesce ends at "x", which is never empty'),
        (
            '{{ ternary "a" "b" .spec.public }}',
            Trouble.UNUSED,
            'ternary begins with the condition, and "a" is the same',
        ),
        (
            '{{ .spec.image | trimPrefix "v" }}',
            Trouble.REVERSED,
            'trimPrefix: a pipe fills the last place, so "v" comes',
        ),
        (
            "{{ if .spec.replicas | gt 0 }}x{{ end }}",
            Trouble.REVERSED,
            "gt: a pipe fills the last place, so 0 comes first",
        ),
        ("{{ .spec.replicas | sub 1 }}", Trouble.REVERSED, "sub: a pipe fills the last place, so 1 comes first"),
    ],
)
def test_what_cannot_be_meant(text: str, trouble: Trouble, message: str) -> None:
    found = told(text)
    assert [each for each, _ in found] == [trouble]
    assert found[0][1].startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        '{{ .spec.image | default "x" | toLower }}',
        '{{ .spec.replicas | add 1 }}{{ .spec.image | replace "a" "b" | len }}'.replace('replace "a" "b"', "toUpper"),
        '{{ if eq .spec.tier "web" "batch" }}x{{ else if eq .spec.tier "" }}y{{ end }}',
        '{{ if and .spec.public (gt .spec.replicas 1) }}x{{ end }}',
        '{{ $n := 0 }}{{ range .spec.ports }}{{ $n = add $n 1 }}{{ end }}{{ if eq $n 0 }}none{{ end }}',
        "{{ range $i, $port := .spec.ports }}{{ if $i }},{{ end }}{{ $port }}{{ end }}",
        "{{ range 3 }}{{ . }}{{ end }}",
        '{{ printf "%s:%d %v %5.2f %%" .spec.image .spec.replicas .spec.ports 1.5 }}',
        '{{ printf "%[2]s %[1]d" .spec.replicas .spec.image }}{{ printf "%*d" 3 .spec.replicas }}',
        '{{ repeat "a" 1000000000 }}',
        '{{ if hasPrefix .spec.image "v" }}x{{ end }}{{ .spec.image | contains .spec.tier }}',
        '{{ with .spec.image }}{{ . | toUpper }}{{ else }}-{{ end }}',
        '{{ if eq .spec.share 0.5 }}x{{ end }}'.replace(".spec.share", "(toFloat .spec.share)"),
        '{{ .x | eq "a" }}{{ .x.y.z | toInt | add 2 }}',
        "{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" .spec }}",
    ],
)  # fmt: skip
def test_nothing_is_told_where_nothing_is_certain(text: str) -> None:
    assert told(text) == []


def test_one_cause_gives_one_problem() -> None:
    assert len(told('{{ if eq (add "a" 1) (add "b" 2) }}{{ if eq (add "a" 1) 3 }}x{{ end }}{{ end }}')) == 3
    assert len(told('{{ printf "%d" (add "a" 1) | toUpper }}')) == 1


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("{{ .spec.replicas | add 1 }}", {"integer", "number"}),
        ("{{ .spec.image | toUpper }}", {"string"}),
        ('{{ .spec.replicas | default "x" }}', {"integer", "string"}),
        ("{{ not .spec.public }}", {"boolean"}),
        ("{{ .spec.unknown }}", set()),
    ],
)
def test_the_value_of_a_lone_action(text: str, kinds: set[str]) -> None:
    value = analysed(text).value
    assert value is not None
    assert value.kinds == kinds


def test_what_absence_leaves_empty() -> None:
    def optional(text: str) -> set[tuple[str, ...]]:
        return {path for shape, *_ in analysed(text).printed for path in shape.optional}

    assert optional("a-{{ .spec.image | toLower | trimSpace }}") == {("spec", "image")}
    assert optional('{{ printf "%s!" .spec.image }}') == {("spec", "image")}
    assert optional('{{ .spec.image | default "x" | toLower }}') == set()
    assert optional("{{ if .spec.image }}{{ .spec.image }}{{ end }}") == set()


def test_paths_named_by_text() -> None:
    found = analysed('{{ getOr .spec "a.b" 1 }}{{ get . "spec" "c" }}{{ mapGet .spec "d" }}{{ (spec .).e }}').looked_up
    assert [path for path, *_ in found] == [("spec", "a", "b"), ("spec", "c"), ("spec", "d"), ("spec",), ("spec", "e")]


def test_places_are_those_of_the_text() -> None:
    (problem,) = analysed('a\n  {{ add "a"\n 1 }}').problems
    assert (problem.line, problem.column, problem.width) == (2, 10, 3)
