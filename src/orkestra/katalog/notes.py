"""Notes: functions that a definition declares, each a template over the data of the one that calls it.

``expression`` is a template, or what would stand between its braces. Its dot is the root of the calling template's
data; the arguments of the call are the list ``.args``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from orkestra.katalog.schema.blocks import Decoded
from orkestra.katalog.schema.composition import NOTES
from orkestra.katalog.schema.decoder import Decoder, Language
from orkestra.katalog.source.nodes import Node, ScalarNode
from orkestra.katalog.values import TemplateValue
from orkestra.template import Declared, Function, FunctionError, TemplateError
from orkestra.template.functions import builtin_functions
from orkestra.template.reads import known_part
from orkestra.template.run import Run

ARGUMENTS: Final = "args"
OWNER: Final = "notes"


class Note(Declared):
    """A declared function. ``value`` is None where its expression does not compile or calls itself."""

    def __init__(self, name: str, node: ScalarNode) -> None:
        self.name = name
        self.node = node
        self.value: TemplateValue | None = None
        self._paths: frozenset[tuple[str, ...]] | None = None

    @property
    def paths(self) -> frozenset[tuple[str, ...]]:
        if self.value is None:
            return frozenset()
        if self._paths is None:
            own = frozenset(known_part(read.path) for read in self.value.reads)
            found = own.union(*(note.paths for note in self.value.declared))
            self._paths = frozenset(path for path in found if not path or path[0] != ARGUMENTS)
        return self._paths

    def call(self, run: Run, *arguments: Any) -> Any:
        """What the expression gives, with its own type. Raises FunctionError, which names the note's place."""
        if self.value is None:
            raise FunctionError("the note does not compile")
        try:
            return self.value.value_within({**run.data, ARGUMENTS: list(arguments)}, run)
        except TemplateError as error:
            line, column = self.value.origin.locate(error.line, error.column)
            raise FunctionError(f"{self.value.origin.file}:{line}:{column}: {error.message}") from None


def declared_functions(notes: Node | None, decoder: Decoder) -> Mapping[str, Function]:
    """``decoder.functions`` with those of a ``notes`` block; what is wrong with it is reported."""
    found = NOTES.decode(notes, decoder.for_owner(OWNER), "") if notes is not None else None
    rows = [row for row in found["functions"] or () if "name" in row] if isinstance(found, Decoded) else []
    if not rows:
        return decoder.functions
    functions = dict(decoder.functions)
    known: dict[str, tuple[Note, Decoded]] = {}
    for row in rows:
        name = row["name"]
        if name in known:
            first = decoder.related(known[name][1].value_span("name"), "it is declared here")
            decoder.report(1203, f"notes: {name} is declared twice", row.value_span("name"), related=(first,))
            continue
        if name in builtin_functions() and not row["shadow"]:
            message = f"notes: {name} hides the built-in function of that name"
            decoder.report(2025, message, row.value_span("name"), "say shadow: true, or choose another name")
        expression = row.node.get("expression")
        if not isinstance(expression, ScalarNode):
            continue
        note = Note(name, expression)
        known[name] = (note, row)
        signature = f"{name}(arguments ...any) any"
        functions[name] = Function(
            name, OWNER, signature, row["description"], "", "", note.call, 0, None, declared=note
        )
    _compile(known, replace(decoder, language=Language(functions)).for_owner(OWNER))
    return functions


def _compile(known: Mapping[str, tuple[Note, Decoded]], decoder: Decoder) -> None:
    values: dict[str, TemplateValue] = {}
    for name, (note, _) in known.items():
        value = decoder.template(note.node, "any", f"{name}.expression", is_bare="{{" not in note.node.text)
        if isinstance(value, TemplateValue):
            values[name] = value
    calls = {name: [each for each in sorted(value.functions_used) if each in values] for name, value in values.items()}
    in_cycle = _report_cycles(calls, known, decoder)
    for name, value in values.items():
        if name not in in_cycle:
            known[name][0].value = value


def _report_cycles(
    calls: Mapping[str, list[str]], known: Mapping[str, tuple[Note, Decoded]], decoder: Decoder
) -> frozenset[str]:
    """The notes that end up calling themselves, each cycle reported once, with its path."""
    done: set[str] = set()
    found: set[str] = set()
    for start in calls:
        path: list[str] = []
        stack = [(start, 0)]
        while stack:
            name, at = stack.pop()
            if at == 0:
                if name in done:
                    continue
                path.append(name)
            if at < len(calls[name]):
                stack.append((name, at + 1))
                below = calls[name][at]
                if below in path:
                    cycle = path[path.index(below) :]
                    if not found & set(cycle):
                        shown = " → ".join([*cycle, below])
                        decoder.report(
                            2024, f"notes: {below} calls itself: {shown}", known[below][1].value_span("name")
                        )
                    found.update(cycle)
                elif below not in done:
                    stack.append((below, 0))
            else:
                done.add(name)
                path.pop()
    return frozenset(found)
