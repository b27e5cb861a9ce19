#!/usr/bin/env python3
"""Write the packaged catalogue of built-in kinds and their OpenAPI schemas from a live API server.

    hack/builtin/generate.py --kubeconfig KUBECONFIG [--out src/orkestra/k8s/data]

Discovery (``/api``, ``/apis``, aggregated) gives resources, verbs, short names, categories and subresources;
``/openapi/v3`` gives the schemas. The output depends on the server's version alone: two runs give the same bytes.
The kubeconfig must name certificate files (as ``hack/cluster`` writes it).
"""

from __future__ import annotations

import argparse
import gzip
import json
import ssl
import urllib.request
from pathlib import Path
from typing import Any

import yaml

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
DATA = Path(__file__).resolve().parents[2] / "src" / "orkestra" / "k8s" / "data"


class Server:
    """GETs JSON from the API server a kubeconfig's current cluster names."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self._context = ssl.create_default_context(cafile=cluster["certificate-authority"])
        self._context.load_cert_chain(user["client-certificate"], user["client-key"])
        self._url = cluster["server"]

    def get(self, path: str, accept: str = "application/json") -> Any:
        request = urllib.request.Request(self._url + path, headers={"Accept": accept})
        with urllib.request.urlopen(request, context=self._context, timeout=60) as response:
            return json.load(response)


def catalogue(server: Server) -> list[dict[str, Any]]:
    """One entry per resource, in the order discovery prefers."""
    entries = []
    for path in ("/api", "/apis"):
        for group in server.get(path, AGGREGATED)["items"]:
            name = group["metadata"].get("name", "")
            for version in group["versions"]:
                for resource in version["resources"]:
                    entries.append(_entry(name, version["version"], resource))
    return entries


def _entry(group: str, version: str, resource: dict[str, Any]) -> dict[str, Any]:
    verbs = sorted(resource["verbs"])
    kind = resource["responseKind"]["kind"]
    return {
        "group": group,
        "version": version,
        "kind": kind,
        "plural": resource["resource"],
        "singular": resource.get("singularResource") or "",
        "list_kind": f"{kind}List" if "list" in verbs else "",
        "namespaced": resource["scope"] == "Namespaced",
        "verbs": verbs,
        "short_names": resource.get("shortNames", []),
        "categories": resource.get("categories", []),
        "subresources": [
            {
                "name": sub["subresource"],
                "group": sub["responseKind"].get("group") or (group if not sub["responseKind"].get("version") else ""),
                "version": sub["responseKind"].get("version") or version,
                "kind": sub["responseKind"]["kind"],
                "verbs": sorted(sub["verbs"]),
            }
            for sub in sorted(resource.get("subresources", []), key=lambda s: s["subresource"])
        ],
    }


def _response_kind(group: str, version: str, kind: dict[str, str]) -> dict[str, str]:
    """Discovery leaves group and version out where they are the resource's own; the core group is empty both ways."""
    if not kind.get("version"):
        return {"group": group, "version": version, "kind": kind["kind"]}
    return {"group": kind.get("group", ""), "version": kind["version"], "kind": kind["kind"]}


def schemas(server: Server) -> dict[str, Any]:
    """Every schema of every group version; the kinds that serve all groups list the union of their GVKs."""
    found: dict[str, Any] = {}
    for path, entry in sorted(server.get("/openapi/v3")["paths"].items()):
        if not path.startswith(("api/", "apis/")):
            continue
        document = server.get(entry["serverRelativeURL"])
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            known = found.setdefault(name, schema)
            if known != schema:
                known["x-kubernetes-group-version-kind"] = _union(known, schema)
    return found


def _union(one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, str]]:
    key = "x-kubernetes-group-version-kind"
    merged = {json.dumps(gvk, sort_keys=True): gvk for gvk in (*one.get(key, []), *other.get(key, []))}
    return [merged[text] for text in sorted(merged)]


def names_by_kind(described: dict[str, Any]) -> list[list[str]]:
    """``[group, version, kind, definition name]`` of every kind that has a schema."""
    return [
        [gvk["group"], gvk["version"], gvk["kind"], name]
        for name, schema in sorted(described.items())
        for gvk in schema.get("x-kubernetes-group-version-kind", [])
    ]


def without_descriptions(schema: Any) -> Any:
    """The same schema less its prose. A property named ``description`` stays: only schema keywords go."""
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "description":
            continue
        if key == "properties":
            out[key] = {name: without_descriptions(child) for name, child in value.items()}
        elif key in ("items", "additionalProperties", "not"):
            out[key] = without_descriptions(value)
        elif key in ("allOf", "anyOf", "oneOf"):
            out[key] = [without_descriptions(child) for child in value]
        else:
            out[key] = value
    return out


def write(path: Path, value: Any) -> None:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    # No file name and no time in the header: the bytes depend on the content alone.
    path.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))
    print(f"{path.name}: {path.stat().st_size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    server = Server(arguments.kubeconfig)
    arguments.out.mkdir(parents=True, exist_ok=True)
    version = server.get("/version")["gitVersion"]
    described = schemas(server)
    listing = {"version": version, "resources": catalogue(server), "definitions": names_by_kind(described)}
    write(arguments.out / "resources.json.gz", listing)
    write(arguments.out / "schemas.json.gz", {name: without_descriptions(s) for name, s in described.items()})
    write(arguments.out / "described.json.gz", described)


if __name__ == "__main__":
    main()
