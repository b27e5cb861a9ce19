"""``ork generate chart``."""

from __future__ import annotations

from pathlib import Path

import click

from orkestra.cli.settings import CannotRun


@click.command("chart")
@click.option(
    "-o",
    "--output",
    "out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder to write it to.",
)
def command(out: Path) -> int:
    """Write the Helm chart of this version's runtime, for repositories that hold it.

    A chart that is there is replaced, whatever its version, so that an upgrade is a change to review. A folder that
    holds anything else is left alone.

    \b
    ork generate chart -o infrastructure/orkestra/chart
    """
    import shutil

    from orkestra.gitops.repository import chart_files

    if out.exists() and any(out.iterdir()) and not (out / "Chart.yaml").is_file():
        raise CannotRun(f"{out}: holds something that is no chart")
    try:
        files = chart_files()
        for folder in (out / "templates", out / "crds"):
            if folder.is_dir():
                shutil.rmtree(folder)
        for name, text in files.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotRun(str(error)) from None
    click.echo(f"{len(files)} files written to {out}", err=True)
    return 0
