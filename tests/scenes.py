"""The user's side of an operator scenario: kinds, a namespace and a client of its own, and runtimes beside it.

What a scenario checks it reads from the API server, as a user would; of the runtime it looks at counters only. Every
wait has a deadline, and a wait that fails says what was seen last.
"""

from __future__ import annotations

import asyncio
import textwrap
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import aiohttp
import msgspec

from orkestra.client.api import ApiClient, PatchType
from orkestra.client.config import AuthConfig, ClusterConfig
from orkestra.client.sources import load_config
from orkestra.controller.recorder import Recorder
from orkestra.generate.kinds import guess_plural
from orkestra.k8s.builtin import builtin_resource
from orkestra.k8s.errors import NotFound, StatusError
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog.load import is_runnable, load_text
from orkestra.katalog.model import Katalog
from orkestra.operator.access import Served, box_rights
from orkestra.operator.reports import wait_started
from orkestra.operator.revision import Change, Revision
from orkestra.operator.runtime import Runtime, Settings, started
from orkestra.operator.supervisor import Supervisor
from tests.authorizer import Watched

WITHIN = 45.0
"""Seconds within which whatever should happen does; generous, for two busy cores."""
USER = "kubectl-edit"
_POLL = 0.04

CONDITIONS: Mapping[str, Any] = {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["type"],
    "items": {
        "type": "object",
        "required": ["type", "status"],
        "properties": {
            "type": {"type": "string"},
            "status": {"type": "string"},
            "reason": {"type": "string"},
            "message": {"type": "string"},
            "lastTransitionTime": {"type": "string", "format": "date-time"},
            "observedGeneration": {"type": "integer"},
        },
    },
}
OPEN: Mapping[str, Any] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
STATUS: Mapping[str, Any] = {**OPEN, "properties": {"conditions": CONDITIONS}}


def built_in(kind: str, api_version: str = "") -> ResourceInfo:
    """A resource of Kubernetes itself by its kind."""
    if not api_version:
        api_version = {
            "Deployment": "apps/v1",
            "StatefulSet": "apps/v1",
            "Ingress": "networking.k8s.io/v1",
            "Job": "batch/v1",
            "Event": "events.k8s.io/v1",
            "Lease": "coordination.k8s.io/v1",
            "CustomResourceDefinition": "apiextensions.k8s.io/v1",
            "ClusterRole": "rbac.authorization.k8s.io/v1",
            "ClusterRoleBinding": "rbac.authorization.k8s.io/v1",
        }.get(kind, "v1")
    info = builtin_resource(GVK.parse(api_version, kind))
    assert info is not None, kind
    return info


DEPLOYMENTS = built_in("Deployment")
SERVICES = built_in("Service")
CONFIG_MAPS = built_in("ConfigMap")
SECRETS = built_in("Secret")
INGRESSES = built_in("Ingress")
JOBS = built_in("Job")
NAMESPACES = built_in("Namespace")
EVENTS = built_in("Event")
LEASES = built_in("Lease")
CRDS = built_in("CustomResourceDefinition")
CHILD_KINDS = (DEPLOYMENTS, SERVICES, CONFIG_MAPS, SECRETS, INGRESSES, JOBS)

Test = Callable[[Object | None], Any]


def condition(obj: Object | None, type_: str = "Ready") -> dict[str, Any]:
    """The condition of that type, or an empty one."""
    listed = ((obj or {}).get("status") or {}).get("conditions") or []
    return next((c for c in listed if c.get("type") == type_), {})


def is_ready(obj: Object | None, status: str = "True") -> bool:
    """Ready has ``status``, and says so about the present generation."""
    found = condition(obj)
    return bool(
        obj and found.get("status") == status and found.get("observedGeneration") == obj["metadata"]["generation"]
    )


def image_of(obj: Object) -> str:
    return str(obj["spec"]["template"]["spec"]["containers"][0]["image"])


@dataclass(frozen=True, slots=True)
class Running:
    """A runtime in this process."""

    runtime: Runtime

    @property
    def writes(self) -> int:
        """Every write it asked for so far, events included."""
        return sum(self.runtime.supervisor.services.api.writes.values())

    def box(self, name: str = "website") -> Any:
        return self.runtime.supervisor.boxes[name]

    @property
    def is_idle(self) -> bool:
        boxes = self.runtime.supervisor.boxes.values()
        return all(b.running is None or not (b.running.queue.depth() or b.running.controller.processing) for b in boxes)

    async def events_written(self) -> None:
        """Wait until every event that it has to tell is written."""
        recorder = cast(Recorder, self.runtime.supervisor.services.recorder)
        assert await recorder.flush(WITHIN), "events are not written"

    async def get(self, path: str) -> tuple[int, Any]:
        """Status and body (decoded where it is JSON) of one of its endpoints."""
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{self.runtime.port}{path}"
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=5)) as answer:
                body = await answer.read()
                is_json = answer.content_type == "application/json"
                return answer.status, msgspec.json.decode(body) if is_json else body.decode()


