"""Built-in profiles: what each stands for is what Kubernetes takes, and stores as it was sent."""

from __future__ import annotations

from orkestra.k8s.objects import Object, get_path
from orkestra.katalog.profiles import PROFILES
from tests.scenes import DEPLOYMENTS, Scene, built_in, condition

BUDGETS = built_in("PodDisruptionBudget", "policy/v1")
SCALERS = built_in("HorizontalPodAutoscaler", "autoscaling/v2")
QUOTAS = built_in("ResourceQuota")
POLICIES = built_in("NetworkPolicy", "networking.k8s.io/v1")


async def test_every_profile_is_taken_and_comes_to_rest(scene: Scene) -> None:
    await scene.define()
    far = await scene.space("bounded")
    box = f"""
    status: {{readiness: reconcile}}
    onReconcile:
      deployments:
        - {{forEach: {{field: spec.resources}}, name: "r-{{{{ .item }}}}", image: x, replicas: 0,
           resources: {{profile: "{{{{ .item }}}}"}}}}
        - {{forEach: {{field: spec.probes}}, name: "p-{{{{ .item }}}}", image: x, replicas: 0, port: 80,
           probes: {{startup: {{profile: "{{{{ .item }}}}"}}, liveness: {{profile: "{{{{ .item }}}}"}}}}}}
        - {{forEach: {{field: spec.containerSecurity}}, name: "s-{{{{ .item }}}}", image: x, replicas: 0,
           securityContext: {{profile: "{{{{ .item }}}}"}}, podSecurity: {{profile: "{{{{ .item }}}}"}}}}
        - {{forEach: {{field: spec.rollingUpdate}}, name: "u-{{{{ .item }}}}", image: x, replicas: 0,
           rollingUpdate: {{profile: "{{{{ .item }}}}"}}}}
      statefulSets:
        - {{forEach: {{field: spec.rollingUpdate}}, name: "t-{{{{ .item }}}}", image: x, replicas: 0,
           rollingUpdate: {{profile: "{{{{ .item }}}}"}}}}
      hpa:
        - {{forEach: {{field: spec.hpa}}, name: "h-{{{{ .item }}}}", scaleTargetRef: "h-{{{{ .item }}}}",
           maxReplicas: 3, behavior: {{profile: "{{{{ .item }}}}"}}}}
      pdb:
        - {{forEach: {{field: spec.pdb}}, name: "b-{{{{ .item }}}}", selector: {{app: "{{{{ .item }}}}"}},
           behavior: {{profile: "{{{{ .item }}}}"}}}}
      resourceQuotas:
        - {{forEach: {{field: spec.resourceQuotas}}, name: "q-{{{{ .item }}}}", namespace: {far},
           profile: "{{{{ .item }}}}"}}
      networkPolicies:
        - {{forEach: {{field: spec.networkPolicies}}, name: "n-{{{{ .item }}}}", profile: "{{{{ .item }}}}"}}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {kind: list(names) for kind, names in PROFILES.items()})
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        assert len(await scene.list(SCALERS)) == len(PROFILES["hpa"])
        assert len(await scene.list(BUDGETS)) == len(PROFILES["pdb"])
        assert len(await scene.list(POLICIES)) == len(PROFILES["networkPolicies"])
        assert len(await scene.list(QUOTAS, namespace=far)) == len(PROFILES["resourceQuotas"])


async def test_a_profile_from_the_cr_is_changed_and_a_wrong_one_is_told(scene: Scene) -> None:
    await scene.define()
    box = 'onReconcile: {deployments: [{name: web, image: "x:1", resources: {profile: "{{ .spec.size }}"}}]}'
    async with scene.running(box):
        await scene.create("shop", {"size": "small"})
        await scene.ready("shop")
        await scene.change("shop", {"size": "large"})

        def is_large(found: Object | None) -> bool:
            containers = get_path(found or {}, ("spec", "template", "spec", "containers"), [{}])
            return bool(get_path(containers[0], ("resources", "limits", "cpu")) == "2")

        await scene.until(DEPLOYMENTS, "web", is_large)
        await scene.change("shop", {"size": "huge"})
        refused = await scene.ready("shop", "False")
        assert condition(refused)["reason"] == "InvalidTemplate"
        assert "resources.profile: expected one of tiny, small" in condition(refused)["message"]
