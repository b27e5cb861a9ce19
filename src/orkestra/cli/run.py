"""``ork run``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orkestra.cli.definition import find_or_wait, locked_option
from orkestra.cli.settings import CannotRun, mounted_configmap

if TYPE_CHECKING:
    from orkestra.operator.delivery import Known
    from orkestra.operator.runtime import Source


@click.command("run")
@click.option(
    "-f", "--file", "file", metavar="KATALOG", help="The Katalog. [default: KATALOG_PATH, or katalog.yaml here]"
)
@click.option(
    "--configmap",
    metavar="NAMESPACE/NAME",
    help="Read the Katalog from this ConfigMap, through the API, and follow its changes.",
)
@click.option(
    "--reload/--no-reload",
    default=True,
    show_default=True,
    help="Take over a new revision of the Katalog when it comes.",
)
@click.option(
    "--wait/--no-wait",
    default=None,
    help="Start without a Katalog, or with one that has errors, and run what comes. [default: in a cluster]",
)
@locked_option
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
    configmap: str | None,
    reload: bool,
    wait: bool | None,
    locked: bool,
    kubeconfig: Path | None,
    context: str | None,
    port: int | None,
    leader_elect: bool | None,
    log_level: str,
) -> int:
    """Run the operators of a Katalog against a cluster, until SIGTERM or Ctrl-C.

    The cluster is that of --kubeconfig, KUBECONFIG, ~/.kube/config, or, in a pod, the one around it. A change of the
    Katalog is taken over while it runs; one that has errors is refused, told, and what ran before runs on.

    \b
    ork run -f katalog.yaml
    ork run --configmap orkestra-system/orkestra-katalog
    ork run -f katalog.yaml --context staging --port 0
    """
    from orkestra.cli.definition import find_file, load_or_tell
    from orkestra.cli.serving import run_until_stopped
    from orkestra.cli.settings import runtime_settings
    from orkestra.client.errors import ConfigError
    from orkestra.client.sources import load_config
    from orkestra.operator.delivery import Known, snapshot_of

    if file and configmap:
        raise click.UsageError("--file and --configmap exclude each other")
    waits = bool(configmap) or ("KUBERNETES_SERVICE_HOST" in os.environ if wait is None else wait)
    katalog, known = None, None
    if not configmap:
        path = find_or_wait(file) if waits else find_file(file)
        before = snapshot_of(path)
        katalog = None if path is None else load_or_tell(path, is_locked=locked)
        if katalog is None and not waits:
            return 1
        known = None if katalog is None else Known(katalog, before)
    try:
        config = load_config(kubeconfig, context)
    except ConfigError as error:
        raise CannotRun(str(error)) from None
    settings = runtime_settings(port=port, leader_elect=leader_elect, context_namespace=config.namespace)
    source = revisions(file, configmap, known, is_locked=locked) if reload or katalog is None else None
    return run_until_stopped(katalog, config, settings, log_level, source)


def revisions(file: str | None, configmap: str | None, known: Known | None, *, is_locked: bool = False) -> Source:
    """Where new revisions come from. Raises UsageError."""
    from orkestra.k8s.objects import ObjectKey
    from orkestra.operator.delivery import watch_configmap, watch_path

    if configmap:
        namespace, _, name = configmap.partition("/")
        if not namespace or not name or "/" in name:
            raise click.UsageError("--configmap: expected NAMESPACE/NAME")
        return lambda services: watch_configmap(services, ObjectKey(namespace, name))
    mounted = mounted_configmap(os.environ)
    return lambda services: watch_path(lambda: find_or_wait(file), known, mounted, is_locked=is_locked)
