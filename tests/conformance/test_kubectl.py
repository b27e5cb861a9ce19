"""Stock kubectl, end to end: what it prints and what is there afterwards."""

from __future__ import annotations

import re
import secrets

import pytest

from tests.conformance.kubectl import Kubectl

pytestmark = [pytest.mark.kubectl, pytest.mark.timeout(180)]

WEB = """
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: "nginx:1.27", ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80}]
"""
SETTINGS = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {color: blue, size: small}\n"


def roll_out(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=WEB)
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")


def columns(table: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.strip()) for line in table.strip().splitlines()]


def test_apply_says_created_unchanged_configured(kubectl: Kubectl) -> None:
    assert kubectl("apply", "-f", "-", stdin=WEB) == "deployment.apps/web created\nservice/web created\n"
    assert kubectl("apply", "-f", "-", stdin=WEB) == "deployment.apps/web unchanged\nservice/web unchanged\n"
    changed = WEB.replace("1.27", "1.28")
    assert kubectl("apply", "-f", "-", stdin=changed) == "deployment.apps/web configured\nservice/web unchanged\n"
    found = kubectl.get("deployment", "web")
    assert found["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.28"
    assert "kubectl.kubernetes.io/last-applied-configuration" in found["metadata"]["annotations"]


def test_apply_removes_what_left_the_file(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=SETTINGS)
    kubectl("apply", "-f", "-", stdin=SETTINGS.replace(", size: small", ""))
    assert kubectl.get("configmap", "settings")["data"] == {"color": "blue"}


def test_apply_dry_run_keeps_nothing(kubectl: Kubectl) -> None:
    out = kubectl("apply", "-f", "-", "--dry-run=server", stdin=SETTINGS)
    assert out == "configmap/settings created (server dry run)\n"
    ran = kubectl.run("get", "configmap", "settings")
    assert (ran.code, ran.err) == (1, 'Error from server (NotFound): configmaps "settings" not found\n')


def test_apply_refuses_unknown_fields(kubectl: Kubectl) -> None:
    ran = kubectl.run("apply", "-f", "-", stdin=SETTINGS + "extra: 1\n")
    assert ran.code == 1
    assert 'strict decoding error: unknown field "extra"' in ran.err


def test_apply_warns_of_unknown_fields(kubectl: Kubectl) -> None:
    ran = kubectl.run("apply", "--validate=warn", "-f", "-", stdin=SETTINGS + "extra: 1\n")
    assert (ran.code, ran.err) == (0, 'Warning: unknown field "extra"\n')


def test_server_side_apply_and_its_conflict(kubectl: Kubectl) -> None:
    out = kubectl("apply", "--server-side", "-f", "-", stdin=SETTINGS)
    assert out == "configmap/settings serverside-applied\n"
    other = SETTINGS.replace("blue", "red")
    ran = kubectl.run("apply", "--server-side", "--field-manager=other", "-f", "-", stdin=other)
    assert ran.code == 1
    assert 'Apply failed with 1 conflict: conflict with "kubectl": .data.color' in ran.err
    kubectl("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-", stdin=other)
    found = kubectl.get("configmap", "settings", "--show-managed-fields")
    assert found["data"] == {"color": "red", "size": "small"}
    owners = {entry["manager"]: entry["fieldsV1"]["f:data"] for entry in found["metadata"]["managedFields"]}
    assert owners == {"kubectl": {"f:size": {}}, "other": {"f:color": {}, "f:size": {}}}


def test_client_side_apply_is_taken_over_by_server_side_apply(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=SETTINGS)
    kubectl("apply", "--server-side", "-f", "-", stdin=SETTINGS.replace(", size: small", ""))
    found = kubectl.get("configmap", "settings", "--show-managed-fields")
    assert found["data"] == {"color": "blue"}
    assert {entry["manager"] for entry in found["metadata"]["managedFields"]} == {"kubectl", "kubectl-last-applied"}


def test_get_prints_the_usual_columns(kubectl: Kubectl) -> None:
    roll_out(kubectl)
    rows = columns(kubectl("get", "deployment,service", "-o", "name"))
    assert rows == [["deployment.apps/web"], ["service/web"]]
    header, row = columns(kubectl("get", "deployment", "web"))
    assert header == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert row[:4] == ["web", "2/2", "2", "2"]
    header, row = columns(kubectl("get", "deployment", "web", "-o", "wide"))
    assert header[5:] == ["CONTAINERS", "IMAGES", "SELECTOR"]
    assert row[5:] == ["nginx", "nginx:1.27", "app=web"]
    header, row = columns(kubectl("get", "service", "web"))
    assert header == ["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"]
    assert (row[1], row[3], row[4]) == ("ClusterIP", "<none>", "80/TCP")
    header, *pods = columns(kubectl("get", "pods", "-o", "wide"))
    assert header == [
        *("NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP"),
        *("NODE", "NOMINATED NODE", "READINESS GATES"),
    ]
    assert [row[1:4] for row in pods] == [["1/1", "Running", "0"]] * 2
    header, row = columns(kubectl("get", "rs"))
    assert (header, row[1:4]) == (["NAME", "DESIRED", "CURRENT", "READY", "AGE"], ["2", "2", "2"])


def test_get_all_and_nothing(kubectl: Kubectl) -> None:
    ran = kubectl.run("get", "all")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"No resources found in {kubectl.namespace} namespace.\n"
    roll_out(kubectl)
    out = kubectl("get", "all")
    for kind in ("pod/web-", "service/web", "deployment.apps/web", "replicaset.apps/web-"):
        assert kind in out


def test_get_in_every_output_form(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", stdin=SETTINGS)
    assert kubectl("get", "cm", "settings", "-o", "jsonpath={.data.color}") == "blue"
    assert kubectl("get", "cm", "settings", "-o", "go-template={{.data.size}}") == "small"
    table = kubectl("get", "cm", "settings", "-o", "custom-columns=N:.metadata.name,C:.data.color")
    assert columns(table) == [["N", "C"], ["settings", "blue"]]
    assert kubectl("get", "cm", "settings", "--no-headers").split()[:2] == ["settings", "2"]
    assert "  color: blue\n" in kubectl("get", "cm", "settings", "-o", "yaml")
    assert "LABELS" in kubectl("get", "cm", "--show-labels")
    listed = kubectl("get", "cm", "-o", "yaml", "--field-selector=metadata.name=settings")
    assert listed.startswith("apiVersion: v1\nitems:\n- apiVersion: v1\n") and listed.rstrip().endswith(
        'kind: List\nmetadata:\n  resourceVersion: ""'
    )


def test_get_across_namespaces_and_by_label(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", stdin=SETTINGS)
    kubectl("label", "cm", "settings", f"in={kubectl.namespace}")
    header, row = columns(kubectl("get", "cm", "-A", "-l", f"in={kubectl.namespace}"))
    assert header[0] == "NAMESPACE" and row[:2] == [kubectl.namespace, "settings"]
    assert kubectl("get", "cm", "-l", "in=elsewhere", "-o", "name") == ""
    assert kubectl("get", "--raw", f"/api/v1/namespaces/{kubectl.namespace}/configmaps/settings").startswith("{")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["get", "nothings"], 'error: the server doesn\'t have a resource type "nothings"\n'),
        (["get", "cm", "none"], 'Error from server (NotFound): configmaps "none" not found\n'),
        (["delete", "cm", "none"], 'Error from server (NotFound): configmaps "none" not found\n'),
        (["scale", "deploy", "none", "--replicas=1"], 'deployments.apps "none" not found'),
        (["create", "cm", "Bad_Name"], "a lowercase RFC 1123 subdomain must consist of"),
        (["rollout", "status", "deploy/none"], 'Error from server (NotFound): deployments.apps "none" not found\n'),
        (["get", "pods", "-l", "a in"], 'unable to parse requirement: found \'\' expected: \'(\''),
        (["get", "pods", "--field-selector", "spec.x=y"], "field label not supported: spec.x"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_mistakes_are_told_as_ever(kubectl: Kubectl, arguments: list[str], message: str) -> None:
    ran = kubectl.run(*arguments)
    assert ran.code == 1
    assert message.rstrip("\n") in ran.err


def test_describe_tells_of_events_and_conditions(kubectl: Kubectl) -> None:
    roll_out(kubectl)
    # events are told after the fact
    out = kubectl.until(lambda out: "ScalingReplicaSet" in out, "describe", "deployment", "web")
    for text in (
        "StrategyType:           RollingUpdate",
        "RollingUpdateStrategy:  25% max unavailable, 25% max surge",
        "Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable",
        "Available      True    MinimumReplicasAvailable",
        "Progressing    True    NewReplicaSetAvailable",
    ):
        assert text in out
    assert re.search(
        r"Normal\s+ScalingReplicaSet\s+.*deployment-controller\s+Scaled up replica set web-\w+ from 0 to 2", out
    )
    assert re.search(r"Selector:\s+app=web", kubectl("describe", "service", "web"))
    assert "Name:         " in kubectl("describe", "namespace", kubectl.namespace)
    assert re.search(r"Status:\s+Running", kubectl("describe", "pod", "-l", "app=web"))
    assert "node-0" in kubectl("describe", "node", "node-0")


def test_wait_for_conditions_values_and_deletion(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=WEB)
    out = kubectl("wait", "--for=condition=Available", "deployment/web", "--timeout=60s")
    assert out == "deployment.apps/web condition met\n"
    kubectl("wait", "--for=jsonpath={.status.readyReplicas}=2", "deployment/web", "--timeout=60s")
    kubectl("delete", "deployment", "web", "--wait=false")
    kubectl("wait", "--for=delete", "deployment/web", "--timeout=60s")
    ran = kubectl.run("wait", "--for=condition=Never", "service/web", "--timeout=1s")
    assert (ran.code, ran.err) == (1, "error: timed out waiting for the condition on services/web\n")


def test_explain_reads_the_openapi_documents(kubectl: Kubectl) -> None:
    out = kubectl("explain", "deployment.spec.strategy.rollingUpdate.maxSurge")
    assert "GROUP:      apps" in out and "KIND:       Deployment" in out and "FIELD: maxSurge <IntOrString>" in out
    assert "containers\t<[]Container> -required-" in kubectl("explain", "pod.spec")
    ran = kubectl.run("explain", "deployment.spec.nothing")
    assert (ran.code, ran.err) == (1, 'error: field "nothing" does not exist\n')


def test_labels_and_annotations(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", stdin=SETTINGS)
    assert kubectl("label", "cm", "settings", "a=b") == "configmap/settings labeled\n"
    ran = kubectl.run("label", "cm", "settings", "a=c")
    assert ran.code == 1 and "'a' already has a value (b), and --overwrite is false" in ran.err
    assert kubectl("label", "cm", "settings", "a=c", "--overwrite") == "configmap/settings labeled\n"
    assert kubectl("label", "cm", "settings", "a-") == "configmap/settings unlabeled\n"
    assert kubectl("annotate", "cm", "settings", "note=x") == "configmap/settings annotated\n"
    metadata = kubectl.get("cm", "settings")["metadata"]
    assert metadata["annotations"] == {"note": "x"} and "labels" not in metadata


@pytest.mark.parametrize(
    ("form", "patch"),
    [
        ("strategic", '{"data":{"color":"red"}}'),
        ("merge", '{"data":{"color":"red"}}'),
        ("json", '[{"op":"replace","path":"/data/color","value":"red"}]'),
    ],
)
def test_patches_of_every_form(kubectl: Kubectl, form: str, patch: str) -> None:
    kubectl("create", "-f", "-", stdin=SETTINGS)
    assert kubectl("patch", "cm", "settings", f"--type={form}", "-p", patch) == "configmap/settings patched\n"
    assert (
        kubectl("patch", "cm", "settings", f"--type={form}", "-p", patch) == "configmap/settings patched (no change)\n"
    )
    assert kubectl.get("cm", "settings")["data"] == {"color": "red", "size": "small"}


def test_scale_and_the_pods_that_follow(kubectl: Kubectl) -> None:
    roll_out(kubectl)
    assert kubectl("scale", "deployment", "web", "--replicas=3") == "deployment.apps/web scaled\n"
    kubectl("wait", "--for=jsonpath={.status.readyReplicas}=3", "deployment/web", "--timeout=60s")
    ran = kubectl.run("scale", "deployment", "web", "--replicas=1", "--current-replicas=7")
    assert ran.code == 1 and "Expected replicas to be 7, was 3" in ran.err
    kubectl("scale", "deployment", "web", "--replicas=0")
    kubectl("wait", "--for=delete", "pod", "-l", "app=web", "--timeout=60s")


def test_rollout_history_undo_restart_and_pause(kubectl: Kubectl) -> None:
    roll_out(kubectl)
    assert kubectl("set", "image", "deployment/web", "nginx=nginx:2") == "deployment.apps/web image updated\n"
    out = kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    assert out.endswith('deployment "web" successfully rolled out\n')
    history = columns(kubectl("rollout", "history", "deployment/web"))
    assert [row[0] for row in history[2:]] == ["1", "2"]
    assert "nginx:1.27" in kubectl("rollout", "history", "deployment/web", "--revision=1")
    assert kubectl("rollout", "undo", "deployment/web") == "deployment.apps/web rolled back\n"
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")
    assert kubectl.get("deployment", "web")["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:1.27"
    assert [row[0] for row in columns(kubectl("rollout", "history", "deployment/web"))[2:]] == ["2", "3"]
    assert kubectl("rollout", "pause", "deployment/web") == "deployment.apps/web paused\n"
    assert kubectl("rollout", "resume", "deployment/web") == "deployment.apps/web resumed\n"
    assert kubectl("rollout", "restart", "deployment/web") == "deployment.apps/web restarted\n"
    kubectl("rollout", "status", "deployment/web", "--timeout=60s")


def test_delete_by_name_file_and_label(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=WEB)
    kubectl("create", "-f", "-", stdin=SETTINGS)
    out = kubectl("delete", "cm", "settings")
    assert out.split(" from ")[0].rstrip() == 'configmap "settings" deleted'
    kubectl("delete", "-f", "-", stdin=WEB)
    assert kubectl("get", "deploy,svc", "-o", "name") == ""
    kubectl("create", "cm", "a")
    kubectl("label", "cm", "a", "x=y")
    kubectl("delete", "cm", "-l", "x=y")
    assert kubectl("delete", "cm", "a", "--ignore-not-found") == ""


def test_delete_cascades_as_it_is_told(kubectl: Kubectl) -> None:
    roll_out(kubectl)
    kubectl("delete", "deployment", "web", "--cascade=orphan")
    assert kubectl("get", "rs", "-o", "name").startswith("replicaset.apps/web-")
    kubectl("delete", "rs", "-l", "app=web", "--cascade=foreground", "--timeout=60s")
    assert kubectl("get", "pods", "-o", "name") == ""


def test_create_deployment_and_expose_it(kubectl: Kubectl) -> None:
    out = kubectl("create", "deployment", "shop", "--image=nginx", "--replicas=2", "--port=80")
    assert out == "deployment.apps/shop created\n"
    kubectl("rollout", "status", "deployment/shop", "--timeout=60s")
    assert kubectl("expose", "deployment", "shop", "--port=8080", "--target-port=80") == "service/shop exposed\n"
    assert kubectl.get("service", "shop")["spec"]["ports"] == [{"port": 8080, "protocol": "TCP", "targetPort": 80}]
    out = kubectl("autoscale", "deployment", "shop", "--min=1", "--max=3")
    assert out == "horizontalpodautoscaler.autoscaling/shop autoscaled\n"
    assert kubectl("set", "env", "deployment/shop", "A=b") == "deployment.apps/shop env updated\n"
    assert kubectl("set", "resources", "deployment/shop", "--limits=cpu=1") == (
        "deployment.apps/shop resource requirements updated\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["secret", "generic", "s", "--from-literal=a=b"], "secret/s created"),
        (["configmap", "c", "--from-literal=a=b"], "configmap/c created"),
        (["serviceaccount", "sa"], "serviceaccount/sa created"),
        (["job", "j", "--image=busybox", "--", "true"], "job.batch/j created"),
        (["cronjob", "cj", "--image=busybox", "--schedule=0 0 1 1 *"], "cronjob.batch/cj created"),
        (["role", "r", "--verb=get", "--resource=pods"], "role.rbac.authorization.k8s.io/r created"),
        (["rolebinding", "rb", "--role=r", "--serviceaccount=a:b"], "rolebinding.rbac.authorization.k8s.io/rb created"),
        (["service", "clusterip", "svc", "--tcp=80:8080"], "service/svc created"),
        (["service", "nodeport", "np", "--tcp=80:8080"], "service/np created"),
        (["service", "loadbalancer", "lb", "--tcp=80:8080"], "service/lb created"),
        (["service", "externalname", "en", "--external-name=example.com"], "service/en created"),
        (["ingress", "i", "--rule=example.com/x=svc:80"], "ingress.networking.k8s.io/i created"),
        (["quota", "q", "--hard=pods=10"], "resourcequota/q created"),
        (["poddisruptionbudget", "p", "--selector=a=b", "--min-available=1"], "poddisruptionbudget.policy/p created"),
        (["token", "default"], ""),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)  # fmt: skip
def test_create_of_every_kind(kubectl: Kubectl, arguments: list[str], said: str) -> None:
    if arguments[0] == "token":
        kubectl("wait", "--for=create", "serviceaccount/default", "--timeout=30s")
    out = kubectl("create", *arguments)
    assert out == f"{said}\n" if said else out.count(".") == 2
    if said:
        kubectl("get", said.split()[0])


def test_create_and_end_a_namespace(kubectl: Kubectl) -> None:
    name = f"suite-{secrets.token_hex(4)}"
    assert kubectl("create", "namespace", name) == f"namespace/{name} created\n"
    kubectl("create", "-n", name, "cm", "a")
    ran = kubectl.run("create", "namespace", name)
    assert ran.err == f'Error from server (AlreadyExists): namespaces "{name}" already exists\n'
    assert kubectl("delete", "namespace", name, "--timeout=60s") == f'namespace "{name}" deleted\n'
    assert kubectl.run("get", "namespace", name).code == 1


def test_cluster_roles(kubectl: Kubectl) -> None:
    name = f"suite-{secrets.token_hex(4)}"
    kubectl("create", "clusterrole", name, "--verb=get,list", "--resource=pods,deployments.apps")
    rules = kubectl.get("clusterrole", name)["rules"]
    assert [rule["apiGroups"] for rule in rules] == [[""], ["apps"]]
    kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", "--user=u")
    kubectl("delete", "clusterrolebinding,clusterrole", name)


def test_run_a_pod_and_a_job_to_its_end(kubectl: Kubectl) -> None:
    assert kubectl("run", "p", "--image=nginx") == "pod/p created\n"
    kubectl("wait", "--for=condition=Ready", "pod/p", "--timeout=60s")
    assert kubectl("delete", "pod", "p", "--now").split(" from ")[0].rstrip() == 'pod "p" deleted'
    kubectl("create", "job", "j", "--image=busybox", "--", "true")
    kubectl("wait", "--for=condition=Complete", "job/j", "--timeout=60s")
    header, row = columns(kubectl("get", "job", "j"))
    assert header == ["NAME", "STATUS", "COMPLETIONS", "DURATION", "AGE"]
    assert row[:3] == ["j", "Complete", "1/1"]


def test_a_cron_job_run_by_hand(kubectl: Kubectl) -> None:
    kubectl("create", "cronjob", "cj", "--image=busybox", "--schedule=0 0 1 1 *", "--", "true")
    header, row = columns(kubectl("get", "cronjob", "cj"))
    assert header == ["NAME", "SCHEDULE", "TIMEZONE", "SUSPEND", "ACTIVE", "LAST SCHEDULE", "AGE"]
    assert row[:6] == ["cj", "0 0 1 1 *", "<none>", "False", "0", "<none>"]
    assert kubectl("create", "job", "manual", "--from=cronjob/cj") == "job.batch/manual created\n"
    kubectl("wait", "--for=condition=Complete", "job/manual", "--timeout=60s")


def test_auth_can_i_and_whoami(kubectl: Kubectl) -> None:
    assert kubectl("auth", "can-i", "create", "pods") == "yes\n"
    assert kubectl("auth", "can-i", "*", "*") == "yes\n"
    assert "Resources" in kubectl("auth", "can-i", "--list")
    assert "Username" in kubectl("auth", "whoami")


def test_api_resources_versions_and_cluster_info(kubectl: Kubectl) -> None:
    rows = {row[0]: row for row in columns(kubectl("api-resources"))}
    assert rows["deployments"] == ["deployments", "deploy", "apps/v1", "true", "Deployment"]
    assert rows["namespaces"] == ["namespaces", "ns", "v1", "false", "Namespace"]
    named = kubectl("api-resources", "--api-group=apps", "-o", "name").split()
    assert sorted(named) == [f"{name}.apps" for name in (
        "controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets")]  # fmt: skip
    assert {"apps/v1", "batch/v1", "v1"} <= set(kubectl("api-versions").split())
    assert "Server Version: v1.37" in kubectl("version")
    assert "Kubernetes control plane" in kubectl("cluster-info")


def test_diff_tells_what_apply_would_change(kubectl: Kubectl) -> None:
    kubectl("apply", "-f", "-", stdin=SETTINGS)
    same = kubectl.run("diff", "-f", "-", stdin=SETTINGS)
    assert (same.code, same.out) == (0, "")
    ran = kubectl.run("diff", "-f", "-", stdin=SETTINGS.replace("blue", "red"))
    assert ran.code == 1
    assert "-  color: blue\n+  color: red\n" in ran.out
    server = kubectl.run("diff", "--server-side", "--force-conflicts", "-f", "-", stdin=SETTINGS.replace("blue", "red"))
    assert server.code == 1 and "+  color: red\n" in server.out


def test_edit_that_changes_nothing_and_replace(kubectl: Kubectl) -> None:
    kubectl("create", "-f", "-", stdin=SETTINGS)
    assert kubectl.run("edit", "cm", "settings").err.strip() == "Edit cancelled, no changes made."
    assert kubectl("replace", "-f", "-", stdin=SETTINGS.replace("blue", "red")) == "configmap/settings replaced\n"
    assert kubectl.get("cm", "settings")["data"]["color"] == "red"
    out = kubectl("replace", "--force", "-f", "-", stdin=SETTINGS)
    assert out.splitlines()[-1] == "configmap/settings replaced"


def test_events_are_listed(kubectl: Kubectl) -> None:
    roll_out(kubectl)
    of_deployments = ("get", "events", "--field-selector=involvedObject.kind=Deployment")
    kubectl.until(lambda out: "ScalingReplicaSet" in out, *of_deployments)
    assert "ScalingReplicaSet" in kubectl("events", "--types=Normal")
    header = columns(kubectl("get", "events"))[0]
    assert header == ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]


def test_a_replica_set_tells_of_every_pod(kubectl: Kubectl) -> None:
    roll_out(kubectl)
    kubectl.until(lambda out: out.count("SuccessfulCreate") == 2, "get", "events")


def test_definitions_and_their_objects(kubectl: Kubectl) -> None:
    group = f"g{secrets.token_hex(4)}.example.com"
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"gizmos.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "gizmos", "kind": "Gizmo", "shortNames": [f"gz{group[1:9]}"]},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "properties": {
                                "spec": {
                                    "type": "object",
                                    "description": "What is wanted.",
                                    "properties": {"size": {"type": "integer", "description": "How large."}},
                                }
                            },
                        }
                    },
                }
            ],
        },
    }
    gizmo = {"apiVersion": f"{group}/v1", "kind": "Gizmo", "metadata": {"name": "a"}, "spec": {"size": 3}}
    kind = f"gizmos.{group}"
    try:
        out = kubectl("apply", "-f", "-", stdin=[definition])
        assert out == f"customresourcedefinition.apiextensions.k8s.io/{kind} created\n"
        kubectl("wait", "--for=condition=Established", f"crd/{kind}", "--timeout=30s")
        # discovery and the OpenAPI documents follow what is established
        kubectl.until(lambda out: f"gizmos.{group}" in out.split(), "api-resources", f"--api-group={group}", "-o=name")
        assert kubectl("apply", "-f", "-", stdin=[gizmo]) == f"gizmo.{group}/a created\n"
        assert kubectl("apply", "-f", "-", stdin=[gizmo]) == f"gizmo.{group}/a unchanged\n"
        assert [row[:2] for row in columns(kubectl("get", kind))] == [["NAME", "SIZE"], ["a", "3"]]
        assert kubectl("get", f"gz{group[1:9]}", "-o", "name") == f"gizmo.{group}/a\n"
        kubectl.until(lambda out: "How large." in out, "explain", f"{kind}.spec.size")
        wrong = gizmo | {"spec": {"size": "big", "sise": 1}}
        ran = kubectl.run("apply", "-f", "-", stdin=[wrong])
        assert ran.code == 1 and "size" in ran.err
        assert "Spec:" in kubectl("describe", kind, "a")
    finally:
        kubectl("delete", "crd", kind, "--timeout=60s")
    assert kubectl.run("get", kind).code == 1


def test_stateful_sets_and_daemon_sets_roll_out(kubectl: Kubectl) -> None:
    template = {
        "metadata": {"labels": {"app": "x"}},
        "spec": {"containers": [{"name": "c", "image": "nginx"}]},
    }
    kinds = {"StatefulSet": {"serviceName": "x", "replicas": 2}, "DaemonSet": {}}
    for kind, more in kinds.items():
        document = {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {"name": "x"},
            "spec": {"selector": {"matchLabels": {"app": "x"}}, "template": template} | more,
        }
        kubectl("apply", "-f", "-", stdin=[document])
        kubectl("rollout", "status", f"{kind.lower()}/x", "--timeout=60s")
        kubectl("rollout", "history", f"{kind.lower()}/x")
        kubectl("delete", kind.lower(), "x", "--timeout=60s")


def test_node_and_drain(kubectl: Kubectl) -> None:
    header, row = columns(kubectl("get", "node", "node-0"))
    assert header == ["NAME", "STATUS", "ROLES", "AGE", "VERSION"]
    assert row[0] == "node-0"
