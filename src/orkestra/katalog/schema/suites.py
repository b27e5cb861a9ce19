"""Rows of the test files: ``kind: Simulate`` and ``kind: E2E``."""

from __future__ import annotations

from typing import Any, Final

from orkestra.katalog.operators import OPERATORS
from orkestra.katalog.parts.suites import (
    E2E as E2EModel,
)
from orkestra.katalog.parts.suites import (
    Assertion,
    Cluster,
    Command,
    Custom,
    E2ESpec,
    Expect,
    Expectation,
    ExpectedResource,
    Header,
    ImportedTest,
    Operation,
    Outcome,
    Simulate,
    SimulateSpec,
    kubectl_of,
)
from orkestra.katalog.schema.blocks import Decoded, Field
from orkestra.katalog.schema.conditions import argument_of, condition_fields
from orkestra.katalog.schema.containers import ByShape, ListOf, MapOf
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.schema.documents import API_VERSION, api_version, kind_of_file
from orkestra.katalog.schema.lazy import SETUP
from orkestra.katalog.schema.records import Maker, NamedList, Record, Settings, filled
from orkestra.katalog.schema.scalars import Choice, Duration, Flag, Int, ScalarType, Text
from orkestra.katalog.schema.shared import ANY, NameList
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode

_TIMES: Final = Int(0)


def _head(kind: str) -> tuple[Field, ...]:
    """``apiVersion``, ``kind`` and ``metadata``."""
    return (
        Field("apiVersion", Text(check=api_version), API_VERSION, required=True),
        Field("kind", Text(check=kind_of_file(kind)), kind, required=True),
        Field(
            "metadata",
            Record(
                Header,
                f"metadata of {'an' if kind[0] in 'AEIOU' else 'a'} {kind}",
                (
                    Field("name", Text(), "its name", ""),
                    Field("description", Text(), "free text", "", tier="W"),
                    Field("tags", NameList(), "words to find it by", (), tier="W"),
                ),
            ),
            "its name and description",
        ),
    )


def _or(name: str, default: Any) -> Maker:
    """A block that is there even where it is not written."""

    def made(found: Decoded, decoder: Decoder, where: str) -> Any:
        value = filled(found, name)
        return default if value is None else value

    return made


def _as_tuple(name: str) -> Maker:
    """One map or a list of them; an absent one is none."""

    def made(found: Decoded, decoder: Decoder, where: str) -> Any:
        value = filled(found, name)
        return () if value is None else value if isinstance(value, tuple) else (value,)

    return made


def _check_cycles(decoded: Decoded, decoder: Decoder) -> None:
    """What is expected in a cycle is expected in one that comes."""
    most, expect = decoded["cycles"], decoded.node.get("expect")
    crds = expect.get("crds") if isinstance(expect, MapNode) else None
    outcomes = [expect, *(value for _, value in crds.entries.values())] if isinstance(crds, MapNode) else [expect]
    for outcome in outcomes:
        ops = outcome.get("ops") if isinstance(outcome, MapNode) else None
        steady = [("steadyAt", outcome)] + [("cycle", each) for each in getattr(ops, "items", ())]
        for name, holder in steady:
            found = holder.get(name) if isinstance(holder, MapNode) else None
            if isinstance(found, ScalarNode) and type(found.value) is int and found.value > most:
                decoder.report(1104, f"{name}: there are {most} cycles, never {found.value}", found.span)


def _check_assertion(decoded: Decoded, decoder: Decoder) -> None:
    """Patterns, ranges and numbers are what their operators take."""
    for name in ("regex", "between", *_NUMBERS):
        found = decoded.node.get(name)
        if isinstance(found, ScalarNode) and not found.is_null and "{{" not in found.text:
            argument_of(name).decode(found, decoder, name)


# Simulate

