"""What is written to a CR's status: types, conditions on fields, schemas that drop what they do not know."""

from __future__ import annotations

from textwrap import dedent

from tests.scenes import CONFIG_MAPS, OPEN, STATUS, Scene, condition

CHILD = """
onReconcile:
  configMaps:
    - {name: "{{ .metadata.name }}", data: {k: '{{ .spec.k | default "v" }}'}}
"""


async def test_fields_have_their_types(scene: Scene) -> None:
    await scene.define()
    box = """
    status:
      fields:
        - {path: url, value: "http://{{ .metadata.name }}.svc"}
        - {path: size, value: "{{ .spec.size }}", type: int}
        - {path: ratio, value: "{{ .spec.ratio }}", type: float}
        - {path: on, value: "{{ .spec.on }}", type: bool}
        - {path: text, value: "{{ .spec.size }}", type: string}
        - {path: deep.er.value, value: "{{ .spec.size }}"}
    """
    async with scene.running(dedent(box) + CHILD) as run:
        await scene.create("shop", {"size": 3, "ratio": 0.5, "on": True})
        status = (await scene.ready("shop"))["status"]
        assert (status["url"], status["size"], status["ratio"], status["on"]) == ("http://shop.svc", 3, 0.5, True)
        assert status["text"] == "3" and status["deep"] == {"er": {"value": 3}}
        await scene.rests(run)
        await scene.change("shop", {"size": 4})
        await scene.until(scene.kinds["Website"], "shop", lambda o: o and o["status"]["size"] == 4)


async def test_fields_with_conditions_come_and_are_cleared(scene: Scene) -> None:
    websites = await scene.define()
    box = """
    status:
      fields:
        - {path: phase, value: Large, when: [{field: spec.size, greaterThan: "10"}]}
        - {path: note, value: big, clearOnFalse: true, when: [{field: spec.size, greaterThan: "10"}]}
    """
    async with scene.running(dedent(box) + CHILD) as run:
        await scene.create("shop", {"size": 5})
        await scene.ready("shop")
        assert "phase" not in (await scene.exists(websites, "shop"))["status"]
        await scene.change("shop", {"size": 50})
        await scene.until(websites, "shop", lambda o: o and o["status"].get("phase") == "Large")
        await scene.change("shop", {"size": 5})
        cleared = await scene.until(websites, "shop", lambda o: o and o["status"]["note"] == "")
        assert cleared["status"]["phase"] == "Large", "without clearOnFalse what was written stays"
        await scene.rests(run)


