"""The frozen model: what the runtime, plans and offline generators read. Built once per revision, shared by all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object
from orkestra.k8s.selectors import FieldSelector, LabelSelector
from orkestra.katalog.paths import Path
from orkestra.katalog.source.origin import Origin
from orkestra.katalog.values import Value

if TYPE_CHECKING:  # what few Katalogs need is imported when one has it
    from orkestra.k8s.cel import Program
    from orkestra.katalog.parts.admission import Conversion, Mutation, Normalize, Validation, Webhooks
    from orkestra.katalog.parts.calls import Cross, ExternalCall, RetryBackoff
    from orkestra.katalog.parts.gates import Enrichment, Observe, PreReconcile
    from orkestra.katalog.parts.protection import Endpoints, EntryProtection, Notification, Notify, Security
    from orkestra.katalog.parts.work import Autoscale, Hooks, QueueBehaviour, Remote, ReplicaScaling

Settings = Mapping[str, Any]
"""A block as a read-only mapping of its fields, defaults filled in."""

Readiness = Literal["children", "reconcile"]
DriftMode = Literal["correct", "report"]
DependencyCondition = Literal["started", "healthy"]


class Position(NamedTuple):
    """Where something is declared; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Minutes since midnight UTC: [after, before), over midnight when after > before."""

    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class CronWindow:
    """Open for ``seconds`` after each time ``expression`` (five fields or a macro, UTC) fires."""

    expression: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CelTest:
    """A compiled CEL expression and where it stands; ``object`` is the CR, the other roots have their own names.

    ``reads``: the paths it looks at as templates name them, each with its offset in the text and its width; the empty
    one is the whole CR.
    """

    program: Program
    origin: Origin
    owner: str
    reads: tuple[tuple[Path, int, int], ...] = ()

    def place_of(self, offset: int) -> tuple[int, int]:
        """Line and column within the text."""
        before = self.program.text[:offset]
        return before.count("\n") + 1, len(before) - before.rfind("\n")


@dataclass(frozen=True, slots=True)
class Condition:
    """One test: an operator on a field, a window of time, or a CEL expression (``operator`` is then ``cel``).

    A field that is a template brings its own value; otherwise ``path`` names it in the CR (``readyWhen``: in the child)
    and ``field`` is None too. ``days`` holds weekdays, Monday 0. ``notify``: whom to tell when it holds.
    """

    operator: str
    position: Position
    field: Value | None = None
    path: Path | None = None
    value: Value | None = None
    value_type: str = ""
    negate: bool = False
    time: TimeWindow | None = None
    days: frozenset[int] | None = None
    cron: CronWindow | None = None
    cel: CelTest | None = None
    field_position: Position | None = None
    notify: Notify | None = None

    @property
    def place(self) -> Position:
        """Where its field is written, else the condition itself."""
        return self.field_position or self.position

    @property
    def subject(self) -> str:
        """The field or expression as its author wrote it, for messages."""
        if self.cel is not None:
            return self.cel.program.text
        return str(self.field) if self.field is not None else ".".join(self.path or ())


@dataclass(frozen=True, slots=True)
class Conditions:
    """``when``: all must hold. ``any_of`` (``or`` in the file): at least one, if there are any. Both must pass."""

    when: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()

    def __iter__(self) -> Iterator[Condition]:
        yield from self.when
        yield from self.any_of


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
class Binding:
    """A Motif at one of its imports: what its templates read as ``.inputs``. Inputs are rendered in the CR's context,
    with the inputs of the Motif around it, ``within``."""

    name: str
    inputs: Mapping[str, Value]
    within: Binding | None
    position: Position


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
