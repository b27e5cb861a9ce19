"""Children no owner reference reaches: other namespaces, and the cluster itself."""

from __future__ import annotations

from orkestra.k8s.objects import labels_of
from tests.scenes import CONFIG_MAPS, DEPLOYMENTS, Scene, condition

FINALIZER = "orkestra.orkspace.io/cleanup"


async def test_a_child_in_another_namespace_is_cleaned_up_by_the_finalizer(scene: Scene) -> None:
    websites = await scene.define()
    other = await scene.space("far")
    box = """
    onReconcile:
      configMaps:
        - {name: "{{ .metadata.name }}", data: {k: near}}
        - {name: "{{ .metadata.name }}", namespace: "{{ .spec.far }}", data: {k: far}}
    """
    async with scene.running(box) as run:
        cr = await scene.create("shop", {"far": other})
        far = await scene.exists(CONFIG_MAPS, f"{other}/shop")
        seen = await scene.get(websites, "shop")
        assert seen and seen["metadata"]["finalizers"] == [FINALIZER], "asked for before the child was made"
        assert not far["metadata"].get("ownerReferences")
        assert labels_of(far)["orkestra.io/owner"] == cr["metadata"]["uid"]
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        await scene.patch(CONFIG_MAPS, f"{other}/shop", {"data": {"k": "edited"}})
        await scene.until(CONFIG_MAPS, f"{other}/shop", lambda o: o and o["data"] == {"k": "far"})
        await scene.delete(websites, "shop")
        await scene.gone(websites, "shop")
        assert await scene.get(CONFIG_MAPS, f"{other}/shop") is None, "cleaned before the CR went"
        await scene.collected(CONFIG_MAPS, "shop")


async def test_a_namespace_left_behind_is_pruned(scene: Scene) -> None:
    await scene.define()
    one, two = await scene.space("one"), await scene.space("two")
    box = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", namespace: "{{ .spec.far }}", data: {k: v}}]}'
    async with scene.running(box) as run:
        await scene.create("shop", {"far": one})
        await scene.exists(CONFIG_MAPS, f"{one}/shop")
        await scene.change("shop", {"far": two})
        await scene.exists(CONFIG_MAPS, f"{two}/shop")
        await scene.gone(CONFIG_MAPS, f"{one}/shop")
        await scene.ready("shop")
        await scene.rests(run, 0.5)


async def test_the_finalizer_of_a_cr_deleted_while_nobody_ran_is_honoured(scene: Scene) -> None:
    websites = await scene.define()
    other = await scene.space("far")
    box = f'onReconcile: {{configMaps: [{{name: "{{{{ .metadata.name }}}}", namespace: {other}, data: {{k: v}}}}]}}'
    async with scene.running(box):
        await scene.create("shop")
        await scene.ready("shop")
    await scene.delete(websites, "shop")
    await scene.stays(websites, "shop", lambda o: o and o["metadata"].get("deletionTimestamp"), 0.3)
    async with scene.running(box):
        await scene.gone(websites, "shop")
        assert await scene.get(CONFIG_MAPS, f"{other}/shop") is None


async def test_other_finalizers_are_left_to_their_owners(scene: Scene) -> None:
    websites = await scene.define()
    other = await scene.space("far")
    box = f'onReconcile: {{configMaps: [{{name: "{{{{ .metadata.name }}}}", namespace: {other}, data: {{k: v}}}}]}}'
    async with scene.running(box) as run:
        await scene.create("shop", finalizers=["example.com/theirs"])
        await scene.ready("shop")
        await scene.delete(websites, "shop")
        await scene.gone(CONFIG_MAPS, f"{other}/shop")
        await scene.until(websites, "shop", lambda o: o and o["metadata"]["finalizers"] == ["example.com/theirs"])
        await scene.rests(run, 0.5)
        await scene.patch(websites, "shop", {"metadata": {"finalizers": None}})
        await scene.gone(websites, "shop")


