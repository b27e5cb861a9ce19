"""Derive src/orkestra/devserver/protobuf/messages.json.gz: the field numbers of the API's protobuf messages.

    python hack/protobuf_messages.py API_DIR APIMACHINERY_DIR OUTPUT

The directories are the Go modules k8s.io/api and k8s.io/apimachinery. Numbers and types come
from generated.proto; JSON names, inlining and optional presence from the struct tags of the Go types beside it.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

GROUPS = {
    "core": ("", ["v1"]),
    "apps": ("apps", ["v1"]),
    "batch": ("batch", ["v1"]),
    "autoscaling": ("autoscaling", ["v1", "v2"]),
    "networking": ("networking.k8s.io", ["v1"]),
    "policy": ("policy", ["v1"]),
    "rbac": ("rbac.authorization.k8s.io", ["v1"]),
    "storage": ("storage.k8s.io", ["v1"]),
    "scheduling": ("scheduling.k8s.io", ["v1"]),
    "coordination": ("coordination.k8s.io", ["v1"]),
    "discovery": ("discovery.k8s.io", ["v1"]),
    "events": ("events.k8s.io", ["v1"]),
    "authentication": ("authentication.k8s.io", ["v1"]),
    "authorization": ("authorization.k8s.io", ["v1"]),
    "certificates": ("certificates.k8s.io", ["v1"]),
}
SCALARS = {"string": "s", "bytes": "y", "bool": "b", "double": "d"} | dict.fromkeys(
    ("int32", "int64", "uint32", "uint64"), "i"
)
REPEATED, PRESENT, INLINE = 1, 2, 4

MESSAGE = re.compile(r"^message (\w+) \{(.*?)^\}", re.M | re.S)
FIELD = re.compile(r"^\s+(?:(optional|repeated|required) )?(map<string, ?[\w.]+>|[\w.]+) (\w+) = (\d+);", re.M)
STRUCT = re.compile(r"^type (\w+) struct \{(.*?)^\}", re.M | re.S)
TAG = re.compile(r"^\s+(?:(\w+)\s+)?(\S+)\s+`(.*?)`", re.M)


def short(name: str, package: str) -> str:
    """``.k8s.io.api.core.v1.Pod`` or ``Pod`` -> ``core.v1.Pod``"""
    full = name.lstrip(".") if "." in name else f"{package}.{name}"
    return re.sub(r"^k8s\.io\.(?:api|apimachinery\.pkg(?:\.apis|\.api|\.util)?)\.", "", full)


def type_code(name: str, package: str) -> str:
    return SCALARS.get(name) or "m:" + short(name, package)


def tags(folder: Path) -> tuple[dict[str, dict[int, tuple[str, int]]], set[str]]:
    structs: dict[str, dict[int, tuple[str, int]]] = {}
    kinds: set[str] = set()
    for file in sorted(folder.glob("*.go")):
        if file.name.endswith(("_test.go", ".pb.go")):
            continue
        for name, body in STRUCT.findall(file.read_text()):
            fields = structs.setdefault(name, {})
            for _, go_type, tag in TAG.findall(body):
                proto, named = re.search(r'protobuf:"\w+,(\d+)', tag), re.search(r'json:"([^"]*)"', tag)
                if go_type.split(".")[-1] == "TypeMeta" and not proto:
                    kinds.add(name)
                if proto and named:
                    json_name, _, _ = named[1].partition(",")
                    flags = 0 if json_name else INLINE
                    fields[int(proto[1])] = (json_name, flags | (PRESENT if go_type.startswith("*") else 0))
    return structs, kinds


def main() -> None:
    api, machinery, output = map(Path, sys.argv[1:4])
    folders = {api / name / version: (group, version) for name, (group, vs) in GROUPS.items() for version in vs}
    folders |= {
        machinery / "pkg/apis/meta/v1": ("meta", "v1"),
        machinery / "pkg/api/resource": None,
        machinery / "pkg/util/intstr": None,
        machinery / "pkg/runtime": None,
    }
    messages: dict[str, list[list[object]]] = {}
    kinds: dict[str, str] = {}
    for folder, gv in folders.items():
        text = (folder / "generated.proto").read_text()
        package = re.search(r"^package ([\w.]+);", text, re.M)[1]
        structs, kind_names = tags(folder)
        for name, body in MESSAGE.findall(text):
            rows: list[list[object]] = []
            for label, kind, field, number in FIELD.findall(body):
                json_name, flags = structs.get(name, {}).get(int(number), (field, 0))
                if label == "repeated":
                    flags |= REPEATED
                if kind.startswith("map<"):
                    code = "M" + type_code(kind[4:-1].split(",")[1].strip(), package)
                else:
                    code = type_code(kind, package)
                rows.append([int(number), json_name, code, flags])
            messages[short(name, package)] = sorted(rows)
            if gv and name in kind_names and not name.endswith("List"):
                group, version = gv
                kinds[f"{group}/{version}/{name}" if group else f"{version}/{name}"] = short(name, package)
    for (
        name,
        rows,
    ) in messages.items():  # fields of alpha groups are left out: a decoder passes over what it does not know
        messages[name] = [row for row in rows if (code := str(row[2]).lstrip("M"))[:2] != "m:" or code[2:] in messages]
    reached: set[str] = set()
    todo = sorted(set(kinds.values()))
    while todo:
        name = todo.pop()
        if name in reached:
            continue
        reached.add(name)
        todo += [str(row[2]).lstrip("M")[2:] for row in messages[name] if str(row[2]).lstrip("M").startswith("m:")]
    table = {"kinds": dict(sorted(kinds.items())), "messages": {name: messages[name] for name in sorted(reached)}}
    raw = json.dumps(table, separators=(",", ":")).encode()
    output.write_bytes(gzip.compress(raw, 9, mtime=0))
    print(f"{len(kinds)} kinds, {len(reached)} messages, {len(raw)} bytes, {output.stat().st_size} packed")


if __name__ == "__main__":
    main()
