"""TLS contexts of a cluster: whom to trust, and the client certificate, read again when a file changes.

A changed certificate gives a new context and thereby new connections; the old ones end when they go idle.
"""

from __future__ import annotations

import os
import ssl
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from orkestra.client.auth.credential import Credential
from orkestra.client.config import ClusterConfig, PemSource
from orkestra.client.errors import CredentialError

_RECHECK_SECONDS = 5.0
_Stamp = tuple[tuple[str, int, int, int], ...]


class TlsContexts:
    """One context per client certificate in use; raises CredentialError when certificates cannot be loaded."""

    def __init__(self, config: ClusterConfig, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._files = [s.file for s in (config.ca, config.auth.client_cert, config.auth.client_key) if s.file]
        self._stamp: _Stamp = ()
        self._context: ssl.SSLContext | None = None
        self._certificate: tuple[bytes, bytes] = (b"", b"")
        self._recheck_at = 0.0

    def context_for(self, credential: Credential) -> ssl.SSLContext:
        """The context to connect with; cheap unless a file or the plugin's certificate changed."""
        certificate = (credential.client_cert, credential.client_key)
        now = self._clock()
        if self._context is not None and certificate == self._certificate:
            if not self._files or now < self._recheck_at:
                return self._context
            self._recheck_at = now + _RECHECK_SECONDS
            if _stamp(self._files) == self._stamp:
                return self._context
        stamp = _stamp(self._files)
        try:
            context = build_context(self._config, credential)
        except CredentialError:
            # cert and key are two files: between the two writes of a rotation they do not match
            if self._context is None or certificate != self._certificate:
                raise
            return self._context
        self._context, self._certificate, self._stamp = context, certificate, stamp
        self._recheck_at = now + _RECHECK_SECONDS
        return context


def build_context(config: ClusterConfig, credential: Credential) -> ssl.SSLContext:
    """A client context like Go's: no strict-profile checks, and any certificate of the bundle may anchor trust."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if config.insecure_skip_tls_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        trust_of(context, config.ca)
    cert, key = credential.client_cert, credential.client_key
    origin = ""
    if not cert and config.auth.client_cert:
        cert, key = _read(config.auth.client_cert), _read(config.auth.client_key or config.auth.client_cert)
        origin = _named(config.auth.client_cert)
    if cert:
        _load_pair(context, cert, key, origin)
    return context


def trust_of(context: ssl.SSLContext, ca: PemSource) -> None:
    """Trust ``ca``, or the system's authorities where it is empty. Raises CredentialError."""
    if not ca:
        context.load_default_certs()
        return
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(cadata=_read(ca).decode("ascii", "ignore"))
    except (ssl.SSLError, ValueError):
        raise CredentialError(f"the certificate authority{_named(ca)} holds no usable PEM certificate") from None


def _load_pair(context: ssl.SSLContext, cert: bytes, key: bytes, origin: str) -> None:
    """OpenSSL takes the pair from a file only: one in memory where the system can, else a private temporary one."""
    pem = cert.rstrip() + b"\n" + key
    try:
        if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
            handle = os.memfd_create("client-certificate", os.MFD_CLOEXEC)
            with os.fdopen(handle, "wb") as stream:
                stream.write(pem)
                stream.flush()
                context.load_cert_chain(f"/proc/self/fd/{handle}", password=_no_password)
        else:
            with tempfile.NamedTemporaryFile(suffix=".pem") as stream:
                stream.write(pem)
                stream.flush()
                context.load_cert_chain(stream.name, password=_no_password)
    except (ssl.SSLError, ValueError, OSError):
        raise CredentialError(
            f"the client certificate{origin} cannot be used",
            hint="expected a PEM certificate and its unencrypted PEM key",
        ) from None


def _no_password() -> str:
    """OpenSSL would otherwise ask for one on the terminal."""
    return ""


def _read(source: PemSource) -> bytes:
    if source.data:
        return source.data
    try:
        return Path(source.file).read_bytes()
    except OSError as error:
        raise CredentialError(f"cannot read {source.file}: {error.strerror}") from None


def _named(source: PemSource) -> str:
    return f" {source.file}" if source.file else ""


def _stamp(files: list[str]) -> _Stamp:
    """Identity and age of the files; a missing one counts as changed only when it comes back."""
    found = []
    for file in files:
        try:
            stat = os.stat(file)
        except OSError:
            continue
        found.append((file, stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return tuple(found)
