"""The language as its users meet it: values, errors with their place, limits."""

import time
from typing import Any

import pytest

from orkestra.k8s.cel import CelCompileError, CelError, compile_cel
from orkestra.k8s.cel.errors import BudgetExceeded
from orkestra.k8s.cel.types import INT, STRING, list_of, object_of

WEBSITE = object_of("self", {"replicas": INT, "host": STRING, "my__dash__tags": list_of(STRING)})


def evaluate(text: str, **bindings: Any) -> Any:
    return compile_cel(text, variables=list(bindings)).evaluate(bindings)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("object.spec.replicas * 2", 6),
        ("children.filter(c, c.kind == 'Pod').map(c, c.name)", ["a"]),
        ("has(object.status) ? 'yes' : 'no'", "no"),
        ("object.?status.?phase.orValue('none')", "none"),
        ("children.all(c, c.ready)", False),
        ("'%s has %d'.format([object.spec.host, size(children)])", "example.org has 2"),
        ("[1, 2, 2].isSorted() && [3, 1].min() == 1 && ['a', 'b'].join('-') == 'a-b'", True),
        ("cidr('192.168.0.0/24').containsIP('192.168.0.1')", True),
        ("cidr('10.0.0.1/8').masked() == cidr('10.0.0.0/8')", True),
        ("format.dns1123Label().validate('Not Good').hasValue()", True),
        ("!format.labelValue().validate('v1').hasValue()", True),
        ("[1, 2, 2, 3].indexOf(2) == 1 && ['b', 'b'].lastIndexOf('b') == 1", True),
    ],
)
def test_conditions_over_an_object_and_its_children(text: str, value: Any) -> None:
    obj = {"spec": {"replicas": 3, "host": "example.org"}}
    children = [{"kind": "Pod", "name": "a", "ready": True}, {"kind": "Service", "name": "b", "ready": False}]
    assert evaluate(text, object=obj, children=children) == value


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("self.replica > 0", 1, 5, "undefined field 'replica'"),
        ("self.replicas == 'x'", 1, 15, "found no matching overload for '_==_' applied to '(int, string)'"),
        ("true &&\n  unknown", 2, 3, "undeclared reference to 'unknown' (in container '')"),
        ("self.host.matches('(')", 1, 19, "invalid matches argument"),
        ("[1, 'a'] == []", 1, 5, "expected type 'int' but found 'string'"),
        ("self.host.nope()", 1, 15, "undeclared reference to 'nope' (in container '')"),
        ("self.replicas.all(x, true)", 1, 5, "expression of type 'int' cannot be range of a comprehension"),
    ],
)
def test_what_cannot_work_is_refused_with_its_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(CelCompileError) as caught:
        compile_cel(text, variables={"self": WEBSITE})
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.message.startswith(message)


def test_a_report_shows_every_issue_under_its_line() -> None:
    with pytest.raises(CelCompileError) as caught:
        compile_cel("a\n&& b", variables=[])
    assert caught.value.report == (
        "ERROR: <input>:1:1: undeclared reference to 'a' (in container '')\n | a\n | ^\n"
        "ERROR: <input>:2:4: undeclared reference to 'b' (in container '')\n | && b\n | ...^"
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("self.a.b", 1, 7, "no such key: b"),
        ("[1][self.n]", 1, 4, "index out of bounds: 7"),
        ("1 == 1 &&\n  10 / (self.n - 7) > 1", 2, 6, "division by zero"),
        ("int(self.text)", 1, 4, "type conversion error from 'string' to 'int'"),
        ("self.n ? 1 : 2", 1, 8, "no such overload"),
    ],
)
def test_what_fails_on_a_value_says_where(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(CelError) as caught:
        evaluate(text, self={"a": {}, "n": 7, "text": "x"})
    assert (caught.value.line, caught.value.column, caught.value.message) == (line, column, message)


def test_fields_that_are_no_identifiers_are_written_escaped() -> None:
    program = compile_cel("self.my__dash__tags[0]", variables={"self": WEBSITE})
    assert program.evaluate({"self": {"my-tags": ["a"]}}) == "a"
    assert evaluate("self.my__dash__tags", self={"my-tags": 1}) == 1
    assert evaluate("self.my__dash__tags", self={"my-tags": 1, "my__dash__tags": 2}) == 2


def test_a_variable_without_a_value_fails_only_where_it_is_needed() -> None:
    program = compile_cel("self == 1 || other == 2", variables=["self", "other"])
    assert program.uses == {"self", "other"}
    assert program.evaluate({"self": 1}) is True
    with pytest.raises(CelError):
        compile_cel("other.x", variables=["other"]).evaluate({})
    with pytest.raises(CelError, match="no such attribute"):
        compile_cel("other", variables=["other"]).evaluate({})


def test_bindings_are_not_changed() -> None:
    value = {"list": [3, 1], "map": {"a": 1}}
    evaluate("(self.list + [2]).sort() == [1, 2, 3] && self.map.transformMap(k, v, v + 1) == {'a': 2}", self=value)
    assert value == {"list": [3, 1], "map": {"a": 1}}


@pytest.mark.parametrize(
    "text",
    [
        "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))",
        "self.map(a, self.map(b, [a, b])).size() > 0",
        "self.exists(a, self == [a] + self)",
        "lists.range(1000000).map(x, lists.range(1000000)).size() > 0",
        "self.map(a, self.map(b, 'some text to repeat ' + string(b)).join()).size() > 0",
        "sets.equivalent(lists.range(100000), lists.range(100000))",
    ],
)
def test_work_without_end_is_cut_off(text: str) -> None:
    program = compile_cel(text, variables=["self"])
    started = time.process_time()
    with pytest.raises(BudgetExceeded):
        program.evaluate({"self": list(range(2000))}, steps=200_000)
    assert time.process_time() - started < 5


def test_a_budget_is_not_absorbed_by_or() -> None:
    with pytest.raises(BudgetExceeded):
        compile_cel("self.all(x, x >= 0) || true", variables=["self"]).evaluate({"self": [1] * 100}, steps=10)


@pytest.mark.parametrize(
    "text",
    ["(" * 5000, "(" * 300 + "1" + ")" * 300, "[" * 5000, "a" + ".a" * 5000, "1" + "+1" * 5000, "1?1:" * 3000 + "1"],
)
def test_deep_expressions_are_refused_not_fatal(text: str) -> None:
    with pytest.raises(CelError, match=r"recursion limit|mismatched"):
        compile_cel(text, variables=["a"]).evaluate({"a": {}})


def test_long_expressions_are_fine() -> None:
    assert evaluate("-" * 5000 + "1") == 1
    assert evaluate(" && ".join(["true"] * 5000)) is True
    assert evaluate("+".join(["1"] * 90)) == 90
    assert evaluate("[" + ",".join(["1"] * 5000) + "].sum()") == 5000
    assert evaluate("(" * 40 + "1" + ")" * 40) == 1


def test_an_endless_text_is_refused() -> None:
    with pytest.raises(CelCompileError, match="exceeds limit"):
        compile_cel("1 + " * 50_000 + "1", variables=[])
