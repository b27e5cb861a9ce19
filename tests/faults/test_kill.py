"""kill -9 of the runtime between any two writes of a reconcile, then a restart: the same result as without it."""

from __future__ import annotations

import os
import signal
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from orkestra.k8s.objects import Object
from tests.faults.proxy import Asked, Proxy, Reset
from tests.processes import OrkRun, ork_run
from tests.scenes import CONFIG_MAPS, SECRETS, SERVICES, Scene, is_ready

BOX = """
status:
  readiness: reconcile
  fields:
    - {path: version, value: "{{ .spec.v }}"}
onCreate:
  secrets:
    - {name: "{{ .metadata.name }}-once", data: {k: "{{ .spec.v }}"}}
onReconcile:
  configMaps:
    - forEach: {field: spec.parts}
      name: "{{ .metadata.name }}-{{ .item }}"
      data: {v: "{{ .spec.v }}"}
    - name: "{{ .metadata.name }}-far"
      namespace: FAR
      data: {v: "{{ .spec.v }}"}
      when: [{field: spec.far, equals: "true"}]
  services:
    - {name: "{{ .metadata.name }}", port: "{{ .spec.port }}", selector: {a: b}}
"""
FIRST: Object = {"v": "1", "parts": ["a", "b"], "far": True, "port": 80}
CHANGES: dict[str, Object] = {
    "update": {"v": "2", "port": 90},
    "prune": {"parts": ["b"], "far": False},
}


@dataclass
class Rig:
    """A runtime process behind a proxy that may kill it at a write."""

    scene: Scene
    proxy: Proxy
    katalog: Path
    far: str
    stack: AsyncExitStack
    run: OrkRun | None = None
    after_write: int = 0
    mode: str = ""
    killed: list[Asked] = field(default_factory=list)

    async def start(self, *, waits: bool = True) -> None:
        self.run = await self.stack.enter_async_context(ork_run(self.katalog, self.proxy.kubeconfig(), waits=waits))

    def arm(self, nth: int, mode: str) -> None:
        """Kill at the ``nth`` write from now: ``before`` it reaches the server, or ``after`` it did."""
        self.after_write, self.mode = len(self.proxy.writes) + nth, mode
        self.proxy.before = self._strike if mode == "before" else self._pass
        self.proxy.after = self._strike if mode == "after" else self._pass

    async def _strike(self, asked: Asked) -> None:
        if asked.write == self.after_write:
            assert self.run is not None
            os.kill(self.run.pid, signal.SIGKILL)
            self.killed.append(asked)
            raise Reset

    async def _pass(self, asked: Asked) -> None:
        return None

    async def died(self) -> None:
        run = self.run
        assert run is not None
        await self.scene.eventually(lambda: bool(self.killed) and not run.is_alive, "the runtime is killed")
        self.killed.clear()
        self.proxy.calm()

    async def act(self, operation: str, name: str) -> None:
        if operation == "create":
            await self.scene.create(name, FIRST)
        elif operation == "delete":
            await self.scene.delete(self.scene.kinds["Website"], name)
        else:
            await self.scene.change(name, CHANGES[operation])

    async def prepare(self, operation: str, name: str) -> None:
        if operation != "create":
            await self.scene.create(name, FIRST)
            await self.scene.ready(name)
            if operation == "delete":
                # as if nobody but the runtime could clean up: the garbage collector has its own pace
                for info, child in ((SERVICES, name), (SECRETS, f"{name}-once")):
                    assert await self.scene.get(info, child)

    async def settle(self) -> int:
        """Wait until no write has come for a while; how many have come."""
        seen, still = len(self.proxy.writes), 0

        def at_rest() -> bool:
            nonlocal seen, still
            still = still + 1 if len(self.proxy.writes) == seen else 0
            seen = len(self.proxy.writes)
            return still > 8

        await self.scene.eventually(at_rest, "no more writes")
        return seen

    async def picture(self, name: str, operation: str) -> dict[str, Any]:
        """All that stands of a CR, without what differs from life to life."""
        found: dict[str, Any] = {}
        cr = await self.scene.get(self.scene.kinds["Website"], name)
        if cr is not None and (operation == "delete" or not is_ready(cr)):
            return {"unfinished": name}
        if cr is not None:
            found["Website"] = _plain(cr, name)
        for info, namespace in (
            (CONFIG_MAPS, self.scene.namespace),
            (CONFIG_MAPS, self.far),
            (SERVICES, self.scene.namespace),
            (SECRETS, self.scene.namespace),
        ):
            if operation == "delete" and namespace != self.far:
                continue
            for child in await self.scene.list(info, namespace):
                if name in child["metadata"]["name"]:
                    key = f"{info.kind} {child['metadata']['name']}".replace(name, "CR")
                    found[key] = _plain(child, name)
        found["events"] = sorted(event["reason"] for event in await self.scene.events(name))
        return found


