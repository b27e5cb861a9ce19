"""Definition + CR -> the children there should be. Pure: rendering, conditions, forEach, manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey, name_of, namespace_of
from orkestra.k8s.owners import can_own
from orkestra.katalog.model import Block, OperatorBox, ResourceEntry
from orkestra.katalog.values import RenderError
from orkestra.operator import certificates, copies, names, rotation
from orkestra.operator.inventory import ChildId
from orkestra.operator.names import label_value
from orkestra.operator.outcome import Failure, Reason
from orkestra.operator.plan import Desired, DriftMode
from orkestra.operator.resources import KINDS, Kind
from orkestra.operator.resources import fields as f
from orkestra.operator.resources import metadata as meta
from orkestra.operator.resources.fields import ChildContext, FieldError
from orkestra.rules import Facts, Inputs, is_met
from orkestra.rules.when import UniqueCheck
from orkestra.template import Environment


@dataclass(frozen=True, slots=True)
class DesiredSet:
    """``kept``: children that are neither made nor pruned: create-once ones whose condition is false now, and copies
    whose source is ``missing`` (in words). ``sources``: every object that content is copied from, present or not."""

    children: tuple[Desired, ...]
    kept: frozenset[ChildId]
    scopes: Mapping[ChildId, Mapping[str, Any]]
    entries: Mapping[ChildId, ResourceEntry]
    missing: tuple[str, ...] = ()
    sources: tuple[ChildId, ...] = ()


@dataclass(frozen=True, slots=True)
class DeletionSet:
    """One stage of ``onDelete``: Jobs to run, and places of children to delete with the entries that name them."""

    jobs: tuple[Desired, ...]
    entries: Mapping[ChildId, str]

    @property
    def deletions(self) -> tuple[ChildId, ...]:
        return tuple(self.entries)


def _no_source(gvk: GVK, key: ObjectKey) -> Object | None:
    return None


@dataclass(frozen=True, slots=True)
class Renderer:
    """``resolve`` gives the served resource of a type; it raises Failure for a type the cluster does not have.
    ``find_source`` gives the object that a child's content is copied from."""

    box: OperatorBox
    owner: ResourceInfo
    resolve: Callable[[GVK], ResourceInfo]
    environment: Environment
    find_source: Callable[[GVK, ObjectKey], Object | None] = _no_source

    def render(self, cr: Object, scope: Mapping[str, Any], is_unique: UniqueCheck | None = None) -> DesiredSet:
        """Raises Failure when a value does not render or does not fit: nothing is applied then."""
        instances = [
            i for block, is_create in self._blocks() for i in self._expand(block, is_create, cr, scope, is_unique)
        ]
        workloads = {i.key.name: label_value(i.key.name) for i in instances if i.kind.is_workload and i.is_active}
        scalable = {i.key.name: i.info.kind for i in instances if i.kind.is_scalable and i.is_active}
        children: dict[ChildId, Desired] = {}
        kept: set[ChildId] = set()
        scopes: dict[ChildId, Mapping[str, Any]] = {}
        entries: dict[ChildId, ResourceEntry] = {}
        missing: list[str] = []
        sources: list[ChildId] = []
        for instance in instances:
            identity = (instance.info.gvk, instance.key)
            if not instance.is_active:
                if instance.is_create_once:
                    kept.add(identity)
                continue
            if identity in children:
                message = (
                    f"{instance.entry.id} and {children[identity].entry} both yield "
                    f"{instance.info.kind} {instance.key}: give one of them another name"
                )
                raise Failure(Reason.INVALID_TEMPLATE, message, is_retried=False)
            child, source = self._build(instance, cr, workloads, scalable)
            if source is not None:
                sources.append((instance.info.gvk, source))
            if child is None:
                kept.add(identity)
                missing.append(f"{instance.info.kind} {instance.key}: waiting for {source} to copy it from")
                continue
            children[identity] = child
            scopes[identity] = instance.scope
            entries[identity] = instance.entry
        _leave_replicas_to_autoscalers(children)
        return DesiredSet(tuple(children.values()), frozenset(kept), scopes, entries, tuple(missing), tuple(sources))

    def render_deletion(self, cr: Object, scope: Mapping[str, Any]) -> tuple[DeletionSet, ...]:
        """The stages of ``onDelete`` (one, where they are not ordered). Raises Failure."""
        spec = self.box.on_delete
        found: list[DeletionSet] = []
        for stage in spec.stages:
            jobs: list[Desired] = []
            places: dict[ChildId, str] = {}
            for instance in self._expand(Block(spec.conditions, stage.entries), True, cr, scope, None):
                if not instance.is_active:
                    continue
                if instance.entry.kind != "jobs":
                    places[instance.info.gvk, instance.key] = instance.entry.id
                    continue
                job, _ = self._build(instance, cr, {}, {}, is_owned=False)
                jobs += [job] if job is not None else []
            found.append(DeletionSet(tuple(jobs), places))
        if spec.ordered or not found:
            return tuple(found)
        everything = {place: entry for stage_set in found for place, entry in stage_set.entries.items()}
        return (DeletionSet(tuple(job for stage_set in found for job in stage_set.jobs), everything),)

    def _blocks(self) -> tuple[tuple[Block, bool], ...]:
        return ((self.box.on_create, True), (self.box.on_reconcile, False))

    def _expand(
        self, block: Block, is_create: bool, cr: Object, scope: Mapping[str, Any], is_unique: UniqueCheck | None
    ) -> Iterator[_Instance]:
        passes = is_met(block.conditions, Facts(scope, self.environment, is_unique=is_unique))
        inputs = Inputs(scope, self.environment)
        for entry in block.entries:
            kind = KINDS[entry.kind]
            with _naming(entry):
                own_scope = inputs.scope_for(entry.motif)
            for item_scope in _items(entry, own_scope, self.environment):
                with _naming(entry):
                    is_active = passes and is_met(
                        entry.conditions, Facts(item_scope, self.environment, is_unique=is_unique)
                    )
                    info = self.resolve(_gvk(kind, entry))
                    try:
                        keys = self._keys(entry, kind, info, cr, item_scope)
                    except RenderError:
                        if is_active:
                            raise
                        continue
                is_once = kind.is_create_only or (is_create and not entry.reconcile)
                for key in keys:
                    yield _Instance(entry, kind, info, key, item_scope, is_active, is_once)

    def _keys(
        self, entry: ResourceEntry, kind: Kind, info: ResourceInfo, cr: Object, scope: Mapping[str, Any]
    ) -> list[ObjectKey]:
        """One place, or one in each of ``toNamespaces``."""
        targets = entry.fields.get("toNamespaces")
        if targets is None:
            return [self._key(entry, kind, info, cr, scope)]
        name = entry.name.render(scope, self.environment) if entry.name is not None else ""
        places = copies.target_namespaces(targets.render(scope, self.environment))
        return [ObjectKey(place, str(name or _default_name(entry, kind, cr))) for place in places]

    def _key(
        self, entry: ResourceEntry, kind: Kind, info: ResourceInfo, cr: Object, scope: Mapping[str, Any]
    ) -> ObjectKey:
        name = entry.name.render(scope, self.environment) if entry.name is not None else ""
        namespace = entry.namespace.render(scope, self.environment) if entry.namespace is not None else ""
        if not info.namespaced:
            return ObjectKey("", str(name or _default_name(entry, kind, cr)))
        place = str(namespace or namespace_of(cr))
        if not place:
            message = f"{entry.id}: a namespace is needed, since {self.owner.kind} is cluster-scoped"
            raise Failure(Reason.INVALID_TEMPLATE, message, is_retried=False)
        return ObjectKey(place, str(name or _default_name(entry, kind, cr)))

    def _build(
        self,
        instance: _Instance,
        cr: Object,
        workloads: Mapping[str, str],
        scalable: Mapping[str, str],
        *,
        is_owned: bool = True,
    ) -> tuple[Desired | None, ObjectKey | None]:
        """The child (None while the source of its content is missing), and that source."""
        entry, info, key = instance.entry, instance.info, instance.key
        with _naming(entry):
            fields = {name: v.render(instance.scope, self.environment) for name, v in entry.fields.items()}
            cx = ChildContext(key.name, key.namespace, name_of(cr), workloads, scalable, namespace_of(cr))
            _check_scope(fields, info)
            status = _own_status(fields, info)
            has_tls = _has_tls(entry)
            is_once = instance.is_create_once and f.boolean(fields, "once")
            rotate_after = rotation.age_of(fields) if has_tls or is_once else 0.0
            certificate = None
            if has_tls:
                default_name = f"{key.name}.{key.namespace}.svc"
                certificate = certificates.request_of(fields, default_name, self.environment.now())
            source = copies.source_of(entry, fields, namespace_of(cr))
            manifest = instance.kind.build(fields, cx)
        if source is not None:
            found = self.find_source(info.gvk, source)
            if found is None:
                return None, source
            copies.copy_into(manifest, found)
        manifest["metadata"]["name"] = key.name
        if key.namespace:
            manifest["metadata"]["namespace"] = key.namespace
        for part in ("labels", "annotations"):
            if not manifest["metadata"].get(part):
                manifest["metadata"].pop(part, None)
        by_reference = is_owned and can_own(self.owner.namespaced, namespace_of(cr), info.namespaced, key.namespace)
        meta.own(manifest, cr, self.owner, by_reference=by_reference)
        ignored = tuple(entry.drift.ignore)
        if not instance.is_create_once:
            meta.stamp(manifest, certificate and (certificate.common_name, certificate.names))
        if rotate_after:
            made = {names.GENERATED_ANNOTATION: rotation.timestamp(self.environment.now())}
            manifest["metadata"]["annotations"] = {**manifest["metadata"].get("annotations", {}), **made}
        force = entry.force_conflict if entry.force_conflict is not None else self.box.force_conflict
        child = Desired(
            info,
            key,
            manifest,
            entry.id,
            is_reconciled=not instance.is_create_once,
            force=force,
            drift=DriftMode(entry.drift.mode),
            ignored=ignored,
            by_reference=by_reference,
            order=instance.kind.order,
            is_replaced=instance.kind.is_replaced,
            status=status,
            certificate=certificate,
            rotate_after=rotate_after,
            is_kept=has_tls or is_once,
        )
        return child, source


