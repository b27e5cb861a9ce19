"""Big, many, long and foreign: ordinary input all the same."""

from __future__ import annotations

from tests.scenes import CONFIG_MAPS, Scene, condition, is_ready

CHILD = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: "{{ .spec.k }}"}}]}'


async def test_a_cr_of_a_megabyte(scene: Scene) -> None:
    await scene.define()
    async with scene.running(CHILD) as run:
        await scene.create("shop", {"k": "small", "ballast": ["x" * 1000] * 1000})
        await scene.ready("shop")
        await scene.change("shop", {"k": "y" * 900_000, "ballast": None})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and len(o["data"]["k"]) == 900_000)
        await scene.ready("shop")
        await scene.rests(run, 0.5)


async def test_a_child_that_is_too_big_is_told(scene: Scene) -> None:
    await scene.define()
    box = CHILD.replace("{k: ", '{again: "{{ .spec.k }}", k: ')
    async with scene.running(box):
        await scene.create("shop", {"k": "y" * 900_000})
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] in ("InvalidChild", "ReconcileError")
        assert "ConfigMap" in condition(refused)["message"]


async def test_five_thousand_items_do_not_hold_the_others(scene: Scene) -> None:
    websites = await scene.define()
    box = """
    onReconcile:
      configMaps:
        - forEach: {field: spec.items}
          name: "{{ .metadata.name }}-{{ .item }}"
          data: {k: v}
    """
    async with scene.running(box) as run:
        await scene.create("many", {"items": list(range(5000))})
        await scene.exists(CONFIG_MAPS, "many-10")
        await scene.create("few", {"items": [1]})
        await scene.ready("few")
        assert not is_ready(await scene.get(websites, "many")), "it was not waited for"
        await scene.change("many", {"items": [1]})
        assert run.writes > 0


async def test_other_scripts(scene: Scene) -> None:
    await scene.define()
    async with scene.running(CHILD) as run:
        text = 'Zürich – 東京 – 🚀 – العربية \u200b \t "quoted" {{ not a template }}'
        await scene.create("shop", {"k": text})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"]["k"] == text)
        await scene.ready("shop")
        await scene.rests(run, 0.5)


async def test_names_at_their_limits(scene: Scene) -> None:
    await scene.define()
    box = """
    status: {readiness: reconcile}
    onReconcile:
      configMaps: [{name: "{{ .metadata.name }}", data: {k: v}}]
      deployments: [{name: "{{ .metadata.name }}", image: a}]
    """
    longest, dotted = "a" * 253, f"{'b' * 60}.{'c' * 60}.d"
    async with scene.running(box) as run:
        for name in (longest, dotted, "x"):
            await scene.create(name)
            await scene.until(scene.kinds["Website"], name, is_ready)
            assert await scene.get(CONFIG_MAPS, name)
        await scene.rests(run, 0.5)
        await scene.delete(CONFIG_MAPS, longest)
        await scene.exists(CONFIG_MAPS, longest)


async def test_a_child_name_that_is_none_is_told(scene: Scene) -> None:
    await scene.define()
    async with scene.running(CHILD.replace("{{ .metadata.name }}", "{{ .metadata.name }}-{{ .spec.k }}")):
        await scene.create("shop", {"k": "Not A Name"})
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] == "InvalidChild" and "metadata.name" in condition(refused)["message"]


async def test_three_hundred_at_once(scene: Scene) -> None:
    websites = await scene.define()
    for number in range(300):
        await scene.create(f"shop-{number}", {"k": "v"})
    async with scene.running("reconciler: {workers: 8, resync: 10m}\n" + CHILD) as run:

        async def count() -> int:
            return sum(is_ready(cr) for cr in await scene.list(websites))

        await scene.eventually(count, "all Ready", 300, within=90)
        await scene.settled(run)
        assert run.writes == 600, "a ConfigMap and a status each"
        assert len(await scene.list(CONFIG_MAPS)) >= 300


async def test_a_template_that_would_print_without_end_is_stopped(scene: Scene) -> None:
    await scene.define()
    async with scene.running(CHILD.replace("{{ .spec.k }}", "{{ repeat .spec.k .spec.n }}")):
        await scene.create("good", {"k": "ab", "n": 3})
        await scene.create("bad", {"k": "ab", "n": 2_000_000_000})
        refused = await scene.ready("bad", "False")
        assert condition(refused)["reason"] == "InvalidTemplate"
        await scene.ready("good")
        assert (await scene.exists(CONFIG_MAPS, "good"))["data"] == {"k": "ababab"}
