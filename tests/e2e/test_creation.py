"""A CR is created, changed and left alone: children, Ready, and the writes they cost."""

from __future__ import annotations

from orkestra.k8s.objects import annotations_of, labels_of
from tests.scenes import CONFIG_MAPS, DEPLOYMENTS, EVENTS, JOBS, SERVICES, Scene, condition, image_of, is_ready

WEBSITE = """
onReconcile:
  deployments:
    - name: "{{ .metadata.name }}"
      image: "{{ .spec.image }}"
      replicas: "{{ .spec.replicas | default 1 }}"
      port: "8080"
  services:
    - name: "{{ .metadata.name }}"
      port: "80"
      targetPort: "8080"
"""
SETTINGS = """
onReconcile:
  configMaps:
    - name: "{{ .metadata.name }}"
      data: {size: "{{ .spec.size }}"}
"""


async def test_a_new_cr_gets_its_children_and_becomes_ready_when_they_are(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(WEBSITE):
        cr = await scene.create("shop", {"image": "shop:1", "replicas": 2})
        deployment = await scene.exists(DEPLOYMENTS, "shop")
        service = await scene.exists(SERVICES, "shop")
        first = await scene.until(websites, "shop", lambda o: condition(o))
        last = await scene.ready("shop")
    for child in (deployment, service):
        (owner,) = child["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"], owner["uid"]) == ("Website", "shop", cr["metadata"]["uid"])
        assert owner["controller"] and labels_of(child)["managed-by"] == "orkestra"
    assert condition(first)["status"] in ("Unknown", "True"), "a child that is on its way is no failure"
    assert condition(first)["status"] == "True" or "shop" in condition(first)["message"]
    assert last["status"]["observedGeneration"] == last["metadata"]["generation"]
    assert not condition(last, "Reconciling") and not condition(last, "Stalled")
    assert (await scene.get(DEPLOYMENTS, "shop"))["status"]["readyReplicas"] == 2  # type: ignore[index]  (it exists)


async def test_a_new_cr_costs_its_children_and_the_status(scene: Scene) -> None:
    await scene.define()
    async with scene.running("status: {readiness: reconcile}\n" + WEBSITE) as run:
        for number in range(5):
            await scene.create(f"shop-{number}", {"image": "shop:1"})
        for number in range(5):
            await scene.ready(f"shop-{number}")
        await scene.settled(run)
        assert run.writes == 5 * 3, "a Deployment, a Service, a status"


async def test_progress_of_children_costs_at_most_one_more_write(scene: Scene) -> None:
    await scene.define()
    async with scene.running(WEBSITE) as run:
        for number in range(3):
            await scene.create(f"shop-{number}", {"image": "shop:1"})
        for number in range(3):
            await scene.ready(f"shop-{number}")
        await scene.settled(run)
        assert run.writes <= 3 * 4, "a Deployment, a Service, Ready Unknown, Ready True"


async def test_a_spec_change_costs_the_child_and_the_status(scene: Scene) -> None:
    await scene.define()
    async with scene.running("status: {readiness: reconcile}\n" + WEBSITE) as run:
        await scene.create("shop", {"image": "shop:1"})
        await scene.ready("shop")
        await scene.settled(run)
        before = run.writes
        await scene.change("shop", {"image": "shop:2"})
        await scene.until(DEPLOYMENTS, "shop", lambda o: o and image_of(o) == "shop:2")
        await scene.ready("shop")
        await scene.settled(run)
        assert run.writes - before <= 2


async def test_at_rest_nothing_is_written(scene: Scene) -> None:
    await scene.define()
    box = "reconciler: {resync: 1s}\n" + WEBSITE
    async with scene.running(box) as run:
        for number in range(3):
            await scene.create(f"shop-{number}", {"image": "shop:1"})
        for number in range(3):
            await scene.ready(f"shop-{number}")
        await scene.rests(run, seconds=2.5)
    versions = await scene.versions()
    async with scene.running(box) as again:
        await scene.rests(again, seconds=2.5)
        assert again.writes == 0, "a restart at rest is no reason to write"
    assert await scene.versions() == versions


async def test_a_first_success_is_told_by_the_condition_alone(scene: Scene) -> None:
    await scene.define()
    async with scene.running(WEBSITE) as run:
        await scene.create("shop", {"image": "shop:1"})
        await scene.ready("shop")
        await scene.settled(run)
        assert await scene.events("shop") == []


async def test_ready_that_follows_the_reconcile_does_not_wait_for_children(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running("status: {readiness: reconcile}\n" + WEBSITE):
        await scene.create("shop", {"image": "shop:1", "replicas": 3})
        first = await scene.until(websites, "shop", lambda o: condition(o))
    assert is_ready(first)


async def test_a_change_while_nobody_watched_is_made_up_for(scene: Scene) -> None:
    await scene.define()
    await scene.create("early", {"size": "1"})
    async with scene.running(SETTINGS):
        await scene.ready("early")
        await scene.create("late", {"size": "1"})
        await scene.ready("late")
    await scene.change("early", {"size": "2"})
    await scene.delete(CONFIG_MAPS, "late")
    async with scene.running(SETTINGS):
        await scene.until(CONFIG_MAPS, "early", lambda o: o and o["data"] == {"size": "2"})
        await scene.exists(CONFIG_MAPS, "late")
        await scene.ready("early")


async def test_a_reconciled_child_deleted_by_hand_comes_back(scene: Scene) -> None:
    await scene.define()
    async with scene.running(SETTINGS):
        await scene.create("shop", {"size": "1"})
        await scene.ready("shop")
        old = await scene.exists(CONFIG_MAPS, "shop")
        await scene.delete(CONFIG_MAPS, "shop")
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["metadata"]["uid"] != old["metadata"]["uid"])


