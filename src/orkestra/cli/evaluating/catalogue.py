"""What is known of template functions: found by word, told with an example that was just evaluated."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from orkestra.cli.evaluating.session import read_object, shown
from orkestra.cli.printing import columns
from orkestra.katalog.notes import Note
from orkestra.katalog.suggest import closest
from orkestra.template import Environment, Function, TemplateFault, compile
from orkestra.template.functions import builtin_functions

EXAMPLES = Path(__file__).with_name("children.yaml")
"""The objects the examples are about; docs/examples/children.yaml is the same."""

EXAMPLE_TIME = datetime(2026, 1, 1, tzinfo=UTC)


class NoSuchFunction(LookupError):
    """Nothing is called so; the text has the nearest name."""


def find(name: str, functions: Mapping[str, Function]) -> Function:
    """The function of a name, capitals aside. Raises NoSuchFunction."""
    exact = functions.get(name) or next((row for row in functions.values() if row.name.lower() == name.lower()), None)
    if exact is None:
        near = closest(name, functions)
        hint = f"did you mean {near}?" if near else "'ork notes search WORD' looks into names and meanings"
        raise NoSuchFunction(f"there is no function {name[:60]!r}; {hint}")
    return exact


def search(word: str, functions: Iterable[Function]) -> list[Function]:
    """Functions with the words in their names, domains or descriptions; names first."""
    words = word.lower().split()
    found = [row for row in functions if all(each in _text(row) for each in words)]
    return sorted(found, key=lambda row: not all(each in row.name.lower() for each in words))


def _text(row: Function) -> str:
    return f"{row.name} {row.domain} {row.signature} {row.description}".lower()


def document_of(row: Function) -> dict[str, Any]:
    """Everything about a function in plain values; ``result`` is evaluated now."""
    found: dict[str, Any] = {
        "name": row.name,
        "domain": row.domain,
        "signature": row.signature,
        "description": row.description,
    }
    if isinstance(row.declared, Note):
        found["expression"] = row.declared.node.text
    if row.example:
        found |= {"example": row.example, "result": example_result(row)}
    if row.is_volatile:
        found["volatile"] = True
    return found


def example_result(row: Function) -> str:
    """What the example renders now, on the objects of the documentation, at the start of 2026, with bytes that count up
    for random ones."""
    environment = Environment(now=lambda: EXAMPLE_TIME, random=lambda size: bytes(at % 256 for at in range(size)))
    try:
        return compile(row.example, functions=builtin_functions()).render(_example_data(), environment)
    except TemplateFault as error:
        return f"fails: {error.message}"


@cache
def _example_data() -> dict[str, Any]:
    return {"spec": {"a": 1}, **read_object(str(EXAMPLES), "examples")}


def page_of(row: Function) -> str:
    """A page for people."""
    found = document_of(row)
    lines = [f"{found['signature']}  ({'of Go itself' if row.domain == 'go' else row.domain})", ""]
    lines += _wrapped(found["description"], "  ")
    if "expression" in found:
        lines += ["", "EXPRESSION:", *(f"  {line}" for line in found["expression"].splitlines())]
    if "example" in found:
        lines += ["", "EXAMPLE:", *(f"  {line}" for line in found["example"].splitlines())]
        lines += ["", "RESULT:", *(f"  {line}" for line in shown(found["result"]).splitlines() or [""])]
    if row.is_volatile:
        lines += ["", "  Two renders of the same data may differ: fit for what is made once."]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        columns(),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def listing(rows: Iterable[Function]) -> str:
    """The functions by domain, each with its meaning: beside it, or below where a terminal is too narrow for that."""
    out: list[str] = []
    ordered = list(rows)
    width = max((len(row.signature) for row in ordered), default=0)
    wide = max((len(row.description) for row in ordered), default=0) + min(width, 44) + 4
    is_narrow = columns(wide) < wide
    for domain in dict.fromkeys(row.domain for row in ordered):
        out += ["", f"{'of Go itself' if domain == 'go' else domain}:"]
        group = (row for row in ordered if row.domain == domain)
        for row in group:
            if is_narrow:
                out += [f"  {row.signature}", *_wrapped(row.description, "      ")]
            else:
                out.append(f"  {row.signature:<{min(width, 44)}}  {row.description}")
    return "\n".join(out[1:]) + "\n" if out else ""
