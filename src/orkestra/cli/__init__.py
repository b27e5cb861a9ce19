"""The ``ork`` command: one file a command, found by name in a table and imported only when it is run.

Exit codes: 0 all well, 1 findings in what was given, 2 could not run. A traceback never reaches a user.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple

import click

from orkestra import __version__


class Row(NamedTuple):
    module: str
    summary: str


COMMANDS: dict[str, Row] = {
    "completion": Row("completion", "Print the completion script of a shell."),
    "dev": Row("dev", "Run a Katalog on an embedded API server, for trying things out."),
    "diff": Row("diff", "Say what is different between two definitions, and what it does."),
    "devserver": Row("devserver", "Run the embedded API server alone, for anyone's operator tests."),
    "explain": Row("explain", "Say what a field of a definition is."),
    "fmt": Row("fmt", "Lay definitions out in the one usual way."),
    "generate": Row("generate", "Make CRDs, sample objects, schemas, roles and bundles."),
    "gitops": Row("gitops", "Make what GitOps tools need to know of a definition."),
    "init": Row("init", "Write a Git repository that Argo CD or Flux can sync at once."),
    "lock": Row("lock", "Pin the remote imports of a Komposer."),
    "migrate": Row("migrate", "Rewrite definitions of older or newer layouts to today's."),
    "notes": Row("notes", "Look up the functions of templates, and try them."),
    "play": Row("play", "Try templates on an object, line by line."),
    "run": Row("run", "Run the operators of a Katalog against a cluster."),
    "template": Row("template", "Print the one Katalog that a file and all it brings in come to."),
    "validate": Row("validate", "Find what is wrong with definitions, offline."),
    "version": Row("version", "Print the version."),
}


class LazyGroup(click.Group):
    """Lists commands from its table, ``rows``, so that help and completion import none of them."""

    def __init__(self, *args: Any, rows: Mapping[str, Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        row = self.rows.get(cmd_name)
        if row is None:
            return None
        command = import_module(f"orkestra.cli.{row.module}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.rows and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.rows, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" '{ctx.command_path} --help' lists the commands."
            raise click.UsageError(f"there is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.summary) for name, row in sorted(self.rows.items())])


@click.group(
    cls=LazyGroup, rows=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, "--version", "-V", prog_name="ork", message="%(prog)s %(version)s")
def cli() -> None:
    """Declarative Kubernetes operators: CRDs in, operators out."""


_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main() -> None:
    """The console script. Usage errors and what cannot run exit with 2."""
    try:
        code = cli.main(prog_name="ork", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            click.echo(f"Error: what was to be written has no room: {error.strerror}", err=True)
        else:
            _tell_of_a_bug(error)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def _tell_of_a_bug(error: Exception) -> None:
    """What nobody foresaw, in a line; the traceback is for those who ask for it."""
    import os

    click.echo(
        f"Error: ork itself broke ({type(error).__name__}: {str(error)[:500]}); this is a bug of ours.", err=True
    )
    if os.environ.get("LOG_LEVEL") == "debug":
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    else:
        click.echo("LOG_LEVEL=debug shows where; please report it with what you ran.", err=True)