def _plain(obj: Object, name: str) -> Any:
    meta = dict(obj["metadata"])
    for key in ("uid", "resourceVersion", "creationTimestamp", "managedFields"):
        meta.pop(key, None)
    meta["ownerReferences"] = [{**o, "uid": ""} for o in meta.get("ownerReferences") or ()]
    meta["labels"] = {k: v for k, v in (meta.get("labels") or {}).items() if k != "orkestra.io/owner"}
    meta["annotations"] = sorted(meta.get("annotations") or {})
    rest = {key: value for key, value in obj.items() if key != "metadata"}
    if "clusterIP" in obj.get("spec", {}):
        rest["spec"] = {k: v for k, v in obj["spec"].items() if not k.startswith("clusterIP")}
    if "status" in rest:
        conditions = [{**c, "lastTransitionTime": ""} for c in rest["status"].get("conditions") or ()]
        rest["status"] = {**rest["status"], "conditions": conditions}
    return msgspec.json.decode(msgspec.json.encode({"metadata": meta, **rest}).replace(name.encode(), b"CR"))


@pytest.mark.parametrize("mode", ["before", "after"])
@pytest.mark.parametrize("operation", ["create", "update", "prune", "delete"])
async def test_killed_at_any_write(scene: Scene, proxy: Proxy, operation: str, mode: str) -> None:
    await scene.define()
    far = await scene.space("far")
    katalog = scene.folder / "katalog.yaml"
    katalog.write_text(scene.source(BOX.replace("FAR", far)))
    async with AsyncExitStack() as stack:
        rig = Rig(scene, proxy, katalog, far, stack)
        await rig.start()
        await rig.prepare(operation, "kill-00")
        before = await rig.settle()
        await rig.act(operation, "kill-00")
        await scene.eventually(lambda: _is_done(rig, operation, "kill-00"), f"{operation} without being killed", True)
        total = await rig.settle() - before
        wanted = await rig.picture("kill-00", operation)
        assert total >= 2, "nothing to be killed at"
        for nth in range(1, total + 1):
            name = f"kill-{nth:02}"
            await rig.prepare(operation, name)
            await rig.settle()
            rig.arm(nth, mode)
            await rig.act(operation, name)
            await rig.died()
            await rig.start()
            await scene.eventually(
                lambda name=name: rig.picture(name, operation), f"{operation}, killed at {nth}", wanted
            )
        await rig.settle()
        assert await rig.picture("kill-01", operation) == wanted, "it stays so"


async def _is_done(rig: Rig, operation: str, name: str) -> bool:
    found = await rig.picture(name, operation)
    return "unfinished" not in found


async def test_killed_at_each_write_in_a_row(scene: Scene, proxy: Proxy) -> None:
    """No process lives longer than one write, and still it gets done."""
    await scene.define()
    far = await scene.space("far")
    katalog = scene.folder / "katalog.yaml"
    katalog.write_text(scene.source(BOX.replace("FAR", far)))
    async with AsyncExitStack() as stack:
        rig = Rig(scene, proxy, katalog, far, stack)
        await rig.start()
        await scene.create("kill-00", FIRST)
        await scene.ready("kill-00")
        total = await rig.settle()
        wanted = await rig.picture("kill-00", "create")
        rig.arm(1, "after")
        await scene.create("kill-01", FIRST)
        for number in range(total):
            await rig.died()
            if number < total - 1:
                rig.arm(1, "after")
            await rig.start(waits=False)
        await scene.eventually(lambda: rig.picture("kill-01", "create"), "it gets done", wanted)
        assert await rig.settle() == 2 * total, "nothing was done twice"
