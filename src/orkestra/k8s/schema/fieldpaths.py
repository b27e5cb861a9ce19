"""``fieldPath`` of a rule and ``jsonPath`` of a selectable field: ``.spec.x['a.b']``, held against the schema.

Grammar: ValidFieldPath in k8s.io/apiextensions-apiserver pkg/apiserver/schema/cel/validation.go.
"""

from __future__ import annotations

import re

from orkestra.k8s.schema.node import Node

_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<quoted>'(?:[^'\\]|\\.)*')\]")
_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "'": "'", "\\": "\\"}


def resolve_field_path(text: str, node: Node, *, may_index: bool = True) -> tuple[str, Node] | None:
    """The path as errors show it (``.spec.x[a.b]``) and the schema there; None if it leads nowhere."""
    out, at = "", 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or (step["quoted"] and not may_index):
            return None
        at = step.end()
        name = step["name"] or re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), step["quoted"][1:-1])
        if node.properties:
            inner = node.properties.get(name)
            out += f".{name}"
        else:
            inner = node.additional if isinstance(node.additional, Node) else None
            out += f"[{name}]"
        if inner is None:
            return None
        node = inner
    return out, node


def parse_field_path(text: str, node: Node) -> str | None:
    found = resolve_field_path(text, node)
    return found[0] if found else None
