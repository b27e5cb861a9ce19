"""The headers every request of a configuration carries: who we are as a program, and whom we act as."""

from __future__ import annotations

from orkestra.client.config import ClusterConfig


def fixed_headers(config: ClusterConfig) -> list[tuple[str, str]]:
    """User-Agent and impersonation: k8s.io/client-go transport/round_trippers.go."""
    who = config.auth.impersonate
    headers = [("User-Agent", config.user_agent)]
    if who.user:
        headers.append(("Impersonate-User", who.user))
    if who.uid:
        headers.append(("Impersonate-Uid", who.uid))
    headers += [("Impersonate-Group", group) for group in who.groups]
    headers += [(f"Impersonate-Extra-{_extra_key(key)}", value) for key, values in who.extra for value in values]
    return headers


def _extra_key(key: str) -> str:
    """Header names allow few characters; the rest is percent-encoded, as the API server decodes it."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "!#$&'*+-.^_`|~") else _percent(c) for c in key)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())
