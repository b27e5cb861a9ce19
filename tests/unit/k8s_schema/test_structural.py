"""Defaulting, pruning and validation where no recorded case looks: limits, aliasing, the status subresource."""

import time
from typing import Any

import pytest

from orkestra.k8s.gvk import GVK
from orkestra.k8s.schema.causes import invalid
from orkestra.k8s.schema.node import SchemaError
from orkestra.k8s.schema.structural import compile_schema


def schema_of(**props: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"spec": {"type": "object", "properties": props}}}


def test_defaults_are_not_shared_between_objects() -> None:
    schema = compile_schema(schema_of(tags={"type": "array", "items": {"type": "string"}, "default": ["a"]}))
    first: dict[str, Any] = {"spec": {}}
    second: dict[str, Any] = {"spec": {}}
    schema.default(first)
    schema.default(second)
    first["spec"]["tags"].append("b")
    assert second["spec"]["tags"] == ["a"]


def test_status_alone_is_validated_on_the_status_subresource() -> None:
    schema = compile_schema(
        {
            "type": "object",
            "properties": {
                "spec": {"type": "object", "properties": {"n": {"type": "integer"}}},
                "status": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["phase"]},
            },
        }
    )
    obj = {"spec": {"n": "bad"}, "status": {"n": "bad"}}
    found = [(cause.field, cause.message) for cause in schema.validate(obj, obj | {"status": {}}, status_only=True)]
    assert found == [
        ("status.n", 'Invalid value: "string": n in body must be of type integer: "string"'),
        ("status.phase", "Required value"),
    ]
    assert schema.validate({"spec": {"n": "bad"}}, {}, status_only=True) == []


def test_one_cause_stands_alone_and_several_stand_in_brackets_once() -> None:
    schema = compile_schema(schema_of(a={"type": "integer"}, b={"type": "string", "enum": ["x"]}))
    one = schema.validate({"spec": {"a": "1"}})
    assert invalid(GVK("g.io", "v1", "Website"), "w", one).message == (
        'Website.g.io "w" is invalid: spec.a: Invalid value: "string": spec.a in body must be of type integer: "string"'
    )
    two = schema.validate({"spec": {"b": "y"}}) * 2
    error = invalid(GVK("", "v1", "Website"), "w", [*two, *one])
    assert error.message.startswith(
        'Website "w" is invalid: [spec.b: Unsupported value: "y": supported values: "x", spec.a:'
    )
    assert error.message.count("spec.b") == 1
    assert len(error.status["details"]["causes"]) == 3
    assert error.status["details"]["kind"] == "Website"


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"type": "object", "properties": []}, "properties: must be an object"),
        ({"properties": {"a": {"type": 1}}}, "properties[a].type: must be a string"),
        ({"maxLength": "3"}, "maxLength: must be an integer"),
        ({"allOf": [1]}, "allOf[0]: must be an object"),
        ({"items": [{"type": "string"}]}, "items: must be a schema object and not an array"),
        ({"x-kubernetes-validations": [{"rule": 1}]}, "x-kubernetes-validations[0].rule: must be a string"),
        ("text", "must be an object"),
    ],
)
def test_a_schema_of_another_shape_is_refused_with_its_place(schema: Any, place: str) -> None:
    with pytest.raises(SchemaError) as caught:
        compile_schema(schema)
    assert str(caught.value) == place


def test_a_bottomless_schema_is_refused() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(900):
        schema = {"type": "array", "items": schema}
    with pytest.raises(SchemaError, match="nested deeper"):
        compile_schema(schema)


def test_bottomless_data_below_an_open_field_is_harmless() -> None:
    schema = compile_schema(schema_of(free={"type": "object", "additionalProperties": True}))
    value: Any = {"x": 1}
    for _ in range(5000):
        value = [value]
    obj = {"spec": {"free": {"a": value}}}
    assert schema.prune(obj) == ["spec.free.a" + "[0]" * 5000 + ".x"]
    assert schema.validate(obj) == []


def test_large_sets_and_maps_are_judged_in_linear_time() -> None:
    keyed = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}
    item = {"type": "object", "properties": {"k": {"type": "string"}}}
    schema = compile_schema(
        schema_of(
            set={"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
            map={"type": "array", "items": item, **keyed},
        )
    )
    names = [f"n{index}" for index in range(50_000)]
    obj = {"spec": {"set": [*names, "n7"], "map": [{"k": name} for name in [*names, "n7"]]}}
    started = time.process_time()
    assert [cause.field for cause in schema.validate(obj)] == ["spec.set[50000]", "spec.map[50000]"]
    assert time.process_time() - started < 5


def test_rules_of_one_object_share_a_budget() -> None:
    rule = {"rule": "self.all(a, self.all(b, a + b >= 0))", "message": "sums"}
    heavy = {"type": "array", "items": {"type": "integer"}, "x-kubernetes-validations": [rule, {"rule": "false"}]}
    schema = compile_schema(schema_of(list=heavy))
    found = schema.validate({"spec": {"list": [1] * 2000}})
    assert [cause.message for cause in found] == [
        "Invalid value: \"array\": 'operation cancelled: actual cost limit exceeded': no further validation rules will "
        "be run due to call cost exceeds limit for rule: sums"
    ]
