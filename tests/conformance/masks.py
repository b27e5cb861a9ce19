"""What differs from run to run is replaced by a name; what is left must be equal.

So are the places where a refusal prints whole objects: a patched one, a pod spec in Go's own words, the difference of
two.
"""

from __future__ import annotations

import re
from typing import Any

_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_ADDRESS = re.compile(r"\b10\.\d+\.\d+\.\d+\b")
_VERSION = re.compile(r'(\\*"resourceVersion\\*":\\*")\d+')
_GO_VALUE = re.compile(r'\{"(?:Volumes|ObjectMeta|AccessModes|containers)":.*\}(?=: )')
_PATCHED = re.compile(r'patch: Invalid value: "\{.*\}": |^Invalid value: "\{.*\}": ', re.DOTALL)
_GO_DIFF = re.compile(r"\n@@ .*", re.DOTALL)
_PRECONDITION = re.compile(r"ResourceVersion in (the precondition|record) \(\d+\)")
_BY_KEY = {
    "resourceVersion": "VERSION",
    "storageVersionHash": "HASH",
    "continue": "TOKEN",
    "nodePort": "PORT",
    "healthCheckNodePort": "PORT",
}


def mask(value: Any, names: dict[str, str]) -> Any:
    """``names``: texts of this run -> what stands for them."""
    match value:
        case dict():
            masked = {_text(key, names): _field(key, field, names) for key, field in value.items()}
            generated = value.get("generateName")
            if generated and str(value.get("name", "")).startswith(generated):
                masked["name"] = _text(generated, names) + "?" * (len(value["name"]) - len(generated))
            return masked
        case list() if all(isinstance(item, dict) and item.get("reason") == "FieldManagerConflict" for item in value):
            # Told in no particular order where several managers are in the way.
            return sorted((mask(item, names) for item in value), key=lambda cause: (cause["message"], cause["field"]))
        case list():
            return [mask(item, names) for item in value]
        case str():
            return _text(value, names)
        case _:
            return value


def _field(key: str, value: Any, names: dict[str, str]) -> Any:
    if key.endswith("managedFields") and isinstance(value, list):
        return sorted(mask(value, names), key=_managers_order)
    if key in _BY_KEY and isinstance(value, str | int) and value not in ("", 0):
        return _BY_KEY[key]
    return mask(value, names)


def _managers_order(entry: dict[str, Any]) -> tuple[str, ...]:
    """The order of a server for writes within one second; else that of the seconds, which differ from run to run."""
    is_timed = "timed" if entry.get("time") else ""
    manager, version, subresource = (entry.get(key, "") for key in ("manager", "apiVersion", "subresource"))
    return (entry.get("operation", ""), is_timed, manager, version, subresource)


def _text(text: str, names: dict[str, str]) -> str:
    for name, stand_in in names.items():
        text = text.replace(name, stand_in)
    text = _UUID.sub("UID", text)
    text = _TIME.sub("TIME", text)
    text = _PRECONDITION.sub(r"ResourceVersion in \1 (VERSION)", text)
    text = _VERSION.sub(r"\1VERSION", text)
    text = _PATCHED.sub(lambda found: found[0].partition("{")[0] + 'OBJECT": ', text)
    text = _GO_DIFF.sub("", _GO_VALUE.sub("VALUE", text))
    return _ADDRESS.sub("ADDRESS", text)