@dataclass
class Scene:
    """``group`` and ``namespace`` are this scenario's alone, so scenarios run side by side on one server."""

    api: ApiClient
    config: ClusterConfig
    kubeconfig: Path
    folder: Path
    target: str
    group: str
    namespace: str
    kinds: dict[str, ResourceInfo] = field(default_factory=dict)

    # -- kinds ----------------------------------------------------------------------------------------------------
    async def define(
        self,
        kind: str = "Website",
        *,
        namespaced: bool = True,
        spec: Mapping[str, Any] = OPEN,
        status: Mapping[str, Any] = STATUS,
        has_status: bool = True,
    ) -> ResourceInfo:
        """Install a CRD and wait until it is served."""
        plural = f"{kind.lower()}s"
        info = ResourceInfo(
            self.group,
            "v1",
            kind,
            plural,
            namespaced=namespaced,
            subresources=frozenset({"status"} if has_status else ()),
        )
        crd = definition(self.group, kind, namespaced=namespaced, spec=spec, status=status, has_status=has_status)
        await self.api.create(CRDS, crd, field_manager=USER)
        self.kinds[kind] = info
        await self.served(info)
        return info

    async def served(self, info: ResourceInfo, *, is_served: bool = True) -> None:
        async def seen() -> bool:
            try:
                async for _ in self.api.list_pages(info, limit=1):
                    pass
            except NotFound:
                return False
            return True

        await self.eventually(lambda: seen(), f"{info.kind} is served: {is_served}", is_served)

    async def withdraw(self, info: ResourceInfo) -> None:
        """Remove a CRD, and wait until nothing serves it."""
        await self.api.delete(CRDS, ObjectKey("", f"{info.plural}.{info.group}"))
        await self.until(CRDS, f"{info.plural}.{info.group}", lambda crd: crd is None)
        await self.served(info, is_served=False)

    # -- definitions ----------------------------------------------------------------------------------------------
    def entry(self, box: str, *, name: str = "website", kind: str = "Website", more: str = "") -> str:
        """One entry of ``spec.crds``; ``box`` is the YAML of its operatorBox, ``more`` of fields beside it."""
        box = textwrap.dedent(box)
        if "reconciler:" not in box:
            box = f"reconciler: {{resync: 10m}}\n{box}"
        head = f"apiTypes: {{group: {self.group}, version: v1, kind: {kind}, plural: {kind.lower()}s}}\n"
        body = head + textwrap.dedent(more) + "\noperatorBox:\n" + textwrap.indent(box, "  ")
        return f"{name}:\n" + textwrap.indent(body, "  ")

    def source(self, *entries: str) -> str:
        """The text of a Katalog. A single text that is no entry is the operatorBox of a Website."""
        made = [e if "apiTypes:" in e else self.entry(e) for e in entries]
        crds = textwrap.indent("\n".join(made), "    ")
        text = (
            f"apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {{name: scene}}\nspec:\n  crds:\n{crds}\n"
        )
        return text.replace("GROUP", self.group)

    def katalog(self, *entries: str) -> Katalog:
        katalog, findings = load_text(self.source(*entries), path=self.folder / "katalog.yaml", root=self.folder)
        assert katalog is not None and is_runnable(findings), "\n".join(map(str, findings))
        return katalog

    # -- runtimes -------------------------------------------------------------------------------------------------
    @asynccontextmanager
    async def running(
        self, *entries: str, config: ClusterConfig | None = None, waits: bool = True
    ) -> AsyncIterator[Running]:
        """A runtime in this process; ``waits``: until all its boxes work. It must not ask for more than its definition
        is said to need."""
        settings = Settings(host="127.0.0.1", port=0)
        katalog, watched = self.katalog(*entries), Watched()
        async with started(katalog, config or self.config, settings) as runtime:
            watched.follow(runtime.supervisor.services.api)
            watched.follow(runtime.leases)
            known = followed(runtime.supervisor, katalog)
            if waits and not await wait_started(runtime.supervisor, WITHIN):
                pending = {name: box.health.pending for name, box in runtime.supervisor.boxes.items()}
                raise AssertionError(f"boxes that do not work: {pending}")
            yield Running(runtime)
        rights = (right for each in known for box in each.boxes for right in box_rights(box, self.served_as))
        refused = watched.refused(rights)
        assert not refused, f"not among the rights of the definition: {refused}"

    def served_as(self, gvk: GVK) -> Served:
        """What is known of a kind without asking the server."""
        info = builtin_resource(gvk) or self.kinds.get(gvk.kind)
        if info is None:
            return Served(gvk.group, guess_plural(gvk.kind))
        return Served(info.group, info.plural, info.namespaced, "status" in info.subresources)

    def as_user(self, token: str) -> ClusterConfig:
        """The same server with a bearer token, and nothing else, as credential."""
        return replace(self.config, auth=AuthConfig(token=token))

    # -- what users do --------------------------------------------------------------------------------------------
    async def create(self, name: str, spec: Any = None, *, kind: str = "Website", **metadata: Any) -> Object:
        info = self.kinds[kind]
        place = {"namespace": self.namespace} if info.namespaced else {}
        cr = {
            "apiVersion": info.api_version,
            "kind": kind,
            "metadata": {"name": name, **place, **metadata},
            "spec": {} if spec is None else spec,
        }
        return await self.api.create(info, cr, field_manager=USER)

    async def add(self, info: ResourceInfo, body: Object) -> Object:
        """Create any object, in this scenario's namespace unless it names one."""
        metadata = dict(body["metadata"])
        if info.namespaced:
            metadata.setdefault("namespace", self.namespace)
        made = {"apiVersion": info.api_version, "kind": info.kind, **body, "metadata": metadata}
        return await self.api.create(info, made, field_manager=USER)

    async def patch(self, info: ResourceInfo, name: str, patch: Object, *, subresource: str = "") -> Object:
        return await self.api.patch(
            info,
            self.key(info, name),
            patch,
            patch_type=PatchType.MERGE,
            subresource=subresource,
            field_manager=USER,
        )

    async def change(self, name: str, spec: Object, *, kind: str = "Website") -> Object:
        """Merge ``spec`` into the CR's."""
        return await self.patch(self.kinds[kind], name, {"spec": spec})

    async def delete(self, info: ResourceInfo, name: str) -> None:
        await self.api.delete(info, self.key(info, name))

    async def let_go(self, info: ResourceInfo, found: Object) -> None:
        """Delete an object without its finalizers, unless others have done so meanwhile."""
        metadata = found["metadata"]
        name = f"{metadata.get('namespace', '')}/{metadata['name']}"
        try:
            if metadata.get("finalizers"):
                await self.patch(info, name, {"metadata": {"finalizers": None}})
            if not metadata.get("deletionTimestamp"):
                await self.delete(info, name)
        except NotFound:
            pass

    def key(self, info: ResourceInfo, name: str) -> ObjectKey:
        """``name`` may say its namespace: ``other/shop``."""
        namespace, _, short = name.rpartition("/")
        return ObjectKey((namespace or self.namespace) if info.namespaced else "", short)

    async def space(self, suffix: str) -> str:
        """Another namespace of this scenario."""
        name = f"{self.namespace}-{suffix}"
        await self.add(NAMESPACES, {"metadata": {"name": name}})
        return name

    # -- what users see -------------------------------------------------------------------------------------------
    async def get(self, info: ResourceInfo, name: str) -> Object | None:
        try:
            return await self.api.get(info, self.key(info, name))
        except NotFound:
            return None

    async def list(self, info: ResourceInfo, namespace: str | None = None) -> list[Object]:
        place = (self.namespace if namespace is None else namespace) if info.namespaced else ""
        found: list[Object] = []
        async for page in self.api.list_pages(info, namespace=place):
            found += [msgspec.json.decode(item) for item in page.items]
        return found

    async def until(self, info: ResourceInfo, name: str, test: Test, *, within: float = WITHIN) -> Object:
        """Wait for ``test`` of the object (None: absent)."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            found = await self.get(info, name)
            if test(found):
                return found or {}
            if loop.time() > deadline:
                raise AssertionError(f"{info.kind} {name}: not within {within:g} s; last seen: {_brief(found)}")
            await asyncio.sleep(_POLL)

    async def eventually(
        self, look: Callable[[], Any], what: str, wanted: Any = True, *, within: float = WITHIN
    ) -> None:
        """Wait until ``look()``, awaited where it has to be, gives ``wanted``."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            found = look()
            if asyncio.iscoroutine(found):
                found = await found
            if found == wanted:
                return
            if loop.time() > deadline:
                raise AssertionError(f"{what}: not within {within:g} s; last seen: {found!r}")
            await asyncio.sleep(_POLL)

    async def ready(self, name: str, status: str = "True", *, kind: str = "Website", within: float = WITHIN) -> Object:
        return await self.until(self.kinds[kind], name, lambda cr: is_ready(cr, status), within=within)

    async def exists(self, info: ResourceInfo, name: str) -> Object:
        return await self.until(info, name, lambda found: found is not None)

    async def gone(self, info: ResourceInfo, name: str) -> None:
        await self.until(info, name, lambda found: found is None)

    async def collected(self, info: ResourceInfo, name: str) -> None:
        """As ``gone``, where it is the garbage collector's doing: it learns of a new kind every 30 s only, and asks
        about its owners ever more rarely until then."""
        await self.until(info, name, lambda found: found is None, within=150)

    async def stays(self, info: ResourceInfo, name: str, test: Test, seconds: float = 0.7) -> None:
        """``test`` holds now and goes on holding."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while loop.time() < deadline:
            found = await self.get(info, name)
            assert test(found), f"{info.kind} {name} did not stay: {_brief(found)}"
            await asyncio.sleep(0.1)

    async def events(self, name: str, reason: str = "") -> list[Object]:
        """Events about the CR ``name``; with ``reason`` only those."""
        found = await self.list(EVENTS)
        return [
            e
            for e in found
            if e.get("regarding", {}).get("name") == name
            and e["regarding"].get("kind") in self.kinds
            and reason in ("", e.get("reason"))
        ]

    async def told(self, name: str, reason: str) -> Object:
        """Wait for an event."""
        await self.eventually(lambda: self._has_event(name, reason), f"event {reason} about {name}")
        return (await self.events(name, reason))[0]

    async def _has_event(self, name: str, reason: str) -> bool:
        return bool(await self.events(name, reason))

    async def versions(self, kinds: Iterable[ResourceInfo] = CHILD_KINDS) -> dict[tuple[str, str], str]:
        """resourceVersions of everything of this scenario that a runtime could write."""
        found: dict[tuple[str, str], str] = {}
        for info in (*kinds, EVENTS, *self.kinds.values()):
            for obj in await self.list(info):
                found[info.kind, obj["metadata"]["name"]] = obj["metadata"]["resourceVersion"]
        return found

    async def settled(self, run: Running, seconds: float = 0.4) -> None:
        """Wait until the runtime has had nothing to do for ``seconds``."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + WITHIN
        seen, since = run.writes, loop.time()
        while loop.time() - since < seconds:
            await run.events_written()
            if run.writes != seen or not run.is_idle:
                seen, since = run.writes, loop.time()
            assert loop.time() < deadline, f"the runtime does not come to rest: {run.writes} writes"
            await asyncio.sleep(_POLL)

    async def rests(self, run: Running, seconds: float = 1.0) -> None:
        """Nothing is written any more, by the runtime's count and by the server's versions.

        The cluster's own controllers may still be at work on the children at first.
        """
        await self.settled(run)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + WITHIN
        writes, versions, since = run.writes, await self.versions(), loop.time()
        while loop.time() - since < seconds:
            await asyncio.sleep(0.2)
            seen = await self.versions()
            if seen != versions or run.writes != writes:
                what = set(seen.items()) ^ set(versions.items())
                assert loop.time() < deadline, f"still changing: {what}, {run.writes - writes} writes"
                writes, versions, since = run.writes, seen, loop.time()


