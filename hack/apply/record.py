#!/usr/bin/env python3
"""Record what a real API server makes of field ownership, as cases for tests/unit/k8s/apply.

    hack/apply/record.py --kubeconfig KUBECONFIG --out tests/unit/k8s/recorded/apply.json

The requests are in scenarios.yaml; a scenario is a list of requests on one object. Recorded per request: the object
after it, or the error's code, reason, message and causes. Times are kept out of managedFields: they differ from run
to run.
"""

from __future__ import annotations

import argparse
import json
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import yaml

APPLY, MERGE = "application/apply-patch+yaml", "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
SCENARIOS = Path(__file__).with_name("scenarios.yaml")
PLURALS = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses", "StorageClass": "storageclasses"}
CLUSTER_SCOPED = {"ClusterRole", "Namespace", "Node", "PersistentVolume", "StorageClass"}


def crd(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gadgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "gadgets", "kind": "Gadget"},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


class Server:
    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._context = ssl.create_default_context(cafile=cluster["certificate-authority"])
        self._context.load_cert_chain(user["client-certificate"], user["client-key"])
        self._url = cluster["server"]

    def send(self, method: str, path: str, body: Any = None, kind: str = "application/json", **query: str) -> Any:
        url = f"{self._url}{path}?{urllib.parse.urlencode(query)}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, method=method, data=data, headers={"Content-Type": kind})
        try:
            with urllib.request.urlopen(request, context=self._context, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return json.load(error)


def path_of(api_version: str, kind: str, name: str) -> str:
    plural = PLURALS.get(kind, kind.lower() + "s")
    root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
    return f"{root}/{plural}/{name}" if kind in CLUSTER_SCOPED else f"{root}/namespaces/default/{plural}/{name}"


def run(server: Server, name: str, api_version: str, kind: str, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    path = path_of(api_version, kind, name)
    server.send("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
    server.send("DELETE", path, {"propagationPolicy": "Background"})
    out = []
    for entry in steps:
        base = {"apiVersion": api_version, "kind": kind}
        meta = {"name": name} | ({} if kind in CLUSTER_SCOPED else {"namespace": "default"})
        full = {**base, **entry["body"], "metadata": {**meta, **entry["body"].get("metadata", {})}}
        query = {"fieldManager": entry["manager"]}
        at = path + (f"/{entry['subresource']}" if entry.get("subresource") else "")
        match entry["op"]:
            case "create":
                result = server.send("POST", path.rpartition("/")[0], full, **query)
            case "update":
                full["metadata"]["resourceVersion"] = server.send("GET", path)["metadata"]["resourceVersion"]
                result = server.send("PUT", at, full, **query)
                del full["metadata"]["resourceVersion"]
            case "merge":
                result = server.send("PATCH", at, entry["body"], MERGE, **query)
            case "strategic":
                result = server.send("PATCH", at, entry["body"], STRATEGIC, **query)
            case _:
                force = {"force": "true"} if entry.get("force") else {}
                result = server.send("PATCH", at, full, APPLY, **query, **force)
        record = {
            **entry,
            "body": full if entry["op"] in ("apply", "create", "update") else entry["body"],
        }
        if result.get("kind") == "Status":
            record["error"] = {key: result.get(key) for key in ("code", "reason", "message")}
            record["error"]["causes"] = (result.get("details") or {}).get("causes", [])
        else:
            record["after"] = timeless(result)
        out.append(record)
        time.sleep(1.05 if name == "configmap" else 0)
    server.send("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
    server.send("DELETE", path, {"propagationPolicy": "Background"})
    return out


def timeless(obj: dict[str, Any]) -> dict[str, Any]:
    meta = {k: v for k, v in obj["metadata"].items() if k not in ("creationTimestamp", "resourceVersion")}
    meta["uid"] = "uid"
    if "managedFields" in meta:
        meta["managedFields"] = [{k: v for k, v in e.items() if k != "time"} for e in meta["managedFields"]]
        meta["managedFields"].sort(
            key=lambda e: (e["operation"], e["manager"], e["apiVersion"], e.get("subresource", ""))
        )
    return {**obj, "metadata": meta}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    server, document = Server(arguments.kubeconfig), yaml.safe_load(SCENARIOS.read_text())
    definition = crd(document["schema"])
    server.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
    time.sleep(3)  # until it is served
    lines = []
    for name, scenario in document["scenarios"].items():
        scenario["steps"] = run(server, name, scenario["apiVersion"], scenario["kind"], scenario["steps"])
        lines.append(f"{json.dumps(name)}: {json.dumps(scenario)}")
    scenarios = ",\n".join(lines)
    arguments.out.write_text(f'{{"schema": {json.dumps(document["schema"])},\n"scenarios": {{\n{scenarios}\n}}}}\n')


if __name__ == "__main__":
    main()
