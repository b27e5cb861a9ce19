import pytest

from orkestra.template import TemplateSyntaxError, compile, nodes
from orkestra.template.errors import Source
from orkestra.template.parser import MAX_NESTING, parse


def test_else_if_becomes_one_more_branch() -> None:
    tree = parse(Source("{{if .a}}1{{else if .b}}2{{else}}3{{end}}"), ())
    (statement,) = tree.body
    assert isinstance(statement, nodes.If)
    assert len(statement.branches) == 2
    assert len(statement.otherwise) == 1


def test_definitions_are_kept_by_name() -> None:
    tree = parse(Source('{{define "a"}}x{{end}}{{block "b" .}}y{{end}}'), ())
    assert set(tree.defined) == {"", "a", "b"}


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a\n  {{ nosuch 1 }}", 'function "nosuch" not defined', 2, 6),
        ("{{ lenn .a }}", 'function "lenn" not defined; did you mean "len"?', 1, 4),
        ("{{ $nmae := 1 }}{{ $name }}", 'undefined variable "$name"; did you mean "$nmae"?', 1, 20),
        ("{{ if .a }}", "unexpected EOF: {{if}} has no {{end}}", 1, 4),
        ("{{ if .a }}{{ range .b }}{{ end }}", "unexpected EOF: {{if}} has no {{end}}", 1, 4),
        ("{{ end }}", "unexpected {{end}}", 1, 4),
        ("{{ if }}{{ end }}", "missing value for if", 1, 7),
        ("{{ if 1 }}{{ else }}{{ else }}{{ end }}", "expected end; found {{else}}", 1, 24),
        ("{{ break }}", "{{break}} outside {{range}}", 1, 4),
        ("{{ 1 | 2 }}", "non executable command in pipeline stage 2", 1, 8),
        ('{{ "a".b }}', 'unexpected . after term ""a""', 1, 4),
        ("{{ print 1, 2 }}", 'unexpected "," in operand', 1, 11),
        ("{{ define x }}{{ end }}", 'unexpected "x" in define clause', 1, 11),
        ("{{ if 1 }}{{ define `a` }}{{ end }}{{ end }}", "unexpected <define> in command", 1, 14),
        ("{{ 99999999999999999999 }}", 'integer overflow: "99999999999999999999"', 1, 4),
        ("{{define `a`}}1{{end}}{{define `a`}}2{{end}}", 'multiple definition of template "a"', 1, 25),
    ],
)
def test_errors_name_the_place(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        compile(text, functions={})
    assert (caught.value.message, caught.value.line, caught.value.column) == (message, line, column)


@pytest.mark.parametrize(
    "text",
    [
        "{{" + "(" * 5000 + "1" + ")" * 5000 + "}}",
        "{{if 1}}" * 5000 + "{{end}}" * 5000,
        "{{range .a}}" * 5000,
        "{{block `a` .}}" * 5000,
    ],
    ids=["parentheses", "conditions", "loops", "blocks"],
)
def test_nesting_is_bounded(text: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=f"nested deeper than {MAX_NESTING} levels"):
        compile(text, functions={})


def test_nesting_up_to_the_bound_renders() -> None:
    text = "{{if 1}}" * MAX_NESTING + "deep" + "{{end}}" * MAX_NESTING
    assert compile(text, functions={}).render({}) == "deep"
    text = "{{" + "(" * MAX_NESTING + "1" + ")" * MAX_NESTING + "}}"
    assert compile(text, functions={}).render({}) == "1"


def test_a_long_chain_of_else_if_is_not_nesting() -> None:
    text = "{{if 0}}" + "{{else if 0}}" * 2000 + "{{else}}last{{end}}"
    assert compile(text, functions={}).render({}) == "last"


def test_a_template_knows_where_it_stands_in_its_file() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        compile("{{ nosuch }}", functions={}, name="katalog.yaml", line=12, column=9)
    assert str(caught.value) == 'template: katalog.yaml:12:12: function "nosuch" not defined'
