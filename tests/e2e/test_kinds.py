"""Every further kind of child, made, kept in line and cleaned up on a real API server."""

from __future__ import annotations

import pytest

from tests.scenes import DEPLOYMENTS, NAMESPACES, Scene, built_in, condition, image_of

RBAC = "rbac.authorization.k8s.io/v1"
DAEMON_SETS = built_in("DaemonSet", "apps/v1")
REPLICA_SETS = built_in("ReplicaSet", "apps/v1")
PODS = built_in("Pod")
CRON_JOBS = built_in("CronJob", "batch/v1")
ROLES = built_in("Role", RBAC)
ROLE_BINDINGS = built_in("RoleBinding", RBAC)
CLUSTER_ROLES = built_in("ClusterRole", RBAC)
CLUSTER_ROLE_BINDINGS = built_in("ClusterRoleBinding", RBAC)
CLAIMS = built_in("PersistentVolumeClaim")
VOLUMES = built_in("PersistentVolume")
SCALERS = built_in("HorizontalPodAutoscaler", "autoscaling/v2")
BUDGETS = built_in("PodDisruptionBudget", "policy/v1")
POLICIES = built_in("NetworkPolicy", "networking.k8s.io/v1")
QUOTAS = built_in("ResourceQuota")
LIMITS = built_in("LimitRange")


async def test_every_namespaced_kind_is_made_and_comes_to_rest(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      replicaSets: [{name: rs, image: "nginx:1"}]
      daemonSets: [{name: ds, image: "agent:1"}]
      pods: [{name: pod, image: "nginx:1"}]
      cronJobs: [{name: cron, image: "busybox:1", schedule: "0 3 * * *", concurrencyPolicy: forbid}]
      roles: [{name: role, rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]}]
      roleBindings: [{name: binding, roleRef: role, subjects: [{name: app}]}]
      hpa: [{name: scaler, scaleTargetRef: {kind: ReplicaSet, name: rs}, maxReplicas: 3,
             targetCPUUtilizationPercentage: 70, behavior: {scaleDown: {stabilizationWindowSeconds: 60}}}]
      pdb: [{name: budget, minAvailable: "50%"}]
      networkPolicies:
        - name: policy
          podSelector: {app: rs}
          ingress: [{from: [{podSelector: {role: front}}], ports: [{port: 80}]}]
      resourceQuotas: [{name: quota, hard: {configmaps: 50, requests.storage: 1024Gi}}]
      limitRanges: [{name: limits, limits: [{type: PersistentVolumeClaim, max: {storage: 64Gi}}]}]
    """
    async with scene.running(box) as run:
        await scene.create("shop")
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        for info, name in (
            (REPLICA_SETS, "rs"),
            (DAEMON_SETS, "ds"),
            (PODS, "pod"),
            (CRON_JOBS, "cron"),
            (ROLES, "role"),
            (ROLE_BINDINGS, "binding"),
            (SCALERS, "scaler"),
            (BUDGETS, "budget"),
            (POLICIES, "policy"),
            (QUOTAS, "quota"),
            (LIMITS, "limits"),
        ):
            found = await scene.exists(info, name)
            assert found["metadata"]["ownerReferences"][0]["name"] == "shop"
        binding = await scene.exists(ROLE_BINDINGS, "binding")
        assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "app", "namespace": scene.namespace}]


async def test_foreign_changes_of_further_kinds_are_corrected(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      roles: [{name: role, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}]
      networkPolicies: [{name: policy, ingress: [{ports: [{port: 80}]}], egress: []}]
      cronJobs: [{name: cron, image: "busybox:1", schedule: "0 3 * * *"}]
    """
    async with scene.running(box) as run:
        await scene.create("shop")
        await scene.ready("shop")
        wide = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
        await scene.patch(ROLES, "role", {"rules": wide})
        await scene.until(ROLES, "role", lambda o: o and o["rules"] != wide and len(o["rules"]) == 1)
        opened = {
            "spec": {"ingress": [{"ports": [{"port": 80}, {"port": 22}]}], "podSelector": {"matchLabels": {"a": "b"}}}
        }
        await scene.patch(POLICIES, "policy", opened)
        await scene.until(
            POLICIES,
            "policy",
            lambda o: o and len(o["spec"]["ingress"][0]["ports"]) == 1 and not o["spec"]["podSelector"],
        )
        await scene.patch(CRON_JOBS, "cron", {"spec": {"suspend": True}})
        await scene.until(CRON_JOBS, "cron", lambda o: o and o["spec"]["suspend"] is False)
        await scene.rests(run, 0.5)


async def test_a_pod_that_changes_is_made_anew(scene: Scene) -> None:
    await scene.define()
    box = 'onReconcile: {pods: [{name: "{{ .metadata.name }}", image: "{{ .spec.image }}", labels: {tier: a}}]}'
    async with scene.running(box) as run:
        await scene.create("shop", {"image": "nginx:1"})
        await scene.ready("shop")
        first = await scene.exists(PODS, "shop")
        await scene.change("shop", {"image": "nginx:2"})
        second = await scene.until(PODS, "shop", lambda o: o and o["spec"]["containers"][0]["image"] == "nginx:2")
        assert second["metadata"]["uid"] != first["metadata"]["uid"]
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        await scene.patch(PODS, "shop", {"metadata": {"labels": {"tier": "b"}}})
        again = await scene.until(PODS, "shop", lambda o: o and o["metadata"]["labels"]["tier"] == "a")
        assert again["metadata"]["uid"] == second["metadata"]["uid"], "a label is put back in place"


