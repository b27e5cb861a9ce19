"""Which schema describes what stands at a path of the data that templates and conditions see.

The CR itself by its CRD, or by its kind where that is built in; ``metadata`` by Kubernetes' own words; ``children`` by
their kinds; ``cross`` by the entry an alias reads; the item of a ``forEach`` by what it goes over. Whatever else has no
schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from orkestra.k8s.builtin import definition
from orkestra.k8s.gvk import GVK
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.schematypes import OPEN, FieldType, Gap, gap_in, schema_of, type_at
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.paths import Path
from orkestra.katalog.schema.kinds import BY_KEY, CHILD_KINDS, ChildKind
from orkestra.katalog.sites import Site
from orkestra.template.inference import UNKNOWN, Analysis, Shape

Schema = Mapping[str, Any]

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "object", "additionalProperties": _TEXT}
_NUMBER: Final = {"type": "integer"}
_TREES: Final = {"type": "array", "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
METADATA: Final[Schema] = {
    "type": "object",
    "required": ["name", "uid", "resourceVersion", "generation", "creationTimestamp"],
    "properties": {
        **dict.fromkeys(("name", "generateName", "namespace", "selfLink", "uid", "resourceVersion"), _TEXT),
        **dict.fromkeys(("creationTimestamp", "deletionTimestamp"), _TEXT),
        **dict.fromkeys(("generation", "deletionGracePeriodSeconds"), _NUMBER),
        **dict.fromkeys(("labels", "annotations"), _TEXTS),
        **dict.fromkeys(("ownerReferences", "managedFields"), _TREES),
        "finalizers": {"type": "array", "items": _TEXT},
    },
}
"""ObjectMeta. Source: k8s.io/apimachinery pkg/apis/meta/v1/types.go."""

_OPEN: Final = {"x-kubernetes-preserve-unknown-fields": True}
_OTHER: Final[Schema] = {
    **dict.fromkeys(("spec", "status", "health", "metrics"), _OPEN),
    **dict.fromkeys(("apiVersion", "kind"), _TEXT),
}
"""What the object of another entry has beside what its schema says."""

_UNDESCRIBED: Final = frozenset((("spec",), ("status",)))
_OWN_ROOTS: Final = frozenset(("spec", "status"))
_PLURALS: Final = {"ingress": "ingresses", "networkPolicy": "networkPolicies"}


def _children() -> dict[str, tuple[ChildKind, bool]]:
    """Name below ``children`` -> (kind, is it a map of them)."""
    found: dict[str, tuple[ChildKind, bool]] = {}
    for kind in CHILD_KINDS:
        if kind.kind:
            singular = kind.kind[0].lower() + kind.kind[1:]
            for name in (singular, kind.singular):
                found[name] = (kind, False)
            for name in (kind.key, singular + "s", _PLURALS.get(singular, singular + "s")):
                if name not in (kind.singular, singular):
                    found[name] = (kind, True)
    return found


CHILDREN: Final = _children()


def types_of(box: OperatorBox, checked: Checked) -> DataTypes:
    """Those of a box, made once however many checks ask."""
    known: DataTypes | None = checked.kept.get(box.name)
    if known is None:
        known = checked.kept[box.name] = DataTypes(box, checked)
    return known


class Place(NamedTuple):
    """A schema, the way from its root, and whose words it has. ``lead``: steps of the path before that root."""

    schema: Schema
    path: Path
    owner: str
    is_builtin: bool = False
    lead: int = 0


@dataclass(slots=True)
class DataTypes:
    """The data of one box."""

    box: OperatorBox
    checked: Checked
    own: Schema | None = None
    is_builtin: bool = False
    analyses: dict[object, Analysis] = field(default_factory=dict)
    _types: dict[object, FieldType] = field(default_factory=dict)
    _shapes: dict[tuple[Path, Path | None], Shape] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.own = schema_of(self.box)
        if self.own is None and self.checked.identities[self.box.name].is_builtin:
            self.own, self.is_builtin = _builtin(self.box.gvk), True

    @property
    def is_typed(self) -> bool:
        return self.own is not None

    def may_type(self, paths: Iterable[Path], site: Site) -> bool:
        """Whether something beside ``metadata`` describes one of the paths."""
        names = frozenset(("item", "value", site.loop.as_name)) if site.loop is not None else frozenset()
        return any(
            path
            and (
                path[0] in ("children", "cross")
                or (self.own is not None and (path[0] in _OWN_ROOTS or path[0] in names))
            )
            for path in paths
        )

    def place_of(self, path: Path, site: Site) -> Place | None:
        """None where nothing describes it."""
        if site.own_child:
            return self._own_child(path, site)
        loop = site.loop
        if loop is not None and path[0] in ("item", "value", loop.as_name):
            return self._in_loop(path, site)
        root = path[0]
        if root == "metadata":
            return Place(METADATA, path[1:], "Kubernetes", lead=1) if len(path) > 1 else None
        if root in ("spec", "status"):
            owner = self.box.gvk.kind if self.is_builtin else "the CRD's schema"
            return Place(self.own, path, owner, self.is_builtin) if self.own is not None else None
        if root == "children":
            return _child(path)
        return self._other(path) if root == "cross" else None

    def _other(self, path: Path) -> Place | None:
        """The object an alias of ``cross`` reads, where one entry of this file is known to have it."""
        boxes = (self.box, self.checked.entry_of(self.box))
        read = next((each for box in boxes for each in box.cross if path[1:2] == (each.alias,)), None)
        entries = self.checked.entries
        target = next((box for box in entries if read is not None and box.name == read.crd), None)
        is_one = read is not None and read.source is None and (read.selector is None or read.selector.strategy is None)
        if target is None or not is_one or len(path) < 3:
            return None
        types = types_of(target, self.checked)
        known = (types.own or {}).get("properties", {})
        schema = {"type": "object", "properties": {**_OTHER, **known, "metadata": METADATA, "found": _TEXT}}
        if types.own is not None and gap_in(("?",), types.own, is_builtin=types.is_builtin) is None:
            return None  # it may have anything
        owner = target.gvk.kind if types.is_builtin or types.own is None else f"the CRD's schema of {target.gvk.kind}"
        return Place(schema, path[2:], owner, types.is_builtin, 2)

    def _own_child(self, path: Path, site: Site) -> Place | None:
        kind = BY_KEY.get(site.entry.kind) if site.entry is not None else None
        if kind is None or not kind.kind:
            return None
        schema = _builtin(_gvk(kind))
        return Place(schema, path, kind.kind, True) if schema is not None else None

    def _in_loop(self, path: Path, site: Site) -> Place | None:
        over = site.loop.path if site.loop is not None else None
        if over is None:
            return None
        outside = Site(entry=site.entry)
        if over[0] in ("item", "value"):
            return None
        found = self.type_of(over, outside).type
        is_item = path[0] != "value"
        if found != ("array" if is_item else "object"):
            return None  # the item of a map is its key
        place = self.place_of((*over, "*", *path[1:]), outside)
        return place._replace(lead=place.lead - len(over)) if place is not None else None

    def type_of(self, path: Path, site: Site, *, is_spec_given: bool = False) -> FieldType:
        if self.own is None and path[:1] in _UNDESCRIBED:
            return OPEN
        child = site.entry.kind if site.own_child and site.entry is not None else ""
        key = (path, is_spec_given, child, site.loop.path if site.loop is not None else None)
        known = self._types.get(key)
        if known is None:
            known = self._types[key] = self._type_of(path, site, is_spec_given)
        return known

    def _type_of(self, path: Path, site: Site, is_spec_given: bool) -> FieldType:
        place = self.place_of(path, site) if path else None
        if place is None:
            return OPEN
        return type_at(place.path, place.schema, is_spec_given=is_spec_given, is_builtin=place.is_builtin)

    def gap_of(self, path: Path, site: Site) -> tuple[Gap, Place] | None:
        """Where the path leaves the schema; None when it may exist."""
        place = self.place_of(path, site)
        gap = gap_in(place.path, place.schema, is_builtin=place.is_builtin) if place is not None else None
        return (gap, place) if gap is not None and place is not None else None

    def shape_of(self, path: Path, site: Site) -> Shape:
        """The same as a shape, for the analysis of templates."""
        key = (path, site.loop.path if site.loop is not None else None)
        known = self._shapes.get(key)
        if known is None:
            known = self._shapes[key] = _shape(self.type_of(path, site, is_spec_given=True), path)
        return known


def _shape(found: FieldType, path: Path) -> Shape:
    if not found.type:
        return UNKNOWN
    kinds = {found.type, "integer"} if found.type == "number" else {found.type}
    is_optional = not found.is_present and path[0] == "spec"
    return Shape(
        frozenset(kinds),
        allowed=found.allowed,
        is_present=found.is_present,
        optional=frozenset((path,)) if is_optional else frozenset(),
    )


def _child(path: Path) -> Place | None:
    kind, is_map = CHILDREN.get(path[1], (None, False)) if len(path) > 2 else (None, False)
    lead = 3 if is_map else 2
    if kind is None or len(path) <= lead:
        return None
    schema = _builtin(_gvk(kind))
    return Place(schema, path[lead:], kind.kind, True, lead) if schema is not None else None


def _gvk(kind: ChildKind) -> GVK:
    group, _, version = kind.api_version.rpartition("/")
    return GVK(group, version, kind.kind)


def _builtin(gvk: GVK) -> Schema | None:
    try:
        return definition(gvk)
    except KeyError:
        return None
