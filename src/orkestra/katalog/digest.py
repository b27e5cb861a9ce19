"""Does a definition say the same as another? A digest of all that decides what a box does, and of nothing else.

Places in files, descriptions and the order of keys do not count: a comment added above an entry must not disturb it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from orkestra.katalog.model import OperatorBox
from orkestra.katalog.position import Position
from orkestra.katalog.terms import CelTest
from orkestra.katalog.values import ChosenValue, Constant, ListValue, MapValue, PresetValue, TemplateValue
from orkestra.katalog.walk import notes_of

_IDLE = frozenset({"position", "field_position", "description", "depends_on", "enabled", "id"})
"""Fields that say where something stands, or that are judged outside the box."""


def box_digest(box: OperatorBox) -> str:
    """Equal for two entries exactly when swapping one for the other changes nothing but places in messages.

    Raises TypeError for a value in the model that this does not know how to read.
    """
    content = json.dumps(_content(box), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _content(value: Any) -> Any:
    """JSON that tells values apart; types are named where their contents alone would not."""
    if value is None or (isinstance(value, str | bool | int | float) and not isinstance(value, Enum)):
        return value
    if isinstance(value, TemplateValue):
        notes = [[note.name, note.node.text] for note in notes_of(value)] if value.declared else []
        return ["template", value.wanted, value.text, *notes]
    if isinstance(value, Constant):
        return ["constant", value.value]
    if isinstance(value, ListValue):
        return ["list", *map(_content, value.items)]
    if isinstance(value, MapValue):
        return ["map", *([_content(key), _content(item)] for key, item in value.entries)]
    if isinstance(value, PresetValue):
        return ["preset", _content(value.name), _content(value.options), _content(value.rest)]
    if isinstance(value, ChosenValue):
        return ["chosen", _content(value.name), _content(value.options), _content(value.other)]
    if isinstance(value, CelTest):
        return ["cel", value.program.text]
    if isinstance(value, Position):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        rows = ((row.name, _content(getattr(value, row.name))) for row in fields(value) if row.name not in _IDLE)
        return [type(value).__name__, dict(rows)]
    if isinstance(value, Mapping):
        return [[_content(key), _content(item)] for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))]
    if isinstance(value, tuple | list):
        return [_content(item) for item in value]
    if isinstance(value, frozenset | set):
        return sorted((_content(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"no digest of {type(value).__name__}")
