"""Environment variables and options -> settings of the runtime. Precedence: option, Katalog, environment, default.

Durations in the environment are seconds (katalog reference, section 11.4).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from orkestra.k8s.objects import Object
    from orkestra.operator.runtime import Settings

SERVICE_ACCOUNT_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


class CannotRun(click.ClickException):
    """Something outside the definitions is in the way: exit code 2."""

    exit_code = 2


def seconds(environ: Mapping[str, str], name: str, default: float, *, zero: bool = False) -> float:
    """A number of seconds, or a duration such as ``1m30s``; above 0, or 0 too where ``zero``. Raises CannotRun."""
    from orkestra.template.times.durations import DurationError, parse_duration

    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = parse_duration(f"{text}s" if text[-1].isdigit() else text)
    except DurationError:
        value = -1.0
    if value < 0 or (value == 0 and not zero):
        least = "0 or more" if zero else "above 0"
        raise CannotRun(f"{name}: expected seconds or a duration such as 30s, {least}, got {text[:80]!r}")
    return value


def whole(environ: Mapping[str, str], name: str, default: int, least: int, most: int | None = None) -> int:
    """A whole number from ``least`` to ``most``. Raises CannotRun."""
    text = environ.get(name, "").strip()
    if not text:
        return default
    value = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
    if value < least or (most is not None and value > most):
        wanted = f"{least} or more" if most is None else f"{least} to {most}"
        raise CannotRun(f"{name}: expected a whole number, {wanted}, got {text[:80]!r}")
    return value


def own_namespace(environ: Mapping[str, str], context_namespace: str) -> str:
    """Where the runtime keeps its Lease: named, that of the pod, or that of the kubeconfig's context."""
    named = environ.get("ORK_NAMESPACE") or environ.get("NAMESPACE")
    if named:
        return named
    try:
        return SERVICE_ACCOUNT_NAMESPACE.read_text().strip() or "orkestra-system"
    except OSError:
        return context_namespace or "default"


def mounted_configmap(environ: Mapping[str, str]) -> Object | None:
    """``KATALOG_CONFIGMAP`` (namespace/name): the ConfigMap that is mounted at ``KATALOG_PATH``, so that events about
    its revisions can be recorded on it. Raises CannotRun."""
    named = environ.get("KATALOG_CONFIGMAP", "")
    if not named:
        return None
    namespace, _, name = named.partition("/")
    if not namespace or not name or "/" in name:
        raise CannotRun(f"KATALOG_CONFIGMAP: expected namespace/name, got {named!r}")
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}


def runtime_settings(
    *, port: int | None, leader_elect: bool | None, context_namespace: str, environ: Mapping[str, str] = os.environ
) -> Settings:
    """``leader_elect`` None: in a cluster yes, on a desk no. Raises CannotRun."""
    from orkestra.controller.leader import Timing
    from orkestra.operator.defaults import Defaults
    from orkestra.operator.endpoints import Limits
    from orkestra.operator.runtime import Settings

    in_cluster = "KUBERNETES_SERVICE_HOST" in environ
    elects = in_cluster if leader_elect is None else leader_elect
    try:
        timing = Timing(
            seconds(environ, "LEASE_DURATION", 15),
            seconds(environ, "RENEW_DEADLINE", 10),
            seconds(environ, "RETRY_PERIOD", 5),
        )
    except ValueError as error:
        raise CannotRun(str(error)) from None
    if port is None:
        port = whole(environ, "ORK_PORT", 8080, 0, 65535)
    return Settings(
        namespace=own_namespace(environ, context_namespace),
        host="0.0.0.0" if in_cluster else "127.0.0.1",
        port=port,
        timing=timing if elects else None,
        limits=Limits(seconds(environ, "ORK_READ_TIMEOUT", 30), seconds(environ, "ORK_WRITE_TIMEOUT", 60)),
        defaults=Defaults(
            whole(environ, "DEFAULT_WORKERS", 3, 1, 50),
            seconds(environ, "DEFAULT_RESYNC", 30, zero=True),
            whole(environ, "QUEUE_DEPTH", 0, 0),
            whole(environ, "FAILURE_THRESHOLD", 5, 1),
        ),
        environment=environ.get("ORK_ENV", ""),
        cluster_name=environ.get("CLUSTER_NAME", ""),
        keeps_ledger=elects or in_cluster,
    )
