"""Children that come and go: when, or, forEach, blocks."""

from __future__ import annotations

from tests.scenes import CONFIG_MAPS, INGRESSES, SECRETS, Scene

BASE = """
onReconcile:
  configMaps:
    - {name: "{{ .metadata.name }}", data: {k: v}}
  ingresses:
    - name: "{{ .metadata.name }}"
      host: "{{ .spec.host }}"
      serviceName: "{{ .metadata.name }}"
      servicePort: "80"
      when:
        - {field: spec.host, exists: true}
"""


async def test_a_condition_that_turns_false_prunes_and_true_makes_again(scene: Scene) -> None:
    await scene.define()
    async with scene.running(BASE) as run:
        await scene.create("shop", {"host": "a.example.com"})
        await scene.exists(INGRESSES, "shop")
        await scene.change("shop", {"host": None})
        await scene.gone(INGRESSES, "shop")
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        await scene.change("shop", {"host": "b.example.com"})
        again = await scene.exists(INGRESSES, "shop")
        assert again["spec"]["rules"][0]["host"] == "b.example.com"
        assert await scene.get(CONFIG_MAPS, "shop"), "its sibling was never touched"


async def test_a_condition_that_turned_false_while_nobody_watched_prunes_at_the_start(scene: Scene) -> None:
    await scene.define()
    async with scene.running(BASE):
        await scene.create("shop", {"host": "a.example.com"})
        await scene.exists(INGRESSES, "shop")
    await scene.change("shop", {"host": None})
    async with scene.running(BASE):
        await scene.gone(INGRESSES, "shop")


