"""What a failed exchange means: an aiohttp or socket failure, or an answer that is no success, as our exceptions."""

from __future__ import annotations

from typing import Any

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError

from orkestra.client.errors import ConnectionFailed, DeadlineExceeded, ProtocolError, TransportError
from orkestra.client.exchange import ConnectionGone
from orkestra.client.retry import parse_retry_after
from orkestra.k8s.errors import StatusError, status_error


def transport_error(error: Exception, what: str, server: str, seconds: float) -> TransportError:
    """What an aiohttp or socket failure means to a caller; the text names the server, never a credential."""
    if isinstance(error, (TimeoutError, aiohttp.ServerTimeoutError)):
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            return ConnectionFailed(f"{what}: no connection to {server} in time", is_sent=False)
        return DeadlineExceeded(f"{what}: {server} did not answer within {seconds:g} s")
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        reason = getattr(error.certificate_error, "verify_message", "") or str(error.certificate_error)
        return ConnectionFailed(f"{what}: the certificate of {server} is not trusted: {reason}", is_sent=False)
    if isinstance(error, aiohttp.ClientConnectorError):
        return ConnectionFailed(f"{what}: cannot connect to {server}: {error.os_error}", is_sent=False)
    if isinstance(error, ConnectionGone):
        return ConnectionFailed(f"{what}: the connection to {server} was closed", is_sent=False)
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return ConnectionFailed(f"{what}: the proxy refused to connect to {server}: {error.status}", is_sent=False)
    if isinstance(error, (aiohttp.InvalidURL, ValueError)):
        return ProtocolError(f"{what}: {server} cannot be asked this: {type(error).__name__}", is_sent=False)
    if isinstance(error, (aiohttp.ClientResponseError, HttpProcessingError)):
        return ProtocolError(f"{what}: {server} does not answer in HTTP")
    return ConnectionFailed(f"{what}: the connection to {server} was lost: {type(error).__name__}")


def answer_error(code: int, body: bytes, retry_after: str | None) -> StatusError:
    """The exception for a non-2xx answer, whether its body is a Status or something a proxy wrote."""
    try:
        status: Any = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        status = body[:200].decode("utf-8", "replace").strip()
    if not isinstance(status, dict) or status.get("kind") != "Status":
        excerpt = body[:200].decode("utf-8", "replace").strip()
        status = {"message": f"the server answered {code}: {excerpt}" if excerpt else f"the server answered {code}"}
    return status_error(status, code, parse_retry_after(retry_after))
