"""Built-in kinds: what a real server adds to minimal manifests and refuses in bad ones."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.devserver.kinds.defaults.pods import pull_policy, qos_class
from orkestra.devserver.kinds.rules.batch import schedule_error
from orkestra.k8s.errors import BadRequest, Invalid
from tests.unit.devserver.builders import cluster, configmap, deployment, info, pod


def test_a_minimal_deployment_gets_the_defaults_git_is_compared_with() -> None:
    made = cluster()
    stored = made.create(info(made, "apps", "deployments"), deployment())
    spec, container = stored["spec"], stored["spec"]["template"]["spec"]["containers"][0]
    assert (spec["replicas"], spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (1, 10, 600)
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}
    assert container == {
        "name": "c",
        "image": "nginx",
        "imagePullPolicy": "Always",
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "resources": {},
    }
    assert stored["spec"]["template"]["spec"]["restartPolicy"] == "Always"


def test_a_service_gets_its_ports_and_policies_filled_in() -> None:
    made = cluster()
    document = {"metadata": {"name": "web", "namespace": "default"}, "spec": {"ports": [{"port": 80}]}}
    spec = made.create(info(made, "", "services"), document)["spec"]
    assert spec["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert (spec["type"], spec["sessionAffinity"], spec["internalTrafficPolicy"]) == ("ClusterIP", "None", "Cluster")
    assert (spec["ipFamilies"], spec["ipFamilyPolicy"]) == (["IPv4"], "SingleStack")


def test_a_job_selects_its_pods_by_its_own_uid() -> None:
    made = cluster()
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "busybox"}]}}
    document = {"metadata": {"name": "once", "namespace": "default"}, "spec": {"template": template}}
    job = made.create(info(made, "batch", "jobs"), document)
    uid = job["metadata"]["uid"]
    assert job["spec"]["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    assert job["spec"]["template"]["metadata"]["labels"]["batch.kubernetes.io/job-name"] == "once"
    assert (job["spec"]["backoffLimit"], job["spec"]["completions"], job["spec"]["parallelism"]) == (6, 1, 1)


def test_a_secret_takes_strings_and_keeps_bytes() -> None:
    made = cluster()
    document = {"metadata": {"name": "s", "namespace": "default"}, "stringData": {"password": "open sesame"}}
    stored = made.create(info(made, "", "secrets"), document)
    assert stored["data"] == {"password": "b3BlbiBzZXNhbWU="}
    assert stored["type"] == "Opaque" and "stringData" not in stored


def test_quantities_are_stored_in_canonical_form_and_zeros_dropped() -> None:
    made = cluster()
    resources = {"requests": {"cpu": "1000m", "memory": "1024Mi"}, "limits": {"cpu": 1.5}}
    container = {"name": "c", "image": "nginx", "resources": resources, "env": [{"name": "A", "value": ""}]}
    stored = made.create(info(made, "", "pods"), pod("p", containers=[container], hostNetwork=False))
    found = stored["spec"]["containers"][0]
    assert found["resources"] == {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1500m"}}
    assert found["env"] == [{"name": "A"}] and "hostNetwork" not in stored["spec"]


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("nginx", "Always"),
        ("nginx:latest", "Always"),
        ("nginx:1.27", "IfNotPresent"),
        ("registry.example.com:5000/nginx", "Always"),
        ("nginx@sha256:abc", "IfNotPresent"),
    ],
)
def test_the_tag_decides_the_pull_policy(image: str, policy: str) -> None:
    assert pull_policy(image) == policy


@pytest.mark.parametrize(
    ("resources", "qos"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}}, "Burstable"),
    ],
)
def test_resources_decide_the_quality_of_service(resources: dict[str, Any], qos: str) -> None:
    assert qos_class({"containers": [{"resources": resources}]}) == qos


def refused(group: str, plural: str, document: dict[str, Any]) -> str:
    made = cluster()
    with pytest.raises(Invalid) as caught:
        made.create(info(made, group, plural), document)
    return str(caught.value.message)


def test_a_selector_must_match_its_template() -> None:
    message = refused("apps", "deployments", deployment(selector={"matchLabels": {"other": "x"}}))
    assert "`selector` does not match template `labels`" in message


@pytest.mark.parametrize(
    ("container", "field", "text"),
    [
        ({"name": "C_"}, "name", "a lowercase RFC 1123 label"),
        ({"image": ""}, "image", "Required value"),
        ({"ports": [{"containerPort": 99999}]}, "ports[0].containerPort", "must be between 1 and 65535"),
        ({"env": [{"name": ""}]}, "env[0].name", "Required value"),
        ({"volumeMounts": [{"name": "v", "mountPath": "/a"}]}, "volumeMounts[0].name", 'Not found: "v"'),
        (
            {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
            "resources.requests",
            "must be less than or equal to cpu limit of 1",
        ),
    ],
)
def test_bad_containers_are_refused_by_field(container: dict[str, Any], field: str, text: str) -> None:
    whole = {"name": "c", "image": "nginx", **container}
    message = refused("", "pods", pod("p", containers=[whole]))
    assert f"spec.containers[0].{field}: " in message and text in message


@pytest.mark.parametrize("name", ["Bad_Name", "-a", "a..b", "a" * 254])
def test_bad_names_are_refused(name: str) -> None:
    assert "metadata.name: Invalid value" in refused("", "configmaps", configmap(name))


def test_bad_labels_are_refused() -> None:
    message = refused("", "configmaps", configmap("a", metadata={"labels": {"a b": "c", "d": "-x"}}))
    assert "metadata.labels" in message and "a valid label must be" in message


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (deployment(replicas="three"), "cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas"),
        (deployment(replicas=2**40), "cannot unmarshal number"),
        (deployment(template=[]), "cannot unmarshal array into Go struct field DeploymentSpec.spec.template"),
    ],
)
def test_wrong_json_types_are_bad_requests(document: dict[str, Any], text: str) -> None:
    made = cluster()
    with pytest.raises(BadRequest, match=text):
        made.create(info(made, "apps", "deployments"), document)


def test_immutable_fields_stay() -> None:
    made = cluster()
    deployments, maps = info(made, "apps", "deployments"), info(made, "", "configmaps")
    made.create(deployments, deployment())
    other = {"spec": {"selector": {"matchLabels": {"x": "y"}}, "template": {"metadata": {"labels": {"x": "y"}}}}}
    with pytest.raises(Invalid, match=r"spec\.selector: .*field is immutable"):
        made.patch(deployments, "default", "web", other, patch_type="merge")
    made.create(maps, configmap("a", data={"x": "1"}, immutable=True))
    with pytest.raises(Invalid, match="field is immutable when `immutable` is set"):
        made.patch(maps, "default", "a", {"data": {"x": "2"}}, patch_type="merge")


@pytest.mark.parametrize(
    ("schedule", "error"),
    [
        ("*/5 * * * *", ""),
        ("0 0 1 jan mon-fri", ""),
        ("@hourly", ""),
        ("zz", "expected exactly 5 fields, found 1: [zz]"),
        ("61 * * * *", "end of range (61) above maximum (59): 61"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("@fortnightly", "unrecognized descriptor: @fortnightly"),
    ],
)
def test_schedules_are_checked_as_cron_reads_them(schedule: str, error: str) -> None:
    assert schedule_error(schedule) == error


def test_an_autoscaler_reads_the_same_in_both_versions() -> None:
    made = cluster()
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    old = made.registry.kind("autoscaling", "v1", "horizontalpodautoscalers")
    new = made.registry.kind("autoscaling", "v2", "horizontalpodautoscalers")
    assert old is not None and new is not None
    spec = {"maxReplicas": 5, "targetCPUUtilizationPercentage": 60, "scaleTargetRef": target}
    made.create(old.info, {"metadata": {"name": "web", "namespace": "default"}, "spec": spec})
    metrics = made.get(new.info, "default", "web")["spec"]["metrics"]
    assert metrics[0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 60}
    assert made.get(old.info, "default", "web")["spec"]["targetCPUUtilizationPercentage"] == 60
