"""Records what a real kube-apiserver says about the cases in tests/unit/k8s_schema/verdicts/*.json.

    python hack/schema/record_verdicts.py KUBECONFIG [FILE ...]

A file holds a schema and cases (an object, or an object and the one it replaces); this fills in each case's
``verdict``: the HTTP code, the causes, the text, the warnings and the object as stored. ``schema_before`` is in force
while the old objects are made. In crds.json a case is a whole CRD. The tests hold our own answers against these.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "tests/unit/k8s_schema/verdicts"
GROUP = "verdicts.example.com"


class Api:
    def __init__(self, kubeconfig: str) -> None:
        config = yaml.safe_load(Path(kubeconfig).read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        context = ssl.create_default_context(cafile=_file(cluster, "certificate-authority"))
        context.load_cert_chain(_file(user, "client-certificate"), _file(user, "client-key"))
        host = cluster["server"].removeprefix("https://")
        self._connection = http.client.HTTPSConnection(host, context=context, timeout=30)

    def __call__(self, verb: str, path: str, body: Any = None) -> tuple[int, Any, list[str]]:
        data = None if body is None else json.dumps(body)
        self._connection.request(verb, path, data, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        warnings = [json.loads(text.removeprefix("299 - ")) for text in answer.headers.get_all("Warning") or []]
        return answer.status, json.loads(answer.read() or "null"), warnings


def _file(section: dict[str, str], name: str) -> str:
    if name in section:
        return section[name]
    with tempfile.NamedTemporaryFile(delete=False, suffix=".pem") as out:
        out.write(base64.b64decode(section[f"{name}-data"]))
    return out.name


def crd_for(plural: str, schema: Any) -> dict[str, Any]:
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    kind = plural.capitalize()
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Cluster",
            "names": {"plural": plural, "kind": kind},
            "versions": [version],
        },
    }


CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def install(api: Api, plural: str, schema: Any, *, replace: bool) -> None:
    crd = crd_for(plural, schema)
    if replace:
        patch = crd
        patch["metadata"]["resourceVersion"] = api("GET", f"{CRDS}/{crd['metadata']['name']}")[1]["metadata"][
            "resourceVersion"
        ]
        code, answer, _ = api("PUT", f"{CRDS}/{crd['metadata']['name']}", patch)
    else:
        code, answer, _ = api("POST", CRDS, crd)
    if code >= 300:
        raise SystemExit(f"{plural}: {answer['message']}")
    time.sleep(2.5)  # the handler of a new or changed schema takes over within a second or two


def verdict_of(code: int, answer: Any, warnings: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {"code": code}
    if code >= 300:
        out["message"] = answer["message"]
        out["causes"] = answer.get("details", {}).get("causes", [])
    else:
        for name in ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields"):
            answer["metadata"].pop(name, None)
        out["stored"] = answer
    return out | ({"warnings": sorted(warnings)} if warnings else {})


def render(topic: dict[str, Any]) -> str:
    """A line a case, so that a changed verdict is a changed line."""
    head = [f"{json.dumps(name)}: {json.dumps(topic[name])}" for name in topic if name != "cases"]
    cases = ",\n".join(json.dumps(case, ensure_ascii=False) for case in topic["cases"])
    return "{" + ",\n".join([*head, f'"cases": [\n{cases}\n]']) + "}\n"


def record(api: Api, path: Path) -> None:
    topic = json.loads(path.read_text())
    plural = f"{path.stem.replace('_', '')}s{int(time.time()) % 100000}"
    kind = plural.capitalize()
    base = f"/apis/{GROUP}/v1/{plural}"

    def filled(obj: Any, name: str) -> Any:
        return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": name}} | json.loads(json.dumps(obj))

    install(api, plural, topic.get("schema_before", topic["schema"]), replace=False)
    for index, case in enumerate(topic["cases"]):
        if "old" in case:
            code, answer, _ = api("POST", base, filled(case["old"], f"case-{index}"))
            if code >= 300:
                raise SystemExit(f"{path.stem}: {case['name']}: {answer['message']}")
    if "schema_before" in topic:
        install(api, plural, topic["schema"], replace=True)
    for index, case in enumerate(topic["cases"]):
        obj = filled(case["object"], f"case-{index}")
        if "old" in case:
            obj["metadata"]["resourceVersion"] = api("GET", f"{base}/case-{index}")[1]["metadata"]["resourceVersion"]
            got = api("PUT", f"{base}/case-{index}", obj)
        else:
            got = api("POST", base, obj)
        case["verdict"] = verdict_of(*got)
    api("DELETE", f"{CRDS}/{plural}.{GROUP}")
    path.write_text(render(topic).replace(kind, "Thing").replace(plural, "things"))


def record_crds(api: Api, path: Path) -> None:
    topic = json.loads(path.read_text())
    for case in topic["cases"]:
        code, answer, warnings = api("POST", f"{CRDS}?dryRun=All", case["crd"])
        case["verdict"] = verdict_of(code, answer, warnings)
        case["verdict"].pop("stored", None)
    path.write_text(render(topic))


def main() -> None:
    api = Api(sys.argv[1])
    for path in map(Path, sys.argv[2:]) if len(sys.argv) > 2 else sorted(FOLDER.glob("*.json")):
        (record_crds if path.stem.startswith("crds") else record)(api, path)
        print(path.stem)


main()
