"""A CRD -> an object of its kind that the CRD accepts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from orkestra.generate.texts import text_for
from orkestra.k8s.objects import Object, get_path
from orkestra.k8s.schema.node import SchemaError
from orkestra.k8s.schema.structural import compile_schema

Schema = Mapping[str, Any]

_MOST_DEEP: Final = 12
_OWN: Final = ("apiVersion", "kind", "metadata", "status")


class NoSample(Exception):
    """The CRD cannot be used, or nothing was found that it accepts; ``causes`` are what it says."""

    def __init__(self, message: str, causes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.causes = causes


def sample_of(crd: Object, version: str = "", *, is_full: bool = False, name: str = "") -> Object:
    """An object with the required fields, those with a default, an enum or an example, or (``is_full``) with all.

    ``version`` defaults to the stored one. Values come from the schema's own examples, defaults and enums; others are
    the simplest that fit. Raises NoSample.
    """
    spec = crd.get("spec") or {}
    found = _version(crd, version)
    schema = get_path(found, ("schema", "openAPIV3Schema")) or {"type": "object"}
    kind = str(get_path(spec, ("names", "kind"), ""))
    sample: Object = {
        "apiVersion": f"{spec.get('group')}/{found['name']}",
        "kind": kind,
        "metadata": {"name": name or f"{kind.lower()}-sample"},
    }
    if spec.get("scope") == "Namespaced":
        sample["metadata"]["namespace"] = "default"
    maker = _Maker(is_full)
    for field, inner in sorted((schema.get("properties") or {}).items()):
        if field not in _OWN and (field == "spec" or maker.is_wanted(field, inner, schema)):
            sample[field] = maker.value(inner, field, 0)
    _hold(sample, schema)
    return sample


def _version(crd: Object, name: str) -> Any:
    versions = [each for each in get_path(crd, ("spec", "versions"), []) if isinstance(each, dict)]
    wanted = [each for each in versions if (each.get("name") == name if name else each.get("storage"))]
    if not wanted:
        known = ", ".join(str(each.get("name")) for each in versions) or "none"
        raise NoSample(f"the CRD has no version {name or 'that is stored'}: it has {known}")
    return wanted[0]


def _hold(sample: Object, schema: Any) -> None:
    """Raises NoSample unless the schema accepts the sample as it stands once defaults are in."""
    import copy

    try:
        structural = compile_schema(schema)
    except SchemaError as error:
        raise NoSample(f"the CRD's schema cannot be used: {error}") from None
    held = copy.deepcopy(sample)
    structural.default(held)
    causes = tuple(str(cause.message) for cause in structural.validate(held))
    if causes:
        raise NoSample("nothing was found that the CRD's own rules accept", causes)


class _Maker:
    """``is_full``: optional fields too."""

    def __init__(self, is_full: bool) -> None:
        self.is_full = is_full

    def is_wanted(self, name: str, schema: Schema, parent: Schema) -> bool:
        if name in (parent.get("required") or ()) or self.is_full:
            return True
        return any(key in schema for key in ("default", "enum", "example", "examples")) or any(
            self.is_wanted(inner_name, inner, schema) and inner_name not in (schema.get("required") or ())
            for inner_name, inner in (schema.get("properties") or {}).items()
            if isinstance(inner, Mapping)
        )

    def value(self, schema: Schema, name: str, depth: int) -> Any:
        for given in _given(schema):
            return given
        kind = schema.get("type")
        if schema.get("x-kubernetes-int-or-string"):
            return 1
        makers: dict[Any, Callable[[Schema, str, int], Any]] = {
            "object": self.object,
            "array": self.array,
            "integer": lambda schema, *_: _number(schema, whole=True),
            "number": lambda schema, *_: _number(schema, whole=False),
            "boolean": lambda *_: False,
            "string": lambda schema, name, _: text_for(schema, name),
        }
        return makers[kind](schema, name, depth) if kind in makers else {}

    def object(self, schema: Schema, name: str, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        properties = schema.get("properties") or {}
        needed = {*(schema.get("required") or ()), *_branch(schema)}
        for field, inner in sorted(properties.items()):
            is_wanted = field in needed or self.is_wanted(field, inner, schema)
            if is_wanted and (depth < _MOST_DEEP or field in needed):
                made[field] = self.value(inner, field, depth + 1)
        others = schema.get("additionalProperties")
        while isinstance(others, Mapping) and len(made) < (schema.get("minProperties") or (1 if self.is_full else 0)):
            made[f"key{len(made) or ''}"] = self.value(others, name, depth + 1)
        if schema.get("x-kubernetes-embedded-resource"):
            made |= {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "embedded"}} | made
        return made

    def array(self, schema: Schema, name: str, depth: int) -> list[Any]:
        items = schema.get("items") or {}
        least = schema.get("minItems") or (1 if self.is_full else 0)
        made: list[Any] = []
        for n in range(min(least, 64)):
            item = self.value(items, name.removesuffix("s") or name, depth + 1)
            made.append(_told_apart(item, n, schema, items))
        return made


def _given(schema: Schema) -> Iterator[Any]:
    """What the schema itself proposes."""
    if "default" in schema:
        yield schema["default"]
    if "example" in schema:
        yield schema["example"]
    examples = schema.get("examples")
    if isinstance(examples, list) and examples:
        yield examples[0]
    enum = schema.get("enum")
    if isinstance(enum, list) and enum:
        yield next((value for value in enum if value not in (None, "")), enum[0])


def _branch(schema: Schema) -> set[str]:
    """What the first branch of oneOf or anyOf needs beside."""
    for key in ("oneOf", "anyOf"):
        for branch in schema.get(key) or ():
            if isinstance(branch, Mapping) and branch.get("required"):
                return set(branch["required"])
    return set()


def _told_apart(item: Any, n: int, schema: Schema, items: Schema) -> Any:
    """The n-th item of a list whose items must differ."""
    if n == 0:
        return item
    if isinstance(item, dict):
        keys = schema.get("x-kubernetes-list-map-keys") or list(item)[:1]
        return {**item, **{key: _other(item.get(key), n) for key in keys[:1] if key in item}}
    return _other(item, n)


def _other(value: Any, n: int) -> Any:
    if isinstance(value, bool):
        return value
    return value + n if isinstance(value, int | float) else f"{value}{n}" if isinstance(value, str) else value


def _number(schema: Schema, *, whole: bool) -> int | float:
    low, high, step = schema.get("minimum"), schema.get("maximum"), schema.get("multipleOf")
    unit: float = 1 if whole else 0.5
    value: float = 1
    if low is not None:
        value = max(value, low + (unit if schema.get("exclusiveMinimum") else 0))
    if high is not None:
        value = min(value, high - (unit if schema.get("exclusiveMaximum") else 0))
    if step:
        value = -(-value // step) * step
    return int(value) if whole or value == int(value) else value
