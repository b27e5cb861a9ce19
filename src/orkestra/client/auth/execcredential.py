"""The ExecCredential exchanged with an exec plugin: what it is told, and what its answer means.

Source: k8s.io/client-go pkg/apis/clientauthentication/v1/types.go.
"""

from __future__ import annotations

import base64
import sys
from datetime import datetime
from pathlib import Path

import msgspec

from orkestra.client.auth.credential import Credential
from orkestra.client.config import ClusterConfig, ExecPlugin
from orkestra.client.errors import CredentialError
from orkestra.k8s.objects import Object


class _Status(msgspec.Struct, rename="camel"):
    expiration_timestamp: str | None = None
    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None


class _ExecCredential(msgspec.Struct, rename="camel"):
    kind: str = ""
    api_version: str = ""
    status: _Status | None = None


def exec_info(plugin: ExecPlugin, config: ClusterConfig) -> Object:
    """The ExecCredential handed to the plugin in KUBERNETES_EXEC_INFO."""
    spec: Object = {"interactive": _is_interactive(plugin)}
    if plugin.provide_cluster_info:
        cluster: Object = {"server": config.server}
        if config.tls_server_name:
            cluster["tls-server-name"] = config.tls_server_name
        if config.insecure_skip_tls_verify:
            cluster["insecure-skip-tls-verify"] = True
        if config.ca:
            data = config.ca.data or _read(config.ca.file)
            cluster["certificate-authority-data"] = base64.b64encode(data).decode("ascii")
        if config.proxy_url:
            cluster["proxy-url"] = config.proxy_url
        if plugin.cluster_extension is not None:
            cluster["config"] = plugin.cluster_extension
        spec["cluster"] = cluster
    return {"kind": "ExecCredential", "apiVersion": plugin.api_version, "spec": spec}


def decode_credential(output: bytes, plugin: ExecPlugin) -> tuple[Credential, float | None]:
    """The plugin's output -> (credential, expiry in Unix seconds or None). The output never appears in a message."""
    what = f"the credential plugin {plugin.command}"
    try:
        found = msgspec.json.decode(output, type=_ExecCredential)
    except (msgspec.MsgspecError, RecursionError):
        raise CredentialError(f"{what} did not print an ExecCredential") from None
    if found.kind != "ExecCredential" or found.api_version != plugin.api_version:
        raise CredentialError(f"{what} answered with another version than {plugin.api_version}")
    status = found.status or _Status()
    token, cert, key = status.token or "", status.client_certificate_data or "", status.client_key_data or ""
    if bool(cert) != bool(key):
        raise CredentialError(f"{what} gave a certificate without its key, or the reverse")
    if not token and not cert:
        raise CredentialError(f"{what} gave neither a token nor a certificate")
    if token and not (token.isascii() and token.isprintable()):
        raise CredentialError(f"{what} gave a token that cannot be sent")
    credential = Credential(f"Bearer {token}" if token else "", cert.encode(), key.encode())
    return credential, _expiry(status.expiration_timestamp, what)


def _expiry(text: str | None, what: str) -> float | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise CredentialError(f"{what} gave an unreadable expirationTimestamp") from None


def _is_interactive(plugin: ExecPlugin) -> bool:
    return plugin.interactive_mode != "Never" and sys.stdin is not None and sys.stdin.isatty()


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise CredentialError(f"cannot read {file}: {error.strerror}") from None
