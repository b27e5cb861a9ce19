"""Boxes: kinds that come late or go, dependencies, and one box's trouble that is not another's."""

from __future__ import annotations

import asyncio
import time

import msgspec
import pytest

from orkestra.k8s.objects import Object
from tests.scenes import CONFIG_MAPS, Running, Scene, built_in, condition

CHILD = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}-{{ .kind | toLower }}", data: {k: v}}]}'


def state(run: Running, name: str = "website") -> str:
    return str(run.box(name).health.state)


async def test_a_crd_may_come_after_the_katalog(scene: Scene) -> None:
    async with scene.running(CHILD, waits=False) as run:
        await scene.eventually(lambda: "installed" in run.box().health.pending, "the box waits for its CRD")
        assert state(run) == "pending"
        await scene.define()
        await scene.create("shop")
        await scene.exists(CONFIG_MAPS, "shop-website")
        await scene.ready("shop")


async def test_a_crd_removed_under_the_runtime_and_brought_back(scene: Scene) -> None:
    websites = await scene.define()
    await scene.define("Shop")
    async with scene.running(scene.entry(CHILD), scene.entry(CHILD, name="shop", kind="Shop")) as run:
        await scene.create("a")
        await scene.ready("a")
        await scene.withdraw(websites)
        await scene.eventually(lambda: state(run), "the box notices", "degraded")
        await scene.create("b", kind="Shop")
        await scene.ready("b", kind="Shop")
        await scene.define()
        await scene.create("c")
        await scene.ready("c", within=90)
        assert state(run) == "healthy"


async def test_a_cr_made_again_after_its_crd_came_back_waits_for_the_old_children_to_go(scene: Scene) -> None:
    websites = await scene.define()
    async with scene.running(CHILD):
        await scene.create("a")
        old = await scene.ready("a")
        await scene.withdraw(websites)
        await scene.define()
        await scene.create("a")
        await scene.ready("a", within=150)
        child = await scene.exists(CONFIG_MAPS, "a-website")
        assert child["metadata"]["ownerReferences"][0]["uid"] != old["metadata"]["uid"]


async def test_a_child_kind_that_is_not_installed_holds_this_box_only(scene: Scene) -> None:
    await scene.define()
    await scene.define("Shop")
    needs = "onReconcile: {custom: [{apiVersion: GROUP/v1, kind: Bucket, metadata: {name: b}, spec: {}}]}"
    both = (scene.entry(needs), scene.entry(CHILD, name="shop", kind="Shop"))
    async with scene.running(*both, waits=False) as run:
        await scene.create("a", kind="Shop")
        await scene.ready("a", kind="Shop")
        await scene.eventually(lambda: "Bucket" in run.box().health.pending, "the box says what it waits for")
        buckets = await scene.define("Bucket")
        await scene.create("x")
        await scene.exists(buckets, "b")


async def test_started_dependencies_come_first(scene: Scene) -> None:
    await scene.define("Shop")
    first = scene.entry(CHILD)
    second = scene.entry(CHILD, name="shop", kind="Shop", more="dependsOn: [website]")
    await scene.create("b", kind="Shop")
    async with scene.running(first, second, waits=False) as run:
        await scene.eventually(lambda: "website to be started" in run.box("shop").health.pending, "shop waits")
        assert await scene.list(CONFIG_MAPS) == [
            c for c in await scene.list(CONFIG_MAPS) if "shop" not in c["metadata"]["name"]
        ]
        await scene.define()
        await scene.ready("b", kind="Shop")


async def test_healthy_dependencies_hold_and_halt_their_dependents(scene: Scene) -> None:
    await scene.define()
    await scene.define("Shop")
    box = """
    reconciler: {resync: 10m, queue: {failureThreshold: 2}}
    onReconcile: {configMaps: [{name: "{{ .metadata.name }}", namespace: "{{ .spec.where }}", data: {k: v}}]}
    """
    first = scene.entry(box)
    second = scene.entry(CHILD, name="shop", kind="Shop", more="dependsOn: {website: healthy}")
    await scene.create("bad", {"where": "no-such-namespace"})
    async with scene.running(first, second, waits=False) as run:
        await scene.eventually(lambda: state(run), "website degrades", "degraded")
        await scene.create("b", kind="Shop")
        await scene.stays(CONFIG_MAPS, "b-shop", lambda o: o is None)
        assert "website to be healthy" in run.box("shop").health.pending
        await scene.change("bad", {"where": scene.namespace})
        await scene.ready("b", kind="Shop")
        assert state(run) == "healthy"


