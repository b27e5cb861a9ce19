"""When there is a shortcut, when it is taken, and what it is made of."""

from __future__ import annotations

import io
import re
import tokenize
from typing import Any

import pytest

from orkestra.template import Environment, Function, TemplateError, TemplateSyntaxError, compile
from orkestra.template.functions import builtin_functions
from orkestra.template.shortcut import code
from orkestra.template.shortcut.support import NAMES
from tests.fuzz import templates
from tests.fuzz.chance import Chance
from tests.fuzz.shortcuts import agree

FUNCTIONS = builtin_functions()
LATE = Function("late", "test", "late()", "", "", "", None, 0, 0)
WORDS = {"def", "make", "shortcut", "data", "env", "return", "if", "else", "for", "in", "is", "not", "and", "or", "out"}
WORDS |= {"None", "get", "left", "pass", "break", "continue", "limits", "steps", "output_bytes", *NAMES}
JOINED = re.compile(r'f"(\{(c\d+|v\d+|quote\([cv]\d+\))\})*"|""|\'\'')


@pytest.mark.parametrize(
    "text",
    [
        "static",
        "{{ define `t` }}{{ end }}{{ template `t` }}",
        "{{ block `t` . }}{{ end }}",
        "{{ randomHex 4 }}",
        "{{ timeAgo .x }}",
        "{{ late }}",
        "{{ $ = 1 }}{{ $ }}",
        "{{ $x := 1 }}{{ range $x = .list }}{{ end }}{{ $x }}",
        "{{ range .list }}{{ range .none }}{{ else }}{{ break }}{{ end }}{{ end }}",
        "{{ print ($x := 1) $x }}",
        "{{ .name.first 1 }}",
        "{{ 9223372036854775808 }}",
        "{{ .name }}" + "x" * 5000,
        "{{ if .x }}" * 20 + "{{ end }}" * 20,
        "{{if .x}}a{{end}}" * 240,
    ],
    ids=lambda text: text[:40],
)
def test_what_is_left_to_the_closures(text: str) -> None:
    template = compile(text, functions={**FUNCTIONS, "late": LATE})
    assert not template.shorten()
    assert template.shortcut is None


def test_go_mode_is_left_to_the_closures() -> None:
    assert not compile("{{ .a }}", functions={}, missing="go").shorten()


def test_a_template_rendered_often_takes_it() -> None:
    template = compile("{{ .a }}-x", functions=FUNCTIONS)
    for _ in range(199):
        template.render({"a": "b"})
    assert template.shortcut is None
    template.render({"a": "b"})
    assert template.shortcut is not None
    assert template.render({"a": "b"}) == "b-x"
    assert template.misses == 0


def test_one_that_gives_up_often_rests() -> None:
    template = compile("{{ .a }}-x", functions=FUNCTIONS)
    assert template.shorten()
    for _ in range(64):
        assert template.render({"a": ["b"]}) == "[b]-x"
    assert template.shortcut is None
    for _ in range(1000):
        template.render({"a": "b"})
    assert template.shortcut is not None


def test_whatever_is_raised_is_for_the_closures() -> None:
    def broken(value: Any) -> Any:
        raise KeyError(value)

    row = Function("broken", "test", "broken(x)", "", "", "", broken, 1, 1)
    template = compile("a\n{{ broken .a }}", functions={"broken": row})
    assert template.shorten()
    with pytest.raises(TemplateError, match=r"2:4: executing at <broken \.a>: error calling broken: KeyError: 'b'"):
        template.render({"a": "b"})
    assert template.misses == 1


def test_a_function_that_replaces_one_of_go_is_called() -> None:
    row = Function("eq", "test", "eq(x, y)", "", "", "", lambda _first, _second: "mine", 2, 2)
    template = compile('{{ eq .a "b" }}', functions={"eq": row})
    assert agree(template, {"a": "b"}, Environment())
    assert template.render({"a": "b"}) == "mine"


