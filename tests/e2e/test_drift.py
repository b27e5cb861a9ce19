"""Somebody else changes a child: corrected, reported or ignored, as the entry says."""

from __future__ import annotations

from orkestra.client.api import PatchType
from orkestra.k8s.objects import Object
from tests.scenes import CONFIG_MAPS, DEPLOYMENTS, SERVICES, Scene, condition, image_of


def settings(drift: str = "") -> str:
    return f"""
    onReconcile:
      configMaps:
        - name: "{{{{ .metadata.name }}}}"
          data: {{size: "{{{{ .spec.size }}}}", colour: blue}}
          {f"drift: {drift}" if drift else ""}
    """


def data(obj: Object | None) -> Object:
    return (obj or {}).get("data") or {}


async def test_a_foreign_change_is_corrected_and_told(scene: Scene) -> None:
    await scene.define()
    async with scene.running(settings()) as run:
        await scene.create("shop", {"size": "1"})
        await scene.ready("shop")
        await scene.settled(run)
        before = run.writes
        await scene.patch(CONFIG_MAPS, "shop", {"data": {"size": "9"}})
        await scene.until(CONFIG_MAPS, "shop", lambda o: data(o).get("size") == "1")
        event = await scene.told("shop", "DriftCorrected")
        assert "ConfigMap" in event["note"] and "data.size" in event["note"]
        status, metrics = await run.get("/metrics")
        assert status == 200
        assert any(
            line.startswith("orkestra_drift_total{") and 'action="corrected"' in line and 'kind="ConfigMap"' in line
            for line in metrics.splitlines()
        )
        await scene.settled(run)
        assert run.writes - before == 2, "one correction, one event"
        assert not condition(await scene.ready("shop"), "Drifted")


async def test_a_foreign_field_beside_ours_is_no_drift(scene: Scene) -> None:
    await scene.define()
    async with scene.running(settings()) as run:
        await scene.create("shop", {"size": "1"})
        await scene.ready("shop")
        await scene.settled(run)
        before = run.writes
        await scene.patch(CONFIG_MAPS, "shop", {"data": {"theirs": "x"}, "metadata": {"labels": {"team": "a"}}})
        await scene.stays(CONFIG_MAPS, "shop", lambda o: data(o).get("theirs") == "x")
        assert run.writes == before


