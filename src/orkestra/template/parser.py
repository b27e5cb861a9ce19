"""Tokens -> tree.

Accepts what Go accepts (go ``src/text/template/parse/parse.go``), down to which variable is known where: a variable
stays known to the parser until the end of the control structure around it, although at run time the branch that
declares it may not be the one that reads it. Nesting is bounded, so that no text exhausts the stack.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NoReturn

from orkestra.template import nodes
from orkestra.template.errors import Source, TemplateSyntaxError, suggest
from orkestra.template.lexer import Token, tokenize
from orkestra.template.literals import TooLargeInt, char_of, number_of, string_of

MAX_NESTING: Final = 80

_OPERAND_STARTS: Final = frozenset(
    ("bool", "char", "dot", "field", "identifier", "number", "nil", "raw", "string", "variable", "left_paren")
)
_NOT_EXECUTABLE: Final = (nodes.Literal, nodes.Dot, nodes.Nil)


def parse(source: Source, functions: Collection[str]) -> nodes.Tree:
    """The tree of ``source``; ``functions`` are the names that may be called. Raises TemplateSyntaxError."""
    names = frozenset(name for name in ("break", "continue") if name in functions)
    return _Parser(source, tokenize(source, names), functions).parse()


class _Parser:
    def __init__(self, source: Source, tokens: list[Token], functions: Collection[str]) -> None:
        self.source = source
        self.tokens = tokens
        self.functions = functions
        self.at = 0
        self.variables = ["$"]
        self.ranges = 0
        self.nesting = 0
        self.tree = nodes.Tree([])

    # Tokens

    def next(self) -> Token:
        token = self.tokens[self.at]
        if token.kind != "eof":
            self.at += 1
        return token

    def next_solid(self) -> Token:
        while (token := self.next()).kind == "space":
            pass
        return token

    def peek_solid(self) -> Token:
        if self.tokens[self.at].kind == "space":
            self.at += 1
        return self.tokens[self.at]

    def expect(self, kinds: tuple[str, ...], context: str) -> Token:
        token = self.next_solid()
        if token.kind not in kinds:
            self.refuse(token, context)
        return token

    def refuse(self, token: Token, context: str) -> NoReturn:
        raise self.source.syntax_error(token.start, f"unexpected {token} in {context}")

    def enter(self, token: Token) -> None:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.source.syntax_error(token.start, f"nested deeper than {MAX_NESTING} levels")

    # Statements

    def parse(self) -> nodes.Tree:
        while self.tokens[self.at].kind != "eof":
            opening = self.tokens[self.at]
            if opening.kind == "left":
                self.at += 1
                if self.peek_solid().kind == "define":
                    self.next()
                    self.parse_definition(opening)
                    continue
                self.at -= 1 if self.tokens[self.at - 1].kind == "left" else 2
            statement = self.parse_statement()
            if isinstance(statement, Token):
                raise self.source.syntax_error(statement.start, f"unexpected {{{{{statement.value}}}}}")
            self.tree.body.append(statement)
        self.define("", self.tree.body, self.tokens[-1])
        return self.tree

    def parse_statement(self) -> nodes.Statement | Token:
        """One statement, or the ``end`` or ``else`` token that closes the list around it."""
        token = self.next_solid()
        if token.kind == "text":
            return nodes.Text(token.start, token.end, token.value)
        if token.kind != "left":
            self.refuse(token, "input")
        word = self.peek_solid()
        match word.kind:
            case "if" | "with" | "range":
                self.next()
                return self.parse_control(word)
            case "template":
                self.next()
                return self.parse_call(word)
            case "block":
                self.next()
                return self.parse_block(word)
            case "break" | "continue":
                self.next()
                return self.parse_jump(word)
            case "end":
                self.next()
                self.expect(("right",), "end")
                return word
            case "else":
                self.next()
                if self.peek_solid().kind not in ("if", "with"):
                    self.expect(("right",), "else")
                return word
        return nodes.Action(word.start, word.end, self.parse_pipeline("command", "right"))

    def parse_list(self, opening: Token) -> tuple[list[nodes.Statement], Token]:
        statements: list[nodes.Statement] = []
        while self.peek_solid().kind != "eof":
            statement = self.parse_statement()
            if isinstance(statement, Token):
                return statements, statement
            statements.append(statement)
        raise self.source.syntax_error(opening.start, f"unexpected EOF: {{{{{opening.value}}}}} has no {{{{end}}}}")

    def parse_control(self, word: Token) -> nodes.Statement:
        self.enter(word)
        known = len(self.variables)
        branches: list[nodes.Branch] = []
        otherwise: list[nodes.Statement] = []
        while True:
            pipeline = self.parse_pipeline(word.kind, "right")
            self.ranges += word.kind == "range"
            body, closing = self.parse_list(word)
            self.ranges -= word.kind == "range"
            branches.append(nodes.Branch(pipeline, body))
            if closing.kind == "end":
                break
            if word.kind != "range" and self.peek_solid().kind == word.kind:
                self.next()
                continue
            otherwise, closing = self.parse_list(word)
            if closing.kind != "end":
                raise self.source.syntax_error(closing.start, "expected end; found {{else}}")
            break
        del self.variables[known:]
        self.nesting -= 1
        end = closing.end
        if word.kind == "if":
            return nodes.If(word.start, end, branches, otherwise)
        if word.kind == "with":
            return nodes.With(word.start, end, branches, otherwise)
        return nodes.Range(word.start, end, branches[0].pipeline, branches[0].body, otherwise)

    def parse_jump(self, word: Token) -> nodes.Statement:
        self.expect(("right",), f"{{{{{word.kind}}}}}")
        if not self.ranges:
            raise self.source.syntax_error(word.start, f"{{{{{word.kind}}}}} outside {{{{range}}}}")
        made = nodes.Break if word.kind == "break" else nodes.Continue
        return made(word.start, word.end)

    def parse_call(self, word: Token) -> nodes.Call:
        name = self.parse_name("template clause")
        pipeline = None
        if self.peek_solid().kind != "right":
            pipeline = self.parse_pipeline("template clause", "right")
        else:
            self.next()
        return nodes.Call(word.start, self.tokens[self.at - 1].start, name, pipeline)

    def parse_block(self, word: Token) -> nodes.Call:
        name = self.parse_name("block clause")
        pipeline = self.parse_pipeline("block clause", "right")
        self.parse_body_of(name, word, "block clause")
        return nodes.Call(word.start, pipeline.end, name, pipeline)

    def parse_definition(self, opening: Token) -> None:
        word = self.tokens[self.at - 1]
        name = self.parse_name("define clause")
        self.expect(("right",), "define clause")
        self.parse_body_of(name, word, "define clause")

    def parse_body_of(self, name: str, word: Token, context: str) -> None:
        """A named body: it sees neither the variables nor the loops around it."""
        self.enter(word)
        variables, ranges = self.variables, self.ranges
        self.variables, self.ranges = ["$"], 0
        body, closing = self.parse_list(word)
        if closing.kind != "end":
            raise self.source.syntax_error(closing.start, f"unexpected {{{{else}}}} in {context}")
        self.variables, self.ranges = variables, ranges
        self.nesting -= 1
        self.define(name, body, word)

    def parse_name(self, context: str) -> str:
        token = self.expect(("string", "raw"), context)
        return str(self.literal(token).value)

    def define(self, name: str, body: list[nodes.Statement], place: Token) -> None:
        """An empty body may be redefined, and does not redefine."""
        known = self.tree.defined.get(name)
        if known is None or is_empty(known):
            self.tree.defined[name] = body
        elif not is_empty(body):
            raise self.source.syntax_error(place.start, f'multiple definition of template "{name}"')

    # Pipelines

    def parse_pipeline(self, context: str, end: str) -> nodes.Pipeline:
        start = self.peek_solid().start
        declared, is_assignment = self.parse_declarations(context)
        commands: list[nodes.Command] = []
        while (token := self.next_solid()).kind != end:
            if token.kind not in _OPERAND_STARTS:
                self.refuse(token, context)
            self.at -= 1
            commands.append(self.parse_command())
        if not commands:
            raise self.source.syntax_error(token.start, f"missing value for {context}")
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.operands[0], _NOT_EXECUTABLE):
                raise self.source.syntax_error(command.start, f"non executable command in pipeline stage {stage}")
        return nodes.Pipeline(start, max(commands[-1].end, start), declared, is_assignment, commands)

    def parse_declarations(self, context: str) -> tuple[list[str], bool]:
        declared: list[str] = []
        while self.peek_solid().kind == "variable":
            before = self.at
            variable = self.next()
            token = self.peek_solid()
            if token.kind in ("assign", "declare"):
                self.next()
                declared.append(variable.value)
                self.variables.append(variable.value)
                return declared, token.kind == "assign"
            if token.value != "," or token.kind != "mark":
                self.at = before
                break
            self.next()
            declared.append(variable.value)
            self.variables.append(variable.value)
            if context != "range" or len(declared) > 1:
                raise self.source.syntax_error(variable.start, f"too many declarations in {context}")
            if self.peek_solid().kind not in ("variable", "right", "right_paren"):
                raise self.source.syntax_error(token.start, "range can only initialize variables")
        return declared, False

    def parse_command(self) -> nodes.Command:
        operands: list[nodes.Operand] = []
        start = self.peek_solid().start
        while True:
            operand = self.parse_operand()
            if operand is not None:
                operands.append(operand)
            token = self.next()
            if token.kind == "space":
                continue
            if token.kind in ("right", "right_paren"):
                self.at -= 1
            elif token.kind != "pipe":
                self.refuse(token, "operand")
            break
        if not operands:
            raise self.source.syntax_error(token.start, "empty command")
        return nodes.Command(start, operands[-1].end, operands)

    def parse_operand(self) -> nodes.Operand | None:
        term = self.parse_term()
        if term is None or self.tokens[self.at].kind != "field":
            return term
        fields: list[str] = []
        while self.tokens[self.at].kind == "field":
            fields.append(self.next().value[1:])
        end = self.tokens[self.at - 1].end
        if isinstance(term, nodes.Field):
            return nodes.Field(term.start, end, (*term.names, *fields))
        if isinstance(term, nodes.Variable):
            return nodes.Variable(term.start, end, term.name, tuple(fields))
        if isinstance(term, _NOT_EXECUTABLE):
            shown = self.source.excerpt(term.start, term.end)
            raise self.source.syntax_error(term.start, f'unexpected . after term "{shown}"')
        return nodes.Chain(term.start, end, term, tuple(fields))

    def parse_term(self) -> nodes.Operand | None:
        token = self.next_solid()
        start, end = token.start, token.end
        match token.kind:
            case "field":
                return nodes.Field(start, end, (token.value[1:],))
            case "dot":
                return nodes.Dot(start, end)
            case "variable":
                if token.value not in self.variables:
                    hint = suggest(token.value, self.variables)
                    raise self.source.syntax_error(start, f'undefined variable "{token.value}"{hint}')
                return nodes.Variable(start, end, token.value, ())
            case "identifier":
                if token.value not in self.functions:
                    hint = suggest(token.value, self.functions)
                    message = f'function "{token.value}" not defined{hint}'
                    raise self.source.syntax_error(start, message, unknown=token.value)
                return nodes.Identifier(start, end, token.value)
            case "nil":
                return nodes.Nil(start, end)
            case "string" | "raw" | "char" | "number" | "bool":
                return self.literal(token)
            case "left_paren":
                self.enter(token)
                inner = self.parse_pipeline("parenthesized pipeline", "right_paren")
                self.nesting -= 1
                inner.start, inner.end = start, self.tokens[self.at - 1].end
                return inner
        if token.kind != "eof":
            self.at -= 1
        return None

    def literal(self, token: Token) -> nodes.Literal:
        try:
            match token.kind:
                case "bool":
                    return nodes.Literal(token.start, token.end, token.value == "true")
                case "number":
                    return nodes.Literal(token.start, token.end, number_of(token.value))
                case "char":
                    return nodes.Literal(token.start, token.end, char_of(token.value))
            return nodes.Literal(token.start, token.end, string_of(token.value))
        except TooLargeInt as problem:
            return nodes.Literal(token.start, token.end, None, str(problem))
        except ValueError as problem:
            raise self.source.syntax_error(token.start, str(problem)) from None


def is_empty(body: list[nodes.Statement]) -> bool:
    """Nothing but white space."""
    return all(isinstance(node, nodes.Text) and not node.text.strip() for node in body)


__all__ = ["MAX_NESTING", "TemplateSyntaxError", "is_empty", "parse"]