@dataclass(frozen=True, slots=True)
class _Instance:
    """One entry for one forEach item."""

    entry: ResourceEntry
    kind: Kind
    info: ResourceInfo
    key: ObjectKey
    scope: Mapping[str, Any]
    is_active: bool
    is_create_once: bool


class _naming:
    """Turns errors of rendering and building into a Failure that names the entry."""

    __slots__ = ("entry",)

    def __init__(self, entry: ResourceEntry) -> None:
        self.entry = entry

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        is_secret = self.entry.kind == "secrets"
        if isinstance(error, RenderError):
            place = f"{error.file}:{error.line}:{error.column}: {error.entry_id}: {error.field}"
            text = f"{place}: does not render" if is_secret else str(error)
            raise Failure(Reason.INVALID_TEMPLATE, text, is_retried=False) from error
        if isinstance(error, FieldError):
            text = error.without_value if is_secret else str(error)
            raise Failure(Reason.INVALID_TEMPLATE, f"{self.entry.id}.{text}", is_retried=False) from error


def _has_tls(entry: ResourceEntry) -> bool:
    return entry.kind == "secrets" and "tls" in entry.fields


def _default_name(entry: ResourceEntry, kind: Kind, cr: Object) -> str:
    return certificates.DEFAULT_NAME if _has_tls(entry) else f"{name_of(cr)}{kind.suffix}"


