"""A resource request out of a URL path."""

from __future__ import annotations

from dataclasses import dataclass

from orkestra.devserver.kinds import Kind
from orkestra.devserver.refusals import no_such_resource
from orkestra.devserver.registry import Registry
from orkestra.devserver.writes.draft import not_found

_NAMESPACE_SUBRESOURCES = ("status", "finalize")


@dataclass(frozen=True, slots=True)
class Target:
    """What a path names: a collection (no ``name``), an object, or one of its subresources."""

    kind: Kind
    namespace: str
    name: str
    subresource: str
    is_watch: bool = False
    """The path itself asks for a watch: ``/api/v1/watch/…``, an old form that is still served."""


def parse_target(registry: Registry, path: str) -> Target | None:
    """The target of a path under /api/v1 or /apis/GROUP/VERSION; None for any other path.

    Raises NotFound where the path has the right shape but nothing is served there.
    """
    parts = path.strip("/").split("/")
    if parts[0] == "api" and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    if not registry.serves(group, version):
        return None
    is_watch = rest[0] == "watch" and len(rest) > 1
    rest = rest[is_watch:]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and not (group == "" and rest[2] in _NAMESPACE_SUBRESOURCES):
        namespace, rest = rest[1], rest[2:]
    plural, name, *more = [*rest, ""] if len(rest) == 1 else rest
    kind = registry.kind(group, version, plural)
    if kind is None or len(more) > 1 or bool(namespace) > kind.info.namespaced:
        raise no_such_resource()
    subresource = more[0] if more else ""
    if subresource in ("status", "scale") and kind.is_custom and subresource not in kind.info.subresources:
        # A definition that does not offer it: told as if the object were missing.
        raise not_found(kind, name)
    if subresource and subresource not in kind.info.subresources:
        raise no_such_resource()
    if name and kind.info.namespaced and not namespace:
        raise no_such_resource()
    return Target(kind, namespace, name, subresource, is_watch)
