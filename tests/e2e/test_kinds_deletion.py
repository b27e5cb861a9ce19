"""``onDelete``: what happens between the deletion of a CR and its end."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from tests.scenes import CONFIG_MAPS, JOBS, NAMESPACES, Scene, condition

FINALIZER = "orkestra.orkspace.io/cleanup"
JOB_AND_TWO = """
onReconcile:
  configMaps:
    - {name: "{{ .metadata.name }}-one", data: {k: v}}
    - {name: "{{ .metadata.name }}-two", data: {k: v}}
onDelete:
  ordered: true
  jobs: [{name: "{{ .metadata.name }}-backup", image: "backup:1", args: ["{{ .spec.target }}"]}]
  groups:
    - {name: first, configMaps: [{name: "{{ .metadata.name }}-one"}]}
    - {name: second, configMaps: [{name: "{{ .metadata.name }}-two"}]}
"""


def has_ended(job: Object | None) -> bool:
    return condition(job, "Complete").get("status") == "True"


async def test_a_job_runs_to_its_end_and_groups_go_in_order(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(JOB_AND_TWO) as run:
        cr = await scene.create("shop", {"target": "bucket"})
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        assert await scene.get(JOBS, "shop-backup") is None, "not before the CR goes"
        seen = await scene.get(websites, "shop")
        assert seen and seen["metadata"]["finalizers"] == [FINALIZER]
        hold = {"metadata": {"finalizers": ["example.com/hold"]}}
        await scene.patch(CONFIG_MAPS, "shop-one", hold)
        await scene.delete(websites, "shop")
        job = await scene.until(JOBS, "shop-backup", has_ended)
        assert job["spec"]["template"]["spec"]["containers"][0]["args"] == ["bucket"]
        assert not job["metadata"].get("ownerReferences")
        assert job["metadata"]["labels"]["orkestra.io/owner"] == cr["metadata"]["uid"]
        assert job["spec"]["ttlSecondsAfterFinished"] == 3600
        await scene.until(CONFIG_MAPS, "shop-one", lambda o: o and o["metadata"].get("deletionTimestamp"))
        await scene.stays(CONFIG_MAPS, "shop-two", lambda o: o and not o["metadata"].get("deletionTimestamp"), 0.5)
        await scene.patch(CONFIG_MAPS, "shop-one", {"metadata": {"finalizers": None}})
        await scene.gone(websites, "shop")
        assert await scene.get(CONFIG_MAPS, "shop-two") is None
        assert await scene.get(JOBS, "shop-backup"), "it stays for its log to be read"


async def test_a_deletion_begun_while_nobody_ran_is_finished(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(JOB_AND_TWO):
        await scene.create("shop", {"target": "bucket"})
        await scene.ready("shop")
    await scene.delete(websites, "shop")
    async with scene.running(JOB_AND_TWO):
        await scene.gone(websites, "shop")
        assert has_ended(await scene.get(JOBS, "shop-backup"))


async def test_what_is_not_the_crs_own_is_left_and_told(scene: Scene) -> None:
    websites = await scene.define()
    await scene.add(CONFIG_MAPS, {"metadata": {"name": "theirs"}, "data": {"k": "v"}})
    box = """
    onReconcile: {configMaps: [{name: ours, data: {k: v}}]}
    onDelete: {configMaps: [{name: theirs}, {name: ours}, {name: nobodys}]}
    """
    async with scene.running(box):
        await scene.create("shop")
        await scene.ready("shop")
        await scene.delete(websites, "shop")
        await scene.gone(websites, "shop")
        await scene.gone(CONFIG_MAPS, "ours")
        assert await scene.get(CONFIG_MAPS, "theirs")
        assert "theirs" in (await scene.told("shop", "LeftAlone"))["note"]
        assert len(await scene.events("shop", "LeftAlone")) == 1


async def test_a_condition_that_is_false_does_nothing(scene: Scene) -> None:
    websites = await scene.define()
    box = """
    onReconcile: {configMaps: [{name: c, data: {k: v}}]}
    onDelete:
      when: [{field: spec.backup, equals: "yes"}]
      jobs: [{name: "{{ .metadata.name }}-backup", image: "backup:1"}]
    """
    async with scene.running(box):
        for name, backup in (("shop", "no"), ("other", "yes")):
            await scene.create(name, {"backup": backup})
            await scene.ready(name) if name == "shop" else None
            await scene.until(websites, name, lambda o: o and o["metadata"].get("finalizers"))
            await scene.delete(websites, name)
            await scene.gone(websites, name)
        assert await scene.get(JOBS, "shop-backup") is None
        assert has_ended(await scene.get(JOBS, "other-backup"))


async def test_what_does_not_go_in_time_is_told_and_still_waited_for(scene: Scene) -> None:
    websites = await scene.define()
    box = """
    onReconcile: {configMaps: [{name: c, data: {k: v}}]}
    onDelete: {ordered: true, timeout: 1s, configMaps: [{name: c}]}
    """
    async with scene.running(box):
        await scene.create("shop")
        await scene.ready("shop")
        await scene.patch(CONFIG_MAPS, "c", {"metadata": {"finalizers": ["example.com/hold"]}})
        await scene.delete(websites, "shop")
        stuck = await scene.until(websites, "shop", lambda o: condition(o).get("status") == "False")
        assert "onDelete: not done within 1 s: waiting for ConfigMap" in condition(stuck)["message"]
        assert stuck["metadata"]["finalizers"] == [FINALIZER]
        await scene.told("shop", "ReconcileError")
        await scene.patch(CONFIG_MAPS, "c", {"metadata": {"finalizers": None}})
        await scene.gone(websites, "shop")


async def test_a_namespace_that_goes_is_not_held_up_by_a_job_it_cannot_have(scene: Scene) -> None:
    websites = await scene.define()
    place = await scene.space("going")
    async with scene.running(JOB_AND_TWO):
        body = {"metadata": {"name": "shop", "namespace": place}, "spec": {"target": "x"}}
        await scene.add(websites, body)
        await scene.until(websites, f"{place}/shop", lambda o: o and o["metadata"].get("finalizers"))
        await scene.exists(CONFIG_MAPS, f"{place}/shop-two")
        await scene.delete(NAMESPACES, place)
        await scene.gone(websites, f"{place}/shop")
