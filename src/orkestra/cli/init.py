"""``ork init``."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.gitops.repository import Tool, Wish


@click.command("init")
@click.argument("directory", default=".", type=click.Path(file_okay=False, path_type=Path))
@click.option("--gitops", "tool", type=click.Choice(["argocd", "flux"]), required=True, help="Who applies it.")
@click.option(
    "--env",
    "environments",
    multiple=True,
    default=("production",),
    show_default=True,
    help="Name of an environment. May be given more than once.",
)
@click.option("--repo", default="", metavar="URL", help="Of the repository. [default: the folder's remote origin]")
@click.option("--branch", default="main", show_default=True, help="That the tool follows.")
@click.option("--source", default="flux-system", show_default=True, help="Flux: name of the GitRepository.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def command(
    directory: Path,
    tool: Tool,
    environments: tuple[str, ...],
    repo: str,
    branch: str,
    source: str,
    dry_run: bool,
    yes: bool,
) -> int:
    """Write a Git repository that Argo CD or Flux can sync at once: runtime, definitions, resources.

    The tree is shown first. Nothing that exists is overwritten: where a file is in the way, none is written.

    \b
    ork init platform --gitops argocd --repo https://git.example.com/platform.git
    ork init --gitops flux --env staging --env production
    """
    from orkestra.gitops.repository import Wish, chart_files, starter

    for name in environments:
        if not name.replace("-", "").isalnum() or not name.isascii() or name != name.lower() or len(name) > 40:
            raise click.UsageError(f"--env: expected lower-case letters, digits and '-', found {name[:60]!r}")
    if tool == "argocd" and not repo:
        repo = remote_of(directory)
    try:
        chart = chart_files()
    except FileNotFoundError as error:
        raise CannotRun(str(error)) from None
    definition, resources = starter(tool)
    wish = Wish(tool, tuple(dict.fromkeys(environments)), repo, branch, source, definition, resources, chart)
    files = complete(wish)
    click.echo(tree(directory, files))
    in_the_way = sorted(name for name in files if os.path.lexists(directory / name))
    if in_the_way:
        listed = "\n".join(f"  {name}" for name in in_the_way[:20])
        more = f"\n  and {len(in_the_way) - 20} more" if len(in_the_way) > 20 else ""
        raise CannotRun(f"{directory}: nothing was written, since these are there already:\n{listed}{more}")
    if dry_run:
        return 0
    if not yes and sys.stdin.isatty() and not click.confirm(f"Write {len(files)} files?", default=True):
        return 0
    write_files(directory, files)
    click.echo(f"{len(files)} files written; {directory / 'README.md'} has the first five minutes")
    return 0


def remote_of(directory: Path) -> str:
    """The URL of the folder's ``origin``. Raises UsageError where there is none."""
    import subprocess

    where = next((path for path in (directory, *directory.absolute().parents) if path.is_dir()), Path())
    try:
        done = subprocess.run(
            ["git", "-C", str(where), "remote", "get-url", "origin"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        done = None
    if done is None or done.returncode or not done.stdout.strip():
        raise click.UsageError("--repo: the Application has to say where the repository is")
    return done.stdout.strip()


def complete(wish: Wish) -> dict[str, str]:
    """Path -> text of the whole repository. What is generated is made by the commands its README tells, from the files
    as they will stand, so that ``--check`` finds nothing on the first day."""
    from orkestra.cli.definition import load_or_exit
    from orkestra.gitops.health import subjects_of
    from orkestra.gitops.repository import for_tool, generations, hand_written, overlay

    files = hand_written(wish)
    with tempfile.TemporaryDirectory(prefix="ork-init-") as folder, contextlib.chdir(folder):
        write_files(Path(), {**files, ".git/HEAD": ""})
        for environment in wish.environments:
            for path, line in generations(wish, environment):
                run(line)
                files[path] = Path(path).read_text(encoding="utf-8")
            katalog = load_or_exit(Path(overlay(environment)) / "komposer.yaml")
            files |= for_tool(wish, environment, subjects_of(katalog)[0])
    return files


def run(line: str) -> None:
    """One of our own commands, in this process. Raises CannotRun where it fails."""
    from orkestra.cli import cli

    name, *arguments = shlex.split(line)
    assert name == "ork"
    if cli.main(arguments, prog_name="ork", standalone_mode=False):
        raise CannotRun(f"{line} failed")


def write_files(directory: Path, files: Mapping[str, str]) -> None:
    """Raises CannotRun. Nothing is overwritten, whatever came in between."""
    for name, text in files.items():
        path = directory / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            raise CannotRun(f"{path}: {error.strerror}") from None


def tree(directory: Path, files: Iterable[str]) -> str:
    """The files as a tree; a folder of many is told by their number."""
    lines = [f"{directory}/"]
    seen: set[str] = set()
    by_folder = Counter(name.rpartition("/")[0] for name in files)
    for name in sorted(files):
        steps = name.split("/")
        for depth in range(1, len(steps)):
            folder = "/".join(steps[:depth])
            if folder not in seen:
                seen.add(folder)
                count = sum(number for path, number in by_folder.items() if f"{path}/".startswith(f"{folder}/"))
                note = f"  ({count} files)" if folder.endswith("/chart") else ""
                lines.append(f"{'  ' * depth}{steps[depth - 1]}/{note}")
        if "/chart/" not in name:
            lines.append(f"{'  ' * len(steps)}{steps[-1]}")
    return "\n".join(lines) + "\n"
