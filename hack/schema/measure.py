"""Prints what the schema and CEL engines cost here, beside the CEL libraries that are installed.

python hack/schema/measure.py
pip install cel-expr-python common-expression-language   # in another environment, to compare
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import statistics
import sys
import time
import timeit
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

SPEC = {
    "image": {"type": "string", "minLength": 1},
    "replicas": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 100, "default": 1},
    "mode": {"type": "string", "enum": ["a", "b"], "default": "a"},
    "env": {
        "type": "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "items": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "pattern": "^[A-Z_][A-Z0-9_]*$"},
                "value": {"type": "string", "default": ""},
            },
        },
    },
    "ports": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["port"],
            "properties": {
                "port": {"type": "integer", "minimum": 1, "maximum": 65535},
                "protocol": {"type": "string", "enum": ["TCP", "UDP"], "default": "TCP"},
            },
        },
    },
}
CONDITION = {
    "type": {"type": "string", "maxLength": 316},
    "status": {"type": "string", "enum": ["True", "False", "Unknown"]},
    "reason": {"type": "string"},
    "message": {"type": "string"},
    "lastTransitionTime": {"type": "string", "format": "date-time"},
}
SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "required": ["image"], "properties": SPEC},
        "status": {
            "type": "object",
            "properties": {
                "conditions": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["type"],
                    "items": {"type": "object", "required": ["type", "status"], "properties": CONDITION},
                }
            },
        },
    },
}
APP = {
    "apiVersion": "example.org/v1",
    "kind": "App",
    "metadata": {"name": "app"},
    "spec": {
        "image": "nginx:1",
        "env": [{"name": f"E{index}", "value": "x"} for index in range(8)],
        "ports": [{"port": 80}, {"port": 443}],
    },
    "status": {
        "conditions": [
            {
                "type": name,
                "status": "True",
                "reason": "R",
                "message": "m",
                "lastTransitionTime": "2024-01-01T00:00:00Z",
            }
            for name in ("Ready", "Reconciling", "Stalled")
        ]
    },
}
RULE = "self.a <= self.b && self.b <= self.c"
VALUE = {"a": 1, "b": 2, "c": 3, "list": list(range(1, 201))}


def median_us(call: Callable[[], Any], number: int = 2000) -> float:
    return statistics.median(timeit.repeat(call, number=number, repeat=9)) / number * 1e6


def show(what: str, figure: float, unit: str) -> None:
    print(f"{what:62} {figure:10.1f} {unit}")


def measure_schema() -> None:
    from orkestra.k8s.schema.defaults import copy_json
    from orkestra.k8s.schema.structural import compile_schema

    schema = compile_schema(SCHEMA)
    obj = copy_json(APP)

    def admit() -> None:
        schema.default(obj)
        schema.prune(obj)
        assert not schema.validate(obj)

    show("default + prune + validate, 8 env, 2 ports, 3 conditions", median_us(admit), "us")
    broken = copy_json(APP) | {"spec": APP["spec"] | {"replicas": "x"}}  # type: ignore[operator] # a literal above
    show("validate one bad field, with its text", median_us(lambda: schema.validate(broken), 500), "us")
    show("compile the schema", median_us(lambda: compile_schema(SCHEMA), 200), "us")
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [compile_schema(SCHEMA) for _ in range(100)]
    show("memory of a compiled schema", (tracemalloc.get_traced_memory()[0] - before) / len(kept) / 1024, "KiB")
    tracemalloc.stop()


def measure_own_cel() -> None:
    started = time.perf_counter()
    from orkestra.k8s.cel import compile_cel

    show("own engine: import", (time.perf_counter() - started) * 1e3, "ms")
    program = compile_cel(RULE, variables=["self"])
    walk = compile_cel("self.list.all(x, x > 0)", variables=["self"])
    bindings = {"self": VALUE}
    show("own engine: compile a <= b && b <= c", median_us(lambda: compile_cel(RULE, variables=["self"]), 300), "us")
    show("own engine: a <= b && b <= c", median_us(lambda: program.evaluate(bindings)), "us")
    show("own engine: all() over 200 items", median_us(lambda: walk.evaluate(bindings), 300), "us")


def table() -> tuple[list[str], dict[str, Any]]:
    """The expressions of the recorded table that a kube-apiserver finds true, and the object they are about."""
    topic = json.loads((ROOT / "tests/unit/k8s_schema/verdicts/cel.json").read_text())
    texts = [rule["rule"] for rule in topic["schema"]["properties"]["spec"]["x-kubernetes-validations"]]
    failed = " ".join(cause["message"] for cause in topic["cases"][0]["verdict"]["causes"])
    return [text for text in texts if text not in failed], topic["cases"][0]["object"]["spec"]


def measure_google() -> None:
    cel = importlib.import_module("cel_expr_python.cel")
    env = cel.NewEnv(variables={"self": cel.Type.DYN})

    def run(text: str, value: Any) -> Any:
        return env.compile(text).eval(data={"self": value}).value()

    compiled = env.compile(RULE)
    walk = env.compile("self.list.all(x, x > 0)")
    report("cel-expr-python", run)
    show("cel-expr-python: a <= b && b <= c", median_us(lambda: compiled.eval(data={"self": VALUE}), 300), "us")
    show("cel-expr-python: all() over 200 items", median_us(lambda: walk.eval(data={"self": VALUE}), 100), "us")


def measure_rust() -> None:
    started = time.perf_counter()
    cel = importlib.import_module("cel")
    show("common-expression-language: import", (time.perf_counter() - started) * 1e3, "ms")
    report("common-expression-language", lambda text, value: cel.evaluate(text, {"self": value}))
    compiled, walk = cel.compile(RULE), cel.compile("self.list.all(x, x > 0)")
    what = "common-expression-language"
    show(f"{what}: a <= b && b <= c", median_us(lambda: compiled.execute({"self": VALUE}), 300), "us")
    show(f"{what}: all() over 200 items", median_us(lambda: walk.execute({"self": VALUE}), 100), "us")


def report(name: str, run: Callable[[str, Any], Any]) -> None:
    texts, value = table()
    passed = 0
    for text in texts:
        try:
            passed += run(text, value) is True
        except Exception:
            continue
    show(f"{name}: recorded expressions it finds true, of {len(texts)}", passed, "")


def main() -> None:
    if importlib.util.find_spec("msgspec") is not None:
        measure_own_cel()
        measure_schema()
    for module, measure in (("cel_expr_python", measure_google), ("cel", measure_rust)):
        if importlib.util.find_spec(module) is not None:
            try:
                measure()
            except Exception as problem:
                print(f"{module}: {problem}")


if __name__ == "__main__":
    main()
