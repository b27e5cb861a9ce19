"""One object, the functions there are, and expressions evaluated on both."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orkestra.cli.settings import CannotRun
from orkestra.template import Environment, Function, TemplateFault, compile
from orkestra.template.functions import builtin_functions

TYPES = {dict: "map", list: "list", str: "string", bool: "bool", int: "int", float: "float", type(None): "null"}


class NotEvaluated(Exception):
    """The expression is none, or failed; the text has a caret below the place."""


@dataclass(slots=True)
class Session:
    """``scope``: the roots of the data. ``functions``: the language's own, and those of a definition."""

    scope: Mapping[str, Any]
    functions: Mapping[str, Function] = field(default_factory=builtin_functions)

    def value(self, text: str) -> Any:
        """What an expression (``.spec.replicas``, with or without braces) or a template of several pieces gives, with
        its type. Raises NotEvaluated."""
        template = text if "{{" in text else f"{{{{ {text} }}}}"
        shift = 0 if "{{" in text else len("{{ ")
        try:
            compiled = compile(template, functions=self.functions)
            return compiled.value(self.scope, Environment(now=lambda: datetime.now(UTC), random=os.urandom))
        except TemplateFault as error:
            raise NotEvaluated(_pointed(text, error, shift)) from None


def _pointed(text: str, error: TemplateFault, shift: int) -> str:
    """The line, a caret below the place, and what is wrong."""
    lines = text.splitlines() or [""]
    line = lines[min(error.line, len(lines)) - 1]
    column = max(error.column - (shift if error.line == 1 else 0), 1)
    return f"{line}\n{' ' * (min(column, len(line) + 1) - 1)}^\nerror: {error.message}"


def type_name(value: Any) -> str:
    """The type of a value in the language's words."""
    return next((name for kind, name in TYPES.items() if type(value) is kind), type(value).__name__)


def shown(value: Any) -> str:
    """A value for people: text as it is, maps and lists as YAML."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        from orkestra.generate.writer import write

        return write([value]).rstrip("\n")
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def read_object(path: str, what: str) -> dict[str, Any]:
    """The first object of a YAML file, ``-`` for standard input. Raises CannotRun."""
    from orkestra.cli.validation.files import STDIN, STDIN_NAME, Candidate
    from orkestra.katalog.diagnostics import Findings, render
    from orkestra.katalog.source import decode_text, parse_documents, plain_value

    name = STDIN_NAME if path == STDIN else path
    findings = Findings()
    try:
        source = decode_text(Candidate(name).read(), name, findings)
    except (OSError, ValueError) as error:
        raise CannotRun(f"{what}: {path}: {getattr(error, 'strerror', None) or 'cannot be read'}") from None
    documents = [plain_value(node) for node in parse_documents(source, findings)] if source.text else []
    if findings.has_errors:
        raise CannotRun(f"{what}: it does not parse\n{render(findings.sorted())}".rstrip())
    found = next((each for each in documents if isinstance(each, dict)), None)
    if found is None:
        raise CannotRun(f"{what}: {path}: expected a YAML map")
    return found


def scope_of(cr: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """The roots of a CR as the runtime gives them, and others beside: children, cross, external."""
    scope = {**cr, **more}
    for root in ("metadata", "spec", "status"):
        scope[root] = scope.get(root) or {}
    scope.setdefault("children", {})
    return scope


def functions_in(path: str) -> Mapping[str, Function]:
    """The functions there are with a definition. Raises CannotRun where it or its notes are wrong."""
    from orkestra.cli.definition import find_file
    from orkestra.katalog import render
    from orkestra.katalog.compose import fetcher_beside
    from orkestra.katalog.load import functions_of

    file = find_file(path)
    functions, findings = functions_of(file, fetch=fetcher_beside(file, os.environ))
    if any(found.is_error for found in findings):
        raise CannotRun(f"--file: its notes cannot be used\n{render(findings)}".rstrip())
    return functions
