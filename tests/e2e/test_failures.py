"""Bad CRs, bad children, bad images: told in the condition, once in an event, and never in the way of others."""

from __future__ import annotations

from tests.scenes import CONFIG_MAPS, DEPLOYMENTS, OPEN, SERVICES, Scene, condition

SETTINGS = """
onReconcile:
  configMaps:
    - name: "{{ .metadata.name }}"
      data: {half: "{{ div 100 .spec.size }}"}
"""


async def test_a_template_that_a_crs_values_break_is_told_with_its_place(scene: Scene) -> None:
    await scene.define()
    async with scene.running(SETTINGS) as run:
        await scene.create("bad", {"size": 0})
        await scene.create("good", {"size": 4})
        refused = await scene.ready("bad", "False")
        found = condition(refused)
        assert found["reason"] == "InvalidTemplate"
        assert "katalog.yaml:" in found["message"] and "website.onReconcile.configMaps[0]" in found["message"]
        assert "div" in found["message"]
        line, column = found["message"].split("katalog.yaml:")[1].split(":")[:2]
        source = scene.source(SETTINGS).splitlines()
        assert "div 100 .spec.size" in source[int(line) - 1][int(column) - 1 :]
        assert condition(refused, "Stalled")["status"] == "True" and not condition(refused, "Reconciling")
        await scene.ready("good")
        await scene.rests(run)
        (event,) = await scene.events("bad")
        assert (event["type"], event["reason"]) == ("Warning", "InvalidTemplate")
        assert await scene.get(CONFIG_MAPS, "bad") is None
        await scene.change("bad", {"size": 5})
        await scene.ready("bad")
        await scene.told("bad", "Recovered")


async def test_a_broken_change_leaves_what_was_there(scene: Scene) -> None:
    await scene.define()
    async with scene.running(SETTINGS) as run:
        await scene.create("shop", {"size": 4})
        await scene.ready("shop")
        await scene.change("shop", {"size": "many"})
        await scene.ready("shop", "False")
        await scene.rests(run, 0.5)
        assert (await scene.exists(CONFIG_MAPS, "shop"))["data"] == {"half": "25"}


async def test_a_child_the_server_refuses_is_told_in_its_words(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      services:
        - {name: "{{ .metadata.name }}", port: "80", selector: {app: "{{ .spec.app }}"}}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"app": "not a label!"})
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] == "InvalidChild"
        assert "Service" in condition(refused)["message"] and "spec.selector" in condition(refused)["message"]
        assert condition(refused, "Stalled")["status"] == "True"
        await scene.rests(run)
        assert len(await scene.events("shop", "InvalidChild")) == 1
        await scene.change("shop", {"app": "fine"})
        await scene.exists(SERVICES, "shop")
        await scene.ready("shop")


async def test_what_the_server_refused_is_not_sent_again_at_every_resync(scene: Scene) -> None:
    await scene.define()
    box = """
    reconciler: {resync: 1s}
    onReconcile:
      services:
        - {name: "{{ .metadata.name }}", port: "80", selector: {app: "{{ .spec.app }}"}}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"app": "not a label!"})
        await scene.ready("shop", "False")
        await scene.rests(run, 3.5)
        await scene.patch(scene.kinds["Website"], "shop", {"metadata": {"labels": {"poked": "yes"}}})
        await scene.rests(run)
        assert condition(await scene.ready("shop", "False"))["reason"] == "InvalidChild"
        await scene.change("shop", {"app": "fine"})
        await scene.ready("shop")


async def test_a_value_that_fits_no_field_is_told_before_anything_is_sent(scene: Scene) -> None:
    await scene.define()
    box = 'onReconcile: {deployments: [{name: "{{ .metadata.name }}", image: a, replicas: "{{ .spec.n }}"}]}'
    async with scene.running(box):
        await scene.create("shop", {"n": "three"})
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] == "InvalidTemplate"
        assert "replicas" in condition(refused)["message"] and "'three'" in condition(refused)["message"]
        assert await scene.list(DEPLOYMENTS) == []


async def test_a_deployment_that_cannot_progress_is_unknown_and_then_a_failure(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      deployments:
        - {name: "{{ .metadata.name }}", image: "{{ .spec.image }}", port: "8080"}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"image": "bad:1"})
        await scene.exists(DEPLOYMENTS, "shop")
        stuck = {
            "progressDeadlineSeconds": 2,
            "template": {"spec": {"nodeSelector": {"no-such-node": "x"}}},
        }
        await scene.patch(DEPLOYMENTS, "shop", {"spec": stuck})
        waiting = await scene.ready("shop", "Unknown")
        assert condition(waiting)["reason"] == "ChildrenProgressing"
        assert "Deployment shop" in condition(waiting)["message"]
        assert condition(waiting, "Reconciling")["status"] == "True"
        failed = await scene.ready("shop", "False", within=90)
        assert condition(failed)["reason"] == "ChildFailed"
        assert condition(failed, "Stalled")["status"] == "True"
        await scene.told("shop", "ChildFailed")
        await scene.rests(run, 0.5)
        await scene.patch(DEPLOYMENTS, "shop", {"spec": {"template": {"spec": {"nodeSelector": None}}}})
        await scene.ready("shop")


async def test_ready_when_decides_instead_of_the_kinds_rules(scene: Scene) -> None:
    buckets = await scene.define("Bucket")
    await scene.define()
    box = """
    onReconcile:
      custom:
        - apiVersion: GROUP/v1
          kind: Bucket
          metadata: {name: "{{ .metadata.name }}"}
          spec: {}
          readyWhen:
            - {field: status.phase, equals: Bound}
    """
    async with scene.running(box):
        await scene.create("shop")
        waiting = await scene.ready("shop", "Unknown")
        assert "Bucket shop" in condition(waiting)["message"]
        await scene.patch(buckets, "shop", {"status": {"phase": "Bound"}}, subresource="status")
        await scene.ready("shop")
        await scene.patch(buckets, "shop", {"status": {"phase": "Lost"}}, subresource="status")
        await scene.ready("shop", "Unknown")


async def test_many_poison_crs_do_not_keep_a_good_one_waiting(scene: Scene) -> None:
    await scene.define(spec=OPEN)
    box = """
    reconciler: {workers: 1, resync: 10m}
    onReconcile:
      configMaps:
        - {name: "{{ .metadata.name }}", namespace: "{{ .spec.where }}", data: {k: v}}
    """
    async with scene.running(box):
        for number in range(15):
            await scene.create(f"bad-{number}", {"where": "no-such-namespace"})
        for number in range(15):
            await scene.ready(f"bad-{number}", "False")
        await scene.create("good", {"where": scene.namespace})
        await scene.ready("good", within=10)
