"""A resource request answered: the verb a method and a path mean, and its body."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from orkestra.devserver import protobuf
from orkestra.devserver.cluster import Cluster
from orkestra.devserver.handlers import reviews
from orkestra.devserver.handlers.bodies import object_document, patch_document, yaml_document
from orkestra.devserver.handlers.forms import checked_include, encode, list_body, object_body, record_bytes
from orkestra.devserver.handlers.listing import check_not_future, list_page, matcher
from orkestra.devserver.handlers.negotiation import PROTOBUF, Accepted
from orkestra.devserver.handlers.options import ListOptions, delete_options, list_options, read_revision, write_options
from orkestra.devserver.handlers.repeats import repeated_fields
from orkestra.devserver.handlers.requests import Target
from orkestra.devserver.kinds import Kind
from orkestra.devserver.refusals import not_allowed, unsupported_patch
from orkestra.devserver.writes import Draft, WriteOptions, draft_create, draft_patch, draft_update
from orkestra.devserver.writes.draft import details_of
from orkestra.devserver.writes.patching import PatchType, unknown_type
from orkestra.devserver.writes.scaling import draft_scale, patched_scale, scale_of
from orkestra.k8s.errors import BadRequest, Conflict
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object
from orkestra.k8s.schema.causes import invalid, invalid_value

_PATCH_TYPES: dict[str, PatchType] = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/apply-patch+yaml": "apply",
}
_TRIES = 5
_WRITTEN_ONLY = ("eviction", "binding", "token")
_NOT_SERVED = ("exec", "attach", "portforward", "proxy")

Admit = Callable[[Draft], Awaitable[None]]


@dataclass(slots=True)
class Call:
    """A request, read whole. ``content_type`` comes without parameters; ``admit`` sends drafts to webhooks."""

    method: str
    target: Target
    query: Mapping[str, str]
    accepted: Accepted
    content_type: str = ""
    body: bytes = b""
    user_agent: str = ""
    warnings: list[str] = field(default_factory=list)
    """What the answer's Warning headers say, a refusal's too."""
    admit: Admit | None = None

    def write_options(self, words: str) -> WriteOptions:
        options = write_options(self.query, self.user_agent, words)
        options.warnings = self.warnings
        return options


@dataclass(slots=True)
class Answer:
    code: int
    body: bytes
    content_type: str = "application/json"


class Verbs:
    """Stateless but for the cluster it acts on."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def answer(self, call: Call) -> Answer:
        """Raises StatusError. Watches are not answered here."""
        target = call.target
        match call.method:
            case "GET":
                return self._read(call)
            case "POST":
                return await self._create(call)
            case "PUT" if target.name:
                return await self._write(call, self._put)
            case "PATCH" if target.name:
                return await self._write(call, self._patch)
            case "DELETE":
                return await self._delete(call)
        raise not_allowed()

    def _read(self, call: Call) -> Answer:
        target, kind = call.target, call.target.kind
        if not target.name:
            _require(kind, "list")
            page = list_page(self._cluster.store, kind, target.namespace, list_options(call.query))
            include = checked_include(call.query.get("includeObject", ""))
            if call.accepted.media == PROTOBUF:
                items = [kind.from_hub(record.obj) for record in page.records]
                meta = {"resourceVersion": str(page.revision)}
                whole = {
                    "kind": kind.info.list_kind,
                    "apiVersion": kind.info.api_version,
                    "metadata": meta,
                    "items": items,
                }
                return Answer(200, protobuf.encode(whole), PROTOBUF)
            return Answer(200, list_body(kind, page, call.accepted.form, self._cluster.now(), include))
        _require(kind, "get")
        if target.subresource in _WRITTEN_ONLY:
            raise not_allowed()
        if call.query:
            check_not_future(self._cluster.store, read_revision(call.query))
        record = self._cluster.backend.record(kind, target.namespace, target.name)
        match target.subresource:
            case "" | "status" | "approval":
                if call.accepted.form == "object" and call.accepted.media != PROTOBUF:
                    return Answer(200, record_bytes(kind, record))
                return self._object(200, call, kind.from_hub(record.obj))
            case "scale":
                return self._plain(200, call, scale_of(kind, kind.from_hub(record.obj)))
            case "log":
                _check_container(record.obj, target.name, call.query.get("container", ""))
                return Answer(200, b"", "text/plain")
            case "ephemeralcontainers" | "resize":
                return self._object(200, call, kind.from_hub(record.obj))
        raise not_allowed()

    async def _create(self, call: Call) -> Answer:
        target, kind = call.target, call.target.kind
        info = kind.info
        if target.name:
            return await self._create_subresource(call)
        _require(kind, "create")
        if info.namespaced and not target.namespace and info.kind not in reviews.REVIEWS:
            raise not_allowed()
        document = self._document(call)
        if info.kind in reviews.REVIEWS:
            return self._plain(201, call, reviews.review(self._cluster, info.kind, document))
        options = call.write_options("CreateOptions")
        if info.kind == "Binding":
            name = str((document.get("metadata") or {}).get("name") or "")
            reviews.bind(self._cluster, target.namespace, name, document, options)
            return _success(201)
        _check_type(kind, document)
        duplicates = _duplicates(call, options)
        draft = draft_create(self._cluster.backend, kind, target.namespace, document, options, duplicates=duplicates)
        if call.admit is not None:
            await call.admit(draft)
        return self._object(201, call, self._cluster.commit(draft))

    async def _create_subresource(self, call: Call) -> Answer:
        target = call.target
        match target.subresource:
            case "eviction":
                document = self._document(call)
                given = document.get("deleteOptions") or {}
                if not isinstance(given, dict):
                    raise BadRequest("deleteOptions must be an object")
                reviews.evict(self._cluster, target.namespace, target.name, delete_options(call.query, given))
                return _success(201)
            case "binding":
                options = call.write_options("CreateOptions")
                reviews.bind(self._cluster, target.namespace, target.name, self._document(call), options)
                return _success(201)
            case "token":
                document = self._document(call)
                answer = reviews.request_token(self._cluster, target.namespace, target.name, document)
                return self._plain(201, call, answer)
        raise not_allowed()

    async def _write(self, call: Call, draft_of: Callable[[Call, WriteOptions], Draft]) -> Answer:
        """PUT and PATCH; a patch without a version of its own is tried again when webhooks took too long."""
        kind = call.target.kind
        if call.target.subresource in ("log", *_WRITTEN_ONLY, *_NOT_SERVED):
            raise not_allowed()
        _require(kind, "patch" if call.method == "PATCH" else "update")
        is_apply = call.content_type == "application/apply-patch+yaml"
        words = ("PatchOptions:apply" if is_apply else "PatchOptions") if call.method == "PATCH" else "UpdateOptions"
        told = len(call.warnings)
        for left in reversed(range(_TRIES)):
            del call.warnings[told:]
            options = call.write_options(words)
            draft = draft_of(call, options)
            if call.admit is None:
                break
            await call.admit(draft)
            unchanged = self._cluster.backend.table(kind).get(draft.path) is draft.old
            if unchanged or not left or call.method == "PUT":
                break
        obj = self._cluster.commit(draft)
        code = 201 if draft.is_created_by_update else 200
        if call.target.subresource == "scale":
            return self._plain(code, call, scale_of(kind, obj))
        return self._object(code, call, obj)

    def _put(self, call: Call, options: WriteOptions) -> Draft:
        target, kind = call.target, call.target.kind
        document = self._document(call)
        if target.subresource == "scale":
            return draft_scale(self._cluster.backend, kind, target.namespace, target.name, document, options)
        _check_type(kind, document)
        return draft_update(
            self._cluster.backend,
            kind,
            target.namespace,
            target.name,
            document,
            options,
            subresource=_isolated(target.subresource),
            duplicates=_duplicates(call, options),
        )

    def _patch(self, call: Call, options: WriteOptions) -> Draft:
        target, kind = call.target, call.target.kind
        patch_type = _PATCH_TYPES.get(call.content_type)
        if patch_type is None:
            raise unsupported_patch()
        patch = yaml_document(call.body) if patch_type == "apply" else patch_document(call.body)
        if target.subresource == "scale":
            record = self._cluster.backend.record(kind, target.namespace, target.name)
            scale = patched_scale(kind, kind.from_hub(record.obj), patch, patch_type)
            return draft_scale(self._cluster.backend, kind, target.namespace, target.name, scale, options)
        return draft_patch(
            self._cluster.backend,
            kind,
            target.namespace,
            target.name,
            patch,
            options,
            patch_type=patch_type,
            subresource=_isolated(target.subresource),
            duplicates=_duplicates(call, options),
        )

    async def _delete(self, call: Call) -> Answer:
        target, kind = call.target, call.target.kind
        if target.subresource:
            raise not_allowed()
        options = delete_options(call.query, self._optional_document(call))
        if not target.name:
            _require(kind, "deletecollection")
            return self._delete_collection(call, list_options(call.query))
        _require(kind, "delete")
        if call.admit is not None:
            record = self._cluster.backend.record(kind, target.namespace, target.name)
            obj = kind.from_hub(record.obj)
            await call.admit(
                Draft(kind, "DELETE", target.namespace, target.name, obj, record, WriteOptions(dry_run=options.dry_run))
            )
        deleted = self._cluster.delete_with(kind, target.namespace, target.name, options)
        if deleted.is_gone and not kind.answers_deleted_object:
            details = {**details_of(kind, target.name), "uid": deleted.obj["metadata"].get("uid", "")}
            status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
            return self._plain(200, call, status)
        return self._object(200, call, deleted.obj)

    def _delete_collection(self, call: Call, options: ListOptions) -> Answer:
        target, kind = call.target, call.target.kind
        matches = matcher(kind, options)
        page = list_page(self._cluster.store, kind, target.namespace, options)
        chosen = delete_options(call.query, self._optional_document(call))
        for record in page.records:
            if matches is None or matches(record):
                try:
                    self._cluster.delete_with(kind, record.namespace, record.name, chosen)
                except Conflict:
                    continue
        return Answer(200, list_body(kind, page, "object", self._cluster.now(), ""))

    def _document(self, call: Call) -> dict[str, Any]:
        return object_document(call.body, call.content_type, call.target.kind.info.kind, protobuf.decode)

    def _optional_document(self, call: Call) -> dict[str, Any] | None:
        return self._document(call) if call.body else None

    def _object(self, code: int, call: Call, obj: Object) -> Answer:
        if call.accepted.media == PROTOBUF:
            return Answer(code, protobuf.encode(obj), PROTOBUF)
        include = checked_include(call.query.get("includeObject", ""))
        body = object_body(call.target.kind, obj, call.accepted.form, self._cluster.now(), include)
        return Answer(code, body)

    def _plain(self, code: int, call: Call, obj: Object) -> Answer:
        """An object that is not of the target's kind: a Scale, a Status, a review."""
        if call.accepted.media == PROTOBUF:
            return Answer(code, protobuf.encode(obj), PROTOBUF)
        return Answer(code, encode(obj))


