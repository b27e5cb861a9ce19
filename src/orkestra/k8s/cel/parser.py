"""Tokens -> tree: precedence climbing, macros expanded on the way. Syntax: cel-go parser/gen/CEL.g4."""

from __future__ import annotations

from orkestra.k8s.cel.errors import CelCompileError, Issue
from orkestra.k8s.cel.lexer import RESERVED, Token, tokenize
from orkestra.k8s.cel.macros import expand_function, expand_method
from orkestra.k8s.cel.nodes import (
    Call,
    Ident,
    Index,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Node,
    Select,
    StructLiteral,
)
from orkestra.k8s.cel.values import INT_MAX

MAX_DEPTH = 60
"""Nesting an expression may have; everything that reads it recurses along it."""
MAX_CHAIN = 100
"""Operators or accesses in a row: ``a.b.c`` and ``1 + 2 + 3`` nest, too. ``&&`` and ``||`` do not."""

_BINARY = {
    "==": (3, "_==_"), "!=": (3, "_!=_"), "<": (3, "_<_"), "<=": (3, "_<=_"), ">": (3, "_>_"), ">=": (3, "_>=_"),
    "in": (3, "@in"), "+": (4, "_+_"), "-": (4, "_-_"), "*": (5, "_*_"), "/": (5, "_/_"), "%": (5, "_%_"),
}  # fmt: skip
_EXPRESSION_START = (
    "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
)


