"""Children that are copies: followed as their source changes, spread over namespaces, cleaned up with their CR."""

from __future__ import annotations

from base64 import b64encode

from orkestra.k8s.objects import labels_of
from tests.scenes import CONFIG_MAPS, SECRETS, Scene, built_in, condition

POLICIES = built_in("NetworkPolicy", "networking.k8s.io/v1")
QUOTAS = built_in("ResourceQuota")
LIMITS = built_in("LimitRange")


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


async def test_a_secret_is_copied_to_namespaces_and_followed(scene: Scene) -> None:
    websites = await scene.define()
    one, two = await scene.space("one"), await scene.space("two")
    vault = await scene.space("vault")
    await scene.add(
        SECRETS,
        {
            "metadata": {"name": "pull", "namespace": vault, "labels": {"app": "registry"}},
            "type": "example.com/pull",
            "data": {"user": encoded("ada"), "word": encoded("one")},
        },
    )
    box = f"""
    onReconcile:
      secrets:
        - {{name: pull, fromSecret: pull, fromNamespace: {vault}, toNamespaces: [{one}, "{{{{ .spec.also }}}}"]}}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"also": two})
        await scene.ready("shop")
        for place in (one, two):
            found = await scene.exists(SECRETS, f"{place}/pull")
            assert found["type"] == "example.com/pull"
            assert found["data"] == {"user": encoded("ada"), "word": encoded("one")}
            assert "app" not in labels_of(found), "content only"
        await scene.rests(run, 0.5)
        await scene.patch(SECRETS, f"{vault}/pull", {"data": {"word": encoded("two"), "user": None}})
        for place in (one, two):
            await scene.until(SECRETS, f"{place}/pull", lambda o: o and o["data"] == {"word": encoded("two")})
        await scene.patch(SECRETS, f"{one}/pull", {"data": {"word": encoded("edited")}})
        await scene.until(SECRETS, f"{one}/pull", lambda o: o and o["data"] == {"word": encoded("two")})
        await scene.change("shop", {"also": ""})
        await scene.gone(SECRETS, f"{two}/pull")
        await scene.rests(run, 0.5)
        await scene.delete(websites, "shop")
        await scene.gone(websites, "shop")
        assert await scene.get(SECRETS, f"{one}/pull") is None
        assert await scene.get(SECRETS, f"{vault}/pull"), "the source is nobody's child"


async def test_a_missing_source_is_waited_for_and_a_copy_outlives_it(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      configMaps: [{name: "{{ .metadata.name }}-copy", fromConfigMap: "{{ .spec.source }}"}]
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"source": "original"})
        waiting = await scene.ready("shop", "Unknown")
        assert condition(waiting)["reason"] == "ChildrenProgressing"
        assert f"waiting for {scene.namespace}/original" in condition(waiting)["message"]
        assert await scene.get(CONFIG_MAPS, "shop-copy") is None
        await scene.rests(run, 0.5)
        await scene.add(CONFIG_MAPS, {"metadata": {"name": "original"}, "data": {"k": "v"}})
        await scene.ready("shop")
        assert (await scene.exists(CONFIG_MAPS, "shop-copy"))["data"] == {"k": "v"}
        await scene.delete(CONFIG_MAPS, "original")
        await scene.ready("shop", "Unknown")
        await scene.stays(CONFIG_MAPS, "shop-copy", lambda o: o and o["data"] == {"k": "v"})
        await scene.add(CONFIG_MAPS, {"metadata": {"name": "original"}, "data": {"k": "w"}})
        await scene.until(CONFIG_MAPS, "shop-copy", lambda o: o and o["data"] == {"k": "w"})
        await scene.ready("shop")
        await scene.rests(run, 0.5)


async def test_plain_data_is_spread_over_namespaces(scene: Scene) -> None:
    await scene.define()
    far = await scene.space("far")
    box = f'onReconcile: {{configMaps: [{{name: c, data: {{k: "{{{{ .spec.v }}}}"}}, toNamespaces: [NEAR, {far}]}}]}}'
    async with scene.running(box.replace("NEAR", scene.namespace)) as run:
        await scene.create("shop", {"v": "1"})
        await scene.ready("shop")
        await scene.change("shop", {"v": "2"})
        for place in (scene.namespace, far):
            await scene.until(CONFIG_MAPS, f"{place}/c", lambda o: o and o["data"] == {"k": "2"})
        await scene.rests(run, 0.5)


async def test_policies_quotas_and_limits_are_copied(scene: Scene) -> None:
    await scene.define()
    far = await scene.space("far")
    rules = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"ports": [{"port": 80, "protocol": "TCP"}]}]}
    limits = {"limits": [{"type": "PersistentVolumeClaim", "max": {"storage": "5Gi"}}]}
    await scene.add(POLICIES, {"metadata": {"name": "base"}, "spec": rules})
    await scene.add(QUOTAS, {"metadata": {"name": "base"}, "spec": {"hard": {"configmaps": "9"}}})
    await scene.add(LIMITS, {"metadata": {"name": "base"}, "spec": limits})
    box = f"""
    onReconcile:
      networkPolicies: [{{name: copy, fromNetworkPolicy: base, toNamespaces: [{far}]}}]
      resourceQuotas: [{{name: copy, fromResourceQuota: base, toNamespaces: [{far}]}}]
      limitRanges: [{{name: copy, fromLimitRange: base, toNamespaces: [{far}]}}]
    """
    async with scene.running(box) as run:
        await scene.create("shop")
        await scene.ready("shop")
        assert (await scene.exists(POLICIES, f"{far}/copy"))["spec"] == rules
        assert (await scene.exists(QUOTAS, f"{far}/copy"))["spec"] == {"hard": {"configmaps": "9"}}
        assert (await scene.exists(LIMITS, f"{far}/copy"))["spec"] == limits
        await scene.patch(QUOTAS, "base", {"spec": {"hard": {"configmaps": "8"}}})
        await scene.until(QUOTAS, f"{far}/copy", lambda o: o and o["spec"]["hard"] == {"configmaps": "8"})
        await scene.rests(run, 0.5)
