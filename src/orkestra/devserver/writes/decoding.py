"""A request's document as an object of its kind, with the verdict on unknown fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orkestra.devserver.kinds import Kind
from orkestra.devserver.writes.draft import WriteOptions
from orkestra.k8s.errors import BadRequest
from orkestra.k8s.objects import Object


def decoded(
    kind: Kind, document: Mapping[str, Any], options: WriteOptions, *, duplicates: Sequence[str] = ()
) -> Object:
    """A typed copy. With Strict, unknown and duplicate fields are refused; with Warn they are told.

    ``duplicates`` are complaints already, since JSON and YAML word them apart.

    Raises BadRequest.
    """
    found = kind.decode(document, find_unknown=options.field_validation != "Ignore")
    complaints = [*duplicates]
    complaints += [f'unknown field "{path}"' for path in found.unknown]
    if complaints and options.field_validation == "Strict":
        name, version = kind.info.kind, kind.info.version
        raise BadRequest(
            f'{name} in version "{version}" cannot be handled as a {name}: '
            f"strict decoding error: {', '.join(complaints)}"
        )
    if options.field_validation == "Warn":
        options.warnings += [line for complaint in complaints for line in warnings_of(complaint)]
    return found.obj


def warnings_of(complaint: str) -> list[str]:
    """What a Warning header says of a complaint; each key that YAML repeats is one of its own."""
    head, _, listed = complaint.partition("yaml: unmarshal errors:\n")
    return [line.strip() for line in listed.splitlines()] if listed else [head]


def checked_names(meta: Mapping[str, Any], namespace: str, *, is_namespaced: bool) -> None:
    """The document must not name another namespace than the URL. Raises BadRequest."""
    own = str(meta.get("namespace") or "")
    if own and own != namespace and is_namespaced:
        raise BadRequest("the namespace of the provided object does not match the namespace sent on the request")