def definition(
    group: str,
    kind: str,
    *,
    namespaced: bool = True,
    spec: Mapping[str, Any] = OPEN,
    status: Mapping[str, Any] = STATUS,
    has_status: bool = True,
) -> Object:
    """A CRD of one version."""
    plural = f"{kind.lower()}s"
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}} if has_status else {},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec, "status": status}}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced" if namespaced else "Cluster",
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "versions": [version],
        },
    }


def followed(supervisor: Supervisor, first: Katalog) -> list[Katalog]:
    """Every definition it works by, one after the other."""
    found, adopt = [first], supervisor.adopt

    def adopting(revision: Revision) -> Change:
        found.append(revision.katalog)
        return adopt(revision)

    supervisor.adopt = adopting  # type: ignore[method-assign]
    return found


def _brief(obj: Object | None) -> str:
    if obj is None:
        return "absent"
    shown = {"metadata": obj["metadata"], **{k: v for k, v in obj.items() if k in ("spec", "status", "data")}}
    shown["metadata"] = {k: v for k, v in obj["metadata"].items() if k != "managedFields"}
    return str(shown)[:1500]


@asynccontextmanager
async def opened(target: str, kubeconfig: Path, folder: Path) -> AsyncIterator[Scene]:
    """A scene on the server of ``kubeconfig``."""
    config = load_config(kubeconfig)
    name = f"t{uuid.uuid4().hex[:8]}"
    async with ApiClient(config) as api:
        scene = Scene(api, config, kubeconfig, folder, target, f"{name}.example.com", name)
        await scene.add(NAMESPACES, {"metadata": {"name": name}})
        try:
            yield scene
        finally:
            await _sweep(scene)


async def _sweep(scene: Scene) -> None:
    """Leave nothing that would keep the cluster's controllers busy; what finalizers hold is let go."""
    for info in scene.kinds.values():
        try:
            for cr in await scene.list(info, namespace=""):
                await scene.let_go(info, cr)
        except StatusError:
            pass
