"""Rows of calls to other systems (``external``), and of other operators' objects (``cross``)."""

from __future__ import annotations

import re
from typing import Any, Final

from orkestra.katalog.parts.calls import (
    Auth,
    Cross,
    CrossAuth,
    CrossSelector,
    CrossSource,
    ExternalCall,
    Fires,
    RetryBackoff,
    SecretKey,
)
from orkestra.katalog.schema.blocks import Decoded, Field, State
from orkestra.katalog.schema.conditions import condition_fields
from orkestra.katalog.schema.containers import MapOf, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder
from orkestra.katalog.schema.lazy import RETRY_BACKOFF
from orkestra.katalog.schema.records import Record
from orkestra.katalog.schema.scalars import Choice, Duration, Flag, Int, Number, Text
from orkestra.katalog.schema.shared import TEXT, TEXT_MAP, LabelSelectorType
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode

PROTOCOLS: Final = ("http", "prometheus", "redis", "postgres", "mongo", "kafka")
ABSENT_PROTOCOLS: Final = ("grpc", "nats", "mqtt")
"""Part of the language's words, spoken by nobody: they must not fall through to HTTP."""

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_CALL_NAME = re.compile(r"[a-z][A-Za-z0-9]{0,62}")
_ALIAS = re.compile(r"[A-Za-z][-A-Za-z0-9_]{0,62}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET_HEADERS: Final = frozenset(
    ("authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token", "private-token")
)
_SECRET_FROM_ENVIRONMENT: Final = "write $NAME, or a secretRef under auth"


_SCHEMES: Final = frozenset(
    ("http", "https", "redis", "rediss", "postgres", "postgresql", "mongodb", "mongodb+srv", "kafka")
)


def _address(text: str) -> tuple[int, str] | None:
    """What no protocol of a call could reach."""
    scheme, separator, _ = text.partition("://")
    if not separator or scheme.lower() in _SCHEMES or "$" in scheme:
        return None
    return 1520, f'"{scheme[:30]}://" is not spoken by any protocol of a call'


def call_name(text: str) -> tuple[int, str] | None:
    """Names after a root of templates: ``.external.<name>``, ``.events.<name>``."""
    return None if _CALL_NAME.fullmatch(text) else (1121, f'"{text[:60]}" is no camelCase name a template can use')


def alias_name(text: str) -> tuple[int, str] | None:
    return None if _ALIAS.fullmatch(text) else (1121, f'"{text[:60]}" is no name a template can use')


def variable_name(text: str) -> tuple[int, str] | None:
    """The name of an environment variable, without ``$``."""
    if _VARIABLE.fullmatch(text):
        return None
    return 1121, f'"{text[:60]}" is not the name of an environment variable'


def secret_text(text: str) -> tuple[int, str] | None:
    """Text that is secret: it names a variable and is none itself."""
    if not text or text.startswith("$"):
        return None
    return 1701, f"a credential stands in the file: {_SECRET_FROM_ENVIRONMENT}"


