"""Random templates: of every construct of the language, mostly well-formed; and spoilt ones."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fuzz.chance import KEYS, Chance

PATHS = (
    *(".a", ".b", ".c", ".list", ".map", ".none", ".é", ".n", ".map.a", ".map.b.c", ".none.a", ".map.missing"),
    *("$.a", "$.c", "$.list", "$.map", "$.map.a", "$.n", "$.b", ".", "$", "$x", "$y", "$x.a"),
)
LITERALS = (
    *("0", "1", "2", "-1", "0x1F", "0b101", "0o17", "017", "1_0", "'a'", "'\\n'", "'é'", "1.5", "2.0", "1e6", "1e100"),
    *("-0x1e", "0x1p-2", "9223372036854775807", "1000000", "3.", ".5", "+1", "true", "false", '""', '"a"', '"a b"'),
    *('"é世"', "`raw`", "`a\nb`", '"<&>"', '"\\xff"', '"\\u00e9\\t"'),
)
BAD_LITERALS = (
    "nil",
    "9223372036854775808",
    "-9223372036854775809",
    "0x",
    "1e",
    "08",
    "1i",
    "'ab'",
    "''",
    '"\\q"',
    '"\n"',
    "1__0",
)
_FLAGS = ("", "", "", "+", "-", "#", " ", "0", "+0", "-0", "#+", "# ")
_WIDTHS = ("", "", "", "5", "12", "*", "[1]", "[2]", "[1]*", "[3]")
_PRECISIONS = ("", "", "", ".2", ".0", ".", ".*", ".[1]*", ".12")
_VERBS = "vvvdsqxXtbofeEgGcUTOwzp%"
_ANY_NUMBER = ("and", "or", "print", "println", "html", "js", "urlquery")
_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_SAFE = (
    *("len $.list", "len $.map", "len $.c", 'index $.map "a"', 'index $.map "é"', "not .", "not $.a", "slice $.c 1"),
    *("slice $.c 1 3", "slice $.list 0", "index $.c 1", "print . $.a", "print $.list $.map", "printf `%v` .", "print"),
    *("printf `%5v|%-5v` $.c $.n", "printf `%q %d` $.c $.n", "println $.n", "and $.a $.c", "or $.a $.none $.c"),
    *(
        "html $.b",
        "eq . .n",
        "eq $.none nil",
        "eq 1 2 $.n",
        "html .",
        "js $.map",
        "urlquery $.c $.a",
        "len (print $.b)",
    ),
    *("eq $.n 1", "lt 2 $.n", 'ge $.c "text"', "eq $.a $.a", "ne $.map nil", "eq $.list nil", "not (and $.a 1)"),
)
_RANGED = (
    *(
        ".list",
        "$.list",
        ".map",
        "$.map",
        "$.n",
        "3",
        "(slice $.list 0)",
        "$.none",
        "(or $.none $.list)",
        "$.map.missing",
    ),
    *("(and 1 $.map)", "$x", ".", "$.b"),
)
_OPENS = ("{{", "{{", "{{", "{{", "{{- ", "{{ ", "{{\n")
_CLOSES = ("}}", "}}", "}}", "}}", " -}}", " }}", "\n}}")
_TEXTS = ("text", " ", "\n ", "é", "{{/* c */}}", " {{- /* c */ -}} ", "}}", "{", "-", "\t\r\n")
_PREFIXES = {
    "if": ("if ", "if ", "if $x := "),
    "with": ("with ", "with ", "with $y := "),
    "range": ("range ", "range ", "range $x := ", "range $x, $y := ", "range $x = ", "range $x, $y = "),
}
_CALLED = (
    "{{define `t`}}[{{.}}]{{end}}{{template `t` .a}}",
    "{{template `t` .map}}{{define `t`}}{{.a}}{{range .}}{{.}}{{end}}{{end}}",
    "{{block `t` .list}}{{len .}}{{end}}",
    "{{template `t`}}{{define `t`}}{{$}}{{.}}{{end}}",
    "{{define `t`}}a{{end}}{{define `u`}}{{template `t`}}{{end}}{{template `u`}}",
    "{{block `t` .}}{{block `u` $.map}}{{.}}{{end}}{{end}}",
    "{{template `u`}}",
    "{{define `t`}}{{if .list}}{{template `t` .map}}{{end}}{{end}}{{template `t` .}}",
)
TOKENS = (
    *("{{", "}}", "{{-", "-}}", " ", "(", ")", "|", ".", ",", ":=", "=", "$x", "$", ".a", "1", "-1", "0x", "'a'"),
    *('"s"', '"', "`", "'", "/*", "*/", "if", "else", "end", "range", "with", "define", "template", "block", "break"),
    *("continue", "nil", "true", "print", "len", "{{end}}", "{{else}}", "{{if 1}}", "{{range 2}}", "\\", "é", "\n"),
    *(
        "$x :=",
        "{{$x := 1}}",
        "text",
        "%",
        "1.5e",
        "_",
        "\u00b2",
        "{{else if .a}}",
        "{{else with .a}}",
        "..",
        "$.",
        "\x00",
    ),
)


def format_of(chance: Chance) -> str:
    """A format for printf."""
    parts = []
    for _ in range(chance.up_to(4)):
        if chance.maybe(0.75):
            parts.append("%" + chance.one(_FLAGS) + chance.one(_WIDTHS) + chance.one(_PRECISIONS) + chance.one(_VERBS))
        else:
            parts.append(chance.one(("-", "a", "é", "[", "%%", "%", "%[", "%[x]d", "%!")))
    return "".join(parts)


class Grammar:
    """Writes templates. ``calls``: further calls as text, for functions beside Go's own."""

    def __init__(self, chance: Chance, calls: Sequence[str] = ()) -> None:
        self.chance = chance
        self.calls = calls

    def operand(self, depth: int) -> str:
        chance = self.chance
        kind = chance.random()
        if depth <= 0 or kind < 0.75:
            if kind < 0.5:
                return chance.one(PATHS)
            if kind < 0.53:
                return "." + ".".join(chance.one(KEYS) for _ in range(chance.randint(1, 3)))
            return chance.one(BAD_LITERALS) if chance.maybe(0.005) else chance.one(LITERALS)
        inner = f"({self.pipeline(depth - 1)})"
        return f"{inner}.{chance.one(KEYS)}" if chance.maybe(0.3) else inner

    def operands(self, least: int, most: int, depth: int) -> str:
        return " ".join(self.operand(depth) for _ in range(self.chance.randint(least, most)))

    def call(self, depth: int) -> str:
        chance = self.chance
        kind = chance.random()
        if self.calls and kind < 0.4:
            return chance.one(self.calls)
        if kind < 0.72:
            return chance.one(_SAFE)
        if kind < 0.8:
            return f"{chance.one(_ANY_NUMBER)} {self.operands(0, 3, depth)}"
        if kind < 0.85:
            return f"{chance.one(_COMPARISONS)} {self.operands(1, 3, depth)}"
        if kind < 0.89:
            return f"{chance.one(('index', 'slice'))} {self.operands(1, 4, depth)}"
        if kind < 0.94:
            return f"{chance.one(('len', 'not', 'print'))} {self.operands(1, 1, depth)}"
        return f"printf `{format_of(chance)}` {self.operands(0, 3, depth)}"

    def pipeline(self, depth: int) -> str:
        chance = self.chance
        kind = chance.random()
        if kind < 0.4 or depth <= 0:
            return self.operand(0)
        if kind < 0.8:
            return self.call(depth - 1)
        first = self.operand(depth - 1) if chance.maybe(0.6) else self.call(depth - 1)
        last = chance.one(("print", "len", "not", "html", "printf `%v` 1", "eq 1", "or", "and 1", "index $.map"))
        return f"{first} | {last if chance.maybe(0.7) else self.call(depth - 1)}"

    def tag(self, body: str) -> str:
        return f"{self.chance.one(_OPENS)}{body}{self.chance.one(_CLOSES)}"

    def action(self) -> str:
        chance = self.chance
        kind = chance.random()
        if kind < 0.25:
            return chance.one(_TEXTS)
        if kind < 0.4:
            return self.tag(chance.one(("$x := ", "$y := ", "$x = ", "$y = ")) + self.pipeline(2))
        return self.tag(self.pipeline(2))

    def statements(self, depth: int, in_loop: bool) -> str:
        return "".join(self.statement(depth, in_loop) for _ in range(self.chance.up_to(3)))

    def statement(self, depth: int, in_loop: bool = False) -> str:
        chance = self.chance
        if depth <= 0 or chance.maybe(0.5):
            if in_loop and chance.maybe(0.15):
                return chance.one(
                    ("{{break}}", "{{continue}}", "{{if .}}{{break}}{{end}}", "{{if eq . 1}}{{continue}}{{end}}")
                )
            return self.action()
        word = chance.one(("if", "with", "range", "range"))
        subject = chance.one(_RANGED) if word == "range" and chance.maybe(0.8) else self.pipeline(2)
        parts = [
            self.tag(chance.one(_PREFIXES[word]) + subject),
            self.statements(depth - 1, in_loop or word == "range"),
        ]
        if word != "range" and chance.maybe(0.2):
            parts += [self.tag(f"else {word} {self.pipeline(1)}"), self.statements(depth - 1, in_loop)]
        if chance.maybe(0.4):
            parts += [self.tag("else"), self.statements(depth - 1, in_loop)]
        return "".join((*parts, self.tag("end")))

    def template(self) -> str:
        """A whole template, well-formed but for a few literals."""
        chance = self.chance
        head = chance.one(("{{$x := .map}}{{$y := 1}}", "{{$x := 0}}{{$y := .a}}", "{{$x := .list -}}{{- $y := .c}}"))
        body = "".join(self.statement(chance.randint(1, 3)) for _ in range(chance.randint(1, 3)))
        return head + body + (chance.one(_CALLED) if chance.maybe(0.2) else "")


def spoilt(chance: Chance, text: str) -> str:
    """The text with a few pieces dropped, doubled, swapped or put in."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text) + 1)
        kind = chance.random()
        if kind < 0.35:
            text = text[:at] + chance.one(TOKENS) + text[at:]
        elif kind < 0.6:
            text = text[:at] + text[at + chance.randint(1, 4) :]
        elif kind < 0.75:
            end = at + chance.randint(1, 20)
            text = text[:end] + text[at:end] + text[end:]
        elif kind < 0.9:
            text = text[:at] + chance.one(TOKENS) + text[at + 1 :]
        else:
            text = text[:at]
    return text


def tokens(chance: Chance) -> str:
    """Pieces of the language in any order."""
    return "".join(chance.one(TOKENS) for _ in range(chance.randint(1, 12)))
