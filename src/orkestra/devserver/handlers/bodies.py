"""Request bodies as documents: bounded, of a known type, whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import yaml

from orkestra.k8s.errors import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

MAX_BYTES = 3 << 20
"""The API server's own limit for JSON requests."""

_decode = msgspec.json.Decoder().decode
YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml")
_ALIASES = 100


def too_large() -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"Request entity too large: limit is {MAX_BYTES}")


class Loader(yaml.SafeLoader if not hasattr(yaml, "CSafeLoader") else yaml.CSafeLoader):  # type: ignore[misc]  # either
    """YAML as the API reads it: JSON's types, so a date stays the text it is; aliases are few."""

    aliases = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > _ALIASES:
                raise yaml.YAMLError("too many aliases")
        return super().compose_node(parent, index)


Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def json_document(body: bytes, kind: str = "") -> Any:
    """Any JSON value. Raises BadRequest."""
    try:
        return _decode(body)
    except RecursionError:
        raise BadRequest("the object is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problem = "unexpected end of JSON input" if "truncated" in str(error) else str(error)
        raise BadRequest(_unrecognized(body, kind, f"json parse error: {problem}")) from None


def patch_document(body: bytes) -> Any:
    """The JSON of a patch. Raises BadRequest."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("invalid JSON patch") from None


def yaml_document(body: bytes) -> Any:
    """Any YAML value that is also JSON. Raises BadRequest."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        document = yaml.load(body, Loader)
        # Through JSON and back: what has no JSON form (binary, sets, cycles) is refused here.
        return _decode(msgspec.json.encode(document))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, TypeError, RecursionError, msgspec.MsgspecError) as error:
        text = str(error).splitlines()[0][:200] if str(error) else "not a JSON-like document"
        raise BadRequest(f"error decoding YAML: {text}") from None


def object_document(
    body: bytes, content_type: str, kind: str, decode_protobuf: Callable[[bytes], Any] | None
) -> dict[str, Any]:
    """The object of a POST or PUT. Raises BadRequest, UnsupportedMediaType."""
    if content_type in ("application/json", ""):
        document = json_document(body, kind)
    elif content_type in YAML_TYPES:
        document = yaml_document(body)
    elif content_type == "application/vnd.kubernetes.protobuf" and decode_protobuf is not None:
        document = decode_protobuf(body)
    else:
        raise UnsupportedMediaType(
            "the body of the request was in an unknown format - accepted media types include: application/json, "
            "application/yaml, application/vnd.kubernetes.protobuf"
        )
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise BadRequest(_unrecognized(body, kind, "json parse error: the document is not an object"))
    return document


def _unrecognized(body: bytes, kind: str, problem: str) -> str:
    shown = body[:64].decode("utf-8", "replace") or "<empty>"
    wanted = f" (must be of type {kind})" if kind else ""
    return f"the object provided is unrecognized{wanted}: couldn't get version/kind; {problem} ({shown})"
