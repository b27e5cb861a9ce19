"""The algebra of field sets and their wire form."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s.apply.fieldset import (
    FieldSetError,
    canonical_element,
    decode_fields,
    difference,
    difference_below,
    intersection,
    json_text,
    path_text,
    paths,
    union,
)

SPEC = {"f:spec": {"f:replicas": {}, "f:template": {".": {}, "f:image": {}}}}


def test_members_are_leaves_and_what_holds_a_dot() -> None:
    assert list(map(path_text, paths(SPEC))) == [".spec.replicas", ".spec.template", ".spec.template.image"]


def test_keys_and_values_are_named_as_conflicts_do() -> None:
    fields = {"f:ports": {'k:{"port":80,"protocol":"TCP"}': {"f:name": {}}}, "f:finalizers": {'v:"a/b"': {}}}
    assert set(map(path_text, paths(fields))) == {'.ports[port=80,protocol="TCP"].name', '.finalizers[="a/b"]'}


def test_union_makes_a_leaf_with_children_both() -> None:
    assert union({"f:a": {}}, {"f:a": {"f:b": {}}}) == {"f:a": {".": {}, "f:b": {}}}
    assert union({"f:a": {"f:b": {}}}, {"f:a": {}}) == {"f:a": {".": {}, "f:b": {}}}
    assert union({}, SPEC) == SPEC == union(SPEC, SPEC)


def test_difference_takes_members_and_leaves_children() -> None:
    assert difference({"f:a": {".": {}, "f:b": {}}}, {"f:a": {}}) == {"f:a": {"f:b": {}}}
    assert difference({"f:a": {".": {}, "f:b": {}}}, {"f:a": {"f:b": {}}}) == {"f:a": {}}
    assert difference(SPEC, SPEC) == {}


def test_difference_below_takes_children_along() -> None:
    assert difference_below(SPEC, {"f:spec": {}}) == {}
    assert difference_below(SPEC, {"f:spec": {"f:template": {}}}) == {"f:spec": {"f:replicas": {}}}
    assert difference_below(SPEC, {}) == SPEC


def test_intersection() -> None:
    assert intersection(SPEC, {"f:spec": {"f:template": {}}}) == {"f:spec": {"f:template": {}}}
    assert intersection(SPEC, {"f:spec": {"f:template": {"f:image": {}}}}) == {
        "f:spec": {"f:template": {"f:image": {}}}
    }
    assert intersection(SPEC, {"f:spec": {}}) == {}


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ('k:{"protocol": "TCP", "containerPort": 80}', 'k:{"containerPort":80,"protocol":"TCP"}'),
        ('v: "x"', 'v:"x"'),
        ("v:1.0", "v:1"),
        ("i:007", "i:7"),
        ("f:a:b", "f:a:b"),
        ('k:{"name":"<a>"}', 'k:{"name":"\\u003ca\\u003e"}'),
    ],
)
def test_elements_have_one_form(written: str, canonical: str) -> None:
    assert canonical_element(written) == canonical


@pytest.mark.parametrize("element", ["", "x", "f", "k:", "k:[]", "k:{", "v:", "i:x", "z:1", "k:" + "[" * 3000])
def test_malformed_elements_are_refused(element: str) -> None:
    with pytest.raises(FieldSetError):
        decode_fields({element: {}})


@pytest.mark.parametrize("fields", [[], {"f:a": 1}, {"f:a": None}, {".": 1}])
def test_malformed_fields_are_refused(fields: Any) -> None:
    with pytest.raises(FieldSetError):
        decode_fields(fields)


def test_deep_fields_are_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"f:a": deep}
    with pytest.raises(FieldSetError, match="nested"):
        decode_fields(deep)


def test_a_lonely_dot_is_a_leaf() -> None:
    assert decode_fields({"f:a": {".": {}}, ".": {}}) == {"f:a": {}}
    assert decode_fields({"f:a": {".": {"f:x": {}}, "f:b": {}}}) == {"f:a": {".": {}, "f:b": {}}}


def test_canonical_fields_are_not_copied() -> None:
    assert decode_fields(SPEC) is SPEC


def test_json_is_written_as_go_does() -> None:
    assert [json_text(v) for v in ("a", 'q"', 5, 5.0, True, None, "é", "<")] == [
        '"a"', '"q\\""', "5", "5", "true", "null", '"é"', '"\\u003c"',
    ]  # fmt: skip
