from __future__ import annotations

from typing import Any

import pytest

from orkestra.devserver.controllers import allocate_service
from orkestra.k8s.errors import Invalid
from orkestra.k8s.objects import Object

from .fake import World, condition, deployment_spec, pod_template


@pytest.fixture
def world() -> World:
    return World()


def service(world: World, name: str, old: Object | None = None, **spec: Any) -> Object:
    """Allocated and stored, as the server does it."""
    body = {"metadata": {"name": name, "namespace": "default"}, "spec": {"ports": [{"port": 80}], **spec}}
    if old is not None:
        body["metadata"] = old["metadata"]
        return world.cluster.update(world.info("services"), allocate_service(world.cluster, body, old))
    return world.cluster.create(world.info("services"), allocate_service(world.cluster, body, None))


def test_each_service_gets_its_own_address_and_keeps_it(world: World) -> None:
    one, two = service(world, "one"), service(world, "two")
    assert one["spec"]["clusterIP"] != two["spec"]["clusterIP"]
    assert one["spec"]["clusterIPs"] == [one["spec"]["clusterIP"]]
    assert service(world, "one", old=one, selector={"a": "b"})["spec"]["clusterIP"] == one["spec"]["clusterIP"]


def test_an_address_in_use_is_refused_until_it_is_free(world: World) -> None:
    service(world, "one", clusterIP="10.96.0.50")
    with pytest.raises(Invalid) as refused:
        service(world, "two", clusterIP="10.96.0.50")
    expected = (
        'Service "two" is invalid: spec.clusterIPs: Invalid value: ["10.96.0.50"]: '
        "failed to allocate IP 10.96.0.50: provided IP is already allocated"
    )
    assert refused.value.message == expected
    world.delete("services", "one")
    assert service(world, "two", clusterIP="10.96.0.50")["spec"]["clusterIP"] == "10.96.0.50"


@pytest.mark.parametrize("address", ["192.168.0.1", "nonsense"])
def test_an_address_out_of_range_is_refused(world: World, address: str) -> None:
    with pytest.raises(Invalid):
        service(world, "one", clusterIP=address)


def test_node_ports_are_given_kept_and_dropped_with_the_type(world: World) -> None:
    one = service(world, "one", type="NodePort")
    port = one["spec"]["ports"][0]["nodePort"]
    assert 30000 <= port <= 32767
    kept = service(world, "one", old=one, type="NodePort", ports=[{"port": 80, "name": "http"}])
    assert kept["spec"]["ports"][0]["nodePort"] == port
    plain = service(world, "one", old=kept, type="ClusterIP", ports=kept["spec"]["ports"])
    assert "nodePort" not in plain["spec"]["ports"][0]
    with pytest.raises(Invalid, match="provided port is not in the valid range"):
        service(world, "two", type="NodePort", ports=[{"port": 80, "nodePort": 80}])


def test_two_ports_of_one_service_get_two_node_ports(world: World) -> None:
    ports = service(world, "one", type="NodePort", ports=[{"port": 80, "name": "a"}, {"port": 81, "name": "b"}])
    first, second = (port["nodePort"] for port in ports["spec"]["ports"])
    assert first != second


def test_headless_and_external_services_have_no_address(world: World) -> None:
    assert service(world, "one", clusterIP="None")["spec"]["clusterIPs"] == ["None"]
    assert "clusterIP" not in service(world, "two", type="ExternalName", externalName="example.com")["spec"]


def test_a_load_balancer_gets_an_ingress_address(world: World) -> None:
    service(world, "lb", type="LoadBalancer")
    world.advance(1)
    (ingress,) = world.get("services", "lb")["status"]["loadBalancer"]["ingress"]
    assert ingress["ipMode"] == "VIP"


