"""The built-in kinds of Kubernetes 1.37 and their OpenAPI schemas, as a real API server serves them.

Data lives in ``data/*.json.gz`` (made by ``hack/builtin/generate.py``) and is read on first use; importing this
module reads nothing. Schemas are OpenAPI v3 as served: a reference is ``{"$ref": "#/components/schemas/NAME"}`` or
``{"allOf": [{"$ref": …}], "description": …, "default": …}``; `resolve` follows both. What is returned is shared and
must not be changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from orkestra.k8s.gvk import GVK, GVR, ResourceInfo

if TYPE_CHECKING:
    import msgspec

Schema = dict[str, Any]

_REF = "#/components/schemas/"


class SubresourceInfo(NamedTuple):
    """One served subresource: ``gvk`` is what it answers with (``autoscaling/v1 Scale`` for ``scale``)."""

    name: str
    gvk: GVK
    verbs: tuple[str, ...]


def builtin_resources() -> tuple[ResourceInfo, ...]:
    """Every built-in resource, in the order discovery prefers (core first; ``autoscaling/v2`` before ``v1``)."""
    return _catalogue()[0]


def builtin_resource(gvk: GVK) -> ResourceInfo | None:
    if "." in gvk.group and not gvk.group.endswith(".k8s.io"):
        return None  # the catalogue need not be read to know that
    return _by_gvk().get(gvk)


def by_plural(group: str, plural: str) -> ResourceInfo | None:
    """The resource in the group's preferred version; None where the group has no such resource."""
    return _by_plural().get((group, plural))


def subresources_of(gvr: GVR) -> Mapping[str, SubresourceInfo]:
    """Subresource name -> what it serves; empty for an unknown resource."""
    return _catalogue()[1].get(gvr, _NONE)


def kubernetes_version() -> str:
    """The version the data was taken from: ``v1.37.2``."""
    return _catalogue()[2]


def definition(gvk: GVK, *, described: bool = False) -> Schema:
    """The schema of a built-in kind, lists and subresource kinds included. Raises KeyError on an unknown kind."""
    return definitions(described=described)[_names_by_gvk()[gvk]]


def definition_name(gvk: GVK) -> str:
    """``io.k8s.api.apps.v1.Deployment`` for ``apps/v1 Deployment``. Raises KeyError on an unknown kind."""
    return _names_by_gvk()[gvk]


def definitions(*, described: bool = False) -> Mapping[str, Schema]:
    """All schemas by name, each decoded when first asked for; ``described`` keeps the documentation texts."""
    return _described() if described else _bare()


def resolve(schema: Schema, *, described: bool = False) -> Schema:
    """The schema itself, or what its reference names, with the keywords written beside the reference laid over it."""
    for _ in range(_MAX_HOPS):
        ref = schema.get("$ref")
        beside: Schema | None = None
        if ref is None:
            wrapped = schema.get("allOf")
            if not wrapped or len(wrapped) != 1 or "$ref" not in wrapped[0]:
                return schema
            ref = wrapped[0]["$ref"]
            beside = {key: value for key, value in schema.items() if key != "allOf"}
        target = definitions(described=described)[str(ref).removeprefix(_REF)]
        schema = {**target, **beside} if beside else target
    raise ValueError("a reference that never ends")


def referenced(names: Iterable[str]) -> frozenset[str]:
    """The named definitions and every definition they reach: what one group version's document must carry."""
    found: set[str] = set()
    todo = list(names)
    known = _bare()
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(_refs(known[name]))
    return frozenset(found)


_MAX_HOPS = 8
_NONE: Mapping[str, SubresourceInfo] = MappingProxyType({})


def _refs(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        ref = schema.get("$ref")
        # A property may itself be called "$ref" (apiextensions JSONSchemaProps): then it is a schema, not a name.
        if isinstance(ref, str):
            yield ref.removeprefix(_REF)
        for value in schema.values():
            yield from _refs(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _refs(value)


class _Definitions(Mapping[str, Schema]):
    """Raw JSON per definition until it is read: most processes touch a few dozen of the six hundred."""

    def __init__(self, file: str) -> None:
        import msgspec  # here, because importing this module must stay cheap

        self._raw: dict[str, msgspec.Raw] = msgspec.json.decode(_read(file), type=dict[str, msgspec.Raw])
        self._decode = msgspec.json.decode
        self._ready: dict[str, Schema] = {}

    def __getitem__(self, name: str) -> Schema:
        found = self._ready.get(name)
        if found is None:
            found = self._ready[name] = self._decode(self._raw[name])
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def _read(file: str) -> bytes:
    import gzip
    import pkgutil

    data = pkgutil.get_data("orkestra.k8s", f"data/{file}")
    assert data is not None
    return gzip.decompress(data)


@cache
def _listing() -> dict[str, Any]:
    import msgspec

    listing: dict[str, Any] = msgspec.json.decode(_read("resources.json.gz"))
    return listing


@cache
def _bare() -> _Definitions:
    return _Definitions("schemas.json.gz")


@cache
def _described() -> _Definitions:
    return _Definitions("described.json.gz")


@cache
def _catalogue() -> tuple[tuple[ResourceInfo, ...], dict[GVR, Mapping[str, SubresourceInfo]], str]:
    data = _listing()
    resources: list[ResourceInfo] = []
    subresources: dict[GVR, Mapping[str, SubresourceInfo]] = {}
    for entry in data["resources"]:
        info = ResourceInfo(
            group=entry["group"],
            version=entry["version"],
            kind=entry["kind"],
            plural=entry["plural"],
            namespaced=entry["namespaced"],
            singular=entry["singular"],
            list_kind=entry["list_kind"],
            verbs=tuple(entry["verbs"]),
            short_names=tuple(entry["short_names"]),
            categories=tuple(entry["categories"]),
            subresources=frozenset(sub["name"] for sub in entry["subresources"]),
        )
        resources.append(info)
        subresources[info.gvr] = MappingProxyType(
            {
                sub["name"]: SubresourceInfo(
                    sub["name"], GVK(sub["group"], sub["version"], sub["kind"]), tuple(sub["verbs"])
                )
                for sub in entry["subresources"]
            }
        )
    return tuple(resources), subresources, data["version"]


@cache
def _by_gvk() -> dict[GVK, ResourceInfo]:
    return {info.gvk: info for info in builtin_resources()}


@cache
def _by_plural() -> dict[tuple[str, str], ResourceInfo]:
    found: dict[tuple[str, str], ResourceInfo] = {}
    for info in builtin_resources():
        found.setdefault((info.group, info.plural), info)
    return found


@cache
def _names_by_gvk() -> dict[GVK, str]:
    return {GVK(group, version, kind): name for group, version, kind, name in _listing()["definitions"]}
