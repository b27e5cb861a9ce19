"""``ork dev``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orkestra.cli.definition import locked_option
from orkestra.cli.settings import CannotRun

if TYPE_CHECKING:
    from orkestra.client.config import ClusterConfig
    from orkestra.k8s.objects import Object
    from orkestra.katalog.model import Katalog
    from orkestra.operator.delivery import Delivery
    from orkestra.operator.services import Services


@click.command("dev")
@click.option(
    "-f", "--file", "file", metavar="KATALOG", help="The Katalog. [default: KATALOG_PATH, or katalog.yaml here]"
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Port of the API server.")
@click.option(
    "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="Keep objects here. [default: memory]"
)
@locked_option
@click.option(
    "--kubeconfig-out", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the kubeconfig."
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    envvar="LOG_LEVEL",
    default="info",
    help="What is logged.",
)
def command(
    file: str | None, port: int, data_dir: Path | None, locked: bool, kubeconfig_out: Path | None, log_level: str
) -> int:
    """Run a Katalog on an embedded API server, until Ctrl-C.

    The CRDs that the Katalog names with crdFile are installed; reach the server with stock kubectl. A change of the
    Katalog is taken over at once; one with errors is refused, and what ran before runs on.

    \b
    ork dev -f katalog.yaml
    """
    from orkestra.cli.definition import find_file, load_or_exit
    from orkestra.cli.devserver import write_kubeconfig
    from orkestra.cli.serving import run_loop, stop_on_signals
    from orkestra.client.config import ClusterConfig
    from orkestra.client.errors import TransportError
    from orkestra.devserver.app import DevServer
    from orkestra.observe.logging import configure_logging
    from orkestra.operator.delivery import Known, snapshot_of, watch_path
    from orkestra.operator.runtime import Settings, started

    definition_file = find_file(file)
    before = snapshot_of(definition_file)
    katalog = load_or_exit(definition_file, is_locked=locked)
    configure_logging(level=log_level)

    def changes(services: Services) -> Delivery:
        return watch_path(lambda: definition_file, Known(katalog, before), is_locked=locked)

    async def main() -> None:
        stop = stop_on_signals()
        async with DevServer(port=port, data_dir=data_dir) as server:
            with tempfile.TemporaryDirectory(prefix="ork-dev-") as folder:
                path = kubeconfig_out or Path(folder) / "kubeconfig"
                write_kubeconfig(path, server.kubeconfig())
                config = ClusterConfig(server=server.url)

                async def prepare(definition: Katalog) -> None:
                    await install_crds(config, [box.crd for box in definition.boxes if box.crd is not None])

                await prepare(katalog)
                settings = Settings(host="127.0.0.1", port=0)
                async with started(katalog, config, settings, changes, prepare) as runtime:
                    click.echo(f"API server   {server.url}")
                    click.echo(f"operators    http://127.0.0.1:{runtime.port}/katalog")
                    click.echo(f"kubectl      export KUBECONFIG={path}")
                    await stop.wait()

    try:
        run_loop(main())
    except* (TransportError, OSError) as group:
        raise CannotRun(str(group.exceptions[0])) from None
    return 0


async def install_crds(config: ClusterConfig, crds: list[Object]) -> None:
    """Create or update each CRD. Raises StatusError, TransportError."""
    from orkestra.client.api import ApiClient
    from orkestra.k8s.builtin import builtin_resource
    from orkestra.k8s.gvk import GVK
    from orkestra.operator.names import FIELD_MANAGER

    info = builtin_resource(GVK("apiextensions.k8s.io", "v1", "CustomResourceDefinition"))
    assert info is not None
    async with ApiClient(config) as api:
        for crd in crds:
            await api.apply(info, crd, field_manager=FIELD_MANAGER, force=True)
