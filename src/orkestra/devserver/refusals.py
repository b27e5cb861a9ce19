"""Refusals that are about the request rather than an object: their details are there, and empty.

Rules: k8s.io/apiserver pkg/endpoints/handlers/responsewriters, apimachinery NewGenericServerResponse.
"""

from __future__ import annotations

from orkestra.k8s.errors import Invalid, MethodNotAllowed, NotFound, UnsupportedMediaType

__all__ = ["no_such_resource", "not_allowed", "unprocessable", "unsupported_patch"]


def no_such_resource() -> NotFound:
    return NotFound("the server could not find the requested resource", details={})


def not_allowed() -> MethodNotAllowed:
    return MethodNotAllowed("the server does not allow this method on the requested resource", details={})


def unsupported_patch() -> UnsupportedMediaType:
    return UnsupportedMediaType("415: Unsupported Media Type", details={})


def unprocessable() -> Invalid:
    """A well-formed request that cannot be carried out on what is there."""
    return Invalid("the server rejected our request due to an error in our request", details={})
