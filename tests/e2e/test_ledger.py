"""What a definition dropped while no process ran, or while the one that pruned it died."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import pytest

from orkestra.controller.leader import Timing
from orkestra.katalog.model import Katalog
from orkestra.operator import hindsight, names
from orkestra.operator import runtime as runtime_module
from orkestra.operator.access import box_rights, own_rights
from orkestra.operator.apply import Writer
from orkestra.operator.plan import Verb
from orkestra.operator.reports import wait_started
from orkestra.operator.revision import Origin, Revision
from orkestra.operator.runtime import Settings, started
from orkestra.operator.supervisor import Supervisor
from tests.authorizer import Watched
from tests.scenes import CONFIG_MAPS, SERVICES, WITHIN, Running, Scene

KEEPER = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: "1"}}]}'
WITH_SERVICE = (
    'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: "1"}}], '
    'services: [{name: "{{ .metadata.name }}", port: 80}]}'
)
TIMING = Timing(4.0, 3.0, 0.4)


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hindsight, "LOOK_SECONDS", 0.3)
    monkeypatch.setattr(runtime_module, "STOP_SECONDS", 1.0)


@asynccontextmanager
async def keeping(
    scene: Scene, *entries: str, before: tuple[str, ...] = (), timing: Timing | None = None
) -> AsyncIterator[Running]:
    """A process of an installation that keeps a ledger. ``before``: entries whose rights it has too."""
    katalog, watched = scene.katalog(*entries), Watched()
    known: list[Katalog] = [katalog, scene.katalog(*before)] if before else [katalog]
    settings = Settings(namespace=scene.namespace, host="127.0.0.1", port=0, timing=timing, keeps_ledger=True)
    async with started(katalog, scene.config, settings) as runtime:
        watched.follow(runtime.supervisor.services.api)
        watched.follow(runtime.leases)
        if timing is None:
            assert await wait_started(runtime.supervisor, WITHIN)
        yield Running(runtime)
    rights = [*own_rights(scene.namespace)]
    rights += [right for each in known for box in each.boxes for right in box_rights(box, scene.served_as)]
    assert not watched.refused(rights)


async def ledger(scene: Scene) -> dict[str, list[str]]:
    """Kinds of children by entry."""
    found = await scene.get(CONFIG_MAPS, names.LEDGER)
    lines = [msgspec.json.decode(text) for text in ((found or {}).get("data") or {}).values()]
    return {line["entry"]: [child["kind"] for child in line["children"]] for line in lines}


async def version(scene: Scene) -> str:
    found = await scene.get(CONFIG_MAPS, names.LEDGER)
    return str((found or {"metadata": {}})["metadata"].get("resourceVersion"))


async def test_children_of_a_kind_dropped_while_nothing_ran_are_pruned_and_forgotten(scene: Scene) -> None:
    await scene.define()
    async with keeping(scene, WITH_SERVICE):
        await scene.create("a")
        await scene.ready("a")
        await scene.exists(SERVICES, "a")
    assert await ledger(scene) == {"website": ["ConfigMap", "Service"]}
    async with keeping(scene, KEEPER, before=(WITH_SERVICE,)):
        await scene.gone(SERVICES, "a")
        await scene.exists(CONFIG_MAPS, "a")
        await scene.eventually(lambda: ledger(scene), "the kind is forgotten", {"website": ["ConfigMap"]})


async def test_a_definition_may_say_which_kinds_it_had_and_needs_no_other_rights(scene: Scene) -> None:
    await scene.define()
    async with scene.running(WITH_SERVICE):
        await scene.create("a")
        await scene.ready("a")
        await scene.exists(SERVICES, "a")
    said = "formerKinds: [services, nobody.example.com/v1/Knows]\n" + KEEPER
    async with scene.running(said):
        await scene.gone(SERVICES, "a")
        await scene.exists(CONFIG_MAPS, "a")
    async with keeping(scene, said):
        await scene.create("b")
        await scene.ready("b")
    async with keeping(scene, said) as run:
        await scene.settled(run, 1.0)
        assert run.writes == 0, "saying so costs no write"
    assert await ledger(scene) == {"website": ["ConfigMap"]}


async def test_a_restart_at_rest_writes_nothing(scene: Scene) -> None:
    await scene.define()
    async with keeping(scene, WITH_SERVICE):
        await scene.create("a")
        await scene.ready("a")
    before = await version(scene)
    async with keeping(scene, WITH_SERVICE) as run:
        await scene.settled(run, 1.0)
        assert run.writes == 0
    assert await version(scene) == before


async def test_an_entry_dropped_while_nothing_ran_prunes_if_it_said_so(scene: Scene) -> None:
    far = await scene.space("far")
    await scene.define()
    await scene.define("Shop")
    box = (
        "prune: true\nonReconcile: {configMaps: ["
        '{name: "{{ .metadata.name }}", data: {k: v}}, {name: x, namespace: "FAR", data: {k: v}}]}'
    )
    website, shop = scene.entry(KEEPER), scene.entry(box.replace("FAR", far), name="shop", kind="Shop")
    async with keeping(scene, website, shop):
        await scene.create("b", kind="Shop")
        assert (await scene.ready("b", kind="Shop"))["metadata"]["finalizers"]
    async with keeping(scene, website, before=(website, shop)) as run:
        await scene.gone(CONFIG_MAPS, "b")
        await scene.gone(CONFIG_MAPS, f"{far}/x")
        await scene.until(scene.kinds["Shop"], "b", lambda cr: cr and not cr["metadata"].get("finalizers"))
        await scene.eventually(lambda: ledger(scene), "it is forgotten", {"website": ["ConfigMap"]})
        assert not run.runtime.supervisor.leaving


@pytest.mark.parametrize("broken", ["_resume", "_end"])
async def test_a_bug_in_seeing_an_entry_off_ends_no_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    await scene.define()
    await scene.define("Shop")
    website, shop = scene.entry(KEEPER), scene.entry("prune: true\n" + KEEPER, name="shop", kind="Shop")
    async with keeping(scene, website, shop):
        await scene.create("b", kind="Shop")
        await scene.ready("b", kind="Shop")
    reached = asyncio.Event()

    async def breaking(*_: object) -> None:
        reached.set()
        raise ZeroDivisionError

    monkeypatch.setattr(Supervisor, broken, breaking)
    async with keeping(scene, website, before=(website, shop)):
        async with asyncio.timeout(WITHIN):
            await reached.wait()
        await scene.create("a")
        await scene.ready("a")
    assert [record.levelname for record in caplog.records].count("ERROR") == 1
    caplog.clear()  # told once, as it should be


async def test_an_entry_dropped_while_nothing_ran_stays_and_is_told_and_prunes_when_it_is_back(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.define()
    await scene.define("Shop")
    website, shop = scene.entry(KEEPER), scene.entry(WITH_SERVICE, name="shop", kind="Shop")
    async with keeping(scene, website, shop):
        await scene.create("b", kind="Shop")
        await scene.ready("b", kind="Shop")
    async with keeping(scene, website) as run:
        await scene.eventually(lambda: "what it made stays" in caplog.text, "it is told")
        await scene.exists(SERVICES, "b")
        gvk = f"{scene.group}/v1, Kind=Shop"
        told = [{"name": "shop", "gvk": gvk, "objects": None, "withFinalizer": None}]
        assert (await run.get("/katalog"))[1]["unmanaged"] == told
    back = scene.entry(KEEPER, name="shop", kind="Shop")
    async with keeping(scene, website, back, before=(website, shop)):
        await scene.gone(SERVICES, "b")
        await scene.exists(CONFIG_MAPS, "b")


async def test_an_entry_renamed_while_nothing_ran_keeps_what_both_yield(scene: Scene) -> None:
    await scene.define()
    said = scene.entry("prune: true\n" + WITH_SERVICE)
    async with keeping(scene, said):
        await scene.create("a")
        await scene.ready("a")
    before = await scene.exists(CONFIG_MAPS, "a")
    renamed = scene.entry(KEEPER, name="site")
    async with keeping(scene, renamed, before=(said,)):
        await scene.gone(SERVICES, "a")
        await scene.eventually(lambda: ledger(scene), "one line is left", {"site": ["ConfigMap"]})
        after = await scene.exists(CONFIG_MAPS, "a")
        assert after["metadata"]["uid"] == before["metadata"]["uid"]


async def test_a_former_kind_that_nothing_serves_any_more_holds_nobody_up(scene: Scene) -> None:
    await scene.define()
    widget = await scene.define("Widget", has_status=False)
    child = '{apiVersion: GROUP/v1, kind: Widget, metadata: {name: "{{ .metadata.name }}"}, spec: {}}'
    async with keeping(scene, f"onReconcile: {{custom: [{child}]}}"):
        await scene.create("a")
        await scene.exists(widget, "a")
    await scene.withdraw(widget)
    async with keeping(scene, KEEPER):
        await scene.create("b")
        await scene.ready("b")
        await scene.exists(CONFIG_MAPS, "a")


async def test_a_ledger_that_cannot_be_kept_is_told_and_holds_nobody_up(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await scene.define()
    katalog = scene.katalog(KEEPER)
    settings = Settings(namespace="nowhere-at-all", host="127.0.0.1", port=0, keeps_ledger=True)
    async with started(katalog, scene.config, settings) as runtime:
        assert await wait_started(runtime.supervisor, WITHIN)
        await scene.create("a")
        await scene.ready("a")
        await scene.eventually(lambda: "cannot write which kinds of children were made" in caplog.text, "it is told")


async def test_lines_that_somebody_broke_are_left_alone(scene: Scene) -> None:
    await scene.define()
    broken = {"x": "{", "y": '{"katalog": 1}', "z": '{"katalog": "scene", "entry": "shop", "prune": true}'}
    await scene.add(CONFIG_MAPS, {"metadata": {"name": names.LEDGER}, "data": broken})
    async with keeping(scene, KEEPER):
        await scene.create("a")
        await scene.ready("a")
    found = await scene.exists(CONFIG_MAPS, names.LEDGER)
    assert broken.items() < found["data"].items() and len(found["data"]) == 4


@dataclass
class Dying:
    """The leader deletes one child, and hangs at the next for ever."""

    monkeypatch: pytest.MonkeyPatch
    deleted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.attempt = attempt = Writer.attempt

        async def dying(writer: Writer, step, outcome, owner_uid) -> None:  # type: ignore[no-untyped-def]
            if step.verb is Verb.DELETE and self.deleted:
                await asyncio.get_running_loop().create_future()
            if step.verb is Verb.DELETE:
                self.deleted.append(step.key.name)
            await attempt(writer, step, outcome, owner_uid)

        self.monkeypatch.setattr(Writer, "attempt", dying)

    def over(self) -> None:
        self.monkeypatch.setattr(Writer, "attempt", self.attempt)


async def shops(scene: Scene) -> list[str]:
    names_of_shops = [f"s{number}" for number in range(6)]
    for name in names_of_shops:
        await scene.create(name, kind="Shop")
    for name in names_of_shops:
        await scene.ready(name, kind="Shop")
    return names_of_shops


async def test_the_next_leader_goes_on_pruning_where_the_one_before_died(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.define()
    await scene.define("Shop")
    website = scene.entry(KEEPER)
    both = (website, scene.entry("prune: true\n" + KEEPER, name="shop", kind="Shop"))
    async with keeping(scene, *both, timing=TIMING):
        made = await shops(scene)
    dying = Dying(monkeypatch)
    async with AsyncExitStack() as stack:
        first = AsyncExitStack()
        await first.enter_async_context(keeping(scene, website, before=both, timing=TIMING))
        await scene.eventually(lambda: len(dying.deleted) == 1, "it began to prune")
        second = await stack.enter_async_context(keeping(scene, website, before=both, timing=TIMING))
        assert not second.runtime.supervisor.services.leadership.is_open
        assert "shop" in await ledger(scene)
        dying.over()
        await first.aclose()
        for name in made:
            await scene.gone(CONFIG_MAPS, name)
        await scene.eventually(lambda: ledger(scene), "it is forgotten", {"website": ["ConfigMap"]})


async def test_so_does_a_follower_that_saw_the_revision_too(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.define()
    await scene.define("Shop")
    website = scene.entry(KEEPER)
    both = (website, scene.entry("prune: true\n" + KEEPER, name="shop", kind="Shop"))
    async with AsyncExitStack() as stack:
        first = AsyncExitStack()
        leads = await first.enter_async_context(keeping(scene, *both, timing=TIMING))
        made = await shops(scene)
        follows = await stack.enter_async_context(keeping(scene, *both, timing=TIMING))
        dying = Dying(monkeypatch)
        revision = Revision(scene.katalog(website), Origin("by hand"), datetime.now(UTC))
        for run in (leads, follows):
            run.runtime.supervisor.adopt(revision)
        await scene.eventually(lambda: len(dying.deleted) == 1, "it began to prune")
        await scene.eventually(lambda: not follows.runtime.supervisor.leaving, "the follower has nothing to prune")
        dying.over()
        await first.aclose()
        for name in made:
            await scene.gone(CONFIG_MAPS, name)
        await scene.eventually(lambda: ledger(scene), "it is forgotten", {"website": ["ConfigMap"]})
