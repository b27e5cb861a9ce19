"""Where the configuration of a client comes from.

Order of sources: an explicit file, ``KUBECONFIG``, the pod's service account, ``~/.kube/config``
(sigs.k8s.io/controller-runtime pkg/client/config/config.go). Naming a context skips the service account.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from orkestra.client.config import ClusterConfig
from orkestra.client.errors import ConfigError
from orkestra.client.incluster import is_in_cluster, load_in_cluster
from orkestra.client.kubeconfig import load_kubeconfig


def load_config(
    kubeconfig: Path | None = None, context: str | None = None, *, environ: Mapping[str, str] = os.environ
) -> ClusterConfig:
    """The configuration to use. Reads files, never the network. Raises ConfigError."""
    if kubeconfig is not None:
        return load_kubeconfig([kubeconfig], context, environ=environ)
    listed = [Path(part) for part in environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    if listed:
        present = [path for path in dict.fromkeys(listed) if path.exists()]
        if not present:
            raise ConfigError(
                "KUBECONFIG names no file that exists",
                file=os.pathsep.join(map(str, listed)),
                hint="unset it or correct it",
            )
        return load_kubeconfig(present, context, environ=environ)
    if context is None and is_in_cluster(environ):
        return load_in_cluster(environ)
    home = environ.get("HOME") or environ.get("USERPROFILE") or ""
    default = Path(home) / ".kube" / "config" if home else None
    if default is not None and default.exists():
        return load_kubeconfig([default], context, environ=environ)
    raise ConfigError(
        "no cluster is configured",
        hint="give --kubeconfig, set KUBECONFIG, create ~/.kube/config, or run inside a cluster",
    )
