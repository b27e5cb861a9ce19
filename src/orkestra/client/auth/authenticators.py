"""The kinds of authenticator that need no other program or server, and the choice among all kinds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from orkestra.client.auth.credential import Authenticator, Credential, basic_authorization
from orkestra.client.config import ClusterConfig
from orkestra.client.errors import CredentialError

Clock = Callable[[], float]
_MAX_TOKEN_BYTES = 64 * 1024


class FixedAuthenticator:
    """A token, a password, or nothing: never changes."""

    def __init__(self, authorization: str = "") -> None:
        self._credential = Credential(authorization)

    async def credential(self) -> Credential:
        return self._credential

    async def renew(self, rejected: Credential) -> bool:
        return False


class TokenFileAuthenticator:
    """A token the kubelet rotates: read again every minute and after a 401.

    While the file is unreadable or empty (it is being replaced) the last token stays in use.
    """

    def __init__(self, file: str, *, reread_seconds: float = 60.0, clock: Clock = time.monotonic) -> None:
        self._file = Path(file)
        self._reread_seconds = reread_seconds
        self._clock = clock
        self._current: Credential | None = None
        self._reread_at = 0.0

    async def credential(self) -> Credential:
        if self._current is None or self._clock() >= self._reread_at:
            self._current = self._read()
            self._reread_at = self._clock() + self._reread_seconds
        return self._current

    async def renew(self, rejected: Credential) -> bool:
        self._reread_at = self._clock()
        return await self.credential() != rejected

    def _read(self) -> Credential:
        try:
            with self._file.open("rb") as stream:
                text = stream.read(_MAX_TOKEN_BYTES + 1).decode("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            return self._fall_back(getattr(error, "strerror", None) or "it is not text")
        if not text or len(text) > _MAX_TOKEN_BYTES or not text.isprintable():
            return self._fall_back("it holds no token")
        return Credential(f"Bearer {text}")

    def _fall_back(self, why: str) -> Credential:
        if self._current is None:
            raise CredentialError(f"cannot read the token file {self._file}: {why}")
        return self._current


def authenticator_for(config: ClusterConfig) -> Authenticator:
    """The authenticator of a configuration. A token wins over the other kinds, as in k8s.io/client-go."""
    auth = config.auth
    if auth.exec is not None:
        from orkestra.client.auth.execplugin import ExecAuthenticator

        return ExecAuthenticator(auth.exec, config)
    if auth.oidc is not None:
        from orkestra.client.auth.oidc import OidcAuthenticator

        return OidcAuthenticator(auth.oidc, proxy_url=config.proxy_url)
    if auth.token_file:
        return TokenFileAuthenticator(auth.token_file)
    if auth.token:
        return FixedAuthenticator(f"Bearer {auth.token}")
    if auth.username or auth.password:
        return FixedAuthenticator(basic_authorization(auth.username, auth.password))
    return FixedAuthenticator()
