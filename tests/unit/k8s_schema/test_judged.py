"""Verdicts that a real kube-apiserver gave on random schemas, values and rules where ours had been others."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest

from orkestra.k8s.formats import accepts
from orkestra.k8s.schema.crd import default_crd
from orkestra.k8s.schema.soundness import check_structural
from orkestra.k8s.schema.structural import compile_schema


def failures(schema: dict[str, Any], value: Any) -> list[str]:
    compiled = compile_schema({"type": "object", "properties": {"v": schema}})
    return [cause.message for cause in compiled.validate({"v": value})]


@pytest.mark.parametrize(
    ("schema", "value", "is_taken"),
    [
        ({"type": "number", "multipleOf": 3}, 10000000000.0, True),
        ({"type": "number", "multipleOf": 3}, 9.0000000001, True),
        ({"type": "number", "multipleOf": 3}, 10, False),
        ({"type": "number", "multipleOf": 0.5}, 10, False),
        ({"type": "number", "enum": [1, 2]}, 2.25, True),
        ({"type": "number", "enum": [1, 2]}, 3, False),
        ({"x-kubernetes-int-or-string": True, "enum": ["a"]}, 97, True),
        ({"x-kubernetes-preserve-unknown-fields": True, "enum": [True]}, 1, False),
        ({"type": "array", "enum": [[1]], "items": {"type": "number"}}, [1.0], False),
        ({"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "number"}}, [10, 10.0], True),
    ],
)
def test_values(schema: dict[str, Any], value: Any, is_taken: bool) -> None:
    assert (failures(schema, value) == []) is is_taken


def test_keys_of_a_list_are_apart_by_type() -> None:
    item = {"type": "object", "properties": {"k": {"type": "number"}}, "required": ["k"]}
    schema = {"type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]}
    assert failures(schema, [{"k": 10}, {"k": 10.0}]) == []
    assert failures(schema, [{"k": 10}, {"k": 10}]) == ['Duplicate value: {"k":10}']


@pytest.mark.parametrize(
    ("name", "text", "is_taken"),
    [
        ("hostname", "my-host", False),
        ("hostname", "m-host", True),
        ("hostname", "my-host.example", True),
        ("hostname", "$", True),
        ("mac", "a" * 12, True),
        ("mac", "a" * 40, True),
        ("mac", "a" * 14, False),
    ],
)
def test_formats(name: str, text: str, is_taken: bool) -> None:
    accept = accepts(name)
    assert accept is not None
    assert accept(text) is is_taken


def test_a_null_of_a_declared_field_is_absent_to_rules() -> None:
    rules = [{"rule": "!has(self.a)", "message": "is there"}, {"rule": "self.?a.orValue('b') == 'b'"}]
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "nullable": True}},
        "x-kubernetes-validations": rules,
    }
    assert failures(schema, {"a": None}) == []
    assert failures(schema, {"a": "x"})[0] == "Invalid value: is there"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("int('a') == 1", "program instantiation failed: type conversion error from 'string' to 'int'"),
        ("int(dyn('a')) == 1", "program instantiation failed: type conversion error from 'string' to 'int'"),
        ("uint(-1) == 1u", "program instantiation failed: unsigned integer overflow"),
        ("int('a')", "cel expression must evaluate to a bool"),
        ("'%d'.format(['x']) == 'x'", "decimal clause can only be used on integers, was given string"),
        ("'%s'.format([[ip('1.1.1.1')]]) == 'x'", "was given net.IP"),
        ("'%q'.format([1]) == 'x'", 'unrecognized formatting clause "q"'),
        ("'%s'.format([]) == 'x'", "index 0 out of range"),
        ("'%s'.format([1, 2]) == 'x'", "too many arguments supplied to string.format (expected 1, got 2)"),
        ("'a'.find('[a-z') == ''", "program instantiation failed: error parsing regexp: missing closing ]"),
        ("'a'.matches(dyn('('))", "program instantiation failed: error parsing regexp: missing closing )"),
        ("has(self.n,)", "Syntax error"),
        ("[1].exists(k, .k == 1)", "undeclared reference to '.k'"),
        ("[1].exists(k, .self.n == k)", ""),
        ("quantity('1').sign() == 1", "found no matching overload for 'sign'"),
        ("duration(1) == duration('1s')", "found no matching overload for 'duration'"),
        ("timestamp(999999999999999) == timestamp(1)", "invalid timestamp argument"),
        (".has(self.n)", "undeclared reference to"),
        ("[].map(x, x > 1.5, x + -1).size() > 1 && [].reverse()[0] == quantity('1').add(quantity('1'))", ""),
        ("type(timestamp('2024-01-01T00:00:00Z')) == google.protobuf.Timestamp", ""),
        ("self.n in []", ""),
        ("sign(quantity('1')) == 1 && [].sort() == [1] && '%s %d%%'.format(['a', self.n]) == ''", ""),
    ],
)
def test_rules(rule: str, words: str) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "x-kubernetes-validations": [{"rule": rule}]}
    found = check_structural({"type": "object", "properties": {"spec": schema}})
    assert [words in cause.message for cause in found] == ([True] if words else []), found


TOO_MUCH = "exceeds budget by factor of {}x (try simplifying the rule, or adding maxItems"


@pytest.mark.parametrize(
    ("rule", "factor"),
    [
        ("self.texts.all(x, x != 'a')", ""),
        ("self.texts.all(x, self.texts.all(y, x != y))", "more than 100"),
        ("self.short.all(x, self.short.all(y, x != y))", ""),
        ("self.texts.exists(x, x.contains(self.text))", "more than 100"),
        ("self.text.matches('^[a-z]+$')", ""),
        ("self.text.replace('a', self.text) == 'a'", ""),
        ("self.texts.map(x, x + 'a').distinct().size() == 1", "more than 100"),
        ("self.texts.sortBy(x, x)[0] == 'a'", "more than 100"),
        ("self.?text.optMap(x, x + 'b').hasValue()", ""),
    ],
)
def test_rules_that_may_cost_too_much(rule: str, factor: str) -> None:
    text = {"type": "string"}
    fields = {
        "text": text,
        "texts": {"type": "array", "items": text},
        "short": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 10}},
    }
    schema = {"type": "object", "properties": fields, "x-kubernetes-validations": [{"rule": rule}]}
    found = check_structural({"type": "object", "properties": {"spec": schema}})
    assert any(TOO_MUCH.format(factor) in cause.message for cause in found) is bool(factor), found


def test_a_rule_below_a_list_counts_as_often_as_the_list_is_long() -> None:
    for bounds, is_taken in (({"maxItems": 10}, True), ({}, False)):
        item = {"type": "string", "maxLength": 64, "x-kubernetes-validations": [{"rule": "self.matches('^[a-z]+$')"}]}
        schema = {"type": "object", "properties": {"list": {"type": "array", **bounds, "items": item}}}
        assert (check_structural(schema) == []) is is_taken


def test_chains_of_optional_macros_are_estimated_in_time() -> None:
    rule = "self.?text" + ".optMap(x, x + 'b')" * 60 + ".hasValue()"
    schema = {"type": "object", "properties": {"text": {"type": "string", "maxLength": 5}}}
    before = time.process_time()
    check_structural({**schema, "x-kubernetes-validations": [{"rule": rule}]})
    assert time.process_time() - before < 2


def test_numbers_of_a_definition_are_as_go_writes_them() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "number", "default": 10.0, "enum": [10.0, 1.5, 1e300]}}}
    crd: dict[str, Any] = {"spec": {"versions": [{"name": "v1", "schema": {"openAPIV3Schema": schema}}]}}
    default_crd(crd)
    found = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["n"]
    assert [type(each) for each in (found["default"], *found["enum"])] == [int, int, float, float]


def test_a_flaw_hides_what_only_structural_schemas_are_asked() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}}
    spoilt = {**schema, "not": {"x-kubernetes-preserve-unknown-fields": False}}
    assert [cause.field for cause in check_structural(schema)] == ["properties[a].pattern"]
    assert [cause.field for cause in check_structural(spoilt)] == ["not.x-kubernetes-preserve-unknown-fields"]


@pytest.mark.parametrize(("more", "is_forgiven"), [({}, True), ({"open": {}}, True), ({"open": {"a": 1}}, False)])
def test_what_has_no_schema_is_never_what_it_was(more: dict[str, Any], is_forgiven: bool) -> None:
    spec = {
        "type": "object",
        "properties": {
            "n": {"type": "integer"},
            "open": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        },
        "x-kubernetes-validations": [{"rule": "self.n > 5", "message": "too few"}],
    }
    compiled = compile_schema({"type": "object", "properties": {"spec": spec}})
    obj = {"apiVersion": "e.com/v1", "kind": "X", "metadata": {"name": "a"}, "spec": {"n": 1, **more}}
    assert (compiled.validate(obj, copy.deepcopy(obj)) == []) is is_forgiven
