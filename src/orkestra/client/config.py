"""Which cluster, as whom: the configuration an ``ApiClient`` is opened with."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from typing import Any

from orkestra import __version__

USER_AGENT = f"orkestra/{__version__} ({platform.system().lower()}/{platform.machine()})"


@dataclass(frozen=True, slots=True)
class PemSource:
    """PEM text given inline or by file; a file is read again when it changes. Never shows its content."""

    data: bytes = field(default=b"", repr=False)
    file: str = ""

    def __bool__(self) -> bool:
        return bool(self.data or self.file)


@dataclass(frozen=True, slots=True)
class ExecPlugin:
    """``users[].user.exec``: a program that prints an ExecCredential. ``env`` may hold secrets: not shown."""

    api_version: str
    command: str
    args: tuple[str, ...] = field(default=(), repr=False)
    env: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    install_hint: str = ""
    provide_cluster_info: bool = False
    interactive_mode: str = "IfAvailable"
    cluster_extension: Any = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class OidcProvider:
    """``users[].user.auth-provider`` with name ``oidc``."""

    issuer_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    id_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    ca: PemSource = PemSource()


@dataclass(frozen=True, slots=True)
class Impersonation:
    """``as``, ``as-uid``, ``as-groups`` and ``as-user-extra``."""

    user: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.user or self.uid or self.groups or self.extra)


@dataclass(frozen=True, slots=True)
class AuthConfig:
    """How requests are authenticated; empty means anonymously. Secrets stay out of the repr."""

    token: str = field(default="", repr=False)
    token_file: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    client_cert: PemSource = PemSource()
    client_key: PemSource = PemSource()
    exec: ExecPlugin | None = None
    oidc: OidcProvider | None = None
    impersonate: Impersonation = Impersonation()


@dataclass(frozen=True, slots=True)
class ClusterConfig:
    """Everything needed to reach one API server as one user.

    ``server`` is a URL without trailing slash, maybe with a path prefix. ``namespace`` is the context's default.
    ``proxy_url`` is already decided (kubeconfig first, then the environment); empty means a direct connection.
    ``source`` names where this came from, for messages.
    """

    server: str
    namespace: str = "default"
    ca: PemSource = PemSource()
    auth: AuthConfig = AuthConfig()
    tls_server_name: str = ""
    insecure_skip_tls_verify: bool = False
    disable_compression: bool = False
    proxy_url: str = field(default="", repr=False)
    user_agent: str = USER_AGENT
    context: str = ""
    source: str = ""

    @property
    def is_tls(self) -> bool:
        return self.server.startswith("https://")
