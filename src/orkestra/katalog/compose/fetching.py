"""The seam to the outside: what a remote import asks for, and what it gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from orkestra.katalog.places import Artifact

Protocol = Literal["http", "git", "helm", "oci"]


@dataclass(frozen=True, slots=True)
class Auth:
    """How to prove who asks. ``variable`` names the environment variable with the secret, which is never printed."""

    type: Literal["bearer", "basic", "github"]
    variable: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One remote import. ``url`` holds no credentials. ``options`` say the rest in plain values: a branch, a version,
    Helm's values; ``wanted`` are paths of which the first that is there is where the artifact begins."""

    protocol: Protocol
    url: str
    options: Mapping[str, Any] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()
    auth: Auth | None = None

    @property
    def label(self) -> str:
        """The key of its line in a lock; two imports that ask for the same thing have one."""
        import json

        said = json.dumps(dict(self.options), sort_keys=True, separators=(",", ":")) if self.options else ""
        return " ".join(part for part in (self.protocol, self.url, said, ",".join(self.wanted)) if part)


class FetchError(Exception):
    """A remote import that cannot be had. The text names no credential; ``number`` is its diagnostic code."""

    def __init__(self, message: str, hint: str = "", number: int = 2010) -> None:
        super().__init__(message)
        self.hint = hint
        self.number = number


Fetch: TypeAlias = Callable[[Reference], Artifact]
"""Gives the content of a reference, whole, within bounds of size and time. Raises FetchError."""


def refuse_all(reference: Reference) -> Artifact:
    """For whoever must not reach beyond files."""
    raise FetchError(f"{reference.url} is a remote import, and nothing is fetched here")
