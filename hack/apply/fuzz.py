#!/usr/bin/env python3
"""Random writes by several managers on a real API server, each verdict held against ours.

    hack/apply/fuzz.py --kubeconfig KUBECONFIG [--seed N] [--rounds N]

Uses the Gadget resource of scenarios.yaml. Prints every step where managedFields, the applied object, or a refusal
differ, and exits 1 if there was one. A difference found here belongs into scenarios.yaml.
"""

from __future__ import annotations

import argparse
import copy
import random
import sys
import time
from pathlib import Path
from typing import Any

import yaml
from record import APPLY, MERGE, SCENARIOS, Server, crd, path_of

from orkestra.k8s.apply import CustomTypes, apply, track_update
from orkestra.k8s.apply.fieldset import path_text, paths
from orkestra.k8s.errors import StatusError

VERSION, KIND = "example.com/v1", "Gadget"
LETTERS = "abc"


class Random(random.Random):
    """Random specs of a Gadget."""

    def free(self, depth: int = 0) -> Any:
        if self.random() < 0.3 or depth > 2:
            return self.choice([0, 1, True, "x", [1], [1, 2], None, {}, []])
        return {self.choice(LETTERS): self.free(depth + 1) for _ in range(self.randint(0, 3))}

    def words(self) -> dict[str, str]:
        return {self.choice(LETTERS): self.choice(LETTERS) for _ in range(self.randint(0, 2))}

    def entry(self, name: str) -> dict[str, Any]:
        extra = {"value": self.choice(LETTERS), "tags": self.words()}
        return {"name": name} | {key: value for key, value in extra.items() if self.random() < 0.5}

    def spec(self) -> dict[str, Any]:
        ports = [{"port": 80}, {"port": 80, "protocol": "UDP"}, {"port": 81, "name": self.choice(LETTERS)}]
        nested = [{}, {"a": {}}, {"a": {"b": "1"}}, {"a": {"c": "2"}}, {"a": None}, {"a": {"b": "1", "c": "1"}}]
        fields = {
            "size": self.randint(0, 1),
            "title": self.choice(["a", None]),
            "labels": self.words(),
            "atomicMap": self.words(),
            "set": self.sample("abcde", self.randint(0, 4)),
            "list": self.sample("abc", self.randint(0, 3)),
            "entries": [self.entry(name) for name in self.sample("abcd", self.randint(0, 4))],
            "ports": self.sample(ports, self.randint(0, 3)),
            "free": {self.choice(LETTERS): self.free() for _ in range(self.randint(0, 3))},
            "half": {"known": self.choice(LETTERS), "unknown": self.free()},
            "nested": self.choice(nested),
            "either": self.choice([1, "a"]),
        }
        return {name: value for name, value in fields.items() if self.random() < 0.35}


def ownership(obj: dict[str, Any]) -> set[tuple[str, ...]]:
    return {
        (entry["manager"], entry["operation"], path_text(path))
        for entry in obj["metadata"].get("managedFields") or ()
        for path in paths(entry["fieldsV1"])
    }


def content(obj: dict[str, Any]) -> Any:
    spec = copy.deepcopy(obj.get("spec"))
    for port in (spec or {}).get("ports") or ():
        port.setdefault("protocol", "TCP")  # the schema's default
    return spec


def compare_one(server: Server, chance: Random, types: CustomTypes, name: str, live: Any) -> tuple[Any, list[str]]:
    """Send one request; the object after it, and what differs."""
    path, manager, spec = path_of(VERSION, KIND, name), chance.choice(["al", "bo", "ca"]), chance.spec()
    verb = chance.choice([APPLY, APPLY, APPLY, MERGE]) if live else APPLY
    force = chance.random() < 0.6
    ours = {"manager": manager, "api_version": VERSION, "now": "2026-01-01T00:00:00Z", "types": types}
    metadata = {"name": name, "namespace": "default"}
    config = {"apiVersion": VERSION, "kind": KIND, "metadata": metadata, "spec": spec}
    query = {"force": "true"} if force and verb == APPLY else {}
    body = config if verb == APPLY else {"spec": spec}
    real = server.send("PATCH", path, body, verb, fieldManager=manager, **query)
    step = f"{manager} {verb} force={force} {spec}"
    try:
        if verb == APPLY:
            mine = apply(live, config, force=force, **ours)
        elif real["kind"] == "Status":
            return live, []
        else:
            new = {**real, "metadata": {k: v for k, v in real["metadata"].items() if k != "managedFields"}}
            mine = track_update(live, new, **ours)
    except StatusError as refused:
        if real["kind"] == "Status" and real["code"] in (refused.code, 422):
            return live, []
        return live, [f"{step}\n  we refuse: {refused.message}\n  server: {real.get('message', 'accepts')}"]
    if real["kind"] == "Status":
        return live, [] if real["code"] == 422 else [f"{step}\n  we accept\n  server: {real['message']}"]
    found = []
    if ownership(mine) != ownership(real):
        only_ours, only_real = ownership(mine) - ownership(real), ownership(real) - ownership(mine)
        found.append(f"{step}\n  only ours: {sorted(only_ours)}\n  only the server's: {sorted(only_real)}")
    if content(mine) != content(real):
        found.append(f"{step}\n  ours: {content(mine)}\n  the server's: {content(real)}")
    return real, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=50)
    arguments = parser.parse_args()
    schema = yaml.safe_load(SCENARIOS.read_text())["schema"]
    server, chance = Server(arguments.kubeconfig), Random(arguments.seed)
    types = CustomTypes({VERSION: schema}, has_status=True)
    server.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd(schema))
    time.sleep(3)  # until it is served
    differences, steps = 0, 0
    for turn in range(arguments.rounds):
        name, live = f"fuzz-{turn % 5}", None
        server.send("DELETE", path_of(VERSION, KIND, name))
        for _ in range(6):
            live, found = compare_one(server, chance, types, name, live)
            steps += 1
            differences += len(found)
            for text in found:
                print(text)
    print(f"{steps} steps, {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