def parse(text: str) -> Node:
    """Raises CelCompileError."""
    parser = _Parser(text)
    tree = parser.expression()
    parser.expect_end()
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokenize(text)
        self._at = 0
        self._depth = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _advance(self) -> Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _is_op(self, text: str) -> bool:
        return self._next.kind == "op" and self._next.text == text

    def _accept(self, text: str) -> Token | None:
        return self._advance() if self._is_op(text) else None

    def _expect(self, text: str) -> Token:
        return self._accept(text) or self._fail(f"mismatched input '{self._next.text}' expecting '{text}'")

    def _fail(self, message: str, offset: int | None = None) -> Token:
        at = self._next.offset if offset is None else offset
        raise CelCompileError(self._text, [Issue(at, f"Syntax error: {message}")])

    def _refuse(self, offset: int, message: str) -> None:
        raise CelCompileError(self._text, [Issue(offset, message)])

    def expect_end(self) -> None:
        if self._next.kind != "end":
            self._fail(f"mismatched input '{self._next.text}' expecting <EOF>")

    def expression(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(self._next.offset, f"expression recursion limit exceeded: {MAX_DEPTH}")
        condition = self._logic(1)
        if mark := self._accept("?"):
            yes = self._logic(1)
            self._expect(":")
            condition = Call(mark.offset, "_?_:_", None, [condition, yes, self.expression()])
        self._depth -= 1
        return condition

    def _logic(self, level: int) -> Node:
        """``||`` binds weakest, then ``&&``; each collects its operands into one node."""
        if level > 2:
            return self._binary(3)
        symbol = "||" if level == 1 else "&&"
        operands = [self._logic(level + 1)]
        offset = self._next.offset
        while self._accept(symbol):
            operands.append(self._logic(level + 1))
        return Logic(offset, f"_{symbol}_", operands) if len(operands) > 1 else operands[0]

    def _binary(self, level: int) -> Node:
        left = self._unary()
        chained = 0
        while self._next.kind == "op" and self._next.text in _BINARY and _BINARY[self._next.text][0] >= level:
            mark = self._advance()
            rank, name = _BINARY[mark.text]
            left = Call(mark.offset, name, None, [left, self._binary(rank + 1)])
            chained += 1
            if chained > MAX_CHAIN:
                self._refuse(mark.offset, f"expression recursion limit exceeded: {MAX_CHAIN}")
        return left

    def _unary(self) -> Node:
        if self._is_op("!") or self._is_op("-"):
            mark = self._advance()
            count = 1
            while self._accept(mark.text):
                count += 1
            if mark.text == "-" and self._next.kind == "literal" and type(self._next.value) in (int, float):
                count -= 1
                operand = self._member(self._negated(mark))
            else:
                operand = self._member(self._primary())
            return Call(mark.offset, f"{mark.text}_", None, [operand]) if count % 2 else operand
        return self._member(self._primary())

    def _negated(self, mark: Token) -> Node:
        """A minus before a number belongs to the literal, or the smallest int could not be written."""
        token = self._advance()
        return Literal(mark.offset, -token.value)

    def _member(self, node: Node) -> Node:
        chained = 0
        while True:
            chained += 1
            if chained > MAX_CHAIN:
                self._refuse(self._next.offset, f"expression recursion limit exceeded: {MAX_CHAIN}")
            if mark := self._accept("."):
                node = self._select(node, mark)
            elif mark := self._accept("["):
                is_optional = self._accept("?") is not None
                index = self.expression()
                self._expect("]")
                node = Index(mark.offset, node, index, is_optional)
            else:
                return node

    def _select(self, operand: Node, mark: Token) -> Node:
        is_optional = self._accept("?") is not None
        token = self._advance()
        if token.kind not in ("ident", "quoted"):
            self._fail(f"no viable alternative at input '.{token.text}'", token.offset)
        if is_optional or token.kind == "quoted" or not self._is_op("("):
            return Select(mark.offset, operand, token.text.strip("`"), is_optional=is_optional)
        opening = self._advance()
        args = self._arguments(")")
        return expand_method(self._text, opening.offset, token.text, operand, args) or Call(
            opening.offset, token.text, operand, args
        )

    def _arguments(self, closing: str) -> list[Node]:
        if self._accept(closing):
            return []
        args = [self.expression()]
        while self._accept(","):
            args.append(self.expression())
        self._expect(closing)
        return args

    def _primary(self) -> Node:
        token = self._advance()
        if token.kind == "literal":
            if token.value == INT_MAX + 1 and type(token.value) is int:
                self._refuse(token.offset, "invalid int literal")
            return Literal(token.offset, token.value)
        if token.kind == "ident":
            return self._identifier(token)
        match token.text if token.kind == "op" else "":
            case "(":
                inner = self.expression()
                self._expect(")")
                return inner
            case "[":
                return self._list(token)
            case "{":
                return self._map(token)
            case "." if self._next.kind == "ident":
                return self._from_root(self._identifier(self._advance(), is_rooted=True))
        kind = "mismatched" if token.kind == "end" else "extraneous"
        self._fail(f"{kind} input '{token.text}' expecting {_EXPRESSION_START}", token.offset)
        raise AssertionError

    def _identifier(self, token: Token, *, is_rooted: bool = False) -> Node:
        if token.text in RESERVED:
            self._refuse(token.offset, f"reserved identifier: {token.text}")
        if opening := self._accept("("):
            args = self._arguments(")")
            macro = None if is_rooted else expand_function(self._text, opening.offset, token.text, args)
            return macro or Call(opening.offset, token.text, None, args)
        if self._is_op("{"):
            opening = self._advance()
            while not self._accept("}"):
                if self._advance().kind == "end":
                    self._fail("unexpected end of expression")
            return StructLiteral(opening.offset, token.text)
        return Ident(token.offset, token.text)

    def _from_root(self, node: Node) -> Node:
        """``.a`` is the variable ``a``, whatever a macro around calls so."""
        return Ident(node.offset, f".{node.name}") if isinstance(node, Ident) else node

    def _list(self, opening: Token) -> Node:
        items: list[Node] = []
        optional: set[int] = set()
        while not self._is_op("]"):
            if self._accept("?"):
                optional.add(len(items))
            items.append(self.expression())
            if not self._accept(","):
                break
        self._expect("]")
        return ListLiteral(opening.offset, items, frozenset(optional))

    def _map(self, opening: Token) -> Node:
        entries: list[tuple[Node, Node]] = []
        optional: set[int] = set()
        while not self._is_op("}"):
            if self._accept("?"):
                optional.add(len(entries))
            key = self.expression()
            self._expect(":")
            entries.append((key, self.expression()))
            if not self._accept(","):
                break
        self._expect("}")
        return MapLiteral(opening.offset, entries, frozenset(optional))