async def test_what_is_made_once_is_not_made_again_by_this_process_or_the_next(scene: Scene) -> None:
    await scene.define()
    box = """
    onCreate:
      configMaps:
        - name: "{{ .metadata.name }}-seed"
          data: {seed: "{{ .spec.seed }}"}
    onReconcile:
      jobs:
        - name: "{{ .metadata.name }}-load"
          image: "loader:1"
      configMaps:
        - name: "{{ .metadata.name }}"
          data: {size: "{{ .spec.size | default 1 }}"}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"seed": "a"})
        await scene.ready("shop")
        await scene.exists(JOBS, "shop-load")
        await scene.change("shop", {"seed": "b"})
        await scene.ready("shop")
        seed = await scene.get(CONFIG_MAPS, "shop-seed")
        assert seed and seed["data"] == {"seed": "a"}, "made once, then left alone"
        await scene.delete(CONFIG_MAPS, "shop-seed")
        await scene.api.delete(JOBS, scene.key(JOBS, "shop-load"), propagation="Background")
        await scene.gone(JOBS, "shop-load")
        await scene.change("shop", {"size": 2})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"size": "2"})
        await scene.ready("shop")
        await scene.settled(run)
    async with scene.running(box) as again:
        await scene.rests(again)
    assert await scene.get(CONFIG_MAPS, "shop-seed") is None
    assert await scene.get(JOBS, "shop-load") is None


async def test_nothing_of_the_cr_is_copied_to_children(scene: Scene) -> None:
    await scene.define()
    async with scene.running(SETTINGS):
        await scene.create(
            "shop",
            {"size": "1"},
            labels={"app.kubernetes.io/instance": "root", "team": "a"},
            annotations={
                "argocd.argoproj.io/tracking-id": "root:x/Website:a/shop",
                "kubectl.kubernetes.io/last-applied-configuration": "{}",
                "note": "mine",
            },
        )
        await scene.ready("shop")
        child = await scene.exists(CONFIG_MAPS, "shop")
    assert set(labels_of(child)) == {"managed-by", "orkestra-owner"}
    assert set(annotations_of(child)) == {"orkestra.orkspace.io/applied"}


async def test_a_cr_that_is_deleted_takes_its_children_along(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(WEBSITE) as run:
        cr = await scene.create("shop", {"image": "shop:1"})
        assert not cr["metadata"].get("finalizers")
        done = await scene.ready("shop")
        assert not done["metadata"].get("finalizers"), "owner references reach all children: no finalizer needed"
        await scene.settled(run)
        before = run.writes
        await scene.delete(websites, "shop")
        for info in (websites, DEPLOYMENTS, SERVICES):
            await scene.collected(info, "shop")
        await scene.settled(run)
        assert run.writes == before, "the garbage collector does it"


async def test_a_cr_deleted_and_made_again_at_once_has_children_of_its_own(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(SETTINGS):
        await scene.create("shop", {"size": "1"})
        await scene.ready("shop")
        await scene.delete(websites, "shop")
        cr = await scene.create("shop", {"size": "2"})
        await scene.ready("shop", within=60)
        child = await scene.until(
            CONFIG_MAPS,
            "shop",
            lambda o: o and o["metadata"]["ownerReferences"][0]["uid"] == cr["metadata"]["uid"],
        )
        assert child["data"] == {"size": "2"}
        await scene.stays(CONFIG_MAPS, "shop", lambda o: o is not None)


async def test_custom_children_of_another_kind_keep_the_types_of_their_values(scene: Scene) -> None:
    count = {"type": "object", "properties": {"size": {"type": "integer"}, "on": {"type": "boolean"}}}
    await scene.define()
    buckets = await scene.define("Bucket", spec=count)
    box = """
    onReconcile:
      custom:
        - apiVersion: GROUP/v1
          kind: Bucket
          metadata: {name: "{{ .metadata.name }}-data"}
          spec: {size: "{{ .spec.size }}", on: true}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"size": 3})
        bucket = await scene.exists(buckets, "shop-data")
        assert bucket["spec"] == {"size": 3, "on": True}
        await scene.ready("shop")
        await scene.patch(
            buckets,
            "shop-data",
            {"status": {"conditions": [{"type": "Ready", "status": "False"}]}},
            subresource="status",
        )
        waiting = await scene.ready("shop", "Unknown")
        assert "Bucket shop-data" in condition(waiting)["message"]
        await scene.patch(
            buckets,
            "shop-data",
            {"status": {"conditions": [{"type": "Ready", "status": "True"}]}},
            subresource="status",
        )
        await scene.ready("shop")
        await scene.rests(run, 0.5)


async def test_events_stay_out_of_the_way_of_a_thousand_updates(scene: Scene) -> None:
    """Twenty changes of one CR in a row end in the last one, and are not each told."""
    await scene.define()
    async with scene.running(SETTINGS) as run:
        await scene.create("shop", {"size": "0"})
        await scene.ready("shop")
        for size in range(1, 21):
            await scene.change("shop", {"size": str(size)})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"size": "20"})
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        assert await scene.list(EVENTS) == []