def _require(kind: Kind, verb: str) -> None:
    if verb not in kind.info.verbs:
        raise not_allowed()


def _check_container(pod: Object, name: str, wanted: str) -> None:
    """Whose log it is must be told. Raises BadRequest."""
    spec = pod.get("spec") or {}
    names = [str(container.get("name")) for container in spec.get("containers") or ()]
    known = {*names, *(str(container.get("name")) for container in spec.get("initContainers") or ())}
    if not wanted and len(names) > 1:
        listed = " ".join(names)
        raise BadRequest(f"a container name must be specified for pod {name}, choose one of: [{listed}]")
    if wanted and wanted not in known:
        raise BadRequest(f"container {wanted} is not valid for pod {name}")


def _isolated(subresource: str) -> str:
    """Subresources that write the whole object but for what they are about are plain updates here."""
    match subresource:
        case "approval":
            return "status"
        case "ephemeralcontainers" | "resize":
            return ""
    return subresource


def _check_type(kind: Kind, document: Mapping[str, Any]) -> None:
    """The document must say what the URL says. Raises BadRequest, Invalid."""
    info = kind.info
    api_version, name = document.get("apiVersion"), document.get("kind")
    fits = name in (None, "", info.kind) and api_version in (None, "", info.api_version)
    if fits and not kind.is_custom:
        # What is missing of a built-in kind is taken from the URL.
        return
    if not name:
        shown = encode(dict(document)).decode()[:200]
        raise BadRequest(
            f"the object provided is unrecognized (must be of type {info.kind}): Object 'Kind' is missing in '{shown}'"
        )
    group = str(api_version).rpartition("/")[0]
    if api_version != info.api_version and group == info.group and not kind.is_custom:
        version = str(api_version).rpartition("/")[2]
        problem = unknown_type(info.gvk, str(api_version), str(name))
        raise BadRequest(f'{name} in version "{version}" cannot be handled as a {info.kind}: {problem}')
    if api_version != info.api_version:
        raise BadRequest(
            f"the API version in the data ({api_version}) does not match the expected API version ({info.api_version})"
        )
    if name != info.kind:
        if kind.is_custom:
            own = str((document.get("metadata") or {}).get("name") or "")
            cause = invalid_value("kind", name, f"must be {info.kind}")
            raise invalid(GVK(info.group, info.version, str(name)), own, [cause])
        raise BadRequest(
            f'{name} in version "{info.version}" cannot be handled as a {info.kind}: '
            f"{unknown_type(info.gvk, info.api_version, str(name))}"
        )


def _duplicates(call: Call, options: WriteOptions) -> list[str]:
    """Only looked for where asked for by name: it means parsing the body a second time."""
    if options.field_validation == "Ignore" or not call.query.get("fieldValidation"):
        return []
    return repeated_fields(call.body, call.content_type)


def _success(code: int) -> Answer:
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": code}
    return Answer(code, encode(status))