class Headers(MapOf):
    """HTTP headers. One that says who is calling is no place for a credential."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        for text, (_, value) in node.entries.items() if isinstance(node, MapNode) else ():
            is_secret = text.lower() in _SECRET_HEADERS and isinstance(value, ScalarNode) and "{{" not in value.text
            if is_secret and isinstance(value, ScalarNode) and secret_text(value.text):
                decoder.report(1701, f"{text}: a literal credential", value.span, "write auth, with secretRef or env")
        return super().decode(node, decoder, where)


class CallProtocol(Choice):
    """The protocols that are spoken; the others of the language are refused by name."""

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        if node.text in ABSENT_PROTOCOLS:
            message = f"protocol: {node.text} is not spoken by any version"
            decoder.report(1120, message, node.span, f"use {', '.join(self.words[:-1])} or {self.words[-1]}")
            return MISSING
        return super().read(node, decoder, where)


def _check_backoff(found: Decoded, decoder: Decoder) -> None:
    if found["max"] < found["initial"]:
        decoder.report(1104, "max: expected at least the initial wait", found.value_span("max"))


RETRY_BLOCK: Final = Record(
    RetryBackoff,
    "retryBackoff",
    (
        Field("initial", Duration(), "the first wait", 0.5, tier="W"),
        Field("max", Duration(), "the longest wait", 30.0, tier="W"),
        Field("multiplier", Number(1), "how waits grow", 2.0, tier="W"),
        Field("maxAttempts", Int(1, 100), "calls in all, the first included", 3, tier="W"),
    ),
    check=_check_backoff,
    doc="How retries space out.",
)

SECRET_KEY: Final = Record(
    SecretKey,
    "a key of a Secret",
    (
        Field("name", Text(), "the Secret", required=True, tier="W"),
        Field("namespace", Text(), "its namespace", required=True, tier="W"),
        Field("key", Text(), "the key in it", required=True, tier="W"),
    ),
)
OWN_SECRET_KEY: Final = Record(
    SecretKey,
    "a key of a Secret of the runtime",
    (
        Field("name", Text(), "the Secret", required=True, tier="W"),
        Field("key", Text(), "the key in it", required=True, tier="W"),
        Field("namespace", Text(), "its namespace; the runtime's unless given", tier="W"),
    ),
)


def auth_block(title: str, secret: Record) -> Record:
    """A credential and where it goes."""
    return Record(
        Auth,
        title,
        (
            Field("secretRef", secret, "from a Secret", tier="W"),
            Field("env", Text(check=variable_name), "from an environment variable", tier="W"),
            Field("header", Text(), "the header; Authorization sends `Bearer …`", "Authorization", tier="W"),
        ),
        exclusive=(("secretRef", "env"),),
        one_of=(("secretRef", "env"),),
    )


FIRES: Final = Record(
    Fires,
    "fires",
    (Field("reconcile", Flag(), "false: at admission only", True, tier="W"),),
)


def _check_call(found: Decoded, decoder: Decoder) -> None:
    protocol = found["protocol"]
    if protocol != "http" and "query" not in found.node.entries and "include" not in found:
        decoder.report(1118, f"a {protocol} call needs a query", found.value_span("protocol"))
    if "auth" in found and "token" in found:
        first = decoder.related(found.key_span("token"), "the token is here")
        message = "auth and token: both bring the credential"
        decoder.report(1106, message, found.key_span("auth"), "remove one of them", (first,))


EXTERNAL_CALL: Final = Record(
    ExternalCall,
    "an external call",
    (
        Field("name", Text(check=call_name), "camelCase; the result is `.external.<name>`", required=True, tier="W"),
        Field("protocol", CallProtocol(*PROTOCOLS), "what is spoken", "http", tier="W"),
        Field("url", Text(templated=True, check=_address), "where to", required=True, tier="W"),
        Field("query", TEXT, "what is asked; all protocols but http need it", tier="W"),
        Field("method", Choice(*_METHODS, any_case=True), "the HTTP method", "GET", tier="W"),
        Field("body", TEXT, "what is sent; sets a JSON content type", tier="W"),
        Field(
            "token",
            Text(templated=True, check=secret_text),
            "a bearer token: $NAME, read after templating",
            tier="W",
        ),
        Field("headers", Headers(TEXT, templated_keys=True), "further headers", tier="W"),
        Field("timeout", Duration(0.001, 3600.0), "how long an answer may take", 10.0, tier="W"),
        Field("expectedStatus", Int(0, 599), "the only status that passes; 0: all below 400", 0, tier="W"),
        Field("continueOnError", Flag(), "a failure does not fail the reconcile", False, tier="W"),
        *condition_fields("the call is made"),
        Field("sleep", Duration(0, 3600.0), "a pause before the call", 0.0, tier="F"),
        Field("fires", FIRES, "when the call is made", tier="W"),
        Field("include", Text(), "a file of further calls, under `calls:`", tier="W"),
        Field("retryBackoff", RETRY_BACKOFF, "how it is tried again; once only unless given", tier="W"),
        Field("cacheFor", Duration(), "how long an answer is used again", 0.0, tier="W"),
        Field("auth", auth_block("auth of a call", SECRET_KEY), "a credential", tier="W"),
    ),
    check=_check_call,
    doc="One request before templates are rendered. One call after another: a later one may use earlier results.",
)


def _check_cross(found: Decoded, decoder: Decoder) -> None:
    if "as" not in found and "labelSelector" in found:
        decoder.report(1103, "a cross by labelSelector: as is required (a name for templates)", found.node.span)


_SELECTOR: Final = Record(
    CrossSelector,
    "a cross selector",
    (
        Field("name", TEXT, "one object", tier="W"),
        Field("namespace", TEXT, "its namespace; the CR's unless given", tier="W"),
        Field("matchLabels", TEXT_MAP, "objects with these labels", tier="W"),
        Field("strategy", Choice("all"), "all objects", tier="W"),
    ),
    exclusive=(("name", "matchLabels", "strategy"),),
    one_of=(("name", "matchLabels", "strategy"),),
    check=lambda found, decoder: _check_namespace(found, decoder),
)


def _check_namespace(found: Decoded, decoder: Decoder) -> None:
    if "namespace" in found and "strategy" in found:
        decoder.report(1106, "namespace and strategy: all exclude each other", found.key_span("namespace"))


_SOURCE: Final = Record(
    CrossSource,
    "a cross source",
    (
        Field("host", Text(), "the other runtime", tier="W"),
        Field("endpoint", Text(), "the whole address instead", tier="W"),
        Field("protocol", Choice("cr", "health", "metrics", "info", "events"), "what is read there", "cr", tier="W"),
        Field("namespace", Text(), "of the object", tier="W"),
        Field("cacheFor", Duration(), "how long an answer is used again", 30.0, tier="W"),
        Field(
            "auth",
            Record(
                CrossAuth,
                "auth of a cross source",
                (
                    Field("token", Text(templated=True, check=secret_text), "a bearer token: $NAME", tier="W"),
                    Field("secretRef", OWN_SECRET_KEY, "from a Secret, read once at start", tier="W"),
                ),
                exclusive=(("token", "secretRef"),),
                one_of=(("token", "secretRef"),),
            ),
            "a credential",
            tier="W",
        ),
        Field("type", Raw(), state=State.OLDER, target="protocol", tier="W"),
    ),
    one_of=(("host", "endpoint"),),
    doc="Another Orkestra, read over HTTP.",
)

CROSS_READ: Final = Record(
    Cross,
    "a cross",
    (
        Field("crd", Text(), "the entry whose objects are read", tier="W"),
        Field("labelSelector", LabelSelectorType(), "entries by label instead", tier="W"),
        Field("selector", _SELECTOR, "which of its objects", tier="W"),
        Field("as", Text(check=alias_name), "its name in templates; crd's unless given", tier="W"),
        Field("source", _SOURCE, "where, if not in this process", tier="W"),
        Field("labels", Raw(), state=State.OLDER, target="labelSelector", tier="W"),
    ),
    names={"as_name": "as"},
    exclusive=(("crd", "labelSelector"),),
    one_of=(("crd", "labelSelector", "labels"),),
    check=_check_cross,
    doc='Another operator\'s objects, as `.cross.<as>`. What is not found has `.found` "false"; it is never an error.',
)
