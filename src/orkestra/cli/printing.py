"""Data on standard output: the forms every command has that prints some."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

_NARROWEST: Final = 40
F = TypeVar("F", bound=Callable[..., Any])


def output_option(help: str = "For people, or as data.") -> Callable[[F], F]:
    """``-o human|json|yaml`` as the parameter ``form``."""
    forms = click.Choice(["human", "json", "yaml"])
    return click.option("-o", "--output", "form", type=forms, default="human", show_default=True, help=help)


def columns(usual: int = 100) -> int:
    """How wide text for people is: as usual, and on a terminal no wider than that is."""
    if not sys.stdout.isatty():
        return usual
    return max(_NARROWEST, min(usual, shutil.get_terminal_size((usual, 24)).columns))


def print_data(data: Any, form: str) -> None:
    """``data`` (what JSON can hold) as ``json`` or ``yaml``, UTF-8 whatever the terminal is."""
    print_text(as_text(data, form))


def as_text(data: Any, form: str) -> str:
    """The same as text, with a newline at its end; keys in the order given."""
    if form == "json":
        import json

        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    from orkestra.generate.writer import write

    return write([data])


def print_text(text: str) -> None:
    """Text as UTF-8 bytes, unchanged."""
    click.echo(text.encode("utf-8", "replace"), nl=False)