async def test_reported_drift_is_told_once_and_left(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(settings("report")) as run:
        await scene.create("shop", {"size": "1"})
        await scene.ready("shop")
        await scene.patch(CONFIG_MAPS, "shop", {"data": {"size": "9"}})
        event = await scene.told("shop", "DriftDetected")
        assert event["type"] == "Warning" and "data.size" in event["note"]
        drifted = await scene.until(websites, "shop", lambda o: condition(o, "Drifted"))
        assert condition(drifted, "Drifted")["status"] == "True"
        assert condition(drifted)["status"] == "True", "the children are still ready"
        _, metrics = await run.get("/metrics")
        assert 'action="reported"' in metrics
        await scene.rests(run)
        assert data(await scene.get(CONFIG_MAPS, "shop"))["size"] == "9"
        assert len(await scene.events("shop")) == 1
        await scene.patch(CONFIG_MAPS, "shop", {"data": {"size": "1"}})
        await scene.until(websites, "shop", lambda o: not condition(o, "Drifted"))


async def test_a_change_of_the_definition_wins_over_reported_drift(scene: Scene) -> None:
    await scene.define()
    async with scene.running(settings("report")):
        await scene.create("shop", {"size": "1"})
        await scene.ready("shop")
        await scene.patch(CONFIG_MAPS, "shop", {"data": {"colour": "red"}})
        await scene.told("shop", "DriftDetected")
        await scene.change("shop", {"size": "2"})
        await scene.until(CONFIG_MAPS, "shop", lambda o: data(o) == {"size": "2", "colour": "blue"})


async def test_an_ignored_field_stays_as_somebody_set_it(scene: Scene) -> None:
    """The HorizontalPodAutoscaler's case: replicas are another's to set."""
    await scene.define()
    box = """
    status: {readiness: reconcile}
    onReconcile:
      deployments:
        - name: "{{ .metadata.name }}"
          image: "{{ .spec.image }}"
          replicas: "2"
          drift: {ignore: [spec.replicas]}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"image": "shop:1"})
        await scene.ready("shop")
        await scene.settled(run)
        await scene.patch(DEPLOYMENTS, "shop", {"spec": {"replicas": 5}})
        await scene.stays(DEPLOYMENTS, "shop", lambda o: o and o["spec"]["replicas"] == 5)
        await scene.change("shop", {"image": "shop:2"})
        changed = await scene.until(DEPLOYMENTS, "shop", lambda o: o and image_of(o) == "shop:2")
        assert changed["spec"]["replicas"] == 5, "a change of something else leaves it too"
        await scene.patch(DEPLOYMENTS, "shop", {"spec": {"template": {"spec": {"terminationGracePeriodSeconds": 5}}}})
        await scene.rests(run)
    assert await scene.events("shop") == []


async def test_a_scaled_deployment_is_scaled_back(scene: Scene) -> None:
    await scene.define()
    box = """
    status: {readiness: reconcile}
    onReconcile:
      deployments:
        - {name: "{{ .metadata.name }}", image: "shop:1", replicas: "2", port: "8080"}
      services:
        - {name: "{{ .metadata.name }}", port: "80"}
    """
    async with scene.running(box) as run:
        await scene.create("shop")
        await scene.ready("shop")
        await scene.patch(DEPLOYMENTS, "shop", {"spec": {"replicas": 4}})
        await scene.until(DEPLOYMENTS, "shop", lambda o: o and o["spec"]["replicas"] == 2)
        port = {"ports": [{"port": 81, "targetPort": 80, "protocol": "TCP", "name": "other"}]}
        await scene.patch(SERVICES, "shop", {"spec": port})
        await scene.until(SERVICES, "shop", lambda o: o and [p["port"] for p in o["spec"]["ports"]] == [80])
        await scene.rests(run)


async def test_a_field_the_definition_drops_leaves_the_child(scene: Scene) -> None:
    """After a creation by POST, after an apply, and for list items and whole maps."""
    await scene.define()
    box = """
    status: {readiness: reconcile}
    onReconcile:
      custom:
        - apiVersion: GROUP/v1
          kind: Bucket
          metadata: {name: "{{ .metadata.name }}"}
          spec: "{{ .spec }}"
    """
    buckets = await scene.define("Bucket")
    spec: Object = {"a": 1, "b": {"c": 1, "d": 2}, "list": [1, 2]}
    async with scene.running(box) as run:
        await scene.create("shop", spec)
        await scene.until(buckets, "shop", lambda o: o and o["spec"] == spec)
        for change in (
            {"b": {"d": None}},
            {"a": None, "list": [2]},
            {"b": None},
            {"e": {"f": 1}},
            {"e": {"f": None, "g": 1}},
        ):
            cr = await scene.change("shop", change)
            await scene.until(buckets, "shop", lambda o, want=cr["spec"]: o and o["spec"] == want)
        await scene.ready("shop")
        await scene.rests(run)


async def test_a_dropped_container_setting_leaves_the_deployment(scene: Scene) -> None:
    await scene.define()
    box = """
    status: {readiness: reconcile}
    onReconcile:
      deployments:
        - name: "{{ .metadata.name }}"
          image: "shop:1"
          env:
            - {name: A, value: "1"}
            - {name: B, value: "{{ .spec.b }}"}
    """
    without = box.replace('- {name: B, value: "{{ .spec.b }}"}', "")

    def env(obj: Object | None) -> list[str]:
        containers = obj["spec"]["template"]["spec"]["containers"] if obj else [{}]
        return [item["name"] for item in containers[0].get("env") or ()]

    async with scene.running(box):
        await scene.create("shop", {"b": "2"})
        await scene.until(DEPLOYMENTS, "shop", lambda o: env(o) == ["A", "B"])
        await scene.ready("shop")
    async with scene.running(without) as run:
        await scene.until(DEPLOYMENTS, "shop", lambda o: env(o) == ["A"])
        await scene.rests(run)
    async with scene.running(box):
        await scene.until(DEPLOYMENTS, "shop", lambda o: env(o) == ["A", "B"])
    async with scene.running(without) as run:
        await scene.until(DEPLOYMENTS, "shop", lambda o: env(o) == ["A"])
        await scene.rests(run)


async def test_another_managers_fields_survive_our_changes(scene: Scene) -> None:
    await scene.define()
    async with scene.running(settings()):
        await scene.create("shop", {"size": "1"})
        await scene.ready("shop")
        theirs = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "shop", "namespace": scene.namespace},
            "data": {"theirs": "x"},
        }
        await scene.api.patch(
            CONFIG_MAPS,
            scene.key(CONFIG_MAPS, "shop"),
            theirs,
            patch_type=PatchType.APPLY,
            field_manager="somebody",
            force=True,
        )
        await scene.change("shop", {"size": "2"})
        await scene.until(CONFIG_MAPS, "shop", lambda o: data(o) == {"size": "2", "colour": "blue", "theirs": "x"})


async def test_a_changed_port_of_a_service_replaces_the_old_one(scene: Scene) -> None:
    await scene.define()
    box = 'onReconcile: {services: [{name: "{{ .metadata.name }}", port: "{{ .spec.port }}", selector: {a: b}}]}'
    async with scene.running(box) as run:
        await scene.create("shop", {"port": 80})
        await scene.ready("shop")
        for port in (90, 91):
            await scene.settled(run)
            before = run.writes
            await scene.change("shop", {"port": port})
            await scene.until(
                SERVICES, "shop", lambda o, port=port: o and [p["port"] for p in o["spec"]["ports"]] == [port]
            )
            await scene.ready("shop")
        await scene.settled(run)
        assert run.writes - before == 2, "ownership is settled once, not at each change"