async def test_a_field_about_children_follows_them(scene: Scene) -> None:
    websites = await scene.define()
    box = """
    status:
      fields:
        - {path: k, value: "{{ (index .children.configMaps .metadata.name).data.k }}"}
        - {path: ready, value: "{{ .children.deployment.status.readyReplicas }}", type: int}
    onReconcile:
      configMaps:
        - {name: "{{ .metadata.name }}", data: {k: "{{ .spec.k }}"}}
      deployments:
        - {name: "{{ .metadata.name }}", image: a, replicas: "{{ .spec.replicas }}"}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"k": "one", "replicas": 1})
        await scene.until(websites, "shop", lambda o: (o or {}).get("status", {}).get("ready") == 1)
        await scene.change("shop", {"k": "two", "replicas": 2})
        done = await scene.until(websites, "shop", lambda o: o and o["status"].get("ready") == 2)
        assert done["status"]["k"] == "two"
        await scene.ready("shop")
        await scene.rests(run)


async def test_a_status_value_that_does_not_fit_is_told(scene: Scene) -> None:
    await scene.define()
    box = """
    status:
      fields:
        - {path: size, value: "{{ .spec.size }}", type: int}
    """
    async with scene.running(dedent(box) + CHILD) as run:
        await scene.create("shop", {"size": "many"})
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] == "InvalidTemplate" and "status.size" in condition(refused)["message"]
        assert await scene.get(CONFIG_MAPS, "shop"), "the children were written all the same"
        await scene.rests(run)


async def test_a_schema_that_knows_no_conditions_is_no_reason_to_write_for_ever(scene: Scene) -> None:
    websites = await scene.define(status={"type": "object", "properties": {"size": {"type": "integer"}}})
    box = """
    status:
      fields:
        - {path: size, value: "{{ .spec.size }}", type: int}
        - {path: unknown.too, value: "{{ .spec.size }}"}
    """
    async with scene.running(dedent(box) + CHILD) as run:
        await scene.create("shop", {"size": 1})
        await scene.until(websites, "shop", lambda o: o and o.get("status") == {"size": 1})
        await scene.rests(run)
        await scene.change("shop", {"size": 2})
        await scene.until(websites, "shop", lambda o: o and o.get("status") == {"size": 2})
        await scene.rests(run)
    async with scene.running("reconciler: {resync: 1s}\n" + dedent(box) + CHILD) as again:
        await scene.rests(again, 2)
        assert again.writes <= 1, "a new process has to find out once"


async def test_a_status_value_the_crds_schema_refuses_is_told(scene: Scene) -> None:
    """The CRD says integer, the definition writes text: the server refuses it with 422."""
    status = {"type": "object", "properties": {"size": {"type": "integer"}, **STATUS["properties"]}}
    await scene.define(
        status={**status, "properties": {**status["properties"], "observedGeneration": {"type": "integer"}}}
    )
    box = """
    status:
      fields:
        - {path: size, value: "{{ .spec.size }}", type: string}
    """
    async with scene.running(dedent(box) + CHILD) as run:
        await scene.create("shop", {"size": "many"})
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] == "InvalidStatus" and "status.size" in condition(refused)["message"]
        assert condition(refused, "Stalled")["status"] == "True"
        assert await scene.get(CONFIG_MAPS, "shop")
        await scene.rests(run)
        assert len(await scene.events("shop")) == 1


async def test_a_kind_without_a_status_subresource_is_operated_without_status(scene: Scene) -> None:
    websites = await scene.define(has_status=False, status=OPEN)
    async with scene.running(CHILD) as run:
        await scene.create("shop")
        await scene.exists(CONFIG_MAPS, "shop")
        await scene.change("shop", {"k": "w"})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"k": "w"})
        await scene.rests(run)
        assert "status" not in (await scene.exists(websites, "shop"))


async def test_conditions_of_others_are_kept(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(CHILD) as run:
        await scene.create("shop")
        made = await scene.ready("shop")
        theirs = {"type": "Audited", "status": "True", "reason": "Ok", "message": ""}
        listed = {"status": {"conditions": [*made["status"]["conditions"], theirs]}}
        await scene.patch(websites, "shop", listed, subresource="status")
        await scene.change("shop", {"k": "w"})
        done = await scene.ready("shop")
        assert condition(done, "Audited")["status"] == "True"
        await scene.rests(run)


async def test_no_conditions_where_the_definition_says_so(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running("status: {conditions: false}\n" + CHILD) as run:
        await scene.create("shop")
        done = await scene.until(websites, "shop", lambda o: o and o.get("status"))
        assert "conditions" not in done["status"] and done["status"]["observedGeneration"] == 1
        await scene.rests(run, 0.5)


async def test_the_time_of_a_transition_moves_with_the_status_only(scene: Scene) -> None:
    await scene.define()
    async with scene.running(CHILD):
        await scene.create("shop")
        first = condition(await scene.ready("shop"))
        await scene.stays(CONFIG_MAPS, "shop", lambda o: o is not None, 1.1)
        await scene.change("shop", {"k": "w"})
        second = condition(await scene.ready("shop"))
        assert second["observedGeneration"] == first["observedGeneration"] + 1
        assert second["lastTransitionTime"] == first["lastTransitionTime"]
