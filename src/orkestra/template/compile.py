"""A template's text, compiled once and rendered many times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from orkestra.template import nodes, reads
from orkestra.template.environment import DEFAULT_ENVIRONMENT, Environment
from orkestra.template.errors import FunctionError, Source, TemplateError
from orkestra.template.expressions import Expressions
from orkestra.template.fields import Expression, Frame
from orkestra.template.functions.function import Function
from orkestra.template.functions.go import MissingMode, go_functions
from orkestra.template.gofmt import text_of
from orkestra.template.inference import Analysis, Lookup, analyse
from orkestra.template.parser import parse
from orkestra.template.reads import Read
from orkestra.template.run import LARGE, Run
from orkestra.template.scope import FIRST
from orkestra.template.statements import Body, Statements
from orkestra.template.values import byte_length, finished, plain

if TYPE_CHECKING:
    from orkestra.template.inference.uses import Uses
    from orkestra.template.shortcut import Shortcut

_NONE: Final[Mapping[str, Function]] = MappingProxyType({})
_TOO_DEEP: Final = "nested too deeply"
_FIRST_RENDERS: Final = 200
"""Renders before a shortcut is written: what writing one costs is then soon made up for."""
_MOST_MISSES: Final = 64
_REST: Final = 1000


def compile(
    text: str,
    *,
    functions: Mapping[str, Function],
    name: str = "",
    line: int = 1,
    column: int = 1,
    missing: MissingMode = "empty",
) -> Template:
    """Compiles ``text``. ``functions`` may be called beside Go's own; ``name``, ``line`` and ``column`` say where the
    text stands, for errors. ``missing="empty"``: a missing value prints as nothing and has missing fields; ``"go"``:
    what Go does, byte for byte.

    Raises TemplateSyntaxError.
    """
    source = Source(text, name, line, column)
    if "{{" not in text:
        return Template(source, nodes.Tree([nodes.Text(0, len(text), text)]), None, {}, {}, missing)
    try:
        own = go_functions(missing).keys()
        # A union of hundreds of names would cost more than most templates do.
        tree = parse(source, functions.keys() if own <= functions.keys() else own | functions.keys())
        expressions = Expressions(source, functions, missing)
        bodies = Statements(expressions, tree).compile()
        value = _lone_value(tree, Expressions(source, functions, missing))
    except RecursionError:
        raise source.syntax_error(0, _TOO_DEEP) from None
    return Template(source, tree, value, bodies, expressions.used, missing)


def _lone_value(tree: nodes.Tree, expressions: Expressions) -> Expression | None:
    """The value of a template that is one action, without variables, and nothing else."""
    match tree.body:
        case [nodes.Action(pipeline=pipeline)] if not pipeline.declared:
            value = expressions.pipeline(pipeline)
            return value if expressions.scope.size == FIRST else None
    return None


def _field_of(node: nodes.Statement) -> nodes.Field | nodes.Variable | None:
    """The field that a statement prints as it is, from the data or from ``$``."""
    match node:
        case nodes.Action(pipeline=nodes.Pipeline(declared=[], commands=[nodes.Command(operands=[operand])])):
            if isinstance(operand, nodes.Field):
                return operand
            if isinstance(operand, nodes.Variable) and operand.name == "$" and operand.names:
                return operand
    return None


class Template:
    """A compiled template. What it renders never changes, only how fast; safe to render from several threads.

    ``shortcut``: what answers the frequent case, once there is one; ``misses``: how often it gave up since then.
    """

    def __init__(
        self,
        source: Source,
        tree: nodes.Tree,
        value: Expression | None,
        bodies: dict[str, Body],
        used: Mapping[str, Function],
        missing: MissingMode,
    ) -> None:
        self.source = source
        self.text = source.text
        self.missing = missing
        self.functions_used = frozenset(used)
        self.declared = tuple([row.declared for row in used.values() if row.declared])
        self._used = used or _NONE
        self._tree = tree
        self._value = value
        self._body = bodies.get("", Body())
        main = tree.defined.get("", tree.body)
        texts = [node.text for node in main if isinstance(node, nodes.Text)]
        self._static = "".join(texts) if len(texts) == len(main) else None
        self.shortcut: Shortcut | None = None
        self._to_come = _FIRST_RENDERS
        self.misses = 0

    def __repr__(self) -> str:
        return f"Template({self.text!r})"

    @property
    def is_static(self) -> bool:
        """Whether the result is the same for all data."""
        return self._static is not None

    @cached_property
    def reads(self) -> tuple[reads.Read, ...]:
        """Every field path the template may read from its data, with the place where it does."""
        return reads.reads_of(self._tree, self.source)

    @cached_property
    def paths(self) -> frozenset[tuple[str, ...]]:
        """The same as a set, with those of declared functions; a path stops where its next step depends on the data."""
        own = frozenset(reads.known_part(read.path) for read in self.reads)
        return own.union(*(each.paths for each in self.declared)) if self.declared else own

    @cached_property
    def pieces(self) -> tuple[str | None, ...]:
        """The texts of the main body in their order, with None for whatever stands between them."""
        main = self._tree.defined.get("", self._tree.body)
        return tuple(node.text if isinstance(node, nodes.Text) else None for node in main)

    @cached_property
    def fields(self) -> tuple[Read, ...]:
        """Every field that an action of the main body prints as it is, with its place."""
        main = self._tree.defined.get("", self._tree.body)
        found = (_field_of(node) for node in main)
        return tuple(Read(each.names, *self.source.locate(each.start)) for each in found if each is not None)

    @cached_property
    def lone_field(self) -> tuple[str, ...]:
        """The path of a template that prints one field and nothing else but white space; empty for any other."""
        texts = [piece for piece in self.pieces if piece is not None]
        is_lone = len(self.fields) == 1 == len(self.pieces) - len(texts)
        return self.fields[0].path if is_lone and not "".join(texts).strip() else ()

    @cached_property
    def first_reads(self) -> tuple[Read, ...]:
        """What it reads, each path once, where it first does; without reads of everything at once."""
        first: dict[tuple[str, ...], Read] = {}
        for read in sorted(self.reads, key=lambda read: (read.line, read.column)):
            if read.path:
                first.setdefault(read.path, read)
        return tuple(first.values())

    @cached_property
    def roots(self) -> frozenset[str]:
        """What the paths it reads begin with."""
        return frozenset(read.path[0] for read in self.first_reads)

    @cached_property
    def is_branching(self) -> bool:
        """Whether anything but texts and actions stands in the main body."""
        main = self._tree.defined.get("", self._tree.body)
        return not all(isinstance(node, nodes.Text | nodes.Action) for node in main)

    @cached_property
    def is_plain(self) -> bool:
        """Whether it only prints fields: no functions, no variables, no control structures."""
        main = self._tree.defined.get("", self._tree.body)
        return all(isinstance(node, nodes.Text) or _field_of(node) is not None for node in main)

    def analyse(self, functions: Mapping[str, Function], lookup: Lookup) -> Analysis:
        """What is certain about a render for data of the shapes ``lookup`` gives. ``functions`` as for ``compile``."""
        own = go_functions(self.missing)
        known = functions if own.keys() <= functions.keys() else {**own, **functions}
        return analyse(self._tree, self.source, known, lookup)

    def uses(self, functions: Mapping[str, Function], roots: Mapping[str, tuple[str, ...]]) -> Uses:
        """What it does with each path of its data. ``roots``: names at the root that stand for another path."""
        from orkestra.template.inference.uses import uses_of  # for what is generated only

        return uses_of(self._tree, {**go_functions(self.missing), **functions}, roots)

    def render(self, data: Mapping[str, Any], env: Environment = DEFAULT_ENVIRONMENT) -> str:
        """The text for ``data``. Raises TemplateError."""
        if self.shortcut is not None:
            try:
                short = self.shortcut(data, env)
            except Exception:  # the closures know what to say of it
                short = None
            if short is not None and len(short) <= LARGE:
                return short if short.isascii() else self._finished(short, env)
            self._miss()
        elif self._static is not None:
            return self._static
        elif self._to_come:
            self._count()
        run = Run(env, data)
        try:
            if self._value is not None:
                found = self._value(data, [data, run])
                text = found if type(found) is str else self._text(found, run)
            else:
                out: list[str] = []
                frame: Frame = [data, run, *self._body.slots]
                self._body.run(data, frame, out)
                text = "".join(out)
        except FunctionError as problem:
            raise self._failed(str(problem)) from None
        except (RecursionError, MemoryError):
            raise self._failed(_TOO_DEEP) from None
        if len(text) > LARGE or not text.isascii():
            return self._finished(text, env)
        return text

    def value(self, data: Mapping[str, Any], env: Environment = DEFAULT_ENVIRONMENT) -> Any:
        """What the only action of the template yields, with its own type (None when missing); the text of a template
        that is more than one action. Containers are those of ``data``: read, do not write. Raises TemplateError."""
        if self._value is None:
            return self.render(data, env)
        try:
            found = self._value(data, [data, Run(env, data)])
        except (RecursionError, MemoryError):
            raise self._failed(_TOO_DEEP) from None
        return plain(found)

    def value_within(self, data: Mapping[str, Any], outer: Run) -> Any:
        """Likewise, as part of the render ``outer``, whose bounds it shares. Raises TemplateError, FunctionError."""
        run = outer.inner(data)
        if self._static is not None:
            return self._static
        try:
            if self._value is not None:
                return plain(self._value(data, [data, run]))
            out: list[str] = []
            self._body.run(data, [data, run, *self._body.slots], out)
            return "".join(out)
        except (RecursionError, MemoryError):
            raise self._failed(_TOO_DEEP) from None
        finally:
            outer.leave(run)

    def shorten(self) -> bool:
        """Takes the shortcut from now on, as a template does by itself once it has been rendered often. False when it
        has none."""
        if self._written is None:
            return False
        self.shortcut = self._written
        return True

    @cached_property
    def _written(self) -> Shortcut | None:
        if self._static is not None or self.missing == "go" or len(self.text) > LARGE:
            return None
        from orkestra.template.shortcut import shortcut_of  # for what is rendered often only

        return shortcut_of(self._tree.defined.get("", self._tree.body), self._used)

    def _count(self) -> None:
        """One more render without the shortcut."""
        self._to_come -= 1
        if not self._to_come:
            self.shorten()

    def _miss(self) -> None:
        """The shortcut gave up. One that often does is left alone for a while: giving up takes time, too."""
        self.misses += 1
        if self.misses == _MOST_MISSES:
            self.shortcut, self.misses, self._to_come = None, 0, _REST

    def _text(self, value: Any, run: Run) -> str:
        nil = "<no value>" if self.missing == "go" else ""
        return text_of(value, run.max_size, nil)

    def _finished(self, text: str, env: Environment) -> str:
        limit = env.limits.output_bytes
        if len(text) > limit or byte_length(text) > limit:
            raise self._failed(f"the output is larger than {limit} bytes")
        return finished(text)

    def _failed(self, message: str) -> TemplateError:
        return self.source.error(0, len(self.text), message)
