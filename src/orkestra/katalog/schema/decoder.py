"""What decoding carries along: the file, the findings, the template functions and whose fields are being read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from orkestra.katalog.diagnostics.finding import Findings, Hint, Related, SourceText, Span
from orkestra.katalog.position import Position
from orkestra.katalog.sentinels import SENTINEL_HINT, SENTINELS, outside_gates
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.source.origin import Origin
from orkestra.katalog.values import TemplateValue, Wanted
from orkestra.template import Function, Template, TemplateSyntaxError
from orkestra.template import compile as compile_template
from orkestra.template.functions import builtin_functions

if TYPE_CHECKING:
    from orkestra.katalog.sites import Located

_OPENING, _CLOSING = "{{ ", " }}"
MAX_TEMPLATE_CHARACTERS: Final = 512 * 1024
"""Half of what etcd takes for a whole object."""


_KEPT_TEMPLATES: Final = 1024
_KEPT_CHARACTERS: Final = 512


class _Missing:
    """Says that a value could not be read and the reason was reported."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


MISSING: Final = _Missing()


class FieldType(ABC):
    """How a field is read. ``expects`` completes the sentence "expected …"."""

    expects: str

    @abstractmethod
    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        """The decoded value, or MISSING after reporting why. ``where`` is the dotted path below the owner."""


class Preset(NamedTuple):
    """``name`` as written; its templates speak ``language``, its fields are read as ``block``."""

    name: str
    node: MapNode
    language: Language
    block: FieldType


Presets: TypeAlias = Mapping[str, Mapping[str, Preset]]
"""Class -> name in lower case -> preset."""


@dataclass(frozen=True, slots=True)
class Language:
    """What templates may call and profiles may be named in one part of a definition: the file itself, or a Motif.
    Templates are compiled once per text."""

    functions: Mapping[str, Function]
    presets: Presets = field(default_factory=dict)
    templates: dict[str, Template] = field(default_factory=dict)


@dataclass(slots=True)
class Decoder:
    """``source`` is the entry file; what stands in another says so by its span. ``owner`` names the entry that messages
    speak of. ``entry_nodes`` collects the tree of every resource entry by its id, for checks that must point into it;
    ``misspelt`` the keys that unknown ones were probably meant to be, so that their absence is not told as well.
    ``motifs``: the language of every Motif by name, and under "" the definition's own; ``bindings``: what was decoded
    of each mark; ``sites``: what is evaluated in each box, for checks to look at again.
    """

    source: SourceText
    findings: Findings
    language: Language
    owner: str = ""
    entry_nodes: dict[str, MapNode] = field(default_factory=dict)
    misspelt: set[str] = field(default_factory=set)
    motifs: dict[str, Language] = field(default_factory=dict)
    bindings: dict[int, Any] = field(default_factory=dict)
    sites: dict[str, list[Located]] = field(default_factory=dict)

    @property
    def functions(self) -> Mapping[str, Function]:
        return self.language.functions

    @property
    def presets(self) -> Presets:
        return self.language.presets

    def for_owner(self, owner: str) -> Decoder:
        return Decoder(
            self.source,
            self.findings,
            self.language,
            owner,
            self.entry_nodes,
            self.misspelt,
            self.motifs,
            self.bindings,
            self.sites,
        )

    def outermost(self) -> Decoder:
        """For what the definition itself says."""
        own = self.motifs.get("")
        return self if own is None else replace(self, language=own)

    def within_motif(self, mark: Node) -> Decoder:
        """For what carries this mark: its Motif's own functions and profiles."""
        name = mark.get("name") if isinstance(mark, MapNode) else None
        language = self.motifs.get(name.text) if isinstance(name, ScalarNode) else None
        return self if language is None else replace(self, language=language)

    def position(self, node: Node) -> Position:
        return Position(node.source.name, node.start.line + 1, node.start.column + 1)

    def report(self, number: int, message: str, at: Span, hint: Hint = "", related: Iterable[Related] = ()) -> None:
        self.findings.add(number, message, self.source, at, hint, related)

    def related(self, at: Span, message: str) -> Related:
        source = self.findings.sources.get(at.file, self.source)
        return Related(source.name, at.bare, message, source.line(at.line))

    def wrong_type(self, node: Node, where: str, expects: str, hint: Hint = "") -> _Missing:
        """Reports that ``node`` is not what the field takes, unless the tree there is already known to be broken."""
        if not node.is_broken:
            name = last_step(where) or self.owner
            self.report(1102, f"{name and f'{name}: '}expected {expects}, found {shape_of(node)}", node.span, hint)
        return MISSING

    def template(
        self, node: ScalarNode, wanted: Wanted, where: str, *, is_bare: bool = False
    ) -> TemplateValue | _Missing:
        """The compiled template of a scalar; a syntax error is reported at its place in the file. ``is_bare``: the
        scalar holds what stands between the braces."""
        if len(node.text) > MAX_TEMPLATE_CHARACTERS:
            limit = f"at most {MAX_TEMPLATE_CHARACTERS:,} are taken"
            self.report(1302, f"{last_step(where)}: the template has {len(node.text):,} characters; {limit}", node.span)
            return MISSING
        origin = Origin(node, len(_OPENING) if is_bare else 0)
        text = f"{_OPENING}{node.text}{_CLOSING}" if is_bare else node.text
        templates = self.language.templates
        compiled = templates.get(text)
        if compiled is None:
            try:
                compiled = self._compiled(text, last_step(where))
            except TemplateSyntaxError as error:
                at = origin.span_at(error.line, error.column, len(error.unknown))
                self._refuse(error, last_step(where), at)
                return MISSING
            templates[text] = compiled
        return TemplateValue(compiled, wanted, origin, self.owner, where)

    def _refuse(self, error: TemplateSyntaxError, name: str, at: Span) -> None:
        if error.unknown in SENTINELS:
            self.report(1211, outside_gates(error.unknown), at, SENTINEL_HINT)
        else:
            self.report(1301, f"{name}: {error.message}", at)

    def templates(self) -> Iterable[Template]:
        """Every template of the file, each text once."""
        for language in (self.language, *self.motifs.values()):
            yield from language.templates.values()

    def _compiled(self, text: str, name: str) -> Template:
        if len(text) <= _KEPT_CHARACTERS and self.functions is builtin_functions():
            return _kept(text)
        return compile_template(text, functions=self.functions, name=name)


@lru_cache(maxsize=_KEPT_TEMPLATES)
def _kept(text: str) -> Template:
    """Katalogs have most of their templates in common, and a run may judge thousands of Katalogs."""
    return compile_template(text, functions=builtin_functions())


def last_step(where: str) -> str:
    return where.rpartition(".")[2] or where


def shape_of(node: Node) -> str:
    """How a message names what was found: ``a list``, ``text "abc"``, ``the number 3``."""
    if isinstance(node, ListNode):
        return "a list"
    if isinstance(node, MapNode):
        return "a map"
    value = node.value
    shown = node.text if len(node.text) <= 40 else node.text[:37] + "…"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return shown
    if isinstance(value, int | float):
        return f"the number {shown}"
    return f'text "{shown}"'
