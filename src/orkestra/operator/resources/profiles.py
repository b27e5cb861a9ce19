"""Profiles in rendered fields: a name is replaced by what it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.katalog.profiles import PROFILES, preset
from orkestra.operator.resources import fields as f


def profiled(fields: f.Fields, kind: str, where: str) -> Mapping[str, Any]:
    """``fields`` over the preset that its ``profile`` names, if it names one. Raises FieldError."""
    name = f.text(fields, "profile")
    rest = {key: value for key, value in fields.items() if key != "profile"}
    return {**presets(kind, name, where), **rest} if name else rest


def presets(kind: str, name: str, where: str) -> Mapping[str, Any]:
    found = preset(kind, name)
    if found is None:
        raise f.FieldError(f"{where}.profile" if where else "profile", f"one of {', '.join(PROFILES[kind])}", name)
    return found
