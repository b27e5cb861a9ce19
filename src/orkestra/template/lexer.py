"""Text -> tokens.

The whole text is cut at once into a list, so that the parser may look ahead freely. Comments and trimmed space never
become tokens. Rules: go ``src/text/template/parse/lex.go``.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from orkestra.template.errors import Source

KEYWORDS: Final = frozenset(
    ("block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with")
)
_SPACE: Final = " \t\r\n"
_TERMINATORS: Final = _SPACE + ".,|:)("

_ACTION: Final = re.compile(
    r"""
      (?P<right> [ \t\r\n]-\}\}[ \t\r\n]* | \}\} )
    | (?P<space> [ \t\r\n]+?(?=[ \t\r\n]-\}\}) | [ \t\r\n]+ )
    | (?P<declare> := )
    | (?P<assign> = )
    | (?P<pipe> \| )
    | (?P<string> "[^"\\\n]*(?:\\[^\n][^"\\\n]*)*" )
    | (?P<raw> `[^`]*` )
    | (?P<char> '[^'\\\n]*(?:\\[^\n][^'\\\n]*)*' )
    | (?P<variable> \$\w* )
    | (?P<field> \.(?![0-9])\w* )
    | (?P<number> (?=[+-]|\.?[0-9]) [+-]?
          (?: 0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?
            | 0[oO][0-7_]*(?:\.[0-7_]*)?
            | 0[bB][01_]*(?:\.[01_]*)?
            | [0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)? ) i? )
    | (?P<word> \w+ )
    | (?P<left_paren> \( )
    | (?P<right_paren> \) )
    | (?P<mark> [!-~] )
    """,
    re.VERBOSE,
)
_LEFT: Final = re.compile(r"\{\{(?:(?P<trim>-)[ \t\r\n])?(?P<comment>/\*)?")
_COMMENT_END: Final = re.compile(r"\}\}|[ \t\r\n]-\}\}[ \t\r\n]*")
_UNTERMINATED: Final = {
    '"': "unterminated quoted string",
    "`": "unterminated raw quoted string",
    "'": "unterminated character constant",
    ":": "expected :=",
}


class Token(NamedTuple):
    """``kind`` is a group of the pattern above, ``text``, ``left``, ``dot``, ``bool``, ``identifier``, ``eof`` or a
    keyword; ``start`` is an offset in characters."""

    kind: str
    value: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.value)

    def __str__(self) -> str:
        if self.kind == "eof":
            return "EOF"
        if self.kind in KEYWORDS:
            return f"<{self.value}>"
        return f'"{self.value[:10]}"...' if len(self.value) > 10 else f'"{self.value}"'


def tokenize(source: Source, names: frozenset[str] = frozenset()) -> list[Token]:
    """All tokens of the text, the last one ``eof``. Raises TemplateSyntaxError.

    ``names`` are keywords that a function of the same name replaces (Go allows it for break and continue).
    """
    text = source.text
    tokens: list[Token] = []
    at = 0
    while (left := text.find("{{", at)) >= 0:
        opening = _LEFT.match(text, left)
        assert opening is not None  # find() said so
        plain = text[at:left].rstrip(_SPACE) if opening["trim"] else text[at:left]
        if plain:
            tokens.append(Token("text", plain, at))
        if opening["comment"]:
            at = _skip_comment(source, left, opening.end())
        else:
            tokens.append(Token("left", "{{", left))
            at = _tokenize_action(source, tokens, opening.end(), left, names)
    if at < len(text):
        tokens.append(Token("text", text[at:], at))
    tokens.append(Token("eof", "", len(text)))
    return tokens


def _skip_comment(source: Source, left: int, at: int) -> int:
    close = source.text.find("*/", at)
    if close < 0:
        raise source.syntax_error(left, "unclosed comment")
    end = _COMMENT_END.match(source.text, close + 2)
    if end is None:
        raise source.syntax_error(close + 2, "comment ends before closing delimiter")
    return end.end()


def _tokenize_action(source: Source, tokens: list[Token], at: int, left: int, names: frozenset[str]) -> int:
    text = source.text
    parens: list[int] = []
    while True:
        found = _ACTION.match(text, at)
        if found is None:
            if at >= len(text):
                raise source.syntax_error(left, "unclosed action")
            raise source.syntax_error(at, f"unrecognized character in action: {_shown(text[at])}")
        kind, value = str(found.lastgroup), found.group()
        if kind == "right":
            if parens:
                raise source.syntax_error(parens[-1], "unclosed left paren")
            tokens.append(Token("right", value, at))
            return found.end()
        if kind in ("variable", "field", "word"):
            kind = _name_kind(source, kind, value, at, names)
        elif kind == "number":
            _check_number(source, value, at)
        elif kind == "left_paren":
            parens.append(at)
        elif kind == "right_paren":
            if not parens:
                raise source.syntax_error(at, "unexpected right paren")
            parens.pop()
        elif kind == "mark" and value in _UNTERMINATED:
            raise source.syntax_error(at, _UNTERMINATED[value])
        tokens.append(Token(kind, value, at))
        at = found.end()


def _name_kind(source: Source, kind: str, value: str, at: int, names: frozenset[str]) -> str:
    end = at + len(value)
    if not value.isascii():  # \w also takes numerals that are neither letter nor digit to Go
        for offset, char in enumerate(value):
            if not (char in "$._" or char.isalpha() or char.isdecimal()):
                raise source.syntax_error(at + offset, f"bad character {_shown(char)}")
    text = source.text
    if end < len(text) and text[end] not in _TERMINATORS and not text.startswith("}}", end):
        raise source.syntax_error(end, f"bad character {_shown(text[end])}")
    if kind == "field":
        return "dot" if value == "." else "field"
    if kind == "variable":
        return kind
    if value in KEYWORDS and value not in names:
        return value
    return "bool" if value in ("true", "false") else "identifier"


def _check_number(source: Source, value: str, at: int) -> None:
    end = at + len(value)
    following = source.text[end : end + 1]
    if following == "_" or following.isalpha() or following.isdecimal():
        raise source.syntax_error(at, f'bad number syntax: "{value}{following}"')
    if value.endswith("i") or following in ("+", "-"):
        raise source.syntax_error(at, f'imaginary numbers are not supported: "{value}{following}"')


def _shown(char: str) -> str:
    return f"U+{ord(char):04X}" + (f" '{char}'" if char.isprintable() else "")