_OPERATION: Final = Record(
    Operation,
    "an operation",
    (
        Field("cycle", Int(1), "the cycle it is seen in; any unless given"),
        Field("verb", Choice("create", "update", "delete", "patch"), "what is done", required=True),
        Field("resource", Text(), "the kind, such as deployments", required=True),
        Field("name", Text(), "the object; any unless given"),
        Field("count", _TIMES, "how often; at least once unless given"),
    ),
)
_EXPECTED: Final = (
    Field("steady", Flag(), "it comes to rest"),
    Field("steadyAt", Int(1), "the cycle by which it rests"),
    Field("noErrors", Flag(), "no reconcile fails"),
    Field("ops", ListOf(_OPERATION), "what must be done", ()),
    Field("absent", NameList(), "kinds nothing of which may be made", ()),
)
EXPECT: Final = Record(
    Expect,
    "expect",
    (
        *_EXPECTED,
        Field("crds", MapOf(Record(Outcome, "expect of an entry", _EXPECTED)), "the same for single entries", {}),
    ),
    doc="What must come out. Without it the operations are printed.",
)

SIMULATE_SPEC: Final = Record(
    SimulateSpec,
    "spec of a Simulate",
    (
        Field("katalog", Text(), "the Katalog or Komposer", tier="C"),
        Field("cr", Text(), "the object, and others it meets", tier="C"),
        Field("crd", Text(), "its CRD", ""),
        Field("crdFiles", NameList(), "several CRDs instead", ()),
        Field("cycles", Int(1, 10_000), "how long it may take", 10),
        Field("skipExternal", Flag(), "external calls are not made", False),
        Field("target", Text(), "the target of serve", ""),
        Field("expect", EXPECT, "what must come out"),
        Field("imports", NameList(), "further Simulate files: this one is a suite", ()),
    ),
    exclusive=(("crd", "crdFiles"),),
    one_of=(("katalog", "imports"), ("cr", "imports")),
    check=_check_cycles,
)

SIMULATE: Final = Record(
    Simulate,
    "a Simulate",
    (*_head("Simulate"), Field("spec", SIMULATE_SPEC, "what is simulated", required=True)),
    made={"metadata": _or("metadata", Header())},
    doc="A test without a cluster.",
)

# E2E

_NUMBERS: Final = ("greaterThan", "lessThan", "greaterThanOrEqual", "lessThanOrEqual")


class AssertionValue(ScalarType):
    """What output is held against: text or a number."""

    expects = "text or a number"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        return node.text


class AssertionList(FieldType):
    """One of a comma list or a list."""

    expects = "a list"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        items = node.items if isinstance(node, ListNode) else [node]
        read = [AssertionValue().decode(item, decoder, where) for item in items]
        return tuple(item for item in read if item is not MISSING)


_ASSERTION: Final = Record(
    Assertion,
    "an assertion",
    (
        Field("equals", AssertionValue(), "the output is this", tier="W"),
        Field("notEquals", AssertionValue(), "the output is not this", tier="W"),
        Field("oneOf", AssertionList(), "the output is one of these", (), tier="W"),
        Field("notOneOf", AssertionList(), "the output is none of these", (), tier="W"),
        Field("outputContains", AssertionValue(), "the output has this in it", tier="W"),
        Field("outputNotContains", AssertionValue(), "the output does not have this in it", tier="W"),
        Field("regex", Text(), "the output matches", tier="W"),
        *(Field(name, AssertionValue(), f"the output is {OPERATORS[name].doc}", tier="W") for name in _NUMBERS),
        Field("between", Text(), "the output is a number from lo to hi: lo,hi", tier="W"),
        Field("exists", Flag(), "there is output", tier="W"),
    ),
    check=_check_assertion,
)
_ASSERTIONS: Final = ByShape("a map or a list of maps", mapping=_ASSERTION, sequence=ListOf(_ASSERTION))

_COMMAND: Final = Record(
    Command,
    "a command",
    (
        Field("run", Text(), "the command line", required=True, tier="W"),
        Field("exitCode", Int(0, 255), "what it must end with", 0, tier="W"),
        Field("assertions", _ASSERTIONS, "what its output must be", tier="W"),
    ),
    made={"assertions": _as_tuple("assertions")},
)

