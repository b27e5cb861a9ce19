"""The configuration of a pod: its service account, mounted by the kubelet.

Source of paths and variables: k8s.io/client-go rest/config.go (InClusterConfig).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from orkestra.client.config import AuthConfig, ClusterConfig, PemSource
from orkestra.client.errors import ConfigError
from orkestra.client.proxies import choose_proxy

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def is_in_cluster(environ: Mapping[str, str], mount: Path = SERVICE_ACCOUNT) -> bool:
    return bool(environ.get("KUBERNETES_SERVICE_HOST")) and (mount / "token").exists()


def load_in_cluster(environ: Mapping[str, str], mount: Path = SERVICE_ACCOUNT) -> ClusterConfig:
    """The pod's own account; its token file is read again as the kubelet rotates it. Raises ConfigError."""
    host, port = environ.get("KUBERNETES_SERVICE_HOST", ""), environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host or not (port.isascii() and port.isdigit()):
        raise ConfigError("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not name the API server")
    token = mount / "token"
    if not token.exists():
        raise ConfigError("the pod has no service account token", file=token, hint="see automountServiceAccountToken")
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    ca = mount / "ca.crt"
    return ClusterConfig(
        server=server,
        namespace=_namespace(mount / "namespace"),
        ca=PemSource(file=str(ca)) if ca.exists() else PemSource(),
        auth=AuthConfig(token_file=str(token)),
        proxy_url=choose_proxy(server, environ),
        source="the pod's service account",
    )


def _namespace(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip() or "default"
    except (OSError, UnicodeDecodeError):
        return "default"
