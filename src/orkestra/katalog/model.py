"""The frozen model: what the runtime, plans and offline generators read. Built once per revision, shared by all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object
from orkestra.k8s.selectors import FieldSelector, LabelSelector
from orkestra.katalog.paths import Path
from orkestra.katalog.position import Position
from orkestra.katalog.terms import Binding, Conditions
from orkestra.katalog.values import Value

if TYPE_CHECKING:  # what few Katalogs need is imported when one has it
    from orkestra.katalog.parts.admission import Conversion, Mutation, Normalize, Validation, Webhooks
    from orkestra.katalog.parts.calls import Cross, ExternalCall, RetryBackoff
    from orkestra.katalog.parts.gates import Enrichment, Observe, PreReconcile
    from orkestra.katalog.parts.protection import Endpoints, EntryProtection, Notification, Security
    from orkestra.katalog.parts.work import Autoscale, Hooks, QueueBehaviour, Remote, ReplicaScaling

Settings = Mapping[str, Any]
"""A block as a read-only mapping of its fields, defaults filled in."""

Readiness = Literal["children", "reconcile"]
DriftMode = Literal["correct", "report"]
DependencyCondition = Literal["started", "healthy"]


@dataclass(frozen=True, slots=True)
class ForEach:
    """What to repeat over (a list or a map), and the extra name of the item beside ``item``."""

    field: Value | None
    path: Path | None
    as_name: str
    position: Position


@dataclass(frozen=True, slots=True)
class Drift:
    """What to do about foreign changes; ``ignore`` holds dotted field paths of the child that stay as they are."""

    mode: DriftMode = "correct"
    ignore: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceEntry:
    """One child declaration. ``fields``: everything kind-specific as the user wrote it, camelCase, templates compiled.

    ``id`` names it in messages and in the inventory: ``website.onReconcile.deployments[0]``.
    """

    kind: str
    id: str
    position: Position
    name: Value | None = None
    namespace: Value | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)
    conditions: Conditions | None = None
    for_each: ForEach | None = None
    drift: Drift = Drift()
    force_conflict: bool | None = None
    ready_when: Conditions | None = None
    reconcile: bool = False
    sleep_seconds: float = 0.0
    autoscale: ReplicaScaling | None = None
    motif: Binding | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """``onCreate`` or ``onReconcile``. A false block condition acts as if every entry's own were false."""

    conditions: Conditions | None = None
    entries: tuple[ResourceEntry, ...] = ()
    external: tuple[ExternalCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """One group of ``onDelete``: what is done together."""

    name: str
    entries: tuple[ResourceEntry, ...]


@dataclass(frozen=True, slots=True)
class OnDelete:
    """``ordered``: stage after stage; otherwise all of them are done at once."""

    conditions: Conditions | None = None
    stages: tuple[Stage, ...] = ()
    ordered: bool = False
    timeout_seconds: float = 300.0
    external: tuple[ExternalCall, ...] = ()

    @property
    def entries(self) -> tuple[ResourceEntry, ...]:
        return tuple(entry for stage in self.stages for entry in stage.entries)


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """``max_depth`` 0 is unlimited; ``failure_threshold`` consecutive failures degrade the box.

    ``is_shared``: the queue of the process instead of an own one.
    """

    max_depth: int = 0
    failure_threshold: int = 5
    is_shared: bool = False
    retry_backoff: RetryBackoff | None = None
    behaviour: QueueBehaviour | None = None


@dataclass(frozen=True, slots=True)
class Requeue:
    """After success, again in ``after`` (a duration, often a template)."""

    after: Value
    conditions: Conditions | None
    position: Position


@dataclass(frozen=True, slots=True)
class Dependency:
    name: str
    condition: DependencyCondition
    position: Position


@dataclass(frozen=True, slots=True)
class StatusField:
    """``path`` is below ``status``; ``type`` is string, int, float, bool or auto."""

    path: Path
    value: Value
    type: str
    conditions: Conditions | None
    clear_on_false: bool
    position: Position
    motif: Binding | None = None


@dataclass(frozen=True, slots=True)
class StatusSpec:
    conditions: bool = True
    readiness: Readiness = "children"
    fields: tuple[StatusField, ...] = ()


@dataclass(frozen=True, slots=True)
class Reads:
    """What templates and conditions look at beyond the CR's own spec and metadata, so that caches hold no more.

    ``children``: names as written (``deployment``, ``deployments``), or ``*`` when that is known only at run time.
    """

    status: bool = False
    children: frozenset[str] = frozenset()
    cross: frozenset[str] = frozenset()
    external: frozenset[str] = frozenset()
    runtime: bool = False

    def __or__(self, other: Reads) -> Reads:
        return Reads(
            self.status or other.status,
            self.children | other.children,
            self.cross | other.cross,
            self.external | other.external,
            self.runtime or other.runtime,
        )


@dataclass(frozen=True, slots=True)
class OperatorBox:
    """One entry of ``spec.crds``: a kind and what is done for each of its objects.

    ``namespaced`` is None when neither the entry nor a CRD says it (discovery will). ``has_reconciler`` is False where
    the entry says ``reconciler.default: false``. ``former_kinds``: keys of child kinds, or ``group/version/Kind``.
    ``surfaces``: what named targets of ``serve`` do of their own.
    """

    name: str
    gvk: GVK
    position: Position
    plural: str = ""
    enabled: bool = True
    description: str = ""
    namespaced: bool | None = None
    crd: Object | None = None
    namespace: str = ""
    allowed_namespaces: frozenset[str] = frozenset()
    restricted_namespaces: frozenset[str] = frozenset()
    label_selector: LabelSelector | None = None
    field_selector: FieldSelector | None = None
    depends_on: tuple[Dependency, ...] = ()
    has_reconciler: bool = True
    workers: int = 3
    resync_seconds: float = 30.0
    queue: QueueSpec = QueueSpec()
    unset: frozenset[str] = frozenset()
    """Which of workers, resync, maxDepth and failureThreshold the definition leaves to their defaults."""
    requeue: Requeue | None = None
    conditions: Conditions | None = None
    on_create: Block = Block()
    on_reconcile: Block = Block()
    on_delete: OnDelete = OnDelete()
    status: StatusSpec = StatusSpec()
    force_conflict: bool | None = None
    ignore_status_patch: bool = False
    ignore_observed_generation: bool = False
    prune: bool = False
    former_kinds: tuple[str, ...] = ()
    labels: Value | None = None
    cr_files: tuple[str, ...] = ()
    setup: Settings | None = None
    enrich: tuple[Enrichment, ...] = ()
    enrich_all: bool = False
    normalize: Normalize | None = None
    validation: Validation | None = None
    mutation: Mutation | None = None
    conversion: Conversion | None = None
    webhooks: Webhooks | None = None
    endpoints: Endpoints | None = None
    cross_access: bool = True
    deletion_protection: EntryProtection | None = None
    remove_finalizers: bool = False
    serve: Settings | None = None
    surfaces: Mapping[str, OperatorBox] = field(default_factory=dict)
    cross: tuple[Cross, ...] = ()
    external: tuple[ExternalCall, ...] = ()
    observe: Observe | None = None
    pre_reconcile: PreReconcile | None = None
    finalizers: tuple[str, ...] = ()
    hooks: Hooks | None = None
    remote: Remote | None = None
    autoscale: Autoscale | None = None
    providers: Mapping[str, tuple[Settings, ...]] = field(default_factory=dict)
    roll_back_on_error: bool = False
    reads: Reads = Reads()

    @property
    def entries(self) -> tuple[ResourceEntry, ...]:
        """What makes children: not ``onDelete``."""
        return self.on_create.entries + self.on_reconcile.entries


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself, for people and registries."""

    author: str = ""
    version: str = ""
    description: str = ""
    license: str = ""
    tags: tuple[str, ...] = ()
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class Katalog:
    """A loaded definition. ``revision`` is the SHA-256 of everything read: the file and all it brings in or names;
    ``files`` are the paths of those that are on disk."""

    name: str
    namespace: str
    path: str
    revision: str
    boxes: tuple[OperatorBox, ...] = ()
    files: tuple[str, ...] = ()
    cluster_name: str = ""
    finalizers: tuple[str, ...] = ()
    cross_access: bool = True
    security: Security | None = None
    notification: Notification | None = None
    providers: tuple[Settings, ...] = ()
    gateway: Settings | None = None
    publish: Settings | None = None
    lifecycle: Settings | None = None
    about: About = About()

    @property
    def reads(self) -> Reads:
        found = Reads()
        for box in self.boxes:
            found |= box.reads
        return found

    def box(self, name: str) -> OperatorBox | None:
        return next((box for box in self.boxes if box.name == name), None)