_RESOURCE: Final = Record(
    ExpectedResource,
    "an expected resource",
    (
        Field("kind", Text(), "its kind", required=True, tier="W"),
        Field("name", Text(), "its name", tier="W"),
        Field("namespace", Text(), "its namespace", tier="W"),
        Field("ready", Flag(), "it must be ready", tier="W"),
        Field("count", _TIMES, "so many of them", tier="W"),
    ),
)

KUBECTL_STEPS: Final = (
    "apply", "patch", "restart", "scale", "delete", "get", "logs", "describe", "exec", "port-forward", "events", "auth",
    "cp", "top",
)  # fmt: skip

_KUBECTL: Final = Settings(
    "kubectl",
    tuple(Field(name, ANY, f"a `kubectl {name}`", tier="W") for name in KUBECTL_STEPS),
    doc="What kubectl does. Steps that change something come before the assertions.",
)

_EXPECTATION: Final = Record(
    Expectation,
    "an expectation",
    (
        Field("name", Text(), "what reports call it", tier="W"),
        Field("after", Choice("setup-complete", "cr-applied", "cr-deleted"), "when", "cr-applied", tier="W"),
        Field("timeout", Duration(0.001), "how long it may take", 120.0, tier="W"),
        Field("wait", Duration(), "a pause before", 0.0, tier="W"),
        Field("resources", ListOf(_RESOURCE), "what must be there", (), tier="W"),
        Field("commands", ListOf(_COMMAND), "what must succeed", (), tier="W"),
        Field("kubectl", _KUBECTL, "what kubectl does", tier="W"),
        *condition_fields("it is looked at"),
        Field("onFailure", ListOf(_COMMAND), "what is run when it fails", (), tier="W"),
        Field("include", Text(), "a file of expectations", tier="W"),
    ),
    made={"kubectl": lambda found, decoder, where: kubectl_of(filled(found, "kubectl") or {})},
)

_CLUSTER: Final = Record(
    Cluster,
    "cluster of a test",
    (
        Field("provider", Choice("kind", "existing"), "a new one, or the one at hand", "kind", tier="W"),
        Field("name", Text(), "its name", "ork-e2e", tier="W"),
        Field("reuse", Flag(), "one of that name is used again", False, tier="W"),
    ),
)

E2E_SPEC: Final = Record(
    E2ESpec,
    "spec of an E2E",
    (
        Field("katalog", Text(), "the Katalog or Komposer", "", tier="W"),
        Field("crd", Text(), "its CRD", "", tier="W"),
        Field("crdFiles", NameList(), "several CRDs", (), tier="W"),
        Field("cr", Text(), "the object", "", tier="W"),
        Field("crFiles", NameList(), "several objects", (), tier="W"),
        Field("cluster", _CLUSTER, "where it runs", tier="W"),
        Field(
            "custom",
            Record(
                Custom,
                "custom",
                (Field("target", Choice("kubernetes"), "what it is about", "kubernetes", tier="W"),),
            ),
            "a test without a Katalog",
            tier="W",
        ),
        Field("notes", Text(), "free text", "", tier="W"),
        Field("setup", SETUP, "what must be there before", tier="W"),
        Field("expect", ListOf(_EXPECTATION), "what must come out, in order", (), tier="W"),
        Field("onFailure", ListOf(_COMMAND), "what is run when anything fails", (), tier="W"),
        Field("valuesFiles", NameList(), "values for the templates of this file", (), tier="W"),
    ),
    made={"cluster": _or("cluster", Cluster())},
)

_SUITE: Final = Record(
    ImportedTest,
    "an imported test",
    (
        Field("path", Text(), "the file", required=True, tier="W"),
        Field("freshCluster", Flag(), "in a cluster of its own", False, tier="W"),
        Field("wait", Duration(), "a pause before", 0.0, tier="W"),
    ),
)

E2E: Final = Record(
    E2EModel,
    "an E2E",
    (
        *_head("E2E"),
        Field("spec", E2E_SPEC, "what is tested", tier="W"),
        Field(
            "imports",
            NamedList(_SUITE, "path", what="the test"),
            "further E2E files",
            (),
            tier="W",
        ),
    ),
    made={"metadata": _or("metadata", Header())},
    one_of=(("spec", "imports"),),
    doc="A test in a cluster.",
)
