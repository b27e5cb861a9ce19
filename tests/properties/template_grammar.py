"""Random templates and data: well-formed ones from a small grammar, and ill-formed ones from its tokens."""

from __future__ import annotations

from hypothesis import strategies as st

KEYS = ("a", "b", "c", "list", "map", "none", "é")
VARIABLES = ("$x", "$y", "$")

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
    st.integers(min_value=-3, max_value=3),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from((0.5, 1.0, 100000.0, 1e6, 1e21, 1e-5)),
    st.text(alphabet=st.sampled_from("ab <>&'\"\\=%\t\né世😀\u2028\u200b"), max_size=6),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)
data = st.fixed_dictionaries(
    {},
    optional={
        "a": scalars,
        "b": values,
        "c": st.just("text"),
        "list": st.lists(values, max_size=3),
        "map": st.dictionaries(st.sampled_from(KEYS), values, max_size=4),
        "none": st.none(),
        "é": scalars,
    },
)
"""Anything may be missing or of a type the templates do not expect."""

regular_data = st.fixed_dictionaries(
    {
        "a": st.sampled_from(("x", "é<", 0, 2, 1.5, True, False, "")),
        "b": values,
        "c": st.just("text"),
        "n": st.integers(min_value=-2, max_value=4),
        "list": st.lists(st.sampled_from(("p", "q", 1, 0, 2.0, None)), max_size=3),
        "map": st.dictionaries(st.sampled_from(KEYS), scalars, max_size=4),
    }
)
"""What a Katalog's author would test with: most templates succeed on it."""


paths = st.one_of(
    st.sampled_from(
        (".a", ".b", ".c", ".list", ".map", ".none", ".é", ".map.a", ".map.b.c", ".none2.a", ".map.missing")
    ),
    st.sampled_from((".a", ".c", ".list", ".map", "$.a", "$.c", "$.list", "$.map", "$.map.a", "$.n", "$.n", ".n")),
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=3).map(lambda names: "." + ".".join(names)),
)
verbs = st.tuples(
    st.sampled_from(("", "", "+", "-", "#", " ", "0", "+0", "-0", "#+")),
    st.sampled_from(("", "", "5", "12", "*", "[1]", "[2]", "[1]*")),
    st.sampled_from(("", "", ".2", ".0", ".", ".*")),
    st.sampled_from("vvvdsqxXtbofeEgGcUTOwz%"),
).map(lambda parts: "%" + "".join(parts))
formats = st.lists(verbs | st.sampled_from(("-", "a", "é", "[", "%%")), max_size=3).map("".join)
literals = st.sampled_from(
    (
        *("0", "1", "2", "-1", "0x1F", "1_0", "'a'", "1.5", "2.0", "1e6", "-0x1e", "9223372036854775807"),
        *("true", "false", '""', '"a"', '"a b"', '"é世"', "`raw`", '"<&>"', '"\\xff"', "nil"),
    )
)


regular_calls = st.one_of(
    st.tuples(
        st.sampled_from(("eq", "ne", "lt", "le", "gt", "ge")),
        st.sampled_from(("$.n 1", "2 $.n", '$.c "text"', '"a" "b"', "1 1")),
    ).map(" ".join),
    st.sampled_from(
        (
            *(
                "len $.list",
                "len $.map",
                "len $.c",
                "len $.list | print",
                'index $.map "a"',
                'index $.map "é"',
                "not .",
                "not $.a",
            ),
            *(
                "slice $.c 1",
                "slice $.c 1 3",
                "slice $.list 0",
                "index $.c 1",
                "print . $.a",
                "print $.list $.map",
                "printf `%v` .",
            ),
            *(
                "printf `%5v|%-5v` $.c $.n",
                "printf `%q %d` $.c $.n",
                "println $.n",
                "and $.a $.c",
                "or $.a $.none $.c",
                "html $.b",
            ),
            *("eq . .n", "eq $.none nil", "eq 1 2 $.n", "print", "html .", "js $.map", "urlquery $.c $.a"),
        )
    ),
)


