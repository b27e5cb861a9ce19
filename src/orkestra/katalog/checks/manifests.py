"""Children that the API server would refuse: what the file says of them, against the schema of their kind.

Trees that are passed on as they are written (``custom`` children, and the parts of pods that Kubernetes' own words
describe) are held against the OpenAPI schemas of the built-in kinds, or against a CRD that is at hand. Templates are
left to the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

from orkestra.k8s.builtin import builtin_resources, definition, definitions, resolve
from orkestra.k8s.gvk import GVK
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.schematypes import schema_of, schema_of_version
from orkestra.katalog.diagnostics.finding import Advice, Hint, Span
from orkestra.katalog.model import ResourceEntry
from orkestra.katalog.schema.decoder import shape_of
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.values import Constant

Schema = Mapping[str, Any]

_OPEN: Final = ("x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource", "anyOf", "not")
_OWN: Final = frozenset(("apiVersion", "kind", "metadata", "status"))
_WORDS: Final = {
    "object": "a map",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}
_PODS: Final = frozenset(("deployments", "statefulSets", "daemonSets", "replicaSets", "pods", "jobs"))
_POD_PARTS: Final = {
    "securityContext": "io.k8s.api.core.v1.SecurityContext",
    "podSecurity": "io.k8s.api.core.v1.PodSecurityContext",
}
_MOST_STEPS: Final = 64


class Problem(NamedTuple):
    message: str
    at: Span
    hint: Hint = ""


def check_manifests(checked: Checked) -> None:
    for box in checked.boxes:
        for entry in box.entries:
            node = checked.decoder.entry_nodes[entry.id]
            for problem in _problems(entry, node, checked):
                if checked.is_full:
                    return
                checked.report(1506, problem.message, problem.at, problem.hint)


def _problems(entry: ResourceEntry, node: MapNode, checked: Checked) -> Iterator[Problem]:
    if entry.kind == "custom":
        yield from _custom_problems(entry, node, checked)
    elif entry.kind in _PODS:
        for key, name in _POD_PARTS.items():
            part = node.get(key)
            for field, (_, value) in part.entries.items() if isinstance(part, MapNode) else ():
                if isinstance(value, ScalarNode):
                    continue
                properties = definitions()[name]["properties"]
                if field in properties:
                    yield from judge(value, properties[field], f"{key}.{field}", is_builtin=True)


def _custom_problems(entry: ResourceEntry, node: MapNode, checked: Checked) -> Iterator[Problem]:
    version, kind = entry.fields.get("apiVersion"), entry.fields.get("kind")
    if not isinstance(version, Constant) or not isinstance(kind, Constant):
        return
    group, _, name = str(version.value).rpartition("/")
    gvk = GVK(group, name, str(kind.value))
    schema, is_builtin = _schema_of(gvk, checked)
    beside = _kinds_beside(gvk) if schema is None else []
    if beside and kind.value not in beside:
        written = node.get("kind")
        at = written.span if written is not None else node.span
        yield Problem(f"{version.value} has no kind {gvk.kind[:60]}", at, partial(hint_for, gvk.kind, beside))
    properties = schema.get("properties") if schema is not None else None
    if schema is None or not isinstance(properties, Mapping):
        return
    for key, (_, value) in node.entries.items():
        if key in properties and key not in _OWN:
            yield from judge(value, properties[key], key, is_builtin=is_builtin)
    for missing in _missing(schema, node, is_builtin):
        if missing not in _OWN:
            yield Problem(f"{kind.value}: {missing} is required", node.span)


def _schema_of(gvk: GVK, checked: Checked) -> tuple[Schema | None, bool]:
    """The schema of a built-in kind (and that it is one), of a kind this Katalog operates, or of a CRD at hand."""
    for box in checked.boxes:
        if box.gvk == gvk and (schema := schema_of(box)) is not None:
            return schema, False
    known = checked.crds.get((gvk.group, gvk.kind))
    if known is not None:
        return schema_of_version(known.crd, gvk.version), False
    return _builtin(gvk), True


def _builtin(gvk: GVK) -> Schema | None:
    try:
        return definition(gvk)
    except KeyError:
        return None


def _kinds_beside(gvk: GVK) -> list[str]:
    """The built-in kinds of a group and version; empty where it is not built in."""
    return [each.kind for each in builtin_resources() if (each.group, each.version) == (gvk.group, gvk.version)]


def judge(node: Node, schema: Any, where: str, *, is_builtin: bool, steps: int = 0) -> Iterator[Problem]:
    """What a value cannot be by ``schema``, at the place of it; ``where`` is its path. Nothing about templates.

    ``is_builtin``: references are those of the built-in schemas; a CRD's cannot have any.
    """
    if not isinstance(schema, Mapping) or steps > _MOST_STEPS:
        return
    if "$ref" in schema or "allOf" in schema:
        if not is_builtin:
            return
        schema = resolve(dict(schema))
    if any(schema.get(key) for key in _OPEN) or (isinstance(node, ScalarNode) and (node.is_null or "{{" in node.text)):
        return
    if "oneOf" in schema or schema.get("x-kubernetes-int-or-string"):
        if not isinstance(node, ScalarNode) and "type" not in schema:
            yield Problem(f"{where}: expected text or a number, found {shape_of(node)}", node.span)
        return
    wanted = schema.get("type")
    if isinstance(wanted, str) and not _fits(node, wanted):
        message = f"{where}: expected {_WORDS.get(wanted, wanted)}, found {shape_of(node)}"
        yield Problem(message, node.span, _requoted(node, wanted))
    elif isinstance(node, MapNode):
        yield from _judge_map(node, schema, where, is_builtin, steps)
    elif isinstance(node, ListNode):
        for n, item in enumerate(node.items):
            yield from judge(item, schema.get("items"), f"{where}[{n}]", is_builtin=is_builtin, steps=steps + 1)
    else:
        yield from _judge_enum(node, schema, where)


def _requoted(node: Node, wanted: str) -> Hint:
    """``no``, ``on`` and ``1.10`` are no text without quotes, and ``"3"`` is no number with them."""
    if not isinstance(node, ScalarNode):
        return ""
    if wanted == "string":
        return Advice("put quotes around it", f'"{node.text}"', node.text)
    bare = ScalarNode(node.text, "", "", node.start, node.end, node.source)
    return Advice("remove the quotes", node.text) if node.style and _fits(bare, wanted) else ""


def _judge_map(node: MapNode, schema: Schema, where: str, is_builtin: bool, steps: int) -> Iterator[Problem]:
    properties, others = schema.get("properties"), schema.get("additionalProperties")
    known = properties if isinstance(properties, Mapping) else {}
    for text, (key, value) in node.entries.items():
        if text in known:
            yield from judge(value, known[text], f"{where}.{text}", is_builtin=is_builtin, steps=steps + 1)
        elif isinstance(others, Mapping):
            yield from judge(value, others, f"{where}.{text}", is_builtin=is_builtin, steps=steps + 1)
        elif known and not others and "{{" not in text:
            yield Problem(f'unknown key "{text[:60]}" in {where}', key.span, partial(hint_for, text, tuple(known)))
    for missing in _missing(schema, node, is_builtin):
        yield Problem(f"{where}: {missing} is required", node.span)


def _judge_enum(node: ScalarNode, schema: Schema, where: str) -> Iterator[Problem]:
    allowed = schema.get("enum")
    if isinstance(allowed, list) and node.value not in allowed:
        texts = [str(value) for value in allowed]
        message = f'{where}: "{node.text[:60]}" is not one of {", ".join(texts[:12])}'
        yield Problem(message, node.span, lambda: hint_for(node.text, texts))


def _missing(schema: Schema, node: MapNode, is_builtin: bool) -> list[str]:
    """Required keys that are not there and have no default; none where a key is a template.

    Built-in schemas give Go's zero value as a default to every field that has no other: that is none.
    """
    required, properties = schema.get("required"), schema.get("properties")
    if not isinstance(required, list) or node.is_broken or any("{{" in text for text in node.entries):
        return []
    known = properties if isinstance(properties, Mapping) else {}
    defaults = {
        name
        for name, row in known.items()
        if isinstance(row, Mapping) and "default" in row and (row["default"] or not is_builtin)
    }
    return [name for name in required if isinstance(name, str) and name not in node.entries and name not in defaults]


def _fits(node: Node, wanted: str) -> bool:
    if not isinstance(node, ScalarNode):
        return wanted == ("object" if isinstance(node, MapNode) else "array")
    value = node.value
    if wanted in ("integer", "number"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (wanted == "number" or isinstance(value, int) or float(value).is_integer())
    return isinstance(value, {"string": str, "boolean": bool}.get(wanted, type(None)))