def _leave_replicas_to_autoscalers(children: dict[ChildId, Desired]) -> None:
    """A workload that an autoscaler of the same CR scales starts with its declared replicas, and keeps what the
    autoscaler makes of them."""
    for scaler in [child for child in children.values() if child.info.kind == "HorizontalPodAutoscaler"]:
        target = scaler.manifest["spec"]["scaleTargetRef"]
        identity = (GVK.parse(target["apiVersion"], target["kind"]), ObjectKey(scaler.key.namespace, target["name"]))
        scaled = children.get(identity)
        if scaled is not None:
            children[identity] = replace(scaled, ignored=(*scaled.ignored, ("spec", "replicas")))


def _own_status(fields: Mapping[str, Any], info: ResourceInfo) -> Object | None:
    """A ``custom`` child's status, where its kind has a subresource for it (or is said to)."""
    status, has_status = fields.get("status"), fields.get("hasStatus")
    if not isinstance(status, Mapping) or has_status is False:
        return None
    return dict(status) if has_status or "status" in info.subresources else None


def _check_scope(fields: Mapping[str, Any], info: ResourceInfo) -> None:
    """``custom.metadata.namespaced`` is a claim about the cluster, held against what discovery says."""
    metadata = fields.get("metadata")
    claimed = metadata.get("namespaced") if isinstance(metadata, Mapping) else None
    if claimed is not None and claimed is not info.namespaced:
        scope = "namespaced" if info.namespaced else "cluster-scoped"
        raise FieldError("metadata.namespaced", f"what the cluster says ({info.kind} is {scope})", claimed)


def _items(entry: ResourceEntry, scope: Mapping[str, Any], environment: Environment) -> Iterator[Mapping[str, Any]]:
    """The scopes of a forEach, lists in order and maps by key; one scope where there is no forEach."""
    loop = entry.for_each
    if loop is None:
        yield scope
        return
    over: Any
    if loop.field is not None:
        over = loop.field.render(scope, environment)
    else:
        over = scope
        for step in loop.path or ():
            over = over.get(step) if isinstance(over, Mapping) else None
    if isinstance(over, Mapping):
        pairs = [(key, over[key]) for key in sorted(over, key=str)]
        for index, (key, value) in enumerate(pairs):
            yield {**scope, "item": key, loop.as_name: key, "value": value, "index": index}
    elif isinstance(over, list):
        for index, item in enumerate(over):
            yield {**scope, "item": item, loop.as_name: item, "index": index}
    elif over is not None:
        message = f"{entry.id}.forEach: expected a list or a map, got {type(over).__name__}"
        raise Failure(Reason.INVALID_TEMPLATE, message, is_retried=False)


def _gvk(kind: Kind, entry: ResourceEntry) -> GVK:
    if kind.gvk is not None:
        return kind.gvk
    return custom_type(entry)


def custom_type(entry: ResourceEntry) -> GVK:
    """The type of a ``custom`` entry, which the loader has checked to be constant."""
    return GVK.parse(str(entry.fields["apiVersion"]), str(entry.fields["kind"]))
