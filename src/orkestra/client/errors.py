"""What goes wrong before or beside a server's answer; answers are ``orkestra.k8s.errors``."""

from __future__ import annotations

from pathlib import Path


class ConfigError(Exception):
    """A kubeconfig that cannot be used: ``problem`` says what is wrong where, ``hint`` what was expected."""

    def __init__(self, problem: str, *, file: Path | str | None = None, hint: str = "") -> None:
        self.problem, self.file, self.hint = problem, str(file) if file else "", hint
        super().__init__(f"{self.file}: {problem}" if file else problem)

    def __str__(self) -> str:
        text = super().__str__()
        return f"{text} ({self.hint})" if self.hint else text


class TransportError(Exception):
    """No usable answer came. ``is_sent`` is False only where the server certainly never saw the request."""

    def __init__(self, message: str, *, is_sent: bool = True) -> None:
        super().__init__(message)
        self.is_sent = is_sent


class ConnectionFailed(TransportError):
    """Refused, reset, unresolvable, TLS refused, or cut off in the middle of a body."""


class DeadlineExceeded(TransportError):
    """The answer, or the rest of its body, did not come in time."""


class WatchStalled(DeadlineExceeded):
    """A watch went silent or outlived the end it was asked for; connect again from the last resourceVersion."""


class MessageTooLarge(TransportError):
    """A response, a watch line or a request exceeds its bound."""


class ProtocolError(TransportError):
    """The answer is not what the Kubernetes API sends (a captive portal, a wrong port, a broken proxy)."""


class CredentialError(TransportError):
    """Credentials could not be obtained: exec plugin, token file, OIDC refresh, certificate files."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message} ({hint})" if hint else message, is_sent=False)
        self.hint = hint
