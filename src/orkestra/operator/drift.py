"""Does a live child still say what the definition says?

Server-side apply's view of the question: only what we declare counts. Defaults the server added, fields of other
managers and list items that others appended by key (an injected sidecar) are not drift.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

Path = tuple[str | int, ...]

ITEM_KEYS: Mapping[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "imagePullSecrets": ("name",),
    "ports": ("containerPort", "port", "protocol"),
    "ownerReferences": ("uid",),
    "conditions": ("type",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
"""Associative lists of the built-in kinds we write, by field name: x-kubernetes-list-map-keys in their schemas."""

ATOMIC = frozenset({"podSelector", "namespaceSelector"})
"""Maps that mean what they say only as a whole: a label that somebody adds to a selector changes what it selects."""

_encode = msgspec.json.Encoder(order="sorted").encode

_IDENTITY = ("apiVersion", "kind")
_META = ("labels", "annotations", "ownerReferences")


def differences(desired: Mapping[str, Any], live: Mapping[str, Any], limit: int = 5) -> list[str]:
    """Dotted paths, at most ``limit``, at which ``live`` lacks or contradicts ``desired``; empty means in line."""
    found: list[Path] = []
    wanted_meta, live_meta = desired.get("metadata") or {}, live.get("metadata") or {}
    for part in _META:
        if part in wanted_meta:
            _compare(wanted_meta[part], live_meta.get(part), ("metadata", part), found, limit)
    for name, value in desired.items():
        if name != "metadata" and name not in _IDENTITY:
            _compare(value, live.get(name), (name,), found, limit)
    return [dotted(path) for path in found]


def is_metadata_in_line(desired: Mapping[str, Any], labels: Mapping[str, str], annotations: Mapping[str, str]) -> bool:
    """The same question where only a child's metadata is cached."""
    wanted = desired.get("metadata") or {}
    return all(labels.get(k) == v for k, v in (wanted.get("labels") or {}).items()) and all(
        annotations.get(k) == v for k, v in (wanted.get("annotations") or {}).items()
    )


def _compare(want: Any, have: Any, path: Path, found: list[Path], limit: int) -> None:
    if len(found) >= limit or want is have or want == have:
        return
    if have is None:
        if not _is_zero(want):
            found.append(path)
    elif isinstance(want, Mapping):
        if not isinstance(have, Mapping):
            found.append(path)
            return
        if path[-1] in ATOMIC and not _is_zero({key: value for key, value in have.items() if key not in want}):
            found.append(path)
            return
        for key, value in want.items():
            _compare(value, have.get(key), (*path, key), found, limit)
    elif isinstance(want, Sequence) and not isinstance(want, str):
        _compare_lists(want, have, path, found, limit)
    elif isinstance(want, bool) or isinstance(have, bool) or type(want) is not type(have) or want != have:
        found.append(path)


def _compare_lists(want: Sequence[Any], have: Any, path: Path, found: list[Path], limit: int) -> None:
    if not isinstance(have, Sequence) or isinstance(have, str):
        found.append(path)
        return
    keys = None if _is_policy_rule(path) else ITEM_KEYS.get(str(path[-1]))
    if keys and all(isinstance(item, Mapping) for item in (*want, *have)):
        by_key = {_item_key(item, keys): item for item in have}
        for index, item in enumerate(want):
            _compare(item, by_key.get(_item_key(item, keys)), (*path, index), found, limit)
        return
    if len(want) != len(have):
        found.append(path)
        return
    for index, (mine, theirs) in enumerate(zip(want, have, strict=True)):
        _compare(mine, theirs, (*path, index), found, limit)


def _is_policy_rule(path: Path) -> bool:
    """Lists in a NetworkPolicy's rules are atomic, ``ports`` among them: one that somebody adds is drift."""
    return len(path) > 2 and path[0] == "spec" and path[1] in ("ingress", "egress")


def _item_key(item: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(item.get(key) for key in keys)


def _is_zero(value: Any) -> bool:
    """What the API server drops on the way in: fields that serialise with ``omitempty``."""
    if isinstance(value, Mapping):
        return all(_is_zero(item) for item in value.values())
    return value is None or value is False or value in ("", 0) or value == []


def state_digest(obj: Mapping[str, Any]) -> str:
    """Digest of all that a definition may declare of a child: everything but status and what the server counts."""
    meta = obj.get("metadata") or {}
    said = {k: v for k, v in obj.items() if k not in ("metadata", "status")} | {k: meta.get(k) for k in _META}
    return hashlib.sha256(_encode(said)).hexdigest()


def dotted(path: Path) -> str:
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else str(step)
    return out


def keep_ignored(desired: dict[str, Any], live: Mapping[str, Any] | None, ignored: Sequence[tuple[str, ...]]) -> None:
    """Write ``live``'s values at the ``ignored`` paths into ``desired``, in place.

    Leaving them out of an apply would drop the field where we are its only owner; sending what stands changes nothing.
    """
    for path in ignored:
        target: Any = desired
        source: Any = live
        for step in path[:-1]:
            target = target.get(step) if isinstance(target, dict) else None
            source = source.get(step) if isinstance(source, Mapping) else None
        if isinstance(target, dict) and isinstance(source, Mapping) and path[-1] in source:
            target[path[-1]] = source[path[-1]]
