"""Slow, broken and lying connections: whatever they do, the children come to be what the definition says, once."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from orkestra.informer import reflector
from orkestra.k8s.objects import Object
from tests.faults.proxy import Asked, Proxy, Refusal, Reset
from tests.scenes import CONFIG_MAPS, Running, Scene, is_ready

BOX = """
reconciler: {workers: 4, resync: 10m}
onReconcile:
  configMaps:
    - {name: "{{ .metadata.name }}-a", data: {v: "{{ .spec.v }}"}}
    - {name: "{{ .metadata.name }}-b", data: {v: "{{ .spec.v }}"}}
"""
COUNT = 6


async def make_all(scene: Scene) -> None:
    for number in range(COUNT):
        await scene.create(f"shop-{number}", {"v": "1"})


async def all_say(scene: Scene, value: str, within: float = 40) -> None:
    """Every CR is Ready and both its children hold ``value``."""
    websites = scene.kinds["Website"]

    async def missing() -> list[str]:
        children = {c["metadata"]["name"]: c.get("data") for c in await scene.list(CONFIG_MAPS)}
        ready = {cr["metadata"]["name"] for cr in await scene.list(websites) if is_ready(cr)}
        return [
            f"shop-{n}"
            for n in range(COUNT)
            if f"shop-{n}" not in ready or any(children.get(f"shop-{n}-{c}") != {"v": value} for c in "ab")
        ]

    await scene.eventually(missing, f"all say {value}", [], within=within)


async def change_all(scene: Scene, value: str) -> None:
    for number in range(COUNT):
        await scene.change(f"shop-{number}", {"v": value})


async def no_second_thoughts(scene: Scene, run: Running, proxy: Proxy) -> None:
    """When all is calm again nothing is left to be done."""
    proxy.calm()
    await scene.rests(run, 0.5)


async def test_watches_that_lag_are_no_reason_to_write_twice(scene: Scene, proxy: Proxy) -> None:
    await scene.define()
    async with scene.running(BOX, config=proxy.client_config()) as run:
        proxy.lag = 1.5
        await make_all(scene)
        await all_say(scene, "1")
        await scene.settled(run, 2.0)
        assert run.writes == COUNT * 3, "two children and a status each"
        await change_all(scene, "2")
        await all_say(scene, "2")
        await scene.settled(run, 2.0)
        assert run.writes == COUNT * 6
        creates = [a for a in proxy.writes if a.method == "POST"]
        assert len(creates) == COUNT * 2


async def test_a_child_deleted_by_hand_under_lagging_watches_comes_back_once(scene: Scene, proxy: Proxy) -> None:
    await scene.define()
    async with scene.running(BOX, config=proxy.client_config()) as run:
        await make_all(scene)
        await all_say(scene, "1")
        proxy.lag = 1.0
        before = run.writes
        await scene.delete(CONFIG_MAPS, "shop-0-a")
        await all_say(scene, "1")
        await scene.settled(run, 1.5)
        assert run.writes - before == 1


async def test_latency(scene: Scene, proxy: Proxy) -> None:
    await scene.define()

    async def slow(asked: Asked) -> None:
        if not asked.is_watch:
            await asyncio.sleep(0.2)

    async with scene.running(BOX, config=proxy.client_config()) as run:
        proxy.before = slow
        await make_all(scene)
        await all_say(scene, "1")
        await scene.settled(run, 1.0)
        assert run.writes == COUNT * 3


@pytest.mark.parametrize(
    ("code", "reason", "retry_after"),
    [(429, "TooManyRequests", 1), (503, "ServiceUnavailable", 1), (500, "InternalError", None), (504, "Timeout", None)],
)
async def test_refusals_of_an_overloaded_server(
    scene: Scene, proxy: Proxy, code: int, reason: str, retry_after: float | None
) -> None:
    """Every third request is refused, reads, writes and watches alike."""
    await scene.define()
    turn = itertools.count()

    async def refuse(asked: Asked) -> None:
        if next(turn) % 3 == 0:
            raise Refusal(code, reason, retry_after)

    proxy.before = refuse
    async with scene.running(BOX, config=proxy.client_config(), waits=False) as run:
        await make_all(scene)
        await all_say(scene, "1")
        await change_all(scene, "2")
        await all_say(scene, "2")
        await no_second_thoughts(scene, run, proxy)


async def test_retry_after_is_honoured(scene: Scene, proxy: Proxy) -> None:
    await scene.define()
    times: list[float] = []
    loop = asyncio.get_running_loop()

    async def refuse(asked: Asked) -> None:
        if asked.method == "POST" and asked.path.endswith("/configmaps"):
            times.append(loop.time())
            if len(times) == 1:
                raise Refusal(429, "TooManyRequests", 2)

    async with scene.running(BOX, config=proxy.client_config()):
        proxy.before = refuse
        await scene.create("shop-0", {"v": "1"})
        await scene.ready("shop-0")
        assert times[1] - times[0] >= 2


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_connections_that_are_reset(scene: Scene, proxy: Proxy, moment: str) -> None:
    """Every fourth request loses its connection, before it reaches the server or when it has been done there."""
    await scene.define()
    turn = itertools.count()

    async def reset(asked: Asked) -> None:
        if next(turn) % 4 == 0:
            raise Reset

    async with scene.running(BOX, config=proxy.client_config()) as run:
        setattr(proxy, moment, reset)
        await make_all(scene)
        await all_say(scene, "1")
        await change_all(scene, "2")
        await all_say(scene, "2")
        for number in range(3):
            await scene.delete(CONFIG_MAPS, f"shop-{number}-b")
        await all_say(scene, "2")
        await no_second_thoughts(scene, run, proxy)


async def test_a_storm_of_410(scene: Scene, proxy: Proxy) -> None:
    """Watches are ended as expired again and again, and new ones are refused as expired half of the time."""
    await scene.define()
    turn = itertools.count()

    async def expire(asked: Asked) -> None:
        if asked.is_watch and next(turn) % 2 == 0:
            raise Refusal(410, "Expired")

    async with scene.running(BOX, config=proxy.client_config()) as run:
        proxy.before = expire
        await make_all(scene)
        for value in "23456":
            await proxy.expire_watches()
            await change_all(scene, value)
        await all_say(scene, "6")
        assert proxy.watches < 200, "expired watches are not asked for in a hurry"
        await no_second_thoughts(scene, run, proxy)


async def test_a_cr_deleted_while_the_watch_was_expired_is_forgotten(scene: Scene, proxy: Proxy) -> None:
    websites = await scene.define()
    async with scene.running(BOX, config=proxy.client_config()) as run:
        await make_all(scene)
        await all_say(scene, "1")

        async def expire(asked: Asked) -> None:
            if asked.is_watch:
                raise Refusal(410, "Expired")

        proxy.before = expire
        await proxy.expire_watches()
        await scene.delete(websites, "shop-0")
        await scene.gone(websites, "shop-0")
        proxy.calm()
        await scene.eventually(lambda: len(run.box().running.crs.lister), "forgotten", COUNT - 1)
        await scene.rests(run, 0.5)


async def test_a_watch_that_stalls_silently_is_noticed(
    scene: Scene, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection stays open, nothing comes: after the watch's own end and a little more it is made anew."""
    monkeypatch.setattr(reflector, "WATCH_SECONDS", 1)
    monkeypatch.setattr(reflector, "STALL_SLACK", 1.0)
    await scene.define()
    async with scene.running(BOX, config=proxy.client_config()) as run:
        await make_all(scene)
        await all_say(scene, "1")
        proxy.is_stalled = True
        await change_all(scene, "2")
        watches = proxy.watches
        await scene.eventually(lambda: proxy.watches > watches, "new watches")
        proxy.is_stalled = False
        await all_say(scene, "2")
        assert run.writes <= COUNT * 6


async def test_answers_that_are_no_json(scene: Scene, proxy: Proxy) -> None:
    """A load balancer's error page instead of an answer."""
    await scene.define()
    turn = itertools.count()

    class Page(Refusal):
        def __init__(self) -> None:
            super().__init__(502, "BadGateway")
            self.body: Object | str = "<html>502</html>"  # type: ignore[assignment]  (that is the point)

    async def refuse(asked: Asked) -> None:
        if next(turn) % 3 == 0:
            raise Page

    async with scene.running(BOX, config=proxy.client_config()) as run:
        proxy.before = refuse
        await make_all(scene)
        await all_say(scene, "1")
        await no_second_thoughts(scene, run, proxy)
