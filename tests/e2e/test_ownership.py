"""Whose child is it? Nothing is stolen, nothing released is deleted."""

from __future__ import annotations

import contextlib

from orkestra.client.api import PatchType
from orkestra.k8s.errors import NotFound
from orkestra.k8s.objects import Object, labels_of
from tests.scenes import CONFIG_MAPS, Scene, condition

ONE = 'onReconcile: {configMaps: [{name: shared, data: {from: "{{ .kind }}"}}]}'


async def test_two_crs_of_one_name_in_different_kinds_do_not_share_a_child(scene: Scene) -> None:
    websites = await scene.define()
    await scene.define("Shop")
    both = (scene.entry(ONE), scene.entry(ONE, name="shop", kind="Shop"))
    async with scene.running(*both) as run:
        first = await scene.create("a", kind="Website")
        await scene.ready("a", kind="Website")
        await scene.create("a", kind="Shop")
        refused = await scene.ready("a", "False", kind="Shop")
        assert condition(refused)["reason"] == "Conflict"
        assert "Website a" in condition(refused)["message"]
        assert condition(refused, "Stalled")["status"] == "True"
        await scene.rests(run)
        child = await scene.exists(CONFIG_MAPS, "shared")
        assert child["data"] == {"from": "Website"}
        assert [o["uid"] for o in child["metadata"]["ownerReferences"]] == [first["metadata"]["uid"]]
        assert len(await scene.events("a", "Conflict")) == 1
        await scene.delete(websites, "a")
        with contextlib.suppress(NotFound):  # the garbage collector may be quick, or take its time
            await scene.delete(CONFIG_MAPS, "shared")
        await scene.ready("a", kind="Shop")
        assert (await scene.exists(CONFIG_MAPS, "shared"))["data"] == {"from": "Shop"}
        await scene.told("a", "Recovered")


async def test_a_stranger_in_the_childs_place_is_left_alone(scene: Scene) -> None:
    websites = await scene.define()
    await scene.add(CONFIG_MAPS, {"metadata": {"name": "shared"}, "data": {"from": "hand"}})
    async with scene.running(ONE) as run:
        await scene.create("a")
        refused = await scene.ready("a", "False")
        assert condition(refused)["reason"] == "Conflict"
        await scene.rests(run)
        assert (await scene.exists(CONFIG_MAPS, "shared"))["data"] == {"from": "hand"}
        await scene.delete(websites, "a")
        await scene.gone(websites, "a")
        await scene.stays(CONFIG_MAPS, "shared", lambda o: o and o["data"] == {"from": "hand"})


async def test_force_takes_a_strangers_object_over(scene: Scene) -> None:
    await scene.define()
    await scene.add(CONFIG_MAPS, {"metadata": {"name": "shared"}, "data": {"from": "hand", "extra": "x"}})
    box = 'onReconcile: {configMaps: [{name: shared, forceConflict: true, data: {from: "{{ .kind }}"}}]}'
    async with scene.running(box) as run:
        cr = await scene.create("a")
        await scene.ready("a")
        child = await scene.exists(CONFIG_MAPS, "shared")
        assert child["data"] == {"from": "Website", "extra": "x"}
        assert child["metadata"]["ownerReferences"][0]["uid"] == cr["metadata"]["uid"]
        await scene.rests(run)


async def test_without_force_a_field_of_another_manager_is_a_conflict(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      configMaps:
        - {name: "{{ .metadata.name }}", forceConflict: false, data: {size: "{{ .spec.size }}"}}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"size": "1"})
        await scene.ready("shop")
        theirs: Object = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "shop", "namespace": scene.namespace},
            "data": {"size": "9"},
        }
        key = scene.key(CONFIG_MAPS, "shop")
        await scene.api.patch(
            CONFIG_MAPS, key, theirs, patch_type=PatchType.APPLY, field_manager="somebody", force=True
        )
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] == "Conflict"
        assert "somebody" in condition(refused)["message"]
        await scene.rests(run)
        assert (await scene.exists(CONFIG_MAPS, "shop"))["data"] == {"size": "9"}


async def test_a_child_released_by_its_label_outlives_the_definition(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      configMaps:
        - {name: "{{ .metadata.name }}-{{ .spec.v }}", data: {k: v}}
    """
    async with scene.running(box):
        for name in ("label", "owner", "managed"):
            await scene.create(name, {"v": "1"})
            await scene.ready(name)
    await scene.patch(CONFIG_MAPS, "label-1", {"metadata": {"labels": {"orkestra-owner": None}}})
    await scene.patch(CONFIG_MAPS, "owner-1", {"metadata": {"ownerReferences": None}})
    await scene.patch(CONFIG_MAPS, "managed-1", {"metadata": {"labels": {"managed-by": None}}})
    for name in ("label", "owner", "managed"):
        await scene.change(name, {"v": "2"})
    async with scene.running(box) as run:
        for name in ("label", "owner", "managed"):
            await scene.exists(CONFIG_MAPS, f"{name}-2")
            await scene.ready(name)
        await scene.rests(run)
    for name in ("label", "owner", "managed"):
        assert await scene.get(CONFIG_MAPS, f"{name}-1"), f"released by its {name}: never deleted"


async def test_a_child_released_while_wanted_is_a_conflict_and_is_not_taken_back(scene: Scene) -> None:
    await scene.define()
    async with scene.running(ONE) as run:
        await scene.create("a")
        await scene.ready("a")
        await scene.patch(CONFIG_MAPS, "shared", {"metadata": {"ownerReferences": None}})
        refused = await scene.ready("a", "False")
        assert condition(refused)["reason"] == "Conflict"
        await scene.rests(run)
        child = await scene.exists(CONFIG_MAPS, "shared")
        assert not child["metadata"].get("ownerReferences")


async def test_ownership_marks_cannot_be_overwritten_by_the_definition(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      configMaps:
        - name: "{{ .metadata.name }}"
          labels: {team: "{{ .spec.team }}", orkestra-owner: somebody, managed-by: somebody}
          annotations: {argocd.argoproj.io/tracking-id: x, note: kept}
          data: {k: v}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"team": "a"})
        await scene.ready("shop")
        child = await scene.exists(CONFIG_MAPS, "shop")
        assert labels_of(child) == {"team": "a", "orkestra-owner": "shop", "managed-by": "orkestra"}
        assert "argocd.argoproj.io/tracking-id" not in child["metadata"]["annotations"]
        assert child["metadata"]["annotations"]["note"] == "kept"
        await scene.rests(run, 0.5)