async def test_when_and_or_must_both_hold(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      configMaps:
        - name: "{{ .metadata.name }}"
          data: {k: v}
          when:
            - {field: spec.on, equals: "true"}
          or:
            - {field: spec.tier, in: "gold,silver"}
            - {field: spec.size, greaterThan: "10"}
    """
    async with scene.running(box):
        await scene.create("none", {"on": False, "tier": "gold"})
        await scene.create("neither", {"on": True, "tier": "tin", "size": 10})
        await scene.create("tier", {"on": True, "tier": "silver"})
        await scene.create("size", {"on": True, "size": 11})
        for name in ("none", "neither", "tier", "size"):
            await scene.ready(name)
        assert {c["metadata"]["name"] for c in await scene.list(CONFIG_MAPS)} - {"kube-root-ca.crt"} == {"tier", "size"}


async def test_a_block_condition_counts_for_each_of_its_entries(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      when:
        - {field: spec.on, equals: "true"}
      configMaps:
        - {name: "{{ .metadata.name }}-a", data: {k: v}}
        - {name: "{{ .metadata.name }}-b", data: {k: v}}
    """
    async with scene.running(box):
        await scene.create("shop", {"on": True})
        await scene.exists(CONFIG_MAPS, "shop-a")
        await scene.exists(CONFIG_MAPS, "shop-b")
        await scene.change("shop", {"on": False})
        await scene.gone(CONFIG_MAPS, "shop-a")
        await scene.gone(CONFIG_MAPS, "shop-b")


async def test_one_of_two_guarded_entries_of_one_name_takes_over_from_the_other(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      configMaps:
        - name: "{{ .metadata.name }}"
          data: {mode: fast}
          when: [{field: spec.fast, equals: "true"}]
        - name: "{{ .metadata.name }}"
          data: {mode: slow, why: quiet}
          when: [{field: spec.fast, notEquals: "true"}]
    """
    async with scene.running(box):
        await scene.create("shop", {"fast": True})
        first = await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"mode": "fast"})
        await scene.change("shop", {"fast": False})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"mode": "slow", "why": "quiet"})
        await scene.change("shop", {"fast": True})
        last = await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"mode": "fast"})
        assert first["metadata"]["uid"] == last["metadata"]["uid"], "changed in place, never deleted"


async def test_for_each_over_a_list_and_a_map(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      configMaps:
        - forEach: {field: spec.regions, as: region}
          name: "{{ .metadata.name }}-{{ .region }}"
          data: {region: "{{ .item }}", index: "{{ .index }}"}
      secrets:
        - forEach: {field: spec.users}
          name: "{{ .metadata.name }}-{{ .item }}"
          data: {user: "{{ .item }}", role: "{{ .value.role }}"}
          when: [{field: "{{ .value.role }}", notEquals: none}]
    """
    async with scene.running(box) as run:
        await scene.create(
            "shop", {"regions": ["eu", "us"], "users": {"ann": {"role": "admin"}, "bob": {"role": "none"}}}
        )
        await scene.ready("shop")
        us = await scene.exists(CONFIG_MAPS, "shop-us")
        assert us["data"] == {"region": "us", "index": "1"}
        await scene.exists(SECRETS, "shop-ann")
        assert await scene.get(SECRETS, "shop-bob") is None
        await scene.change("shop", {"regions": ["us", "ap"], "users": {"ann": None, "bob": {"role": "guest"}}})
        await scene.exists(CONFIG_MAPS, "shop-ap")
        await scene.gone(CONFIG_MAPS, "shop-eu")
        await scene.gone(SECRETS, "shop-ann")
        await scene.exists(SECRETS, "shop-bob")
        kept = await scene.until(CONFIG_MAPS, "shop-us", lambda o: o and o["data"]["index"] == "0")
        assert kept["metadata"]["uid"] == us["metadata"]["uid"]
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        await scene.change("shop", {"regions": [], "users": None})
        for name in ("shop-us", "shop-ap"):
            await scene.gone(CONFIG_MAPS, name)
        await scene.gone(SECRETS, "shop-bob")


async def test_a_changed_name_moves_the_child(scene: Scene) -> None:
    await scene.define()
    box = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}-{{ .spec.v }}", data: {k: v}}]}'
    async with scene.running(box):
        await scene.create("shop", {"v": "1"})
        await scene.exists(CONFIG_MAPS, "shop-1")
        await scene.change("shop", {"v": "2"})
        await scene.exists(CONFIG_MAPS, "shop-2")
        await scene.gone(CONFIG_MAPS, "shop-1")


async def test_an_entry_taken_out_of_the_definition_loses_its_child_while_its_kind_is_watched(scene: Scene) -> None:
    await scene.define()
    two = """
    onReconcile:
      configMaps:
        - {name: "{{ .metadata.name }}-a", data: {k: v}}
        - {name: "{{ .metadata.name }}-b", data: {k: v}}
    """
    async with scene.running(two):
        await scene.create("shop")
        await scene.exists(CONFIG_MAPS, "shop-b")
        await scene.ready("shop")
    async with scene.running('onReconcile: {configMaps: [{name: "{{ .metadata.name }}-a", data: {k: v}}]}') as run:
        await scene.gone(CONFIG_MAPS, "shop-b")
        await scene.rests(run, 0.5)
        assert await scene.get(CONFIG_MAPS, "shop-a")


async def test_nothing_is_pruned_while_a_sibling_cannot_be_written(scene: Scene) -> None:
    """Half a change must not take the old half away."""
    await scene.define()
    box = """
    onReconcile:
      configMaps:
        - {name: "{{ .metadata.name }}-{{ .spec.v }}", data: {k: v}}
      services:
        - {name: "{{ .metadata.name }}", port: "80", type: "{{ .spec.type }}", selector: {a: "{{ .spec.label }}"}}
    """
    async with scene.running(box):
        await scene.create("shop", {"v": "1", "type": "ClusterIP", "label": "ok"})
        await scene.ready("shop")
        await scene.change("shop", {"v": "2", "label": "not a label"})
        await scene.ready("shop", "False")
        assert await scene.get(CONFIG_MAPS, "shop-1"), "kept until all is well"
        await scene.change("shop", {"label": "fine"})
        await scene.ready("shop")
        await scene.gone(CONFIG_MAPS, "shop-1")
