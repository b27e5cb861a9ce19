"""Test files: ``kind: Simulate``, without a cluster, and ``kind: E2E``, in one. Paths are as written, relative to the
file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from orkestra.katalog.model import Settings
from orkestra.katalog.position import Position
from orkestra.katalog.terms import Conditions
from orkestra.katalog.values import Value

Verb = Literal["create", "update", "delete", "patch"]
Moment = Literal["setup-complete", "cr-applied", "cr-deleted"]


@dataclass(frozen=True, slots=True)
class Header:
    """``metadata`` of a test file."""

    name: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A write that must be seen: in any cycle, of any object, at least once, where nothing else is said."""

    cycle: int | None
    verb: Verb
    resource: str
    name: str | None
    count: int | None
    position: Position


@dataclass(frozen=True, slots=True)
class Outcome:
    """What must come out of an entry. ``steady`` and ``no_errors`` None: either way; ``steady_at``: the cycle by which
    it rests; ``absent``: kinds nothing of which may be made."""

    steady: bool | None
    steady_at: int | None
    no_errors: bool | None
    ops: tuple[Operation, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expect:
    """The same of the whole simulation, and of single entries."""

    steady: bool | None
    steady_at: int | None
    no_errors: bool | None
    ops: tuple[Operation, ...]
    absent: tuple[str, ...]
    crds: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class SimulateSpec:
    """``imports`` make it a suite: then ``katalog`` and ``cr`` may be None. ``expect`` None: operations are printed."""

    katalog: str | None
    cr: str | None
    crd: str
    crd_files: tuple[str, ...]
    cycles: int
    skip_external: bool
    target: str
    expect: Expect | None
    imports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulate:
    metadata: Header
    spec: SimulateSpec
    position: Position


@dataclass(frozen=True, slots=True)
class Assertion:
    """What output is held against; every test that is given must hold."""

    equals: str | None
    not_equals: str | None
    one_of: tuple[str, ...]
    not_one_of: tuple[str, ...]
    output_contains: str | None
    output_not_contains: str | None
    regex: str | None
    greater_than: str | None
    less_than: str | None
    greater_than_or_equal: str | None
    less_than_or_equal: str | None
    between: str | None
    exists: bool | None
    position: Position


@dataclass(frozen=True, slots=True)
class Command:
    run: str
    exit_code: int
    assertions: tuple[Assertion, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class ExpectedResource:
    """``ready`` None: whether it is does not count; ``count`` None: one and more."""

    kind: str
    name: str | None
    namespace: str | None
    ready: bool | None
    count: int | None
    position: Position


@dataclass(frozen=True, slots=True)
class Expectation:
    """``kubectl``: what each command is given, by its name; those that change something come before the rest."""

    name: str | None
    after: Moment
    timeout_seconds: float
    wait_seconds: float
    resources: tuple[ExpectedResource, ...]
    commands: tuple[Command, ...]
    kubectl: Mapping[str, Value]
    conditions: Conditions | None
    on_failure: tuple[Command, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Cluster:
    """``reuse``: one of that name is used again."""

    provider: Literal["kind", "existing"] = "kind"
    name: str = "ork-e2e"
    reuse: bool = False


@dataclass(frozen=True, slots=True)
class Custom:
    """A test without a Katalog."""

    target: Literal["kubernetes"]


@dataclass(frozen=True, slots=True)
class ImportedTest:
    path: str
    fresh_cluster: bool
    wait_seconds: float


@dataclass(frozen=True, slots=True)
class E2ESpec:
    """``setup`` as in an entry; ``values_files`` for the templates of the file."""

    katalog: str
    crd: str
    crd_files: tuple[str, ...]
    cr: str
    cr_files: tuple[str, ...]
    cluster: Cluster
    custom: Custom | None
    notes: str
    setup: Settings | None
    expect: tuple[Expectation, ...]
    on_failure: tuple[Command, ...]
    values_files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class E2E:
    """``spec`` None: a suite of ``imports`` alone."""

    metadata: Header
    spec: E2ESpec | None
    imports: tuple[ImportedTest, ...]
    position: Position


Suite = Simulate | E2E


def kubectl_of(written: Mapping[str, Any]) -> Mapping[str, Value]:
    """The commands that are given."""
    return {name: value for name, value in written.items() if value is not None}
