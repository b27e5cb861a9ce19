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


def seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    """Raises CannotRun for text that is not a positive number."""
    text = environ.get(name, "")
    if not text:
        return default
    try:
        value = float(text.removesuffix("s"))
    except ValueError:
        value = 0
    if value <= 0:
        raise CannotRun(f"{name}: expected a number of seconds above 0, got {text!r}")
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
    from orkestra.operator.runtime import Settings

    elects = "KUBERNETES_SERVICE_HOST" in environ if leader_elect is None else leader_elect
    try:
        timing = Timing(
            seconds(environ, "LEASE_DURATION", 15),
            seconds(environ, "RENEW_DEADLINE", 10),
            seconds(environ, "RETRY_PERIOD", 5),
        )
    except ValueError as error:
        raise CannotRun(str(error)) from None
    if port is None:
        port = int(seconds(environ, "ORK_PORT", 8080))
    return Settings(
        namespace=own_namespace(environ, context_namespace),
        host="0.0.0.0" if "KUBERNETES_SERVICE_HOST" in environ else "127.0.0.1",
        port=port,
        timing=timing if elects else None,
    )
