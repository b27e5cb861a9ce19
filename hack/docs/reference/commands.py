"""The click commands -> docs/cli.md."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

import click

from orkestra.cli import LazyGroup, cli
from reference.markdown import code, table, wrapped

_DEFAULT = re.compile(r"\s*\[default: (.*)\]$")


def lines() -> list[str]:
    """A section for each command, after the options of ``ork`` itself."""
    out = ["### ork", "", *_usage("ork", cli), *_options(cli)]
    for name, summary, command in _rows(cli, ""):
        out += [f"### ork {name}", "", summary, "", *_usage(f"ork {name}", command), *_options(command)]
    return out


def commands() -> Iterator[tuple[str, click.Command]]:
    """(name below ``ork``, command) of every command; those of a group come after it."""
    return ((name, command) for name, _, command in _rows(cli, ""))


def _rows(group: LazyGroup, prefix: str) -> Iterator[tuple[str, str, click.Command]]:
    with click.Context(group) as context:
        for name in group.list_commands(context):
            found = group.get_command(context, name)
            assert found is not None
            yield f"{prefix}{name}", group.rows[name].summary, found
            if isinstance(found, LazyGroup):
                yield from _rows(found, f"{prefix}{name} ")


def _usage(name: str, command: click.Command) -> list[str]:
    with click.Context(command, info_name=name) as context:
        usage = f"{name} {' '.join(command.collect_usage_pieces(context))}"
    out = ["```text", usage, "```", ""]
    if command is not cli:
        out += _help(command.help or "")
    return out


def _help(text: str) -> list[str]:
    """A help text: paragraphs, and what is marked as preformatted as a block."""
    out: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.lstrip().startswith("\b"):
            shown = textwrap.dedent(paragraph.partition("\b")[2].strip("\n"))
            out += ["```text", *shown.splitlines(), "```", ""]
        else:
            out += [*wrapped(" ".join(paragraph.split())), ""]
    return out


def _options(command: click.Command) -> list[str]:
    rows = [_cells(option) for option in command.params if isinstance(option, click.Option) and not option.hidden]
    rows.append((code("-h") + ", " + code("--help"), "", "", "Show the help and end."))
    return [*table(("Option", "Value", "Default", "Meaning"), rows), ""]


def _cells(option: click.Option) -> tuple[str, str, str, str]:
    names = ", ".join(code(name) for name in (*option.opts, *option.secondary_opts))
    value = "" if option.is_flag else _value(option)
    text = option.help or ""
    told = _DEFAULT.search(text)
    default = told[1] if told else _default(option)
    if option.envvar:
        default = ", ".join(filter(None, (code(str(option.envvar)), default)))
    return names, value, default, _DEFAULT.sub("", text)


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return ", ".join(code(str(word)) for word in option.type.choices)
    if isinstance(option.type, click.IntRange):
        return f"{option.type.min} to {option.type.max}"
    return option.metavar or {"file": "path", "directory": "folder"}.get(option.type.name, option.type.name)


def _default(option: click.Option) -> str:
    default = option.default
    if option.is_flag and option.secondary_opts:
        return "" if not isinstance(default, bool) else code((option.opts if default else option.secondary_opts)[0])
    if default is None or option.is_flag or not isinstance(default, str | int):
        return ""
    return code(str(default))
