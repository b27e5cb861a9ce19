"""What an authenticator gives and what it is: the words the kinds of authenticator share."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Credential:
    """``authorization`` is the header's value, "" for none; certificate and key are PEM from an exec plugin."""

    authorization: str = field(default="", repr=False)
    client_cert: bytes = field(default=b"", repr=False)
    client_key: bytes = field(default=b"", repr=False)


class Authenticator(Protocol):
    """``credential`` is asked before every attempt, so it answers from memory whenever it can."""

    async def credential(self) -> Credential:
        """What to send now. Raises CredentialError."""

    async def renew(self, rejected: Credential) -> bool:
        """After a 401: whether asking again now gives something else than ``rejected``. Raises CredentialError."""


def basic_authorization(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode("ascii")
