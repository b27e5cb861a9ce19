"""``ork run``."""

from __future__ import annotations

from pathlib import Path

import click

from orkestra.cli.settings import CannotRun


@click.command("run")
@click.option(
    "-f", "--file", "file", metavar="KATALOG", help="The Katalog. [default: KATALOG_PATH, or katalog.yaml here]"
)
@click.option("--kubeconfig", type=click.Path(dir_okay=False, path_type=Path), help="Path to a kubeconfig.")
@click.option("--context", help="Context of the kubeconfig to use.")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port of probes, /metrics and /katalog. [default: ORK_PORT or 8080]"
)
@click.option(
    "--leader-elect/--no-leader-elect", default=None, help="Hold a Lease while acting. [default: in a cluster]"
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    envvar="LOG_LEVEL",
    default="info",
    help="What is logged.",
)
def command(
    file: str | None,
    kubeconfig: Path | None,
    context: str | None,
    port: int | None,
    leader_elect: bool | None,
    log_level: str,
) -> int:
    """Run the operators of a Katalog against a cluster, until SIGTERM or Ctrl-C.

    The cluster is that of --kubeconfig, KUBECONFIG, ~/.kube/config, or, in a pod, the one around it.

    \b
    ork run -f katalog.yaml
    ork run -f katalog.yaml --context staging --port 0
    """
    from orkestra.cli.definition import find_file, load_or_exit
    from orkestra.cli.serving import run_until_stopped
    from orkestra.cli.settings import runtime_settings
    from orkestra.client.config import load_config
    from orkestra.client.errors import ConfigError

    katalog = load_or_exit(find_file(file))
    try:
        config = load_config(kubeconfig, context)
    except ConfigError as error:
        raise CannotRun(str(error)) from None
    settings = runtime_settings(port=port, leader_elect=leader_elect, context_namespace=config.namespace)
    return run_until_stopped(katalog, config, settings, log_level)
