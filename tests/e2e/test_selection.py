"""Which CRs an entry is for: selectors, namespaces, pauses."""

from __future__ import annotations

from tests.scenes import CONFIG_MAPS, Scene

CHILD = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: "{{ .spec.k | default `v` }}"}}]}'


async def test_a_label_selector(scene: Scene) -> None:
    websites = await scene.define()
    entry = scene.entry(CHILD, more="labelSelector: {tier: gold}")
    async with scene.running(entry) as run:
        await scene.create("gold", labels={"tier": "gold"})
        await scene.create("tin", labels={"tier": "tin"})
        await scene.ready("gold")
        await scene.stays(CONFIG_MAPS, "tin", lambda o: o is None, 0.4)
        await scene.patch(websites, "tin", {"metadata": {"labels": {"tier": "gold"}}})
        await scene.ready("tin")
        await scene.patch(websites, "gold", {"metadata": {"labels": {"tier": "tin"}}})
        await scene.change("gold", {"k": "w"})
        await scene.stays(CONFIG_MAPS, "gold", lambda o: o and o["data"] == {"k": "v"})
        await scene.rests(run, 0.5)


async def test_two_entries_of_one_kind_parted_by_their_selectors(scene: Scene) -> None:
    websites = await scene.define()
    gold = scene.entry(CHILD.replace("data: {", "data: {tier: gold, "), name="gold", more="labelSelector: {tier: gold}")
    tin = scene.entry(CHILD.replace("data: {", "data: {tier: tin, "), name="tin", more="labelSelector: {tier: tin}")
    async with scene.running(gold, tin) as run:
        await scene.create("a", labels={"tier": "gold"})
        await scene.create("b", labels={"tier": "tin"})
        await scene.until(CONFIG_MAPS, "a", lambda o: o and o["data"]["tier"] == "gold")
        await scene.until(CONFIG_MAPS, "b", lambda o: o and o["data"]["tier"] == "tin")
        await scene.patch(websites, "a", {"metadata": {"labels": {"tier": "tin"}}})
        await scene.until(CONFIG_MAPS, "a", lambda o: o and o["data"]["tier"] == "tin")
        await scene.ready("a")
        await scene.rests(run)


async def test_namespaces(scene: Scene) -> None:
    websites = await scene.define()
    other, third = await scene.space("other"), await scene.space("third")
    for more, wanted in (
        (f"namespace: {scene.namespace}", {scene.namespace}),
        (f"allowedNamespaces: [{scene.namespace}, {other}]", {scene.namespace, other}),
        (f"restrictedNamespaces: [{other}]", {scene.namespace, third}),
    ):
        name = f"n{more.partition(':')[0].lower()}"
        async with scene.running(scene.entry(CHILD, more=more)) as run:
            for place in (scene.namespace, other, third):
                await scene.add(websites, {"metadata": {"name": name, "namespace": place}, "spec": {}})
            for place in wanted:
                await scene.exists(CONFIG_MAPS, f"{place}/{name}")
            await scene.settled(run)
            found = {
                place for place in (scene.namespace, other, third) if await scene.get(CONFIG_MAPS, f"{place}/{name}")
            }
            assert found == wanted, more
        for place in (scene.namespace, other, third):
            await scene.delete(websites, f"{place}/{name}")


async def test_a_paused_cr_is_left_alone_until_it_is_not(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(CHILD) as run:
        await scene.create("shop")
        await scene.ready("shop")
        await scene.patch(websites, "shop", {"metadata": {"annotations": {"orkestra.orkspace.io/paused": "true"}}})
        await scene.change("shop", {"k": "w"})
        await scene.patch(CONFIG_MAPS, "shop", {"data": {"k": "edited"}})
        await scene.stays(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"k": "edited"})
        await scene.rests(run, 0.5)
        await scene.patch(websites, "shop", {"metadata": {"annotations": {"orkestra.orkspace.io/paused": None}}})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"k": "w"})
        await scene.ready("shop")


async def test_a_condition_of_the_box_decides_on_the_whole_cr(scene: Scene) -> None:
    await scene.define()
    async with scene.running('when: [{field: spec.on, equals: "true"}]\n' + CHILD) as run:
        await scene.create("off")
        await scene.create("on", {"on": True})
        await scene.ready("on")
        await scene.rests(run, 0.5)
        assert await scene.get(CONFIG_MAPS, "off") is None
        await scene.change("off", {"on": True})
        await scene.ready("off")
