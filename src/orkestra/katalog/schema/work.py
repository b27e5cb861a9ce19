"""Rows of a box's work: a full queue, hooks, remote reconcilers, autoscaling of workers and of replicas."""

from __future__ import annotations

import re
from typing import Any, Final

from orkestra.katalog.parts.work import (
    Amount,
    Autoscale,
    Drop,
    Hooks,
    ManagedResource,
    QueueBehaviour,
    Remote,
    ReplicaScaling,
    Scaled,
    ScaleDown,
    ScaleUp,
    ThresholdDrop,
)
from orkestra.katalog.profiles import PROFILES
from orkestra.katalog.schema.blocks import Block, Decoded, Field, State
from orkestra.katalog.schema.calls import OWN_SECRET_KEY, auth_block
from orkestra.katalog.schema.conditions import condition_fields, conditions_of
from orkestra.katalog.schema.containers import ListOf, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder
from orkestra.katalog.schema.records import Record
from orkestra.katalog.schema.scalars import Choice, Duration, Flag, Int, ScalarType, Text
from orkestra.katalog.schema.shared import COUNT, TEXT
from orkestra.katalog.source.nodes import MapNode, Node, ScalarNode
from orkestra.katalog.values import Constant

_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_PLURAL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_FACTOR = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)x", re.ASCII)


def _check_threshold(found: Decoded, decoder: Decoder) -> None:
    if found["drop"] is False:
        decoder.report(1502, "drop: a threshold always drops", found.key_span("drop"), "leave onThreshold out")


BEHAVIOUR: Final = Record(
    QueueBehaviour,
    "behaviour",
    (
        Field(
            "onLimit",
            Record(
                Drop,
                "onLimit",
                (
                    Field("drop", Flag(), "new keys are dropped; the next resync brings them back", True, tier="W"),
                    *condition_fields("a key is dropped"),
                ),
            ),
            "when the queue is full",
            tier="W",
        ),
        Field(
            "onThreshold",
            Record(
                ThresholdDrop,
                "onThreshold",
                (
                    Field("value", Int(1, 100), "percent of maxDepth", required=True, tier="W"),
                    Field("drop", Flag(), "new keys are dropped", True, tier="W"),
                    *condition_fields("a key is dropped"),
                ),
                check=_check_threshold,
            ),
            "when it is fuller than that",
            tier="W",
        ),
    ),
    one_of=(("onLimit", "onThreshold"),),
    doc="What a queue with a maxDepth does with more keys.",
)


def _module(text: str) -> tuple[int, str] | None:
    return None if _DOTTED.fullmatch(text) else (1121, f'"{text[:60]}" is not the name of a Python module')


def _function(text: str) -> tuple[int, str] | None:
    return None if text.isidentifier() else (1121, f'"{text[:60]}" is not the name of a Python function')


def _plural(text: str) -> tuple[int, str] | None:
    return None if _PLURAL.fullmatch(text) else (1110, f'"{text[:60]}" is no plural of a kind, such as deployments')


_MANAGED: Final = ListOf(
    Record(
        ManagedResource,
        "a managed resource",
        (
            Field("group", Text(), "the API group; empty is the core group", "", tier="W"),
            Field("plural", Text(check=_plural), "the plural, such as deployments", required=True, tier="W"),
        ),
    )
)

_GO_ROWS: Final = ("location", "alias", "version", "fetch", "runHooksFirst", "args", "external")
_GO_WAY_OUT: Final = "write a Python hook: module and function"


