"""What values must look like for Kubernetes to take them: names, label values, ports, quantities. A text with templates
is judged by the parts that are written: a character that can never be there, an end that can never be one, a length
that is too much already.

Source: k8s.io/apimachinery pkg/util/validation/validation.go and pkg/api/resource/quantity.go; k8s.io/kubernetes
pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from orkestra.k8s.formats import is_cidr
from orkestra.k8s.names import dns1035_label, dns1123_label, dns1123_subdomain, label_value
from orkestra.k8s.quantity import QuantityError, parse_quantity

_ACTION: Final = re.compile(r'\{\{(?:[^"`}]|"(?:\\.|[^"\\])*"|`[^`]*`|\}(?!\}))*\}\}')
_CONTROL: Final = re.compile(r"\{\{-?\s*(?:if|with|range|else|end|block|define|template)\b")
_KEPT: Final = 2048
_KEPT_CHARACTERS: Final = 256
_TRIMMED: Final = re.compile(r"\{\{-|-\}\}")


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """``is_right`` judges a whole text. ``outside`` finds a character that is never in it, ``ends`` one that is never
    first or last, ``first`` one that is never first. ``rule`` completes "expected …". ``is_template_only``: the rest is
    judged elsewhere."""

    noun: str
    rule: str
    is_right: Callable[[str], bool]
    outside: re.Pattern[str] | None = None
    ends: re.Pattern[str] | None = None
    limit: int = 0
    is_template_only: bool = False
    first: re.Pattern[str] | None = None


def problem_of(text: str, form: Format) -> str:
    """Why no text like this has the format; empty where some may."""
    return _kept(text, form) if len(text) <= _KEPT_CHARACTERS else _problem_of(text, form)


@lru_cache(maxsize=_KEPT)
def _kept(text: str, form: Format) -> str:
    """Katalogs have most of their names and templates in common."""
    return _problem_of(text, form)


def _problem_of(text: str, form: Format) -> str:
    if "{{" in text:
        return _template_problem(text, form)
    if form.is_template_only:
        return ""
    if form.limit and len(text) > form.limit:
        return f"{_shown(text)} has {len(text)} characters; {form.noun} has at most {form.limit}"
    return "" if form.is_right(text) else f"{_shown(text)} is not {form.noun}: expected {form.rule}"


def _template_problem(text: str, form: Format) -> str:
    pieces = _ACTION.split(text)
    if any("{{" in piece for piece in pieces):
        return ""
    for piece in pieces:
        found = form.outside.search(piece) if form.outside is not None else None
        if found is not None and not found.group().isspace():
            return f'"{found.group()}" cannot be in {form.noun}: expected {form.rule}'
    if _CONTROL.search(text):
        return ""
    written = sum(len(piece.strip()) for piece in pieces)
    if form.limit and written > form.limit:
        return f"{written} characters are written beside the template; {form.noun} has at most {form.limit}"
    if form.ends is not None and not _TRIMMED.search(text):
        begin = pieces[0].lstrip()[:1]
        if begin and form.first is not None and form.first.match(begin):
            return f'{form.noun} cannot begin with "{begin}": expected {form.rule}'
        for end, where in ((begin, "begin"), (pieces[-1].rstrip()[-1:], "end")):
            if end and form.ends.match(end):
                return f'{form.noun} cannot {where} with "{end}": expected {form.rule}'
    return ""


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= 60 else f'"{text[:57]}…"'


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 65535


def _is_port_name(text: str) -> bool:
    """IANA_SVC_NAME: at most 15, no two hyphens side by side, at least one letter."""
    is_word = re.fullmatch(r"[a-z0-9](?:-?[a-z0-9])*", text) is not None
    return is_word and len(text) <= 15 and any(char.isalpha() for char in text)


def _is_quantity(text: str) -> bool:
    try:
        parse_quantity(text)
    except QuantityError:
        return False
    return True


def _is_count_or_percentage(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,9}%?", text, re.ASCII) is not None


def _is_image(text: str) -> bool:
    """Upper case is for tags and host names, white space for nothing."""
    name, _, _ = text.partition("@")
    host, slash, rest = name.partition("/")
    path = rest if slash and ("." in host or ":" in host or host == "localhost") else name
    repository = path.rpartition(":")[0] if ":" in path else path
    return bool(text) and not re.search(r"\s", text) and repository == repository.lower() and bool(repository)


_LOWER: Final = re.compile(r"[^-a-z0-9\s]")
_LOWER_DOTS: Final = re.compile(r"[^-a-z0-9.\s]")
_HYPHEN: Final = re.compile(r"-")
_HYPHEN_DOT: Final = re.compile(r"[-.]")

LABEL: Final = Format(
    "a DNS label",
    'lower-case letters, digits and "-"',
    lambda text: not dns1123_label(text),
    _LOWER,
    _HYPHEN,
    63,
)
LABEL_1035: Final = replace(
    LABEL,
    rule='lower-case letters, digits and "-", starting with a letter',
    is_right=lambda text: not dns1035_label(text),
    first=re.compile(r"[0-9]"),
)
SUBDOMAIN: Final = Format(
    "the name of an object",
    'lower-case letters, digits, "-" and "."',
    lambda text: not dns1123_subdomain(text),
    _LOWER_DOTS,
    _HYPHEN_DOT,
    253,
)
# A CronJob's Jobs have eleven characters more, and the name of a Job is a label of its pods.
CRON_JOB_NAME: Final = replace(SUBDOMAIN, noun="the name of a CronJob", limit=52)
JOB_NAME: Final = replace(SUBDOMAIN, noun="the name of a Job", limit=63)
PATH_SEGMENT: Final = Format(
    "the name of an object",
    'anything but "/" and "%"',
    lambda text: text not in ("", ".", "..") and not re.search("[/%]", text),
    re.compile("[/%]"),
    None,
    253,
)
LABEL_VALUE: Final = Format(
    "a label value",
    'letters, digits, "-", "_" and "."',
    lambda text: not label_value(text),
    re.compile(r"[^-A-Za-z0-9_.\s]"),
    re.compile(r"[-_.]"),
    63,
)
ENV_NAME: Final = Format(
    "the name of a variable",
    'printable ASCII without "="',
    lambda text: re.fullmatch(r"[\x20-\x3c\x3e-\x7e]+", text) is not None,
    re.compile(r"[^\x20-\x3c\x3e-\x7e\s]"),
)
CONFIG_KEY: Final = Format(
    "a key of a ConfigMap or Secret",
    'letters, digits, "-", "_" and "."',
    lambda text: re.fullmatch(r"[-._a-zA-Z0-9]+", text) is not None and text != "." and not text.startswith(".."),
    re.compile(r"[^-._a-zA-Z0-9\s]"),
    None,
    253,
)
PORT: Final = Format("a port", "a number from 1 to 65535", _is_port, re.compile(r"[^0-9\s]"))
PORT_OR_NAME: Final = Format(
    "a port",
    "a number from 1 to 65535, or a port's name",
    lambda text: _is_port(text) or _is_port_name(text),
    _LOWER,
    _HYPHEN,
    15,
)
QUANTITY: Final = Format(
    "a quantity", "a number such as 500m, 1.5 or 256Mi", _is_quantity, re.compile(r"[^-+.0-9numkKMGTPEei\s]")
)
AMOUNT: Final = Format(
    "a count or a percentage", "one such as 1 or 25%", _is_count_or_percentage, re.compile(r"[^0-9%\s]")
)
IMAGE: Final = Format(
    "an image", "one such as nginx:1.27, without white space, its repository in lower case", _is_image
)
CIDR: Final = Format("a range of addresses", "one such as 10.0.0.0/8", is_cidr, re.compile(r"[^0-9a-fA-F:./\s]"))
URL_PATH: Final = Format("a path", 'one that begins with "/"', lambda text: text.startswith("/"))
MOUNT_PATH: Final = Format(
    "a mount path", 'a path without ":"', lambda text: bool(text) and ":" not in text, re.compile(":")
)
HOST: Final = Format(
    "a host name",
    'lower-case letters, digits, "-" and ".", perhaps after "*."',
    lambda text: not text or not dns1123_subdomain(text.removeprefix("*.")),
    re.compile(r"[^-a-z0-9.*\s]"),
    _HYPHEN_DOT,
    253,
)
