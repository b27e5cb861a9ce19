"""Revisions: a definition that changes while it runs, and what becomes of boxes, children and objects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from orkestra.k8s.objects import Object
from orkestra.katalog.load import is_runnable, load_text
from orkestra.operator.delivery import Delivered, Delivery
from orkestra.operator.reports import wait_started
from orkestra.operator.revision import Origin
from orkestra.operator.runtime import Settings, started
from orkestra.operator.services import Services
from tests.scenes import CONFIG_MAPS, SERVICES, WITHIN, Running, Scene, condition

KEEPER = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: "%s"}}]}'
WITH_SERVICE = (
    'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: "1"}}], '
    'services: [{name: "{{ .metadata.name }}", port: 80}]}'
)


@dataclass(frozen=True, slots=True)
class Delivering(Running):
    """A runtime that is given revisions by hand."""

    scene: Scene
    queue: asyncio.Queue[Delivered]

    async def deliver(self, *entries: str, comment: str = "") -> None:
        """Hand over a definition, and wait until it was taken or refused."""
        text = comment + self.scene.source(*entries)
        katalog, findings = load_text(text, path=self.scene.folder / "katalog.yaml", root=self.scene.folder)
        runs = katalog is not None and is_runnable(findings)
        told = tuple(finding.message for finding in findings)
        digest = katalog.revision if katalog else text[-40:]
        self.queue.put_nowait(Delivered(digest, Origin("by hand", "abc123"), katalog if runs else None, told))
        supervisor = self.runtime.supervisor

        def taken() -> bool:
            current = supervisor.rejected or supervisor.revision
            return current is not None and current.digest == digest

        await self.scene.eventually(taken, "the revision is taken in")


@asynccontextmanager
async def delivering(scene: Scene, *entries: str) -> AsyncIterator[Delivering]:
    queue: asyncio.Queue[Delivered] = asyncio.Queue()

    async def source(_: Services) -> Delivery:
        while True:
            yield await queue.get()

    settings = Settings(host="127.0.0.1", port=0)
    katalog = scene.katalog(*entries) if entries else None
    async with started(katalog, scene.config, settings, source) as runtime:
        assert await wait_started(runtime.supervisor, WITHIN)
        yield Delivering(runtime, scene, queue)


def data(value: str) -> Any:
    return lambda found: found and found["data"] == {"k": value}


async def test_a_changed_entry_rolls_through_and_the_others_are_not_disturbed(scene: Scene) -> None:
    await scene.define()
    await scene.define("Shop")
    website, shop = scene.entry(KEEPER % "1"), scene.entry(KEEPER % "1", name="shop", kind="Shop")
    async with delivering(scene, website, shop) as run:
        await scene.create("a")
        await scene.create("b", kind="Shop")
        await scene.ready("a")
        await scene.ready("b", kind="Shop")
        await scene.settled(run)  # a reconcile is counted after its status can be read
        line = run.box("shop").definition.position.line
        untouched, before = run.box("shop").running, run.box("shop").health.total_reconciles
        controller, queue = untouched.controller, untouched.queue
        await run.deliver(scene.entry(KEEPER % "2"), shop, comment="# a comment moves every line\n")
        await scene.until(CONFIG_MAPS, "a", data("2"))
        now = run.box("shop").running
        assert (now.controller, now.queue) == (controller, queue), "queue and workers are the same"
        assert run.box("shop").health.total_reconciles == before
        assert run.box("shop").definition.position.line == line + 1
        _, report = await run.get("/katalog")
        assert report["revision"] == run.runtime.supervisor.revision.digest
        assert (report["source"], report["commit"], report["rejected"]) == ("by hand", "abc123", None)


async def test_nothing_is_written_by_a_revision_that_changes_nothing(scene: Scene) -> None:
    await scene.define()
    async with delivering(scene, KEEPER % "1") as run:
        for number in range(5):
            await scene.create(f"s{number}")
        for number in range(5):
            await scene.ready(f"s{number}")
        await scene.settled(run)
        writes = run.writes
        await run.deliver(KEEPER % "1", comment="# other words\n")
        await run.deliver(scene.entry(KEEPER % "1", more="description: said otherwise"))
        await scene.settled(run)
        assert run.writes == writes


async def test_an_invalid_revision_is_refused_and_told_and_the_one_before_runs_on(scene: Scene) -> None:
    await scene.define()
    async with delivering(scene, KEEPER % "1") as run:
        await scene.create("a")
        await scene.ready("a")
        await run.deliver(KEEPER % "{{ .spec.")
        _, report = await run.get("/katalog")
        assert report["rejected"]["findings"] and report["healthy"]
        assert report["revision"] and report["revision"] != report["rejected"]["revision"]
        await scene.create("b")
        await scene.ready("b")
        _, metrics = await run.get("/metrics")
        assert 'orkestra_katalog_revisions_total{result="rejected"} 1.0' in metrics
        await run.deliver(KEEPER % "2")
        await scene.until(CONFIG_MAPS, "b", data("2"))
        _, report = await run.get("/katalog")
        assert report["rejected"] is None


async def test_the_first_definition_may_come_after_the_runtime(scene: Scene) -> None:
    await scene.define()
    await scene.create("a")
    async with delivering(scene) as run:
        assert (await run.get("/ready"))[0] == 200
        status, report = await run.get("/katalog")
        assert (status, report["revision"], report["crds"]) == (503, "", {})
        await run.deliver(KEEPER % "1")
        await scene.ready("a")


async def test_children_of_a_kind_that_a_revision_drops_are_pruned(scene: Scene) -> None:
    await scene.define()
    async with delivering(scene, WITH_SERVICE) as run:
        await scene.create("a")
        await scene.ready("a")
        await scene.exists(SERVICES, "a")
        await run.deliver(KEEPER % "1")
        await scene.gone(SERVICES, "a")
        await scene.exists(CONFIG_MAPS, "a")


async def test_a_dropped_entry_leaves_objects_and_children_and_is_told(scene: Scene) -> None:
    await scene.define()
    await scene.define("Shop")
    shop = scene.entry(KEEPER % "1", name="shop", kind="Shop")
    async with delivering(scene, scene.entry(KEEPER % "1"), shop) as run:
        await scene.create("a")
        await scene.create("b", kind="Shop")
        await scene.ready("a")
        before = await scene.ready("b", kind="Shop")
        await run.deliver(KEEPER % "1")
        await scene.eventually(lambda: "shop" in run.runtime.supervisor.unmanaged, "the entry is told of")
        _, report = await run.get("/katalog")
        assert [(row["name"], row["objects"], row["withFinalizer"]) for row in report["unmanaged"]] == [("shop", 1, 0)]
        assert "shop" not in report["crds"]
        _, metrics = await run.get("/metrics")
        assert 'orkestra_unmanaged_resources{crd="shop"} 1.0' in metrics
        await scene.exists(CONFIG_MAPS, "b")
        assert await scene.get(scene.kinds["Shop"], "b") == before
        await run.deliver(scene.entry(KEEPER % "1"), shop)
        _, report = await run.get("/katalog")
        assert report["unmanaged"] == []
        await scene.create("c", kind="Shop")
        await scene.ready("c", kind="Shop")


async def test_a_dropped_entry_that_says_so_prunes_and_lets_its_objects_go(scene: Scene) -> None:
    far = await scene.space("far")
    await scene.define()
    await scene.define("Shop")
    box = (
        "prune: true\nonReconcile: {configMaps: ["
        '{name: "{{ .metadata.name }}", data: {k: v}}, {name: x, namespace: "FAR", data: {k: v}}]}'
    )
    box = box.replace("FAR", far)
    async with delivering(scene, scene.entry(KEEPER % "1"), scene.entry(box, name="shop", kind="Shop")) as run:
        await scene.create("b", kind="Shop")
        before = await scene.ready("b", kind="Shop")
        assert before["metadata"]["finalizers"]
        await run.deliver(KEEPER % "1")
        await scene.gone(CONFIG_MAPS, "b")
        await scene.gone(CONFIG_MAPS, f"{far}/x")
        await scene.until(scene.kinds["Shop"], "b", lambda cr: cr and not cr["metadata"].get("finalizers"))
        await scene.eventually(lambda: not run.runtime.supervisor.leaving, "the box has left")
        after = await scene.get(scene.kinds["Shop"], "b")
        assert after is not None and after["status"] == before["status"]


async def test_an_entry_whose_kind_changes_is_another_one(scene: Scene) -> None:
    await scene.define()
    await scene.define("Shop")
    async with delivering(scene, KEEPER % "1") as run:
        await scene.create("a")
        await scene.create("b", kind="Shop")
        await scene.ready("a")
        await run.deliver(scene.entry(KEEPER % "1", kind="Shop"))
        await scene.ready("b", kind="Shop")
        await scene.exists(CONFIG_MAPS, "a")


async def test_the_one_before_works_on_while_the_next_waits_for_a_kind(scene: Scene) -> None:
    await scene.define()
    child = '{apiVersion: GROUP/v1, kind: Widget, metadata: {name: "{{ .metadata.name }}"}, spec: {}}'
    widget = f"onReconcile: {{custom: [{child}]}}"
    async with delivering(scene, KEEPER % "1") as run:
        await scene.create("a")
        await scene.ready("a")
        await run.deliver(widget)
        await scene.eventually(lambda: "Widget" in run.box().health.upcoming, "the next one waits")
        _, health = await run.get("/katalog/website/health")
        assert "Widget" in health["upcoming"] and health["healthy"]
        await scene.create("b")
        await scene.ready("b")
        await scene.exists(CONFIG_MAPS, "b")
        widgets = await scene.define("Widget", has_status=False)
        await scene.until(widgets, "b", bool, within=90)
        await scene.gone(CONFIG_MAPS, "b")
        assert run.box().health.upcoming == ""


async def test_a_revision_overtaken_by_the_next_is_never_run(scene: Scene) -> None:
    await scene.define()
    waiting = "onReconcile: {custom: [{apiVersion: GROUP/v1, kind: Never, metadata: {name: x}, spec: {}}]}"
    async with delivering(scene, KEEPER % "1") as run:
        await scene.create("a")
        await scene.ready("a")
        await run.deliver(waiting)
        await scene.eventually(lambda: "Never" in run.box().health.upcoming, "it waits")
        await run.deliver(KEEPER % "3")
        await scene.until(CONFIG_MAPS, "a", data("3"))


async def test_changes_made_while_revisions_come_are_not_lost(scene: Scene) -> None:
    await scene.define()
    box = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: "{{ .spec.k }}", r: "%d"}}]}'
    async with delivering(scene, box % 0) as run:
        for number in range(4):
            await scene.create(f"s{number}", {"k": "0"})
        for turn in range(1, 5):
            for number in range(4):
                await scene.change(f"s{number}", {"k": str(turn)})
            await run.deliver(box % turn)

        def last(found: Object | None) -> bool:
            return bool(found and found["data"] == {"k": "4", "r": "4"})

        for number in range(4):
            await scene.until(CONFIG_MAPS, f"s{number}", last)
        for number in range(4):
            assert condition(await scene.ready(f"s{number}"))["status"] == "True"
