"""Many kinds side by side: what they share, and that each costs what it would alone. Counts, never times."""

from __future__ import annotations

import asyncio

from tests.scenes import CONFIG_MAPS, SERVICES, Running, Scene

KINDS, EACH = 8, 4
CHILDREN = 2
BOX = """
reconciler: {resync: 24h}
status: {readiness: reconcile}
onReconcile:
  configMaps:
    - name: "{{ .metadata.name }}"
      data: {size: "{{ .spec.size }}"}
  services:
    - name: "{{ .metadata.name }}"
      port: "80"
"""


async def entries(scene: Scene) -> list[str]:
    for number in range(KINDS):
        await scene.define(f"Thing{number}")
    return [scene.entry(BOX, name=f"thing{n}", kind=f"Thing{n}") for n in range(KINDS)]


async def fill(scene: Scene) -> None:
    for number in range(KINDS * EACH):
        kind = f"Thing{number % KINDS}"
        await scene.create(f"one-{number}", {"size": "1"}, kind=kind)
    await asyncio.gather(*(scene.ready(f"one-{n}", kind=f"Thing{n % KINDS}") for n in range(KINDS * EACH)))


def reconciles(run: Running) -> dict[str, int]:
    return {name: box.health.total_reconciles for name, box in run.runtime.supervisor.boxes.items()}


def assert_about_one_each(run: Running) -> None:
    """One reconcile per CR; the cluster's own controllers may touch a child and so wake a CR here and there."""
    counts = reconciles(run)
    assert all(count >= EACH for count in counts.values())
    assert sum(counts.values()) <= KINDS * EACH + KINDS


def woken_since(before: dict[str, int], run: Running) -> set[str]:
    return {name for name, count in reconciles(run).items() if count != before[name]}


async def test_kinds_share_one_watch_for_each_kind_of_child(scene: Scene) -> None:
    async with scene.running(*await entries(scene)) as run:
        assert len([*run.runtime.supervisor.services.informers]) == KINDS + CHILDREN


async def test_each_cr_costs_one_reconcile_however_many_kinds_there_are(scene: Scene) -> None:
    async with scene.running(*await entries(scene)) as run:
        await fill(scene)
        await scene.settled(run)
        assert run.writes == KINDS * EACH * (CHILDREN + 1)
        assert_about_one_each(run)


async def test_a_change_wakes_only_the_box_whose_it_is(scene: Scene) -> None:
    async with scene.running(*await entries(scene)) as run:
        await fill(scene)
        await scene.settled(run)
        writes, before = run.writes, reconciles(run)
        await scene.change("one-0", {"size": "2"}, kind="Thing0")
        await scene.until(CONFIG_MAPS, "one-0", lambda o: o is not None and o["data"]["size"] == "2")
        await scene.settled(run)
        assert woken_since(before, run) == {"thing0"}
        assert run.writes == writes + 2, "the child that differs and the status"
        await scene.delete(SERVICES, "one-1")
        await scene.exists(SERVICES, "one-1")
        await scene.settled(run)
        assert woken_since(before, run) == {"thing0", "thing1"}


async def test_a_restart_looks_at_each_cr_once_and_writes_nothing(scene: Scene) -> None:
    definitions = await entries(scene)
    async with scene.running(*definitions) as run:
        await fill(scene)
        await scene.settled(run)
    async with scene.running(*definitions) as run:
        await scene.eventually(lambda: sum(reconciles(run).values()) >= KINDS * EACH, "every CR was looked at")
        await scene.settled(run)
        assert run.writes == 0
        assert_about_one_each(run)


async def test_what_came_and_went_leaves_nothing_in_the_queues(scene: Scene) -> None:
    async with scene.running(*await entries(scene)) as run:
        boxes = [run.box(f"thing{n}") for n in range(KINDS)]
        await fill(scene)
        await scene.settled(run)
        for number in range(KINDS * EACH):
            await scene.delete(scene.kinds[f"Thing{number % KINDS}"], f"one-{number}")
        await scene.eventually(lambda: sum(len(b.running.crs.lister) for b in boxes), "CRs cached", 0)
        await scene.settled(run)
        for box in boxes:
            assert not box.running.queue.delayed and not len(box.running.queue._limiter)