def test_ready_pods_become_endpoints(world: World) -> None:
    template = pod_template()
    template["spec"]["containers"][0]["ports"] = [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    world.create("deployments.apps", "web", deployment_spec(2, template=template))
    service(world, "web", selector={"app": "web"}, ports=[{"port": 80, "targetPort": "http", "protocol": "TCP"}])
    world.advance(2)
    (found,) = world.all("endpointslices.discovery.k8s.io")
    assert found["metadata"]["generateName"] == "web-"
    assert found["metadata"]["labels"] == {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": "web",
    }
    assert found["ports"] == [{"name": "", "protocol": "TCP", "port": 8080}]
    assert [each["conditions"] for each in found["endpoints"]] == [
        {"ready": True, "serving": True, "terminating": False}
    ] * 2
    pods = {pod["metadata"]["name"]: pod["status"]["podIP"] for pod in world.all("pods")}
    assert {each["targetRef"]["name"]: each["addresses"][0] for each in found["endpoints"]} == pods
    (subset,) = world.get("endpoints", "web")["subsets"]
    assert sorted(address["ip"] for address in subset["addresses"]) == sorted(pods.values())
    world.change("deployments.apps", "web", replicas=0)
    world.advance(2)
    (found,) = world.all("endpointslices.discovery.k8s.io")
    assert not found["endpoints"]
    assert "subsets" not in world.get("endpoints", "web")


def test_a_service_without_pods_has_an_empty_slice(world: World) -> None:
    service(world, "web", selector={"app": "nobody"})
    world.advance(1)
    (found,) = world.all("endpointslices.discovery.k8s.io")
    assert (found["endpoints"], found["ports"]) == (None, None)


def test_settled_endpoints_are_not_written_again(world: World) -> None:
    world.create("deployments.apps", "web", deployment_spec(2))
    service(world, "web", selector={"app": "web"})
    world.advance(2)
    before = world.cluster.writes
    for obj in world.all("services"):
        world.engine._route("services", obj)
    world.advance(5)
    assert world.cluster.writes == before


@pytest.mark.parametrize(
    ("budget", "allowed", "desired"),
    [
        ({"minAvailable": 2}, 1, 2),
        ({"maxUnavailable": 1}, 1, 2),
        ({"minAvailable": "50%"}, 1, 2),
        ({"maxUnavailable": "100%"}, 3, 0),
    ],
)
def test_a_budget_tells_how_many_may_go(world: World, budget: Object, allowed: int, desired: int) -> None:
    world.create("deployments.apps", "web", deployment_spec(3))
    spec = {"selector": {"matchLabels": {"app": "web"}}, **budget}
    world.create("poddisruptionbudgets.policy", "web", {"spec": spec})
    world.advance(2)
    found = world.get("poddisruptionbudgets.policy", "web")
    status = {key: value for key, value in found["status"].items() if key != "conditions"}
    assert status == {
        "observedGeneration": 1, "disruptionsAllowed": allowed, "currentHealthy": 3, "desiredHealthy": desired,
        "expectedPods": 3,
    }  # fmt: skip
    assert condition(found, "DisruptionAllowed")["reason"] == "SufficientPods"


def claim_spec(storage: str) -> Object:
    return {"spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}}


def volume_spec(storage: str) -> Object:
    return {
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": storage},
            "persistentVolumeReclaimPolicy": "Retain",
        }
    }


def test_a_claim_takes_the_smallest_volume_that_fits(world: World) -> None:
    for name, storage in (("small", "1Gi"), ("fitting", "2Gi"), ("large", "10Gi")):
        world.create("persistentvolumes", name, volume_spec(storage))
    world.settle()
    assert {each["status"]["phase"] for each in world.all("persistentvolumes")} == {"Available"}
    world.create("persistentvolumeclaims", "data", claim_spec("1500Mi"))
    world.advance(1)
    claim = world.get("persistentvolumeclaims", "data")
    assert claim["spec"]["volumeName"] == "fitting"
    assert condition(claim, "Unused")["reason"] == "NoPodsUsingPVC"
    status = {field: value for field, value in claim["status"].items() if field != "conditions"}
    assert status == {"phase": "Bound", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "2Gi"}}
    assert claim["metadata"]["finalizers"] == ["kubernetes.io/pvc-protection"]
    assert world.get("persistentvolumes", "fitting")["spec"]["claimRef"]["uid"] == claim["metadata"]["uid"]
    world.delete("persistentvolumeclaims", "data")
    world.advance(1)
    assert world.get("persistentvolumes", "fitting")["status"]["phase"] == "Released"


def test_a_claim_in_use_outlives_its_deletion_until_the_pod_is_gone(world: World) -> None:
    world.create("persistentvolumeclaims", "data", claim_spec("1Gi"))
    volumes = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    world.create("pods", "p", {"spec": {"containers": [{"name": "c", "image": "i"}], "volumes": volumes}})
    world.advance(1)
    assert condition(world.get("persistentvolumeclaims", "data"), "Unused")["reason"] == "PodUsingPVC"
    world.delete("persistentvolumeclaims", "data")
    world.advance(1)
    assert world.find("persistentvolumeclaims", "data")
    world.delete("pods", "p")
    world.advance(1)
    assert world.find("persistentvolumeclaims", "data") is None


def test_a_provisioned_volume_goes_with_its_claim(world: World) -> None:
    world.create("persistentvolumeclaims", "data", claim_spec("1Gi"), finalizers=["kubernetes.io/pvc-protection"])
    world.advance(1)
    (volume,) = world.all("persistentvolumes")
    assert volume["spec"]["capacity"] == {"storage": "1Gi"}
    world.delete("persistentvolumeclaims", "data")
    world.advance(1)
    assert world.all("persistentvolumes") == world.all("persistentvolumeclaims") == []