def _call(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    few = st.lists(inner, max_size=3).map(" ".join)
    several = st.lists(inner, min_size=1, max_size=3).map(" ".join)
    return st.one_of(
        regular_calls,
        regular_calls,
        regular_calls,
        st.tuples(st.sampled_from(("and", "or", "print", "println", "html", "js", "urlquery")), several).map(" ".join),
        st.tuples(st.sampled_from(("eq", "ne", "lt", "le", "gt", "ge", "index", "slice")), inner, few).map(" ".join),
        st.tuples(st.sampled_from(("and", "or", "print", "println", "html", "js", "urlquery")), few).map(" ".join),
        st.tuples(st.sampled_from(("len", "not", "print")), inner).map(" ".join),
        st.tuples(formats, few).map(lambda parts: f"printf `{parts[0]}` {parts[1]}"),
    )


simple = st.one_of(paths, paths, literals, st.sampled_from((".", ".", "$", "$x", "$y", "$.a", "$.map", "$x.a")))
operands = st.recursive(
    simple,
    lambda inner: st.one_of(
        _call(inner).map("({})".format),
        st.tuples(_call(inner), st.sampled_from(KEYS)).map(lambda parts: f"({parts[0]}).{parts[1]}"),
    ),
    max_leaves=4,
)


@st.composite
def _commands(draw: st.DrawFn) -> str:  # composite, because the representation of what is inside is huge
    return draw(st.one_of(operands, _call(operands)))


commands = _commands()
ranged = st.one_of(
    st.sampled_from(
        (".list", "$.list", ".map", "$.map", "$.n", "3", "(slice $.list 0)", "$.none", "(or $.none $.list)")
    ),
    st.sampled_from(("$.list", "$.map", "$.map.missing", "(and 1 $.map)")),
)
"""What can be ranged over, mostly."""
_pipelines = st.one_of(
    simple,
    simple,
    simple,
    regular_calls,
    commands,
    st.tuples(commands, _call(operands)).map(" | ".join),
    st.tuples(commands, st.sampled_from(("print", "len", "not", "html", "printf `%v` 1"))).map(" | ".join),
)


@st.composite
def _pipeline(draw: st.DrawFn) -> str:
    return draw(_pipelines)


pipelines = _pipeline()

_opens = st.sampled_from(("{{", "{{", "{{", "{{- "))
_closes = st.sampled_from(("}}", "}}", "}}", " -}}"))


def _tag(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(_opens, body, _closes).map("".join)


def _fixed(body: str) -> st.SearchStrategy[str]:
    return _tag(st.just(body))


actions = st.one_of(
    _tag(pipelines),
    _tag(pipelines),
    _tag(st.tuples(st.sampled_from(("$x := ", "$y := ", "$x = ", "$y = ")), pipelines).map("".join)),
    st.sampled_from(("text", " ", "\n ", "é", "{{/* c */}}", " {{- /* c */ -}} ")),
)
_prefixes = {
    "if": ("if ", "if $x := "),
    "with": ("with ", "with $y := "),
    "range": ("range ", "range $x := ", "range $x, $y := ", "range $x = ", "range $x, $y = "),
}


def _block(word: str, body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    subject = st.one_of(ranged, ranged, ranged, ranged, ranged, pipelines) if word == "range" else pipelines
    opening = _tag(st.tuples(st.sampled_from(_prefixes[word]), subject).map("".join))
    parts = [opening, body]
    other = st.tuples(_fixed("else"), body).map("".join)
    if word != "range":
        chained = _tag(st.tuples(st.just(f"else {word} "), pipelines).map("".join))
        other = other | st.tuples(chained, body, _fixed("else"), body).map("".join)
    return st.tuples(*parts, st.just("") | other, _fixed("end")).map("".join)


def _blocks(body: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    jumps = st.sampled_from(
        ("{{break}}", "{{continue}}", "{{if .}}{{break}}{{end}}", "{{if eq . 1}}{{continue}}{{end}}")
    )
    several = st.lists(body, max_size=3).map("".join)
    looped = st.tuples(several, jumps | st.just(""), several).map("".join)
    return st.one_of(_block("if", several), _block("with", several), _block("range", looped), several)


_statements = st.recursive(actions, _blocks, max_leaves=6)
_called = st.sampled_from(
    (
        "{{define `t`}}[{{.}}]{{end}}{{template `t` .a}}",
        "{{template `t` .map}}{{define `t`}}{{.a}}{{range .}}{{.}}{{end}}{{end}}",
        "{{block `t` .list}}{{len .}}{{end}}",
        "{{template `t`}}{{define `t`}}{{$}}{{.}}{{end}}",
    )
)

templates = st.tuples(
    st.sampled_from(("{{$x := .map}}{{$y := 1}}", "{{$x := 0}}{{$y := .a}}")),
    st.lists(_statements, min_size=1, max_size=4).map("".join),
    st.just("") | _called,
).map("".join)

fragments = st.lists(
    st.sampled_from(
        (
            *(
                "{{",
                "}}",
                "{{-",
                "-}}",
                " ",
                "(",
                ")",
                "|",
                ".",
                ",",
                ":=",
                "=",
                "$x",
                "$",
                ".a",
                "1",
                "-1",
                "0x",
                "'a'",
            ),
            *('"s"', '"', "`", "'", "/*", "*/", "if", "else", "end", "range", "with", "define", "template", "block"),
            *(
                "break",
                "continue",
                "nil",
                "true",
                "print",
                "len",
                "{{end}}",
                "{{else}}",
                "{{if 1}}",
                "{{range 2}}",
                "\\",
                "é",
            ),
            *("\n", "$x :=", "{{$x := 1}}", "text", "%", "1.5e", "_", "\u00b2"),
        )
    ),
    max_size=12,
).map("".join)