async def test_a_terminating_cr_gets_no_new_children(scene: Scene) -> None:
    websites = await scene.define()
    box = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: v}}]}'
    async with scene.running(box) as run:
        await scene.create("shop", finalizers=["example.com/theirs"])
        await scene.ready("shop")
        await scene.delete(websites, "shop")
        await scene.delete(CONFIG_MAPS, "shop")
        await scene.stays(CONFIG_MAPS, "shop", lambda o: o is None)
        await scene.rests(run, 0.5)


async def test_a_cluster_scoped_child_and_a_cluster_scoped_cr(scene: Scene) -> None:
    websites = await scene.define()
    zones = await scene.define("Zone", namespaced=False)
    tenants = await scene.define("Tenant", namespaced=False)
    website = """
    onReconcile:
      custom:
        - {apiVersion: GROUP/v1, kind: Zone, metadata: {name: "{{ .metadata.name }}-zone"}, spec: {a: "{{ .spec.a }}"}}
    """
    tenant = f"""
    onReconcile:
      custom:
        - {{apiVersion: GROUP/v1, kind: Zone, metadata: {{name: "{{{{ .metadata.name }}}}-own"}}, spec: {{a: 1}}}}
      configMaps:
        - {{name: "{{{{ .metadata.name }}}}", namespace: {scene.namespace}, data: {{k: v}}}}
    """
    status = "status: {readiness: reconcile}\n"
    entries = (
        scene.entry(status + website.replace("\n    ", "\n")),
        scene.entry(status + tenant.replace("\n    ", "\n"), name="tenant", kind="Tenant"),
    )
    async with scene.running(*entries) as run:
        await scene.create("shop", {"a": 1})
        await scene.create("acme", kind="Tenant")
        zone = await scene.exists(zones, "shop-zone")
        assert not zone["metadata"].get("ownerReferences")
        seen = await scene.get(websites, "shop")
        assert seen and seen["metadata"]["finalizers"] == [FINALIZER]
        own = await scene.exists(zones, "acme-own")
        assert own["metadata"]["ownerReferences"][0]["kind"] == "Tenant"
        config = await scene.exists(CONFIG_MAPS, "acme")
        assert config["metadata"]["ownerReferences"][0]["kind"] == "Tenant", "a cluster-scoped owner reaches everything"
        acme = await scene.get(tenants, "acme")
        assert acme and not acme["metadata"].get("finalizers")
        await scene.ready("shop")
        await scene.ready("acme", kind="Tenant")
        await scene.patch(zones, "shop-zone", {"spec": {"a": 9}})
        await scene.until(zones, "shop-zone", lambda o: o and o["spec"] == {"a": 1})
        await scene.rests(run, 0.5)
        await scene.delete(websites, "shop")
        await scene.gone(websites, "shop")
        assert await scene.get(zones, "shop-zone") is None


async def test_a_child_in_a_namespace_that_does_not_exist_is_told_and_tried_again(scene: Scene) -> None:
    await scene.define()
    missing = f"{scene.namespace}-later"
    box = f'onReconcile: {{configMaps: [{{name: "{{{{ .metadata.name }}}}", namespace: {missing}, data: {{k: v}}}}]}}'
    async with scene.running(box):
        await scene.create("shop")
        refused = await scene.ready("shop", "False")
        assert missing in condition(refused)["message"]
        assert condition(refused, "Reconciling")["status"] == "True"
        await scene.space("later")
        await scene.exists(CONFIG_MAPS, f"{missing}/shop")
        await scene.ready("shop")


async def test_a_cluster_scoped_cr_with_a_namespaced_child_and_no_namespace_is_told(scene: Scene) -> None:
    await scene.define("Tenant", namespaced=False)
    box = 'onReconcile: {deployments: [{name: "{{ .metadata.name }}", image: a}]}'
    async with scene.running(scene.entry(box, name="tenant", kind="Tenant")):
        await scene.create(scene.namespace, kind="Tenant")
        refused = await scene.ready(scene.namespace, "False", kind="Tenant")
        assert condition(refused)["reason"] == "InvalidTemplate"
        assert "namespace is needed" in condition(refused)["message"]
        assert await scene.list(DEPLOYMENTS) == []
