from __future__ import annotations

import pytest

from orkestra.k8s.gvk import GVK, GVR, ResourceInfo, split_api_version

DEPLOYMENTS = ResourceInfo("apps", "v1", "Deployment", "deployments", True)
NODES = ResourceInfo("", "v1", "Node", "nodes", False)


def test_a_type_is_parsed_and_printed_as_manifests_have_it() -> None:
    assert GVK.parse("apps/v1", "Deployment") == GVK("apps", "v1", "Deployment")
    assert GVK.of({"apiVersion": "v1", "kind": "Pod"}) == GVK("", "v1", "Pod")
    assert GVK("apps", "v1", "Deployment").api_version == "apps/v1"
    assert str(GVK("", "v1", "Pod")) == "v1, Kind=Pod"
    assert (str(GVR("apps", "v1", "deployments")), str(GVR("", "v1", "pods"))) == ("deployments.v1.apps", "pods.v1")


@pytest.mark.parametrize("malformed", ["a/b/c", "/v1", "apps/"])
def test_a_malformed_api_version_is_refused(malformed: str) -> None:
    with pytest.raises(ValueError, match="unexpected apiVersion"):
        split_api_version(malformed)


def test_paths() -> None:
    assert DEPLOYMENTS.path() == "/apis/apps/v1/deployments"
    assert DEPLOYMENTS.path("web", "shop", "scale") == "/apis/apps/v1/namespaces/web/deployments/shop/scale"
    assert NODES.path("ignored", "n1", "status") == "/api/v1/nodes/n1/status"
    assert (DEPLOYMENTS.group_resource, NODES.group_resource) == ("deployments.apps", "nodes")
    assert (DEPLOYMENTS.gvk.kind, DEPLOYMENTS.gvr.resource) == ("Deployment", "deployments")
