"""Whether the API server would take the CRDs of a file: its own checks (``k8s.schema``), told at their places.

Only who judges a change asks for this. A running definition takes a CRD as the cluster serves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from orkestra.k8s.errors import Cause
from orkestra.k8s.schema.causes import NO_FIELD
from orkestra.k8s.schema.crd import default_crd, validate_crd
from orkestra.katalog.diagnostics.finding import Findings, Span
from orkestra.katalog.source import ListNode, MapNode, Node, decode_text, parse_documents, plain_value

_API_VERSION: Final = "apiextensions.k8s.io/v1"
_KIND: Final = "CustomResourceDefinition"
_KEPT_FILES: Final = 64
_KEPT_BYTES: Final = 128 * 1024
_MOST_CHARS: Final = 600
"""Some reasons quote a whole schema."""
_STEP: Final = re.compile(r"\.?([^.\[]+)|\[([^\]]*)\]")
_RULE: Final = re.compile(r'Invalid value: \{"Rule":.*?"OptionalOldSelf":\w+\}: ', re.DOTALL)
"""How the server quotes a rule in front of what is wrong with it; behind it a picture of the rule follows."""
_FIRST: Final = "spec.versions[0]."
_MOVED: Final = (
    ("spec.validation.", f"{_FIRST}schema."),
    ("spec.subresources.", f"{_FIRST}subresources."),
    ("spec.additionalPrinterColumns", f"{_FIRST}additionalPrinterColumns"),
    ("spec.selectableFields", f"{_FIRST}selectableFields"),
    ("spec.version", f"{_FIRST}name"),
)
"""The server tells what all versions share as if it stood in the spec: where it is written instead."""


def judge_crds(data: bytes, name: str, findings: Findings) -> None:
    """Adds a finding for each reason for which the API server would refuse a CRD of the file ``name``, whose content
    ``data`` parses."""
    problems = _kept_problems(data) if len(data) <= _KEPT_BYTES else _problems(data)
    if problems:
        source = decode_text(data, name, Findings())
        findings.sources.setdefault(name, source)
        for text, span in problems:
            findings.add(1122, f"the API server would refuse this CRD: {text}", source, span)


@lru_cache(maxsize=_KEPT_FILES)
def _kept_problems(data: bytes) -> tuple[tuple[str, Span], ...]:
    """Many Katalogs name one file."""
    return _problems(data)


def _problems(data: bytes) -> tuple[tuple[str, Span], ...]:
    source = decode_text(data, "", Findings())
    return tuple(
        problem
        for node in (parse_documents(source, Findings()) if source.text else ())
        if isinstance(node, MapNode) and getattr(node.get("kind"), "text", "") == _KIND
        for problem in _problems_of(node)
    )


def _problems_of(node: MapNode) -> Iterator[tuple[str, Span]]:
    crd = plain_value(node)
    if crd.get("apiVersion") != _API_VERSION:
        told = repr(crd["apiVersion"])[:80] if "apiVersion" in crd else "none"
        yield f"apiVersion: expected {_API_VERSION}, found {told}", find_field(node, "apiVersion").span
        return
    default_crd(crd)
    for cause in validate_crd(crd):
        yield _told(cause), find_field(node, cause.field).span


def _told(cause: Cause) -> str:
    message = _RULE.sub("", cause.message).partition("\n")[0]
    text = f"{cause.field}: {message}" if cause.field and cause.field != NO_FIELD else message
    return text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]} …"


def find_field(root: Node, path: str) -> Node:
    """The node that a field path of the API server leads to, or the last one on the way that is there."""
    for told, written in _MOVED:
        if path == told or (path.startswith(told) and (told[-1] == "." or path[len(told)] == "[")):
            path = written + path[len(told) :]
            break
    here = root
    for step in _STEP.finditer(path):
        name, index = step.groups()
        below: Node | None = None
        if isinstance(here, MapNode):
            below = here.get(index if name is None else "jsonPath" if name == "JSONPath" else name)
        elif isinstance(here, ListNode) and name is None and index.isdecimal() and int(index) < len(here.items):
            below = here.items[int(index)]
        if below is None:
            break
        here = below
    return here
