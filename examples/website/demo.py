"""The main job, for real, in under a minute: `make demo`.

Starts the embedded API server, runs the operator of `katalog.yaml` against it, and does what users do: create, break,
edit, change, delete. Every line is something that happened on the server; a step that does not happen in time ends the
demo with exit code 1.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import yaml

from orkestra.client.api import ApiClient, PatchType
from orkestra.client.config import ClusterConfig
from orkestra.devserver.app import DevServer
from orkestra.k8s.builtin import builtin_resource
from orkestra.k8s.errors import NotFound
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog import load
from orkestra.observe.logging import configure_logging
from orkestra.operator.runtime import Settings, started

HERE = Path(__file__).parent
STEP_SECONDS = 20.0

WEBSITES = ResourceInfo("demo.orkestra.io", "v1", "Website", "websites", namespaced=True)


def built_in(api_version: str, kind: str) -> ResourceInfo:
    info = builtin_resource(GVK.parse(api_version, kind))
    assert info is not None
    return info


CRDS = built_in("apiextensions.k8s.io/v1", "CustomResourceDefinition")
DEPLOYMENTS = built_in("apps/v1", "Deployment")
SERVICES = built_in("v1", "Service")
INGRESSES = built_in("networking.k8s.io/v1", "Ingress")
EVENTS = built_in("events.k8s.io/v1", "Event")


class Missed(Exception):
    """A step that did not happen."""


class Stage:
    """Prints with the time since the start; colour on a terminal only."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._color = sys.stdout.isatty()
        self._steps = 0

    def title(self, text: str, command: str = "") -> None:
        self._steps += 1
        print(f"\n{self._paint('1', f'{self._steps}. {text}')}")
        if command:
            print(self._paint("2", f"          $ {command}"))

    def line(self, mark: str, text: str) -> None:
        code = {"✓": "32", "!": "33", "✗": "31"}.get(mark, "36")
        print(f"  {time.monotonic() - self._began:5.1f} s  {self._paint(code, mark)} {text}", flush=True)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._color else text


class Scene:
    """The user's side of the demo: actions, and what is expected of the server afterwards."""

    def __init__(self, api: ApiClient, stage: Stage) -> None:
        self.api = api
        self.stage = stage

    async def get(self, info: ResourceInfo, name: str) -> Object | None:
        try:
            return await self.api.get(info, ObjectKey("default", name))
        except NotFound:
            return None

    async def until(self, what: str, info: ResourceInfo, name: str, test: Callable[[Object | None], Any]) -> Object:
        """Wait for ``test`` on the object (None: absent), and say that it came true."""
        deadline = time.monotonic() + STEP_SECONDS
        while True:
            found = await self.get(info, name)
            if test(found):
                self.stage.line("✓", what)
                return found or {}
            if time.monotonic() > deadline:
                raise Missed(f"{what}: not within {STEP_SECONDS:.0f} s; last seen: {brief(found)}")
            await asyncio.sleep(0.05)

    async def ready(self, name: str) -> None:
        found = await self.until(
            f"Website {name}: Ready=True", WEBSITES, name, lambda o: o and condition(o).get("status") == "True"
        )
        self.stage.line("·", f"{name} answers at {found['status']['url']}")

    async def patch(self, info: ResourceInfo, name: str, patch: Object) -> None:
        await self.api.patch(
            info, ObjectKey("default", name), patch, patch_type=PatchType.MERGE, field_manager="kubectl-edit"
        )


def condition(obj: Object, kind: str = "Ready") -> dict[str, Any]:
    conditions = (obj.get("status") or {}).get("conditions") or []
    return next((c for c in conditions if c["type"] == kind and is_current(obj, c)), {})


def is_current(obj: Object, found: dict[str, Any]) -> bool:
    return bool(found.get("observedGeneration") == obj["metadata"]["generation"])


def brief(obj: Object | None) -> str:
    if obj is None:
        return "absent"
    return str(condition(obj) or obj.get("status") or "no status yet")


def image(obj: Object) -> str:
    return str(obj["spec"]["template"]["spec"]["containers"][0]["image"])


def documents(name: str) -> Iterator[Object]:
    yield from yaml.safe_load_all((HERE / name).read_text())


async def play(stage: Stage) -> None:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(DevServer())
        stage.line("✓", f"the embedded API server answers at {server.url}")
        config = ClusterConfig(server=server.url)
        api = await stack.enter_async_context(ApiClient(config))
        katalog, findings = load(HERE / "katalog.yaml")
        if katalog is None:
            raise Missed("\n".join(str(finding) for finding in findings))
        for crd in documents("crd.yaml"):
            await api.create(CRDS, crd, field_manager="kubectl")
        runtime = await stack.enter_async_context(started(katalog, config, Settings(port=None)))
        stage.line("✓", f"operators run: {', '.join(runtime.supervisor.boxes)}")
        scene = Scene(api, stage)
        await create(scene)
        await drift(scene)
        await change(scene)
        await prune(scene)
        await bad(scene)
        await delete(scene)


