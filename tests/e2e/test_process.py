"""``ork run`` as a process: an orderly end, and replicas of which one acts."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from orkestra.k8s.objects import Object
from tests.processes import OrkRun, ork_run
from tests.scenes import CONFIG_MAPS, LEASES, Scene

CHILD = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: "{{ .spec.k }}"}}]}'
LEASE = "orkestra-konductor"
QUICK = {"LEASE_DURATION": "8", "RENEW_DEADLINE": "6", "RETRY_PERIOD": "0.5"}


def written(scene: Scene, box: str = CHILD) -> Path:
    path = scene.folder / "katalog.yaml"
    path.write_text(scene.source(box))
    return path


async def test_sigterm_ends_it_in_order(scene: Scene) -> None:
    await scene.define()
    async with ork_run(written(scene), scene.kubeconfig) as run:
        await scene.create("shop", {"k": "v"})
        await scene.ready("shop")
        for number in range(20):
            await scene.create(f"more-{number}", {"k": "v"})
        began = time.monotonic()
        assert await run.stop(within=25) == 0
        assert time.monotonic() - began < 25
        assert run.said("stopping")


async def test_sigterm_while_it_waits_for_everything(scene: Scene) -> None:
    """No CRD, nothing to do: the end is as orderly."""
    async with ork_run(written(scene), scene.kubeconfig) as run:
        assert await run.stop(within=25) == 0


@asynccontextmanager
async def replicas(scene: Scene, env: dict[str, str]) -> AsyncIterator[tuple[OrkRun, OrkRun]]:
    """Two of them, the first of which leads."""
    katalog = written(scene)
    env = {**env, "ORK_NAMESPACE": scene.namespace}
    async with ork_run(katalog, scene.kubeconfig, "--leader-elect", env=env) as first:
        await scene.until(LEASES, LEASE, holder)
        async with ork_run(katalog, scene.kubeconfig, "--leader-elect", env=env) as second:
            yield first, second


def holder(lease: Object | None) -> str:
    return str(((lease or {}).get("spec") or {}).get("holderIdentity") or "")


async def test_one_of_two_replicas_acts_and_the_other_takes_over_when_it_is_killed(scene: Scene) -> None:
    await scene.define()
    async with replicas(scene, QUICK) as (first, second):
        await scene.create("shop", {"k": "v"})
        await scene.ready("shop")
        assert first.said("reconciling") and not second.said("reconciling")
        before = holder(await scene.get(LEASES, LEASE))
        await first.kill()
        began = time.monotonic()
        await scene.create("late", {"k": "v"})
        await scene.ready("late")
        took = time.monotonic() - began
        assert took < 8 + 0.5 * 2.2 + 10, f"{took:.1f} s: the lease, a retry, and a start on a busy machine"
        assert holder(await scene.get(LEASES, LEASE)) not in ("", before)
        assert second.said("reconciling")


async def test_a_leader_that_ends_in_order_gives_the_lease_back(scene: Scene) -> None:
    await scene.define()
    async with replicas(scene, {"LEASE_DURATION": "90", "RETRY_PERIOD": "1"}) as (first, _):
        assert await first.stop() == 0
        began = time.monotonic()
        await scene.create("shop", {"k": "v"})
        await scene.ready("shop")
        assert time.monotonic() - began < 45, "nobody waits for the lease of 90 s to run out"


async def test_a_leader_stopped_past_its_lease_writes_nothing_when_it_wakes(scene: Scene) -> None:
    websites = await scene.define()
    async with replicas(scene, QUICK) as (first, second):
        await scene.create("shop", {"k": "v"})
        await scene.ready("shop")
        first.signal(signal.SIGSTOP)
        await scene.change("shop", {"k": "w"})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"k": "w"})
        await scene.ready("shop")
        leader = holder(await scene.get(LEASES, LEASE))
        for number in range(10):
            await scene.create(f"more-{number}", {"k": "v"})
            await scene.ready(f"more-{number}")
        versions = await scene.versions()
        first.signal(signal.SIGCONT)
        await asyncio.sleep(2)
        assert await scene.versions() == versions
        assert holder(await scene.get(LEASES, LEASE)) == leader
        assert first.is_alive, "it goes on as a follower"
        await second.kill()
        await scene.change("shop", {"k": "x"})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"k": "x"})
        done = await scene.get(websites, "shop")
        assert done and msgspec.json.encode(done["status"])


async def test_no_server_is_said_in_a_sentence(scene: Scene) -> None:
    kubeconfig = scene.folder / "nobody.kubeconfig"
    kubeconfig.write_text(kubeconfig_of("http://127.0.0.1:9"))
    async with ork_run(written(scene), kubeconfig) as run:
        await asyncio.sleep(0.5)
        assert run.is_alive, "a server may come later"
        assert await run.stop() == 0


def kubeconfig_of(server: str) -> str:
    return msgspec.json.encode(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "c",
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {}}],
        }
    ).decode()
