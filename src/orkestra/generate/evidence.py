"""What a definition tells of its objects' fields, path by path, and the structural schema that follows.

Evidence is weighed: what a typed field or an operator needs beats what a text prints; where two strong ones differ, or
a value is passed on as a whole, the field stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from orkestra.k8s.regex import compile_regex
from orkestra.katalog.paths import Path
from orkestra.template.inference.shapes import UNSET
from orkestra.template.inference.uses import ITEM

Schema = dict[str, Any]

OPEN: Final[Schema] = {"x-kubernetes-preserve-unknown-fields": True}
INT_OR_STRING: Final = "int-or-string"
_NUMBERS: Final = {"integer", "number"}
_SCALARS: Final = ("string", "integer", "number", "boolean", INT_OR_STRING)


@dataclass(slots=True)
class Evidence:
    """One field. ``sorts``: types it must have; ``is_text``: it is printed; ``is_asked``: a condition or branch looks
    whether it is there; ``is_open``: passed on as a whole."""

    sorts: set[str] = field(default_factory=set)
    is_text: bool = False
    is_asked: bool = False
    is_open: bool = False
    is_required: bool = False
    defaults: list[Any] = field(default_factory=list)
    allowed: tuple[str, ...] | None = None
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    doc: str = ""
    fields: dict[str, Evidence] = field(default_factory=dict)

    def at(self, path: Path) -> Evidence:
        """The evidence of a path below; list items are the step ``*``."""
        current = self
        for step in path:
            key = ITEM if step.isdigit() else step
            current = current.fields.setdefault(key, Evidence())
        return current

    def require(self, path: Path) -> None:
        """The path must be there, and with it all above."""
        current = self
        for step in path:
            if step == ITEM:
                return
            current = current.fields[step]
            current.is_required = True

    def add(self, sort: str, default: Any = UNSET) -> None:
        """A use, in the words of ``template.inference.uses``."""
        if sort == "text":
            self.is_text = True
        elif sort == "truth":
            self.is_asked = True
        elif sort == "open":
            self.is_open = True
        elif sort:
            self.sorts.add(sort)
        if default is not UNSET and default not in self.defaults:
            self.defaults.append(default)


def schema_of(found: Evidence) -> Schema:
    """The structural schema of a field: ``x-kubernetes-preserve-unknown-fields`` where the evidence decides nothing."""
    schema = _shape_of(found)
    kind = schema.get("type")
    if found.doc:
        schema["description"] = found.doc
    if found.allowed is not None and kind == "string":
        schema["enum"] = list(found.allowed)
    if found.pattern and kind == "string":
        schema["pattern"] = found.pattern
    if kind in _NUMBERS:
        bounds = (("minimum", found.minimum), ("maximum", found.maximum))
        schema |= {key: value for key, value in bounds if value is not None}
    if len(found.defaults) == 1 and _fits(found.defaults[0], schema) and not found.is_required:
        schema["default"] = found.defaults[0]
    return schema


def _shape_of(found: Evidence) -> Schema:
    named = {name: each for name, each in found.fields.items() if name != ITEM}
    sorts = _settled(found.sorts)
    if named and ITEM not in found.fields and not sorts & {"array", *_SCALARS}:
        return _object_of(found, named)
    if ITEM in found.fields and not named:
        inner = schema_of(found.fields[ITEM])
        if "object" in sorts:
            return {"type": "object", "additionalProperties": inner}
        return {"type": "array", "items": inner}
    if found.is_open or named or len(sorts) > 1:
        return dict(OPEN)
    return _leaf(next(iter(sorts), ""), found)


def _object_of(found: Evidence, named: dict[str, Evidence]) -> Schema:
    schema: Schema = {"type": "object"}
    required = sorted(name for name, each in named.items() if each.is_required)
    if required:
        schema["required"] = required
    schema["properties"] = {name: schema_of(each) for name, each in sorted(named.items())}
    if found.is_open:
        schema |= OPEN
    return schema


def _leaf(sort: str, found: Evidence) -> Schema:
    if sort == INT_OR_STRING:
        return {"x-kubernetes-int-or-string": True}
    if sort == "object":
        return {"type": "object", **OPEN}
    if sort == "array":
        return {"type": "array", "items": {"type": "string"} if not found.is_open else dict(OPEN)}
    if sort:
        return {"type": sort}
    if found.is_asked and not found.is_text:
        return {"type": "boolean"}
    return {"type": "string"} if found.is_text else dict(OPEN)


def _settled(sorts: set[str]) -> set[str]:
    """A whole number is a number, and either may be what is a whole number or text."""
    found = set(sorts)
    if INT_OR_STRING in found and found <= {INT_OR_STRING, "integer", "string"}:
        return {INT_OR_STRING} if "integer" not in found else {"integer"}
    if found == _NUMBERS:
        return {"integer"} if "integer" in found else {"number"}
    return found


def _fits(default: Any, schema: Schema) -> bool:
    kinds: dict[Any, tuple[type, ...]] = {
        "string": (str,), "boolean": (bool,), "integer": (int,), "number": (int, float)
    }  # fmt: skip
    kind = schema.get("type")
    if kind not in kinds or isinstance(default, bool) is not (kind == "boolean"):
        return False
    if "enum" in schema and default not in schema["enum"]:
        return False
    if "pattern" in schema and not compile_regex(schema["pattern"]).is_match(default):
        return False
    is_number = kind in _NUMBERS
    if is_number and not schema.get("minimum", default) <= default <= schema.get("maximum", default):
        return False
    return isinstance(default, kinds[kind]) and default != ""


def scalar_leaves(schema: Schema, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """(path, schema) of every scalar that is in no list, in order."""
    if schema.get("type") == "object":
        for name, inner in (schema.get("properties") or {}).items():
            yield from scalar_leaves(inner, (*path, name))
    elif schema.get("type") in ("string", "integer", "number", "boolean"):
        yield path, schema