async def create(scene: Scene) -> None:
    scene.stage.title("Two Websites are created", "kubectl apply -f cr.yaml")
    for cr in documents("cr.yaml"):
        await scene.api.create(WEBSITES, cr, field_manager="kubectl")
        scene.stage.line("·", f"Website {cr['metadata']['name']} created: {cr['spec']}")
    await scene.until(
        "Website shop is seen, its status says why it is not Ready yet", WEBSITES, "shop", condition_known
    )
    await scene.until("Deployment shop applied", DEPLOYMENTS, "shop", bool)
    await scene.until("Service shop applied", SERVICES, "shop", bool)
    await scene.until("Ingress shop applied, since it has a host", INGRESSES, "shop", bool)
    await scene.until(
        "its 3 pods are ready", DEPLOYMENTS, "shop", lambda o: (o["status"] or {}).get("readyReplicas") == 3
    )
    await scene.ready("shop")
    await scene.ready("blog")


def condition_known(obj: Object | None) -> bool:
    return obj is not None and bool(condition(obj))


async def drift(scene: Scene) -> None:
    scene.stage.title("Somebody edits a child by hand", "kubectl scale deployment/shop --replicas=1")
    await scene.patch(DEPLOYMENTS, "shop", {"spec": {"replicas": 1}})
    scene.stage.line("!", "Deployment shop now says replicas: 1")
    await scene.until("corrected: replicas is 3 again", DEPLOYMENTS, "shop", lambda o: o["spec"]["replicas"] == 3)
    await event(scene, "DriftCorrected")
    await scene.ready("shop")


async def event(scene: Scene, reason: str) -> None:
    deadline = time.monotonic() + STEP_SECONDS
    while True:
        async for page in scene.api.list_pages(EVENTS, namespace="default"):
            for item in page.items:
                found = yaml.safe_load(bytes(item))
                if found.get("reason") == reason:
                    scene.stage.line("✓", f"an event tells it: {found['type']} {reason}: {found['note']}")
                    return
        if time.monotonic() > deadline:
            raise Missed(f"no {reason} event")
        await asyncio.sleep(0.05)


async def change(scene: Scene) -> None:
    command = """kubectl patch website blog --type merge -p '{"spec":{"image":"registry.example.com/blog:2.1"}}'"""
    scene.stage.title("A Website's image changes", command)
    await scene.patch(WEBSITES, "blog", {"spec": {"image": "registry.example.com/blog:2.1"}})
    await scene.until(
        "rolled through: Deployment blog runs blog:2.1", DEPLOYMENTS, "blog", lambda o: image(o).endswith(":2.1")
    )
    await scene.until("the rollout is complete", DEPLOYMENTS, "blog", lambda o: o["status"].get("updatedReplicas") == 2)
    await scene.ready("blog")


async def prune(scene: Scene) -> None:
    command = """kubectl patch website shop --type merge -p '{"spec":{"host":null}}'"""
    scene.stage.title("The shop loses its public host, so the Ingress's condition turns false", command)
    await scene.patch(WEBSITES, "shop", {"spec": {"host": None}})
    await scene.until("pruned: Ingress shop is gone", INGRESSES, "shop", lambda o: o is None)
    await scene.ready("shop")


async def bad(scene: Scene) -> None:
    scene.stage.title("A Website with a value that fits no child", "kubectl apply -f bad.yaml")
    cr: Object = {"apiVersion": "demo.orkestra.io/v1", "kind": "Website"}
    cr |= {"metadata": {"name": "typo", "namespace": "default"}, "spec": {"image": "nginx:1.27", "cpu": "plenty"}}
    await scene.api.create(WEBSITES, cr, field_manager="kubectl")
    found = await scene.until(
        "Website typo: Ready=False, Stalled=True", WEBSITES, "typo", lambda o: o and condition(o, "Stalled")
    )
    scene.stage.line("·", f"{condition(found)['reason']}: {condition(found)['message']}")
    await event(scene, condition(found)["reason"])
    await scene.patch(WEBSITES, "blog", {"spec": {"replicas": 1}})
    await scene.until(
        "meanwhile the others go on: blog scales", DEPLOYMENTS, "blog", lambda o: o["spec"]["replicas"] == 1
    )
    await scene.patch(WEBSITES, "typo", {"spec": {"cpu": "50m"}})
    scene.stage.line("·", "somebody corrects it: cpu: 50m")
    await scene.ready("typo")


async def delete(scene: Scene) -> None:
    scene.stage.title("A Website is deleted", "kubectl delete website shop")
    await scene.api.delete(WEBSITES, ObjectKey("default", "shop"))
    await scene.until("Website shop is gone", WEBSITES, "shop", lambda o: o is None)
    await scene.until("its Deployment is gone", DEPLOYMENTS, "shop", lambda o: o is None)
    await scene.until("its Service is gone", SERVICES, "shop", lambda o: o is None)
    await scene.ready("blog")


def main() -> int:
    configure_logging(level="error")
    stage = Stage()
    print("Orkestra: one Katalog, one operator, a real API.\n")
    try:
        asyncio.run(play(stage))
    except Missed as missed:
        stage.line("✗", str(missed))
        return 1
    stage.line("✓", "all of it happened")
    return 0


if __name__ == "__main__":
    sys.exit(main())
