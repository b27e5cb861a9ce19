"""A workload beside an autoscaler: whose are its replicas?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orkestra.k8s.builtin import builtin_resource
from orkestra.k8s.gvk import GVK, ResourceInfo
from orkestra.katalog import load_text, render
from orkestra.operator.desired import Renderer
from orkestra.operator.plan import Desired
from orkestra.template import Environment

OWNER = ResourceInfo("demo.io", "v1", "Site", "sites", namespaced=True)
CR = {
    "apiVersion": "demo.io/v1",
    "kind": "Site",
    "metadata": {"name": "shop", "namespace": "a", "uid": "u1"},
    "spec": {},
}


def deployment(hpa: str) -> Desired:
    text = f"""
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {{name: t}}
spec:
  crds:
    site:
      apiTypes: {{group: demo.io, version: v1, kind: Site, plural: sites}}
      operatorBox:
        onReconcile:
          deployments: [{{name: web, image: nginx, replicas: 3}}]
          hpa: [{hpa}]
"""
    katalog, findings = load_text(text)
    assert katalog is not None, render(findings)

    def resolve(gvk: GVK) -> ResourceInfo:
        found = builtin_resource(gvk)
        assert found is not None
        return found

    environment = Environment(now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    children = Renderer(katalog.boxes[0], OWNER, resolve, environment).render(CR, CR).children
    return next(child for child in children if child.info.kind == "Deployment")


@pytest.mark.parametrize("target", ["", "scaleTargetRef: web, ", "scaleTargetRef: {kind: Deployment, name: web}, "])
def test_the_autoscalers_workload_starts_with_its_replicas_and_then_keeps_what_it_has(target: str) -> None:
    found = deployment(f"{{{target}maxReplicas: 5}}")
    assert found.manifest["spec"]["replicas"] == 3
    assert found.ignored == (("spec", "replicas"),)


@pytest.mark.parametrize(
    "hpa",
    [
        "{scaleTargetRef: other, maxReplicas: 5}",
        "{scaleTargetRef: {kind: StatefulSet, name: web}, maxReplicas: 5}",
        "{namespace: b, scaleTargetRef: web, maxReplicas: 5}",
        "{maxReplicas: 5, when: [{field: spec.scaled, exists: true}]}",
    ],
)
def test_any_other_workloads_replicas_are_the_definitions(hpa: str) -> None:
    assert deployment(hpa).ignored == ()
