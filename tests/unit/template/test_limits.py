"""No text and no data makes a render run, recurse or grow without bound."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest

from orkestra.template import Environment, Limits, TemplateError, compile
from orkestra.template.functions import builtin_functions

SMALL = Environment(limits=Limits(output_bytes=10_000, steps=5_000, depth=20))


def render(text: str, data: dict[str, Any] | None = None, environment: Environment = SMALL) -> str:
    return compile(text, functions=builtin_functions()).render(data or {}, environment)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ range 9223372036854775807 }}{{ end }}", "stopped after 5000 steps"),
        ("{{ range 100 }}{{ range 100 }}{{ end }}{{ end }}", "stopped after 5000 steps"),
        ("{{ range 4000 }}abcdef{{ end }}", "the output is larger than 10000 bytes"),
        ("{{ define `a` }}{{ template `a` }}{{ end }}{{ template `a` }}", "templates are nested deeper than 20"),
        (
            "{{ define `a` }}{{ template `b` }}{{ end }}{{ define `b` }}{{ template `a` }}{{ end }}{{ template `a` }}",
            "",
        ),
        ('{{ printf "%1000000d" 1 }}', "error calling printf: the text is larger than the limit"),
        ('{{ printf "%.1000000f" 1.5 }}', "error calling printf: the text is larger than the limit"),
        ('{{ printf "%*d" 999999 1 }}', "error calling printf: the text is larger than the limit"),
        ('{{ repeat "abc" 1000000000000 }}', "error calling repeat: the text would be larger"),
        ('{{ replace (repeat "a" 9000) "" (repeat "b" 9000) }}', "error calling replace: the text would be larger"),
        ('{{ join (split (repeat "," 9000) ",") (repeat "b" 9000) }}', "error calling join: the text would be larger"),
        ('{{ $x := "ab" }}{{ range 100 }}{{ $x = print $x $x }}{{ end }}', "error calling print: the text is larger"),
        ('{{ $x := "\\\\" }}{{ range 100 }}{{ $x = js $x }}{{ end }}', "larger than the limit of 10000"),
        ('{{ $x := "ab" }}{{ range 100 }}{{ $x = toBase64 $x }}{{ end }}', "larger than the limit of 10000"),
        ('{{ $x := "a" }}{{ range 100 }}{{ $x = toJson $x }}{{ end }}', "larger than the limit of 10000"),
        ('{{ $x := repeat "a" 9000 }}{{ range 4000 }}{{ sha256sum $x }}{{ end }}', "stopped after 5000 steps"),
        ('{{ $x := repeat "a" 9000 }}{{ $x }}{{ $x }}', "the output is larger than 10000 bytes"),
        ('{{ repeat "é" 6000 }}', "the output is larger than 10000 bytes"),
    ],
)
def test_bombs_end_in_an_error(text: str, message: str) -> None:
    started = time.process_time()
    with pytest.raises(TemplateError) as caught:
        render(text)
    assert message in caught.value.message
    assert time.process_time() - started < 5


def test_calls_that_fork_are_counted() -> None:
    text = ""
    names = "abcdefghijklmnopqrst"
    for name, called in itertools.pairwise(names):
        text += f"{{{{ define `{name}` }}}}{{{{ template `{called}` }}}}{{{{ template `{called}` }}}}{{{{ end }}}}"
    text += "{{ define `t` }}{{ end }}{{ template `a` }}"
    with pytest.raises(TemplateError, match="stopped after 5000 steps"):
        render(text)


def test_deep_recursion_through_deep_blocks_is_an_error() -> None:
    text = (
        "{{ define `a` }}" + "{{ if 1 }}" * 60 + "{{ template `a` }}" + "{{ end }}" * 60 + "{{ end }}{{ template `a` }}"
    )
    with pytest.raises(TemplateError, match=r"nested (too deeply|deeper)"):
        render(text, environment=Environment())


def test_a_value_that_contains_itself_many_times_is_not_printed() -> None:
    shared: Any = ["leaf"]
    for _ in range(60):
        shared = [shared, shared]
    for text in ("{{ .x }}", "{{ print .x }}", "{{ toJson .x }}", '{{ printf "%v" .x }}', "{{ toString .x }}"):
        with pytest.raises(TemplateError, match="larger"):
            render(text, {"x": shared})


def test_a_value_nested_too_deeply_is_not_printed() -> None:
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for text in ("{{ .x }}", "{{ print .x }}", "{{ toJson .x }}", '{{ printf "%v" .x }}', '{{ printf "%d" .x }}'):
        with pytest.raises(TemplateError, match="nested deeper than 200"):
            render(text, {"x": deep})


def test_numbers_of_thousands_of_digits_are_refused() -> None:
    for text in ("{{ .x }}", "{{ print .x }}", '{{ printf "%d" .x }}', "{{ toString .x }}", "{{ add .x 1 }}"):
        with pytest.raises(TemplateError):
            render(text, {"x": 10**5000})


def test_maps_with_keys_that_are_no_strings_are_refused() -> None:
    for text in ("{{ .x }}", "{{ range $k, $v := .x }}{{ end }}", '{{ printf "%v" .x }}'):
        with pytest.raises(TemplateError, match="keys must be strings"):
            render(text, {"x": {1: 2, "a": 3}})


def test_values_that_no_json_holds_are_refused() -> None:
    with pytest.raises(TemplateError, match="a value of type set cannot be printed"):
        render("{{ .x }}", {"x": {1}})


def test_what_stays_within_the_limits_renders() -> None:
    assert len(render("{{ range 2000 }}abcd{{ end }}")) == 8000
    assert render("{{ range 70 }}{{ range 70 }}{{ end }}{{ end }}ok") == "ok"