def test_templates_of_one_shape_share_their_code() -> None:
    first, second = (compile(text, functions=FUNCTIONS) for text in ("{{ .a.b }}-x", "{{ .spec.image }}:y"))
    assert first.shorten() and second.shorten()
    assert first.shortcut is not None and second.shortcut is not None
    assert first.shortcut.__code__ is second.shortcut.__code__  # type: ignore[attr-defined]
    assert (first.render({"a": {"b": 1}}), second.render({"spec": {"image": "n"}})) == ("1-x", "n:y")


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources of all shortcuts written from here on."""
    written: list[str] = []
    made = code.maker_of

    def maker_of(source: str) -> Any:
        written.append(source)
        return made(source)

    monkeypatch.setattr(code, "maker_of", maker_of)
    return written


def check_words(source: str) -> None:
    """Nothing but fixed words, numbered names, numbers and marks."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            assert token.string in WORDS or re.fullmatch(r"[cv]\d+", token.string), token
        elif token.type == tokenize.STRING:
            assert JOINED.fullmatch(token.string), token
        elif token.type == tokenize.NUMBER:
            assert token.string.isdigit(), token
        else:
            assert token.type in (tokenize.OP, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


HOSTILE = (
    *(
        '"',
        "'",
        '"""',
        "'''",
        "\\",
        "\\n",
        "\n",
        "\r",
        "{",
        "}",
        "{c1}",
        "{{",
        "%s",
        "%(a)s",
        "#",
        ";",
        "\x00",
        "\ud800",
    ),
    *('");import os;("', '" + __import__("os").system("true") + "', "{__import__('os')}", "\nimport os\n", "a\\\nb"),
)


@pytest.mark.parametrize("word", HOSTILE, ids=ascii)
def test_texts_do_not_become_source(word: str, sources: list[str]) -> None:
    quoted = '"' + "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass")) + '"'
    plain = word.replace("{{", "{ {") + " "
    texts = (
        f"{plain}{{{{ .a }}}}{plain}{{{{ if .a }}}}{plain}{{{{ end }}}}",
        f"{{{{ {quoted} }}}}{{{{ eq .a {quoted} }}}}{{{{ index .m {quoted} }}}}{{{{ .a | default {quoted} }}}}",
        f"{{{{ printf {quoted} .a }}}}{{{{ printf {quoted} }}}}{{{{ $x := {quoted} }}}}{{{{ $x }}}}{{{{ $x = .a }}}}",
        f'{{{{ printf "%s{quoted[1:-1]}%q" .a {quoted} }}}}{{{{ range .m }}}}{{{{ . }}}}{plain}{{{{ end }}}}',
    )
    for text in texts:
        template = compile(text, functions=FUNCTIONS)
        agree(template, {"a": word, "m": {word: word}}, Environment())
        assert template.shortcut is not None
        assert template.render({"a": "x", "m": {}}) is not None
    assert len(sources) == len(texts)
    for source in sources:
        check_words(source)


@pytest.mark.parametrize("name", ["__class__", "import", "None", "data", "env", "v1", "c1", "é", "_", "ﬁ", "get"])
def test_names_do_not_become_source(name: str, sources: list[str]) -> None:
    text = "{{ $NAME := .NAME }}{{ $NAME }}{{ .a.NAME.NAME }}{{ $NAME = .a }}{{ $NAME.NAME }}".replace("NAME", name)
    agree(compile(text, functions=FUNCTIONS), {name: "x", "a": {name: {name: "y"}}}, Environment())
    assert len(sources) == 1
    check_words(sources[0])
    assert name in WORDS | {"v1", "c1", "_"} or name not in sources[0]


def test_random_templates_do_not_become_source(sources: list[str]) -> None:
    for number in range(300):
        chance = Chance(f"source:{number}")
        try:
            compile(templates.Grammar(chance).template(), functions=FUNCTIONS).shorten()
        except TemplateSyntaxError:
            continue
    assert len(sources) > 100
    for source in sources:
        check_words(source)


def test_the_written_code_has_no_builtins() -> None:
    template = compile("{{ .a }}", functions=FUNCTIONS)
    assert template.shorten()
    assert template.shortcut is not None
    assert template.shortcut.__globals__["__builtins__"] == {}  # type: ignore[attr-defined]