class HooksBlock(Record):
    """Python hooks. Those of a Go program are told once, whatever else they say."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        entries = node.entries if isinstance(node, MapNode) else {}
        found = next((entries[key][0] for key in _GO_ROWS if key in entries), None)
        if found is None:
            return super().decode(node, decoder, where)
        decoder.report(1603, f"{found.text}: this hook needs a Go program", found.span, _GO_WAY_OUT)
        return MISSING


HOOKS: Final = HooksBlock(
    Hooks,
    "hooks",
    (
        Field("module", Text(check=_module), "the Python module", required=True, tier="W"),
        Field("function", Text(check=_function), "the async function in it", "on_reconcile", tier="W"),
        Field("managedResources", _MANAGED, "the kinds it may write", (), tier="W"),
        Field("resources", Raw(), state=State.OLDER, target="managedResources"),
        *(Field(name, Raw(), state=State.GO, target=_GO_WAY_OUT, tier="F") for name in _GO_ROWS),
    ),
    doc="An async Python function. It is given a frozen context and returns resources and status.",
)


class RemoteType(Choice):
    """http; grpc is reserved."""

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        if node.text == "grpc":
            decoder.report(1120, "type: grpc is reserved and not spoken by any version", node.span, "write http")
            return MISSING
        return super().read(node, decoder, where)


REMOTE: Final = Record(
    Remote,
    "remote",
    (
        Field("endpoint", TEXT, "the URL that is asked", required=True, tier="W"),
        Field("timeout", Duration(0.001, 3600.0), "how long an answer may take", 15.0, tier="W"),
        Field("managedResources", _MANAGED, "the kinds it may write; anything else refuses its answer", (), tier="W"),
        Field("auth", auth_block("auth of a remote", OWN_SECRET_KEY), "a credential", tier="W"),
        Field("type", RemoteType("http"), "what is spoken", "http", tier="W"),
    ),
    doc="A reconciler behind HTTP. It needs `default: false` beside it.",
)


class AmountType(ScalarType):
    """A whole number, or a multiple of what is configured such as 2x; decodes to an Amount."""

    expects = "a whole number, or a multiple such as 2x"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        if factor := _FACTOR.fullmatch(node.text):
            return Amount(float(factor[1]), is_factor=True)
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            return decoder.wrong_type(node, where, self.expects)
        return Amount(value)


_CONDITIONS: Final = Block("conditions of scaling", condition_fields("it scales"))


def _conditions(found: Decoded, decoder: Decoder, where: str) -> Any:
    inner: Decoded | None = found["conditions"]
    return conditions_of(inner) if inner is not None else None


SCALED: Final = Record(
    Scaled,
    "do",
    (
        Field("workers", AmountType(), "so many workers", tier="W"),
        Field("queueDepth", AmountType(), "so many keys may wait", tier="W"),
        Field("resync", Duration(), "how often every object is looked at", tier="W"),
    ),
    one_of=(("workers", "queueDepth", "resync"),),
)

AUTOSCALE: Final = Record(
    Autoscale,
    "autoscale",
    (
        Field("profile", Choice(*PROFILES["autoscale"], any_case=True), "a named preset", tier="W"),
        Field("interval", Duration(1.0), "how often the conditions are looked at", 15.0, tier="W"),
        Field("cooldown", Duration(), "how long it stays after they no longer hold", 120.0, tier="W"),
        Field("conditions", _CONDITIONS, "when it scales", tier="W"),
        Field("do", SCALED, "what holds then", tier="W"),
    ),
    names={"scaled": "do"},
    made={"conditions": _conditions},
    exclusive=tuple(("profile", name) for name in ("interval", "cooldown", "conditions", "do")),
    one_of=(("profile", "conditions"), ("profile", "do")),
    doc="Scales the workers, for as long as the conditions hold.",
)


def _direction(model: type[Any], title: str, step: str, doc: str) -> Record:
    return Record(
        model,
        title,
        (
            Field("conditions", _CONDITIONS, "when it scales", required=True, tier="W"),
            Field("target", COUNT, "to so many replicas", tier="W"),
            Field(step, COUNT, doc, tier="W"),
        ),
        made={"conditions": _conditions},
        exclusive=(("target", step),),
        one_of=(("target", step),),
    )


def _check_bounds(found: Decoded, decoder: Decoder) -> None:
    low, high = found["min"], found["max"]
    if isinstance(low, Constant) and isinstance(high, Constant) and low.value >= high.value:
        message = f"min: expected less than max ({high.value}), found {low.value}"
        decoder.report(1104, message, found.value_span("min"))


REPLICA_SCALING: Final = Record(
    ReplicaScaling,
    "autoscale of replicas",
    (
        Field("min", COUNT, "at least; `replicas` unless given", tier="W"),
        Field("max", COUNT, "at most", required=True, tier="W"),
        Field("cooldown", Duration(), "the time between two changes", 60.0, tier="W"),
        Field("scaleUp", _direction(ScaleUp, "scaleUp", "increment", "so many more"), "when to grow", tier="W"),
        Field("scaleDown", _direction(ScaleDown, "scaleDown", "decrement", "so many less"), "when to shrink", tier="W"),
    ),
    one_of=(("scaleUp", "scaleDown"),),
    check=_check_bounds,
    doc="Scales with conditions, looked at in every reconcile. Not beside an autoscaler for the same workload.",
)
