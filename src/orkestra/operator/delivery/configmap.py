"""A definition as a ConfigMap, read through the API: each key a file of one folder.

The API server is asked for that one object by name, so that permission to read it is all that is needed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from functools import partial

from orkestra.informer.target import Target
from orkestra.k8s.builtin import builtin_resource
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, ObjectKey, annotations_of
from orkestra.katalog import load_artifact
from orkestra.katalog.places import Artifact
from orkestra.operator import names
from orkestra.operator.delivery.delivered import Delivered, Delivery, load_definition
from orkestra.operator.delivery.mount import COMMIT_KEY, commit_in
from orkestra.operator.revision import Origin
from orkestra.operator.services import Services

ENTRY_KEYS = ("katalog.yaml", "katalog.yml", "komposer.yaml", "komposer.yml")
"""The key that is the definition, by precedence; a ConfigMap with one key needs none of these names."""

_CONFIG_MAP = GVK("", "v1", "ConfigMap")


async def watch_configmap(services: Services, key: ObjectKey) -> Delivery:
    """Deliver what the ConfigMap holds, first and at every change of its data; it may come later, or go."""
    info = builtin_resource(_CONFIG_MAP)
    assert info is not None
    informer = services.informers.acquire(Target(info, key.namespace, "", f"metadata.name={key.name}"))
    changed = asyncio.Event()
    informer.add_handler(lambda old, new: changed.set())
    services.informers.start()
    source, seen = f"ConfigMap {key}", ""
    while True:
        await changed.wait()
        changed.clear()
        cached = informer.get(key)
        if cached is None:
            if seen:
                seen = ""
                yield Delivered("", Origin(source), None, (f"{source} is gone",))
            continue
        found = cached.object()
        digest = _digest(found)
        if digest != seen:
            seen = digest
            yield await _delivered(source, digest, found)


async def _delivered(source: str, digest: str, found: Object) -> Delivered:
    files = files_of(found)
    entry = entry_key(files)
    if entry is None:
        keys = ", ".join(sorted(files)[:10]) or "no data"
        reason = f"{source}: expected a key {ENTRY_KEYS[0]} or {ENTRY_KEYS[2]}, found {keys}"
        return Delivered(digest, Origin(source), None, (reason,), found)
    artifact = Artifact(source, {name: text.encode() for name, text in files.items()}, entry, digest, is_folder=True)
    katalog, findings = await load_definition(partial(load_artifact, artifact))
    commit = annotations_of(found).get(names.COMMIT_ANNOTATION) or commit_in(files.get(COMMIT_KEY, ""))
    return Delivered(katalog.revision if katalog else digest, Origin(source, commit), katalog, findings, found)


def files_of(config_map: Object) -> Mapping[str, str]:
    """Its data. The API server allows no key that could leave the folder: letters, digits, ``-``, ``_`` and ``.``."""
    data = config_map.get("data")
    if not isinstance(data, dict):
        return {}
    return {
        key: text for key, text in data.items() if isinstance(text, str) and key not in (".", "..") and "/" not in key
    }


def entry_key(files: Mapping[str, str]) -> str | None:
    """Which of the keys is the definition; None where that cannot be told."""
    for name in ENTRY_KEYS:
        if name in files:
            return name
    return next(iter(files)) if len(files) == 1 else None


def _digest(config_map: Object) -> str:
    files = files_of(config_map)
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{len(files[name])}\0{files[name]}".encode("utf-8", "surrogatepass"))
    whole.update(annotations_of(config_map).get(names.COMMIT_ANNOTATION, "").encode())
    return whole.hexdigest()
