"""Kubernetes' format library: named formats and what is wrong with a text (pkg/cel/library/format.go)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orkestra.k8s import names
from orkestra.k8s.cel.errors import CelError
from orkestra.k8s.cel.functions.arguments import typed
from orkestra.k8s.cel.functions.urls import parse_url
from orkestra.k8s.cel.signatures import FORMAT_NAMES
from orkestra.k8s.cel.values import NamedFormat, Optional
from orkestra.k8s.formats import FORMATS


def _prefix(check: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """A name that a suffix will follow: a trailing dash is fine (NameIsDNSLabel with prefix=true)."""
    return lambda text: check(text[:-1] + "a" if text.endswith("-") and len(text) > 1 else text)


def _uri(text: str) -> list[str]:
    try:
        parse_url(text)
    except ValueError as problem:
        return [f'parse "{text}": {problem}']
    return []


def _known(name: str, problem: str) -> Callable[[str], list[str]]:
    return lambda text: [] if FORMATS[name](text) else [problem]


_CHECKS: dict[str, Callable[[str], list[str]]] = {
    "dns1123Label": names.dns1123_label,
    "dns1123Subdomain": names.dns1123_subdomain,
    "dns1035Label": names.dns1035_label,
    "qualifiedName": names.qualified_name,
    "dns1123LabelPrefix": _prefix(names.dns1123_label),
    "dns1123SubdomainPrefix": _prefix(names.dns1123_subdomain),
    "dns1035LabelPrefix": _prefix(names.dns1035_label),
    "labelValue": names.label_value,
    "uri": _uri,
    "uuid": _known("uuid", "does not match the UUID format"),
    "byte": _known("byte", "invalid base64"),
    "date": _known("date", "invalid date"),
    "datetime": _known("datetime", "invalid datetime"),
}


@typed(str)
def named(name: str) -> Optional:
    return Optional(NamedFormat(name), True) if name in _CHECKS else Optional()


@typed(NamedFormat, str)
def validate(found: NamedFormat, text: str) -> Optional:
    if found.name not in _CHECKS:
        raise CelError(f"unknown format {found.name}")
    problems = _CHECKS[found.name](text)
    return Optional(problems, True) if problems else Optional()


def _constant(name: str) -> Callable[..., NamedFormat]:
    return lambda: NamedFormat(name)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "format.named": named,
    "validate": validate,
    **{f"format.{name}": _constant(name) for name in FORMAT_NAMES},
}
