"""Kubeconfig files -> ``ClusterConfig``: merging, the chosen context, its cluster and its user.

Rules: k8s.io/client-go tools/clientcmd (loader.go, client_config.go, validation.go). In a merge the first file to
name a cluster, user, context or current-context wins; paths belong to the file they are written in.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from orkestra.client.config import (
    AuthConfig,
    ClusterConfig,
    ExecPlugin,
    Impersonation,
    OidcProvider,
    PemSource,
)
from orkestra.client.errors import ConfigError
from orkestra.client.kubeconfig_document import Section, read_document
from orkestra.client.proxies import checked_proxy, choose_proxy

_EXEC_VERSIONS = ("client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1")
_EXEC_EXTENSION = "client.authentication.k8s.io/exec"
_INTERACTIVE_MODES = ("Never", "IfAvailable", "Always")


def load_kubeconfig(files: Sequence[Path], context: str | None, *, environ: Mapping[str, str]) -> ClusterConfig:
    """The configuration of ``context`` (default: current-context) in the merged ``files``. Raises ConfigError."""
    documents = [read_document(file) for file in files]
    where = ":".join(map(str, files))
    contexts, clusters, users = (_merged(documents, kind) for kind in ("context", "cluster", "user"))
    chosen = context or next((name for d in documents if (name := d.text("current-context"))), "")
    if not chosen:
        known = ", ".join(sorted(contexts)) or "none"
        raise ConfigError("no current-context is set", file=where, hint=f"choose with --context; contexts: {known}")
    section = _named(contexts, chosen, "context", where)
    cluster_name, user_name = section.text("cluster"), section.text("user")
    if not cluster_name:
        raise section.error("cluster", "is empty", "expected the name of a cluster")
    cluster = _named(clusters, cluster_name, "cluster", where)
    server = _server(cluster)
    proxy = cluster.text("proxy-url")
    ca, is_insecure = cluster.pem("certificate-authority"), cluster.flag("insecure-skip-tls-verify")
    if ca and is_insecure:
        raise cluster.error("insecure-skip-tls-verify", "cannot be combined with a certificate authority")
    return ClusterConfig(
        server=server,
        namespace=section.text("namespace") or "default",
        ca=ca,
        auth=_auth(_named(users, user_name, "user", where), cluster) if user_name else AuthConfig(),
        tls_server_name=cluster.text("tls-server-name"),
        insecure_skip_tls_verify=is_insecure,
        disable_compression=cluster.flag("disable-compression"),
        proxy_url=checked_proxy(proxy, f"{cluster.file}: proxy-url") if proxy else choose_proxy(server, environ),
        context=chosen,
        source=str(section.file),
    )


def _merged(documents: Sequence[Section], kind: str) -> dict[str, Section]:
    """The named entries of all files; the first file to name one wins."""
    merged: dict[str, Section] = {}
    for document in documents:
        found: dict[str, Section] = {}
        for entry in document.sections(f"{kind}s"):
            name = entry.text("name")
            if name in found:
                raise entry.error("name", f"{name!r} appears twice")
            found[name] = entry.section(kind) or Section({}, entry.file, f"{entry.path}.{kind}")
        merged = found | merged
    return merged


def _named(entries: Mapping[str, Section], name: str, kind: str, where: str) -> Section:
    section = entries.get(name)
    if section is None:
        near = difflib.get_close_matches(name, entries, n=1)
        known = ", ".join(sorted(entries)[:10]) or "none"
        hint = f"did you mean {near[0]!r}?" if near else f"{kind}s: {known}"
        raise ConfigError(f"no {kind} named {name!r}", file=where, hint=hint)
    return section


def _server(cluster: Section) -> str:
    """The server's URL; without a scheme it is https, unless nothing about TLS is configured (client-go)."""
    text = cluster.text("server").rstrip("/")
    if not text:
        raise cluster.error("server", "is empty", "expected https://host:port")
    if "://" not in text:
        tls = ("certificate-authority", "certificate-authority-data")
        is_tls = any(cluster.text(key) for key in tls) or cluster.flag("insecure-skip-tls-verify")
        text = f"{'https' if is_tls else 'http'}://{text}"
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_usable = False
    if not is_usable or parts.query or parts.fragment or parts.username is not None or not text.isprintable():
        raise cluster.error("server", "is not a usable URL", "expected https://host:port")
    return text