async def test_a_box_in_trouble_does_not_delay_another(scene: Scene) -> None:
    """One box fails at every key, one waits for a CRD that never comes; the third is as quick as alone."""
    await scene.define()
    await scene.define("Shop")
    poison = """
    reconciler: {workers: 8, resync: 1s}
    onReconcile: {configMaps: [{name: "{{ .metadata.name }}", namespace: no-such-namespace, data: {k: v}}]}
    """

    async def latency(prefix: str) -> float:
        took = []
        for number in range(8):
            began = time.monotonic()
            await scene.create(f"{prefix}-{number}", kind="Shop")
            await scene.exists(CONFIG_MAPS, f"{prefix}-{number}-shop")
            took.append(time.monotonic() - began)
        return sorted(took)[4]

    good = scene.entry(CHILD, name="shop", kind="Shop")
    async with scene.running(good):
        alone = await latency("alone")
    for number in range(100):
        await scene.create(f"bad-{number}")
    missing = scene.entry(CHILD, name="missing", kind="Nowhere")
    async with scene.running(good, scene.entry(poison), missing, waits=False) as run:
        await scene.eventually(lambda: state(run), "poisoned", "degraded")
        await scene.eventually(lambda: run.box("shop").health.is_started, "the good one works")
        beside = await latency("beside")
    assert beside < max(4 * alone, 2.0)


@pytest.mark.cluster
async def test_a_permission_that_is_missing_for_one_kind_holds_this_box_only(scene: Scene) -> None:
    if scene.target != "cluster":
        pytest.skip("the embedded server does not authorize")
    await scene.define()
    await scene.define("Shop")
    rules = [
        {"apiGroups": [scene.group], "resources": ["shops", "shops/status"], "verbs": ["*"]},
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]},
        {"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": ["*"]},
    ]
    config = scene.as_user(await account(scene, rules))
    both = (scene.entry(CHILD), scene.entry(CHILD, name="shop", kind="Shop"))
    async with scene.running(*both, config=config, waits=False) as run:
        await scene.create("b", kind="Shop")
        await scene.ready("b", kind="Shop")
        await scene.eventually(lambda: state(run), "the other box shows it", "degraded")
        assert f"list websites.{scene.group}" in run.box().health.pending
        allowed = {"apiGroups": [scene.group], "resources": ["*"], "verbs": ["*"]}
        await scene.patch(built_in("ClusterRole"), scene.namespace, {"rules": [*rules, allowed]})
        await scene.create("a")
        await scene.ready("a", within=120)


@pytest.mark.cluster
async def test_a_permission_that_is_missing_for_a_child_is_told(scene: Scene) -> None:
    if scene.target != "cluster":
        pytest.skip("the embedded server does not authorize")
    await scene.define()
    rules = [
        {"apiGroups": [scene.group], "resources": ["*"], "verbs": ["*"]},
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]},
        {"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": ["*"]},
    ]
    config = scene.as_user(await account(scene, rules))
    async with scene.running(CHILD, config=config):
        await scene.create("a")
        refused = await scene.ready("a", "False")
        assert condition(refused)["reason"] == "Forbidden" and "configmaps" in condition(refused)["message"]
        assert condition(refused, "Stalled")["status"] == "True"
        rules[1]["verbs"] = ["*"]
        await scene.patch(built_in("ClusterRole"), scene.namespace, {"rules": rules})
        await scene.ready("a", within=120)


async def account(scene: Scene, rules: list[Object]) -> str:
    """A ServiceAccount that may do what ``rules`` say; returns its token."""
    name = scene.namespace
    await scene.add(built_in("ServiceAccount"), {"metadata": {"name": name}})
    await scene.add(built_in("ClusterRole"), {"metadata": {"name": name}, "rules": rules})
    binding = {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": scene.namespace}],
    }
    await scene.add(built_in("ClusterRoleBinding"), binding)
    from controlplane import binaries  # a script folder on the path of the test session

    command = [*(binaries() or {})["kubectl"], "--kubeconfig", str(scene.kubeconfig), "create", "token", name]
    process = await asyncio.create_subprocess_exec(
        *command, "-n", scene.namespace, "-o", "json", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    return str(msgspec.json.decode(out)["status"]["token"])
