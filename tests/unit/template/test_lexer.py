import pytest

from orkestra.template import TemplateSyntaxError
from orkestra.template.errors import Source
from orkestra.template.lexer import tokenize


def kinds(text: str) -> list[str]:
    return [token.kind for token in tokenize(Source(text))]


def test_text_without_actions_is_one_token() -> None:
    assert [(t.kind, t.value) for t in tokenize(Source("plain } text"))] == [("text", "plain } text"), ("eof", "")]


def test_an_action_is_cut_into_operands_and_spaces() -> None:
    assert kinds('{{ .a | f "x" $y 1.5 }}') == [
        *("left", "space", "field", "space", "pipe", "space", "identifier", "space", "string", "space"),
        *("variable", "space", "number", "space", "right", "eof"),
    ]


def test_trim_markers_take_the_space_around_the_action() -> None:
    tokens = tokenize(Source("a \n\t{{- 1 -}} \r\n b"))
    assert [t.value for t in tokens if t.kind == "text"] == ["a", "b"]


def test_a_minus_without_space_is_a_sign() -> None:
    assert [t.value for t in tokenize(Source("a {{-1}}"))] == ["a ", "{{", "-1", "}}", ""]


def test_comments_leave_no_token() -> None:
    assert kinds("{{/* }} {{ */}}{{- /* x */ -}} ") == ["eof"]


def test_keywords_are_tokens_of_their_own_unless_a_function_has_the_name() -> None:
    assert kinds("{{break}}")[1] == "break"
    assert [t.kind for t in tokenize(Source("{{break}}"), frozenset({"break"}))][1] == "identifier"


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("ab {{ .x", "unclosed action", 4),
        ("{{/* x", "unclosed comment", 1),
        ("{{/* x */ }}", "comment ends before closing delimiter", 10),
        ('{{ "abc }}', "unterminated quoted string", 4),
        ("{{ `abc }}", "unterminated raw quoted string", 4),
        ("{{ 'a }}", "unterminated character constant", 4),
        ("{{ (1 }}", "unclosed left paren", 4),
        ("{{ 1) }}", "unexpected right paren", 5),
        ("{{ .a-b }}", "bad character U+002D '-'", 6),
        ("{{ .a² }}", "bad character U+00B2 '²'", 6),
        ("{{ \u00a0 }}", "unrecognized character in action: U+00A0", 4),
        ("{{ 1x }}", 'bad number syntax: "1x"', 4),
        ("{{ 2i }}", 'imaginary numbers are not supported: "2i "', 4),
        ("{{ 1+2i }}", 'imaginary numbers are not supported: "1+"', 4),
        ("{{ $x : 1 }}", "expected :=", 7),
    ],
)
def test_errors_name_the_place(text: str, message: str, column: int) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        tokenize(Source(text))
    assert (caught.value.message, caught.value.line, caught.value.column) == (message, 1, column)
