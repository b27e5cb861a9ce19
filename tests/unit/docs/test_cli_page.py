"""docs/cli.md: commands, options, environment variables and exit codes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from reference.commands import commands

from orkestra.cli import COMMANDS, cli, main
from tests.unit.docs.pages import EVERYWHERE, ROOT, names, read, section

PAGE = read("cli.md")
ENVIRONMENT = section(PAGE, "Environment variables")


def read_variables() -> Iterator[str]:
    """Names of environment variables the code reads, as far as they are written where they are read."""
    for path in (ROOT / "src" / "orkestra").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            yield from (name for name in _constants(node) if re.fullmatch(r"[A-Z][A-Z_]{2,}", name))


def _constants(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str(name)), *_]):
            if "environ" in ast.unparse(owner):
                yield name
        case ast.Call(func=ast.Name(id="seconds" | "whole"), args=[_, ast.Constant(value=str(name)), *_]):
            yield name
        case ast.keyword(arg="envvar", value=ast.Constant(value=str(name))):
            yield name
        case ast.Compare(left=ast.Constant(value=str(name)), comparators=[ast.Name(id="environ")]):
            yield name
        case ast.Assign(targets=[ast.Name(id="names")], value=value) if "PROXY" in ast.unparse(value):
            yield from (each.value for each in ast.walk(value) if isinstance(each, ast.Constant))
        case ast.Assign(targets=[ast.Name(id="ENVIRONMENT_SWITCH")], value=ast.Constant(value=str(name))):
            yield name


def test_every_command_has_a_section_and_there_are_no_others() -> None:
    told = re.findall(r"^### ork (.+)$", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(name for name, _ in commands())
    assert {name.split()[0] for name in told} == set(COMMANDS)


@pytest.mark.parametrize(
    ("name", "command"), list(commands()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_option_of_a_command_is_told_with_a_meaning_and_no_other(name: str, command: click.Command) -> None:
    told = names(section(PAGE, f"ork {name}"))
    options = [option for option in command.params if isinstance(option, click.Option)]
    spelled = [spelling for option in options for spelling in (*option.opts, *option.secondary_opts)]
    assert sorted(told) == sorted([*spelled, "-h", "--help"])
    assert all(option.help for option in options), f"an option of ork {name} has no help"


def test_every_variable_the_code_reads_is_told_and_no_other() -> None:
    read_here = set(read_variables())
    assert {"KATALOG_PATH", "KUBECONFIG", "ORK_PORT", "LOG_LEVEL", "NO_PROXY"} <= read_here
    assert set(names(ENVIRONMENT)) == read_here


def test_defaults_of_variables_are_those_of_the_code() -> None:
    settings = (ROOT / "src" / "orkestra" / "cli" / "settings.py").read_text()
    for name, default in re.findall(r'(?:seconds|whole)\(environ, "(\w+)", (\d+)', settings):
        assert f"| `{name}` | `{default}` |" in ENVIRONMENT


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["nonsense"], 2),
        (["run", "--nonsense"], 2),
        (["run", "-f", "absent.yaml"], 2),
        (["run", "-f", "wrong.yaml"], 1),
    ],
)
def test_exit_codes_are_as_told(
    arguments: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.yaml").write_text("kind: Nonsense\n")
    monkeypatch.setattr("sys.argv", ["ork", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    assert f"| {code} |" in section(PAGE, "Exit codes")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_there_for_every_shell_told(shell: str) -> None:
    assert f"ork completion {shell} >" in section(PAGE, "Shell completion")
    assert "_ORK_COMPLETE" in CliRunner().invoke(cli, ["completion", shell]).output


@pytest.mark.parametrize("page", EVERYWHERE)
def test_commands_in_documents_exist(page: str) -> None:
    known = dict(commands())
    spelled = {
        name: {s for p in command.params for s in (*p.opts, *p.secondary_opts)} for name, command in known.items()
    }
    for name, rest in re.findall(r"(?:^ {4}|^|`|\$ )ork ([a-z][a-z-]*)((?: [^`\n|#>&]+)?)", read(page), re.MULTILINE):
        assert name in known, f"{page}: ork {name}"
        if isinstance(known[name], click.Group) and re.match(r" [a-z]", rest):
            name = f"{name} {rest.split()[0]}"
            assert name in known, f"{page}: ork {name}"
        for option in re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest):
            assert option in spelled[name] or option in ("-h", "--help"), f"{page}: ork {name} {option}"
