"""Random YAML: written by a grammar, or a real Katalog with pieces replaced."""

from __future__ import annotations

from tests.fuzz.chance import Chance

PLAIN = (
    *("yes", "no", "on", "off", "y", "n", "null", "~", "true", "False", "017", "0o17", "0x1F", "0b11", "1_000", "1e3"),
    *("1.", ".5", "-.5", "+1", "-0", "12:30:45", "2024-01-01", "2024-01-01T00:00:00Z", ".inf", "-.Inf", ".nan", "1.10"),
    *("9223372036854775808", "0.1e400", "1e-400", "abc", "a b", "a: b", "- a", "é", "世", "😀", "=", "<<", "a#b", "0"),
    *("00", "08", "0_", "_1", "0x", "1__0", "0b2", "1,000", "+", "-", ".", "..", "!x", "%a", "@a", "`a", "1e", "0.0"),
    *("123456789012345678901234567890", "Null", "NULL", "TRUE", "Yes", "ON", "N", "1_0.5_0", "0x_1", "-0b1", "+0o7"),
)
_KEYS = (
    "a",
    "b",
    "c",
    "on",
    "1",
    "é",
    "<<",
    "~",
    '"q"',
    "'s'",
    "a.b/c",
    "? a",
    "true",
    "key with spaces",
    "[a]",
    "{a: 1}",
)
_QUOTED = (
    '"a\\n\\x41\\u00e9"',
    "'it''s'",
    '"\\q"',
    "''",
    '""',
    '"a\n  b"',
    "'a\n\n  b'",
    '"\\\n  x"',
    '"\\ud800"',
    '"unclosed',
)
_TOKENS = (
    *(
        ":",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "#",
        "&a ",
        "*a",
        "!",
        "!!str ",
        "!!binary ",
        "!<x> ",
        "|",
        ">",
        "'",
        '"',
    ),
    *(
        "%YAML 1.2\n",
        "---\n",
        "...\n",
        "\t",
        " ",
        "  ",
        "\n",
        "\r",
        "\x00",
        "\x7f",
        "\ufeff",
        "\u2028",
        "\x85",
        "<<: ",
        "@",
    ),
    *("&a [*a]", "*b", ": ", " #", "key: ", "|2-\n", ">+\n", "{{ .spec.x }}", "\ud800", "~", "0", "é"),
)


class Grammar:
    """Writes documents; indentation is right most of the time."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.anchors: list[str] = []

    def scalar(self) -> str:
        chance = self.chance
        kind = chance.random()
        if kind < 0.7:
            return chance.one(PLAIN)
        if kind < 0.85:
            return chance.one(_QUOTED) if chance.maybe(0.5) else f'"{chance.text("ab é:-#{}")}"'
        return chance.text("ab01.:-_+#é") or "x"

    def tagged(self) -> str:
        chance = self.chance
        kind = chance.random()
        if kind < 0.04:
            self.anchors.append(f"a{len(self.anchors)}")
            return f"&{self.anchors[-1]} "
        if kind < 0.08:
            return chance.one(
                ("!!str ", "!!int ", "!!float ", "!!bool ", "!!null ", "!!binary ", "! ", "!x ", "!!map ", "!!set ")
            )
        return ""

    def flow(self, depth: int) -> str:
        chance = self.chance
        if depth <= 0 or chance.maybe(0.5):
            return self.alias() or self.scalar()
        if chance.maybe(0.5):
            return "[" + ", ".join(self.flow(depth - 1) for _ in range(chance.up_to(4))) + "]"
        return "{" + ", ".join(f"{chance.one(_KEYS)}: {self.flow(depth - 1)}" for _ in range(chance.up_to(4))) + "}"

    def alias(self) -> str:
        if self.anchors and self.chance.maybe(0.1):
            return f"*{self.chance.one(self.anchors)}"
        return ""

    def block(self, depth: int, indent: int) -> str:
        """What follows ``key:`` or ``-``, from the space on, its line break included."""
        chance = self.chance
        kind = chance.random()
        if depth <= 0 or kind < 0.35:
            return f" {self.tagged()}{self.alias() or self.scalar()}\n"
        if kind < 0.45:
            return f" {self.flow(2)}{chance.one(('', '', ' # note'))}\n"
        if kind < 0.55:
            pad = " " * (indent + 2)
            text = "".join(f"{pad}{chance.text('ab: #{é', 8)}\n" for _ in range(chance.randint(1, 3)))
            return f" {chance.one(('|', '>', '|-', '>-', '|+', '|2', '>1'))}\n{text}"
        if kind < 0.75:
            return f" {self.tagged()}".rstrip() + "\n" + self.items(depth - 1, indent + chance.one((0, 2, 2, 2)))
        return f" {self.tagged()}".rstrip() + "\n" + self.pairs(depth - 1, indent + chance.one((1, 2, 2, 2, 4)))

    def items(self, depth: int, indent: int) -> str:
        return "".join(f"{' ' * indent}-{self.block(depth, indent + 2)}" for _ in range(self.chance.randint(1, 3)))

    def pairs(self, depth: int, indent: int) -> str:
        chance = self.chance
        rows = []
        for number in range(chance.randint(1, 4)):
            key = chance.one(_KEYS) if chance.maybe(0.3) else f"k{number}"
            if self.anchors and chance.maybe(0.05):
                rows.append(f"{' ' * indent}<<: *{chance.one(self.anchors)}\n")
            rows.append(f"{' ' * indent}{key}:{self.block(depth, indent)}")
        return "".join(rows)

    def document(self) -> str:
        chance = self.chance
        head = chance.one(("", "", "", "", "---\n", "# note\n", "\ufeff", "%YAML 1.1\n---\n"))
        body = self.pairs(3, 0) if chance.maybe(0.7) else self.items(2, 0) if chance.maybe(0.5) else self.flow(4) + "\n"
        return head + body + chance.one(("", "", "", "", "...\n", "---\nb: 1\n"))


def spoilt(chance: Chance, text: str) -> str:
    """The text with pieces of the language put in, and lines and characters dropped, doubled, moved or shifted."""
    for _ in range(chance.randint(1, 3)):
        kind = chance.random()
        at = chance.randrange(len(text) + 1)
        if kind < 0.3:
            text = text[:at] + chance.one(_TOKENS) + text[at:]
        elif kind < 0.45:
            text = text[:at] + text[at + chance.randint(1, 6) :]
        elif kind < 0.6:
            text = text[:at] + chance.one(PLAIN) + text[at + chance.randint(0, 4) :]
        else:
            lines = text.split("\n")
            line = chance.randrange(len(lines))
            if kind < 0.7:
                lines.insert(chance.randrange(len(lines)), lines[line])
            elif kind < 0.8:
                del lines[line : line + chance.randint(1, 3)]
            elif kind < 0.9:
                lines[line] = " " * chance.randint(1, 4) + lines[line]
            else:
                lines[line] = lines[line][chance.randint(1, 4) :]
            text = "\n".join(lines)
    return text
