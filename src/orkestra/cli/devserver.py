"""``ork devserver``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from orkestra.cli.settings import CannotRun


@click.command("devserver")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port; 0 picks a free one.")
@click.option(
    "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keep objects here. [default: memory]"
)
@click.option(
    "--kubeconfig-out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a kubeconfig here once the server is ready.",
)
@click.option("--controllers/--no-controllers", default=True, show_default=True, help="Bring workloads to life.")
@click.option("--faults", is_flag=True, help="Let tests inject errors, delays and outages under /faults.")
def command(
    host: str, port: int, data_dir: Path | None, kubeconfig_out: Path | None, controllers: bool, faults: bool
) -> int:
    """Run the embedded Kubernetes API server, until SIGTERM or Ctrl-C.

    It serves stock kubectl, Helm and operators. It has no authentication: keep it on loopback.

    \b
    ork devserver --kubeconfig-out kc &
    kubectl --kubeconfig kc get namespaces
    """
    from orkestra.cli.serving import run_loop, stop_on_signals
    from orkestra.devserver.app import DevServer
    from orkestra.devserver.storage.journal import JournalError

    async def main() -> None:
        stop = stop_on_signals()
        server = DevServer(host=host, port=port, data_dir=data_dir, controllers=controllers, faults=faults)
        async with server:
            if kubeconfig_out is not None:
                write_kubeconfig(kubeconfig_out, server.kubeconfig())
            click.echo(f"listening on {server.url}", err=True)
            if kubeconfig_out is not None:
                click.echo(f"kubectl --kubeconfig {kubeconfig_out} get namespaces", err=True)
            await stop.wait()

    try:
        run_loop(main())
    except JournalError as error:
        raise CannotRun(f"--data-dir {data_dir}: {error}") from None
    except OSError as error:
        raise CannotRun(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
    finally:
        sys.stderr.flush()
    return 0


def write_kubeconfig(path: Path, text: str) -> None:
    """Whole or not at all: whoever waits for the file may read it the moment it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.touch(mode=0o600)
    partial.write_text(text)
    partial.replace(path)