def _auth(user: Section, cluster: Section) -> AuthConfig:
    cert, key = user.pem("client-certificate"), user.pem("client-key")
    if cert and not key:
        raise user.error("client-key", "is missing beside client-certificate")
    if key and not cert:
        raise user.error("client-certificate", "is missing beside client-key")
    token, token_file = user.secret("token"), user.existing_file("tokenFile")
    username, password = user.text("username"), user.text("password")
    plugin, provider = user.section("exec"), user.section("auth-provider")
    if (token or token_file) and (username or password):
        raise user.error("token", "and a username are both set", "expected one way to authenticate")
    if plugin is not None and provider is not None:
        raise user.error("exec", "and auth-provider are both set", "expected one way to authenticate")
    has_static = bool(token or token_file or username or password)
    return AuthConfig(
        token=token,
        token_file=token_file,
        username=username,
        password=password,
        client_cert=cert,
        client_key=key,
        # a static token or password wins over a plugin, as in client-go
        exec=_exec(plugin, cluster) if plugin is not None and not has_static else None,
        oidc=_oidc(provider) if provider is not None and not has_static else None,
        impersonate=_impersonation(user),
    )


def _impersonation(user: Section) -> Impersonation:
    extra = user.section("as-user-extra")
    pairs = tuple((name, extra.texts(name)) for name, _ in extra.items()) if extra is not None else ()
    who = Impersonation(user.secret("as"), user.secret("as-uid"), user.texts("as-groups"), pairs)
    if who and not who.user:
        raise user.error("as", "is missing beside the other as-* settings", "expected the user to act as")
    return who


def _exec(plugin: Section, cluster: Section) -> ExecPlugin:
    api_version, command = plugin.text("apiVersion"), plugin.text("command")
    if api_version not in _EXEC_VERSIONS:
        raise plugin.error("apiVersion", f"is {api_version!r}", f"expected {' or '.join(_EXEC_VERSIONS)}")
    if not command:
        raise plugin.error("command", "is empty", "expected the program to run")
    mode = plugin.text("interactiveMode")
    if not mode and api_version.endswith("/v1"):
        raise plugin.error("interactiveMode", "is missing", f"expected one of {', '.join(_INTERACTIVE_MODES)}")
    if mode and mode not in _INTERACTIVE_MODES:
        raise plugin.error("interactiveMode", f"is {mode!r}", f"expected one of {', '.join(_INTERACTIVE_MODES)}")
    if "/" in command:
        command = str(plugin.file.parent.absolute() / command)
    extension = None
    for entry in cluster.sections("extensions"):
        if entry.text("name") == _EXEC_EXTENSION:
            extension = next((value for name, value in entry.items() if name == "extension"), None)
    return ExecPlugin(
        api_version=api_version,
        command=command,
        args=plugin.texts("args"),
        env=tuple((entry.text("name"), entry.text("value")) for entry in plugin.sections("env")),
        install_hint=plugin.text("installHint"),
        provide_cluster_info=plugin.flag("provideClusterInfo"),
        interactive_mode=mode or "IfAvailable",
        cluster_extension=extension,
    )


def _oidc(provider: Section) -> OidcProvider:
    name = provider.text("name")
    if name != "oidc":
        raise provider.error("name", f"is {name!r}", "only oidc is supported; use an exec plugin instead")
    config = provider.section("config") or Section({}, provider.file, f"{provider.path}.config")
    issuer, client_id = config.text("idp-issuer-url"), config.text("client-id")
    if not issuer.startswith(("https://", "http://")):
        raise config.error("idp-issuer-url", "is not a URL", "expected the issuer, such as https://accounts.example")
    if not client_id:
        raise config.error("client-id", "is empty")
    return OidcProvider(
        issuer_url=issuer.rstrip("/"),
        client_id=client_id,
        client_secret=config.text("client-secret"),
        id_token=config.secret("id-token"),
        refresh_token=config.text("refresh-token"),
        ca=config.pem("idp-certificate-authority") or PemSource(),
    )
