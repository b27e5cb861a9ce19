"""Checks against schemas: whatever a CRD's schema holds, and whatever stands in a child, loading says something and
never raises; findings point into the file."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orkestra.katalog import load_text
from orkestra.katalog.crdfile import crds_in
from orkestra.katalog.diagnostics import Findings

NAMES = st.sampled_from(
    ["spec", "status", "image", "ports", "size", "a", "{{ .spec.a }}", "data", "hostPath", "privileged"]
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.floats(allow_nan=False), st.text(max_size=8),
    st.sampled_from(["{{ .spec.image }}", "{{ .spec.ports.x }}", "{{ range .spec.a }}{{ .b }}{{ end }}", "ALL"]),
)  # fmt: skip
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "object", "array", "", 7, ["string"]])


def _schema(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "type": TYPES,
            "properties": st.dictionaries(NAMES, inner, max_size=4) | SCALARS,
            "items": inner,
            "additionalProperties": inner | st.booleans(),
            "required": st.lists(NAMES, max_size=3) | SCALARS,
            "enum": st.lists(SCALARS, max_size=3) | SCALARS,
            "default": TREES,
            "allOf": st.lists(inner, max_size=2) | SCALARS,
            "$ref": st.text(max_size=5),
            "nullable": st.booleans(),
            "x-kubernetes-int-or-string": st.booleans(),
            "x-kubernetes-preserve-unknown-fields": st.booleans(),
        },
    )


SCHEMAS = st.recursive(SCALARS | _schema(st.just({"type": "string"})), _schema, max_leaves=10)
OPERATORS = st.sampled_from(["equals", "notEquals", "in", "greaterThan", "between", "exists", "regex", "typeOf"])
CONDITIONS = st.builds(
    lambda path, operator, value: {"field": ".".join(path), operator: value},
    st.lists(NAMES, min_size=1, max_size=3),
    OPERATORS,
    TREES,
)


@settings(max_examples=150, deadline=None)
@given(schema=SCHEMAS, spec=TREES, when=st.lists(CONDITIONS, max_size=3), builtin=st.booleans())
def test_checks_never_raise(schema: Any, spec: Any, when: list[Any], builtin: bool) -> None:
    crd = {
        "kind": "CustomResourceDefinition",
        "spec": {
            "group": "shop.io",
            "names": {"kind": "Site", "plural": "sites"},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    child = {"apiVersion": "shop.io/v1", "kind": "Site"}
    if builtin:
        child = {"apiVersion": "v1", "kind": "Pod"}
    box = {
        "when": when,
        "onReconcile": {
            "custom": [{**child, "metadata": {"name": "a"}, "spec": spec}],
            "deployments": [{"image": "{{ .spec.image }}", "replicas": "{{ .spec.size }}", "securityContext": spec}],
        },
        "status": {"fields": [{"path": "a", "value": spec}, {"path": "size", "value": "{{ .spec.size }}"}]},
    }
    entry = {"apiTypes": {"group": "shop.io", "version": "v1", "kind": "Site", "plural": "sites"}, "operatorBox": box}
    text = json.dumps(
        {
            "apiVersion": "orkestra.orkspace.io/v1",
            "kind": "Katalog",
            "metadata": {"name": "a"},
            "spec": {"crds": {"site": entry}},
        }
    )
    crds = crds_in([("crd.yaml", json.dumps(crd).encode())], Findings())
    for found in load_text(text, crds=crds)[1]:
        assert found.span.line >= 1 and found.span.column >= 1
        assert found.span.column <= len(text) + 1