async def test_children_of_the_cluster_are_cleaned_up_by_the_finalizer(scene: Scene) -> None:
    websites = await scene.define()
    unique = scene.namespace
    box = f"""
    onReconcile:
      clusterRoles: [{{name: {unique}, rules: [{{nonResourceURLs: [/healthz], verbs: [get]}}]}}]
      clusterRoleBindings: [{{name: {unique}, roleRef: {unique}, subjects: [{{name: app}}]}}]
      persistentVolumes: [{{name: {unique}, capacity: 1Gi, hostPath: /tmp/x, storageClassName: manual}}]
    """
    async with scene.running(box) as run:
        await scene.create("shop")
        await scene.ready("shop")
        binding = await scene.exists(CLUSTER_ROLE_BINDINGS, unique)
        assert binding["subjects"][0]["namespace"] == scene.namespace
        assert not binding["metadata"].get("ownerReferences")
        await scene.patch(CLUSTER_ROLES, unique, {"rules": []})
        await scene.until(CLUSTER_ROLES, unique, lambda o: o and o["rules"])
        await scene.rests(run, 0.5)
        await scene.delete(websites, "shop")
        await scene.gone(websites, "shop")
        for info in (CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, VOLUMES):
            await scene.gone(info, unique)


async def test_a_namespace_is_made_once_and_goes_with_its_cr(scene: Scene) -> None:
    websites = await scene.define()
    own = f"{scene.namespace}-own"
    box = f"""
    onReconcile:
      namespaces: [{{name: {own}, labels: {{tier: a}}}}]
      networkPolicies: [{{name: deny, namespace: {own}, ingress: [], egress: []}}]
    """
    async with scene.running(box) as run:
        await scene.create("shop")
        await scene.ready("shop")
        await scene.patch(NAMESPACES, own, {"metadata": {"labels": {"tier": "edited"}}})
        await scene.rests(run, 0.5)
        found = await scene.exists(NAMESPACES, own)
        assert found["metadata"]["labels"]["tier"] == "edited"
        policy = await scene.exists(POLICIES, f"{own}/deny")
        assert sorted(policy["spec"]["policyTypes"]) == ["Egress", "Ingress"]
        await scene.delete(websites, "shop")
        await scene.gone(websites, "shop")
        await scene.gone(NAMESPACES, own)


@pytest.mark.parametrize(
    ("kind", "entry", "change"),
    [
        ("persistentVolumeClaims", '{name: data, storage: "{{ .spec.v }}", storageClassName: manual}', ("2Gi", "1Gi")),
        (
            "roleBindings",
            '{name: binding, roleRef: "{{ .spec.v }}", subjects: [{kind: User, name: ada}]}',
            ("reader", "writer"),
        ),
    ],
)
async def test_a_change_that_kubernetes_refuses_is_told(
    scene: Scene, kind: str, entry: str, change: tuple[str, str]
) -> None:
    await scene.define()
    before, after = change
    async with scene.running(f"status: {{readiness: reconcile}}\nonReconcile: {{{kind}: [{entry}]}}") as run:
        await scene.create("shop", {"v": before})
        await scene.ready("shop")
        await scene.change("shop", {"v": after})
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] == "InvalidChild"
        assert condition(refused, "Stalled")["status"] == "True"
        await scene.rests(run, 0.5)
        await scene.change("shop", {"v": before})
        await scene.ready("shop")


async def test_replicas_are_the_autoscalers(scene: Scene) -> None:
    await scene.define()
    box = """
    status: {readiness: reconcile}
    onReconcile:
      deployments: [{name: web, image: "{{ .spec.image }}", replicas: 2}]
      hpa: [{name: web, maxReplicas: 5, when: [{field: spec.scaled, equals: "yes"}]}]
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"image": "nginx:1", "scaled": "yes"})
        await scene.ready("shop")
        assert (await scene.exists(DEPLOYMENTS, "web"))["spec"]["replicas"] == 2
        await scene.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 4}})
        await scene.stays(DEPLOYMENTS, "web", lambda o: o and o["spec"]["replicas"] == 4)
        await scene.change("shop", {"image": "nginx:2"})
        await scene.until(DEPLOYMENTS, "web", lambda o: o and image_of(o) == "nginx:2" and o["spec"]["replicas"] == 4)
        await scene.change("shop", {"scaled": "no"})
        await scene.gone(SCALERS, "web")
        await scene.until(DEPLOYMENTS, "web", lambda o: o and o["spec"]["replicas"] == 2)
        await scene.rests(run, 0.5)


async def test_a_claim_is_ready_when_it_is_bound(scene: Scene) -> None:
    await scene.define()
    box = f"""
    onReconcile:
      persistentVolumes: [{{name: {scene.namespace}, capacity: 1Gi, hostPath: /tmp/x, storageClassName: "-"}}]
      persistentVolumeClaims: [{{name: data, storage: 1Gi, storageClassName: "-", volumeName: {scene.namespace}}}]
    """
    async with scene.running(box):
        await scene.create("shop")
        await scene.ready("shop")
        claim = await scene.exists(CLAIMS, "data")
        assert claim["status"]["phase"] == "Bound"
