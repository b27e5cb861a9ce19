"""Where an object keeps the description of its pods and containers, and how an image's name parts."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import integer, is_number, text
from orkestra.template.functions.objectfields import Fields, map_at, maps_at

_NOTHING: Final[Fields] = {}
_DIGITS: Final = re.compile(r"[+-]?[0-9]{1,9}", re.A)


def pod_spec_of(o: Fields) -> Fields:
    """The pod spec of a pod, a workload, a CronJob, a pod template, or the object itself where it is one."""
    for path in (("spec", "jobTemplate", "spec", "template", "spec"), ("spec", "template", "spec"), ("spec",), ()):
        found = map_at(o, *path)
        if "containers" in found:
            return found
    return _NOTHING


def containers_of(o: Fields) -> list[Fields]:
    return maps_at(pod_spec_of(o), "containers")


def container_of(o: Fields, which: Any) -> Fields:
    """The container at an index (of the list as written) or of a name; nothing when there is none.

    Raises FunctionError for what is neither.
    """
    found = containers_of(o)
    if is_number(which) or which is None or _DIGITS.fullmatch(text(which)):
        index = integer(which)
        if index < 0:
            raise FunctionError("the index of a container is not negative")
        return found[index] if index < len(found) else _NOTHING
    return next((container for container in found if container.get("name") == which), _NOTHING)


class Image(NamedTuple):
    """The parts of ``registry/repository:tag@digest``, each empty where it is not written."""

    registry: str
    repository: str
    tag: str
    digest: str


def parts_of_image(reference: str) -> Image:
    """Rules: the grammar of distribution/reference: the first part is a registry when it has a dot or a port or is
    localhost."""
    named, _, digest = reference.partition("@")
    registry, slash, repository = named.partition("/")
    if not slash or not ("." in registry or ":" in registry or registry == "localhost"):
        registry, repository = "", named
    repository, _, tag = repository.partition(":")
    return Image(registry, repository, tag, digest)
