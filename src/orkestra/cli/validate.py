"""``ork validate``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orkestra.cli.completing import complete_severities
from orkestra.cli.definition import locked_option
from orkestra.cli.importing import for_good
from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.cli.validation.files import Candidate
    from orkestra.katalog.crdfile import Crds


@click.command("validate")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "-f",
    "--file",
    "files",
    multiple=True,
    metavar="PATH",
    help="The same as an argument, but judged whatever kind of file it is. May be given more than once. "
    "[default: KATALOG_PATH, or katalog.yaml here]",
)
@click.option(
    "--crd",
    "crds",
    multiple=True,
    metavar="PATH",
    help="CRDs that type the entries without a crdFile: files, directories or patterns. May be given more than once.",
)
@click.option(
    "-o",
    "--output",
    "form",
    type=click.Choice(["human", "json", "sarif", "junit", "github"]),
    default="human",
    show_default=True,
    help="For people, scripts, code scanning, test reports, or as annotations of a pull request.",
)
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option(
    "--severity",
    "severities",
    multiple=True,
    shell_complete=complete_severities,
    metavar="CODE=LEVEL",
    help="Take findings of a code as error, warning or note, or ignore them. May be given more than once.",
)
@click.option("--environment", default="", metavar="NAME", help="Whose rules of .orkestra.yaml hold.")
@click.option("--root", type=click.Path(file_okay=False, exists=True, path_type=Path), help="How far files may reach.")
@click.option("--allow-none", is_flag=True, help="It is all well where none of the files is a definition.")
@locked_option
@click.option("--fix", is_flag=True, help="Rewrite the files: do what findings say that takes no thought.")
@click.option("--dry-run", "--diff", "is_dry", is_flag=True, help="With --fix: write nothing, print a patch.")
@click.option("--watch", is_flag=True, help="Go on, and validate again when a file changes, until Ctrl-C.")
def command(
    paths: tuple[str, ...],
    files: tuple[str, ...],
    crds: tuple[str, ...],
    form: str,
    strict: bool,
    severities: tuple[str, ...],
    environment: str,
    root: Path | None,
    allow_none: bool,
    locked: bool,
    fix: bool,
    is_dry: bool,
    watch: bool,
) -> int:
    """Find what is wrong with definitions, without a cluster and without the network.

    PATH is a file, a directory or dir/... for all YAML below it, a pattern such as "apps/**/katalog.yaml", or - for
    standard input. Files that are not Orkestra's are left out. Exit code 0: no errors, 1: errors (with --strict:
    or warnings), 2: could not run.

    \b
    ork validate
    ork validate apps/... --crd crds/
    ork validate -f katalog.yaml --strict -o github
    ork validate . --severity ORK1305=warning -o sarif
    ork validate apps/... --fix --diff
    ork validate --fix -f - < draft.yaml > katalog.yaml
    """
    with for_good("orkestra.katalog"):
        from orkestra.cli.validation.files import STDIN, STDIN_NAME, find_candidates, none_is_ours
        from orkestra.cli.validation.outputs import write
        from orkestra.cli.validation.progress import Progress
        from orkestra.cli.validation.runs import Request, validate
        from orkestra.cli.validation.severities import load_severities
        from orkestra.template.functions import builtin_functions

        builtin_functions()

    def candidates() -> list[Candidate]:
        if paths or files:
            return find_candidates(files, paths)
        from orkestra.cli.definition import find_file

        return find_candidates([str(find_file(None))], [])

    named: set[str] = set()

    def run() -> int:
        found = candidates()
        weights = load_severities(severities, environment, Path())
        has_fixes = form in ("json", "sarif")
        cores = os.cpu_count() or 1
        request = Request(found, weights, read_crds(crds), root, cores, locked, has_fixes, named if watch else None)
        if fix:
            from orkestra.cli.validation.fixing import fix_files

            report = fix_files(request, form, is_dry=is_dry)
        else:
            report = validate(request, Progress())
        if not report.files and not allow_none:
            raise CannotRun(none_is_ours(len(found), "name one with --file"))
        write(report, form, is_strict=strict, beside=fix and (is_dry or any(each.name == STDIN_NAME for each in found)))
        return 1 if report.fails(is_strict=strict) else 0

    if is_dry and not fix:
        raise click.UsageError("--dry-run goes with --fix; without it, nothing is written anyway")
    if not watch:
        return run()
    if fix:
        raise click.UsageError("--watch and --fix exclude each other: editors would lose what is typed meanwhile")
    if STDIN in (*paths, *files, *crds):
        raise click.UsageError("--watch cannot read standard input again")
    return go_on(run, candidates, crds, named)


def go_on(
    run: Callable[[], int], candidates: Callable[[], list[Candidate]], crds: Sequence[str], named: set[str]
) -> int:
    """Runs on every change until Ctrl-C. What is in the way of one run does not end the watch. ``run`` adds to
    ``named`` what counts beside the candidates."""
    from orkestra.cli.validation.changes import run_on_changes
    from orkestra.cli.validation.files import find_candidates
    from orkestra.cli.validation.severities import config_files

    configs = config_files(Path())

    def names() -> list[str]:
        try:
            found = [each.name for each in (*candidates(), *find_candidates(crds, []))]
        except CannotRun:
            found = []
        return sorted({*found, *named, *configs})

    def once() -> None:
        before = set(named)
        named.clear()
        try:
            run()
        except CannotRun as error:
            named.update(before)
            error.show()
        sys.stdout.flush()
        click.echo("watching; Ctrl-C ends it", err=True)

    run_on_changes(once, names)
    return 0


def read_crds(paths: Sequence[str], what: str = "--crd: ") -> Crds:
    """The CRDs of ``--crd``, or of what else messages begin with. Raises CannotRun for what does not parse, and where
    there is none."""
    if not paths:
        return {}
    from orkestra.cli.validation.files import find_candidates
    from orkestra.katalog.crdfile import crds_in
    from orkestra.katalog.diagnostics import Findings, render

    findings = Findings()
    try:
        crds = crds_in(((each.name, each.read()) for each in find_candidates(paths, [])), findings)
    except OSError as error:
        raise CannotRun(f"{what}{error.filename}: {error.strerror}") from None
    if findings.has_errors:
        raise CannotRun(f"{what}the CRDs cannot be used\n{render(findings.sorted())}".rstrip())
    if not crds:
        raise CannotRun(f"{what}{', '.join(paths)}: no CustomResourceDefinition there")
    return crds
