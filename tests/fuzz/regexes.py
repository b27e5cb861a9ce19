"""Random patterns in RE2's syntax and beside it, and texts for them."""

from __future__ import annotations

from tests.fuzz.chance import Chance

_ATOMS = (
    *(
        "a",
        "b",
        "1",
        " ",
        "é",
        "-",
        "_",
        "x",
        "ab",
        ".",
        "^",
        "$",
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\W",
        r"\S",
        r"\b",
        r"\B",
    ),
    *(
        "[a-z]",
        "[^a-z]",
        "[0-9A-F]",
        "[[:alpha:]]",
        "[^[:space:]]",
        r"[\d_]",
        r"[a\-z]",
        "[]a]",
        "[a-]",
        "[.]",
        "[é-ü]",
        r"\.",
    ),
    *(
        r"\pL",
        r"\p{Greek}",
        r"\PN",
        r"\x41",
        r"\x{263a}",
        r"\101",
        r"\n",
        r"\t",
        r"\A",
        r"\z",
        r"\Q.*\E",
        r"\C",
        r"\/",
        r"\*",
    ),
)
_BAD = (
    *(
        r"\1",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?>a)",
        "(?#c)",
        r"\Z",
        r"\k<a>",
        "a**",
        "a++",
        "[z-a]",
        "[",
        "(",
        ")",
        "\\",
        "*a",
    ),
    *(
        "a{2,1}",
        "a{1001}",
        "(?P<n>a)(?P<n>b)",
        r"\p{Nope}",
        r"\xZZ",
        "[[:nope:]]",
        "(?z)",
        r"\q",
        "a{1000}{1000}",
        "(?<n",
        r"\8",
    ),
)
_REPEATS = ("*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,}", "{,2}", "{1,2}?", "{255}", "{256}", "{a}")
_OPENS = ("(", "(?:", "(?i)(", "(?P<n>", "(?<m>", "(?i:", "(?s-i:", "(?m)(", "(?U:")
_LETTERS = "aab1 -_xABz.é\nαk\u212a\u017f\t*"


def pattern_of(chance: Chance, depth: int = 2) -> str:
    """A pattern, one in ten of which no engine of linear time takes."""
    pattern = "".join(_part(chance, depth) for _ in range(chance.randint(1, 4)))
    if chance.maybe(0.1):
        at = chance.randrange(len(pattern) + 1)
        pattern = pattern[:at] + chance.one(_BAD) + pattern[at:]
    return pattern


def _part(chance: Chance, depth: int) -> str:
    kind = chance.random()
    if depth <= 0 or kind < 0.75:
        part = chance.one(_ATOMS)
    elif kind < 0.9:
        part = f"{chance.one(_OPENS)}{pattern_of(chance, depth - 1)})"
    else:
        part = f"{pattern_of(chance, depth - 1)}|{pattern_of(chance, depth - 1)}"
    return part + chance.one(_REPEATS) if chance.maybe(0.3) else part


def texts_for(chance: Chance) -> list[str]:
    """Short texts of letters the patterns speak of, an empty and a long one among them."""
    return ["", chance.text(_LETTERS, 20), chance.text(_LETTERS, 12), chance.text("ab1", 8), chance.text(_LETTERS, 300)]
