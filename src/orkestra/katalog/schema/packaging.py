"""Rows about a Katalog as a package: lifecycle, publishing, providers, prerequisites."""

from __future__ import annotations

import datetime
import re
from typing import Any, Final

from orkestra.katalog.schema.blocks import Field
from orkestra.katalog.schema.containers import ListOf, MapOf
from orkestra.katalog.schema.decoder import MISSING, Decoder
from orkestra.katalog.schema.records import Settings
from orkestra.katalog.schema.scalars import Choice, Duration, Flag, ScalarType, Text
from orkestra.katalog.schema.shared import ANY, TREE, NameList
from orkestra.katalog.source.nodes import Node, ScalarNode

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PART: Final = r"(?:0|[1-9][0-9]*)"
_WORD: Final = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_BOUND: Final = rf"(?:[=!<>~^]{{0,2}})\s*v?(?:{_PART}|[xX*])(?:\.(?:{_PART}|[xX*])){{0,2}}(?:-{_WORD})?(?:\+{_WORD})?"
_CONSTRAINT = re.compile(rf"\s*{_BOUND}(?:(?:\s*,\s*|\s*\|\|\s*|\s+-\s+|\s+){_BOUND})*\s*", re.ASCII)
_SUCCESSOR = re.compile(r"[^\s:]+:[^\s:]+")


def _constraint(text: str) -> tuple[int, str] | None:
    if len(text) <= 128 and _CONSTRAINT.fullmatch(text):
        return None
    return 1117, f'"{text[:60]}" is not a constraint on versions, such as ">=0.7 <1.0"'


def _successor(text: str) -> tuple[int, str] | None:
    return None if _SUCCESSOR.fullmatch(text) else (1117, f'"{text[:60]}" is not <name>:<version>')


class Day(ScalarType):
    """YYYY-MM-DD; decodes to a date."""

    expects = "a day such as 2027-01-31"

    def read(self, node: ScalarNode, decoder: Decoder, where: str) -> Any:
        try:
            if _DATE.fullmatch(node.text):
                return datetime.date.fromisoformat(node.text)
        except ValueError:
            pass
        decoder.report(1116, f'"{node.text[:40]}" is not a day: expected YYYY-MM-DD', node.span)
        return MISSING


class Timeline(Settings):
    """Two days, in order."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        found = super().decode(node, decoder, where)
        if found is not MISSING and found["from"] and found["to"] and found["from"] >= found["to"]:
            decoder.report(1116, f"timeline: from ({found['from']}) is not before to ({found['to']})", node.span)
        return found


DEPRECATION: Final = Settings(
    "deprecation",
    (
        Field("message", Text(), "what users are told", required=True, tier="F"),
        Field("migratedTo", Text(check=_successor), "what to use instead: <name>:<version>", tier="F"),
        Field(
            "timeline",
            Timeline(
                "timeline",
                (
                    Field("from", Day(), "when warnings begin", required=True, tier="F"),
                    Field("to", Day(), "when it ends", required=True, tier="F"),
                ),
            ),
            "from warnings to the end",
            tier="F",
        ),
        Field(
            "accept",
            Settings(
                "accept",
                (
                    Field("beforeEol", Flag(), "run it while it warns", False, tier="F"),
                    Field("eol", Flag(), "run it after its end too", False, tier="F"),
                ),
            ),
            "who runs it nevertheless",
            tier="F",
        ),
    ),
    doc="The end of a Katalog's life.",
)

LIFECYCLE: Final = Settings(
    "lifecycle",
    (
        Field("maturity", Choice("alpha", "beta", "stable", "deprecated"), "how far it is", "stable", tier="F"),
        Field(
            "compatibility",
            Settings(
                "compatibility",
                (
                    Field("orkestra", Text(check=_constraint), "versions of Orkestra", tier="F"),
                    Field("kubernetes", Text(check=_constraint), "versions of Kubernetes", tier="F"),
                ),
            ),
            "what it runs with",
            tier="F",
        ),
        Field("deprecation", DEPRECATION, "its end", tier="F"),
        Field(
            "accept",
            Settings(
                "accept of a Komposer",
                (Field("patterns", NameList(), "deprecated patterns that may be imported", (), tier="F"),),
            ),
            "what a Komposer imports nevertheless",
            tier="F",
        ),
    ),
    doc="How mature a Katalog is, what it runs with, and its end.",
)

PUBLISH: Final = Settings(
    "publish",
    (
        Field(
            "signing",
            Settings(
                "signing",
                (
                    Field("verify", Flag(), "signatures are checked", False, tier="F"),
                    Field("expectedIdentities", NameList(), "whose signatures count", (), tier="F"),
                ),
            ),
            "signatures",
            tier="F",
        ),
        Field(
            "tests",
            Settings(
                "tests",
                (
                    Field("e2e", Flag(), "the e2e suite must pass", True, tier="F"),
                    Field("simulate", Flag(), "the simulation must pass", True, tier="F"),
                    Field("intent", Flag(), "the intent is tested too", False, tier="F"),
                ),
            ),
            "what must pass before it is pushed",
            tier="F",
        ),
    ),
    doc="What must hold before the Katalog is pushed to a registry.",
)


def _environment_only(text: str) -> tuple[int, str] | None:
    return None if text.startswith("$") else (1701, "a credential stands in the file: write $NAME")


PROVIDER: Final = Settings(
    "a provider",
    (
        Field("name", Text(), "aws, mongodb …", required=True, tier="F"),
        Field("required", Flag(), "without it nothing starts", False, tier="F"),
        Field("version", Text(), "its version", tier="F"),
        Field("auth", MapOf(Text(check=_environment_only)), "credentials, each $NAME", {}, tier="F"),
        Field("library", Text(), "what implements it", tier="F"),
    ),
)

ACTION: Final = Settings(
    "an action",
    (
        Field("action", Text(), "what the provider does", required=True, tier="F"),
        Field("input", TREE, "with what", tier="F"),
    ),
)

HELM_RELEASE: Final = Settings(
    "a Helm release",
    (
        Field("name", Text(), "the release", required=True, tier="F"),
        Field("repo", Text(), "the chart's repository", tier="F"),
        Field("chart", Text(), "the chart", required=True, tier="F"),
        Field("version", Text(), "its version", tier="F"),
        Field("namespace", Text(), "where it goes", tier="F"),
        Field("values", ANY, "its values", tier="F"),
        Field("valueFiles", NameList(), "files of values", (), tier="F"),
        Field("set", MapOf(Text()), "single values", {}, tier="F"),
    ),
)

WAIT: Final = Settings(
    "a wait",
    (
        Field("kind", Text(), "the kind that is waited for", tier="F"),
        Field("name", Text(), "the object", tier="F"),
        Field("namespace", Text(), "its namespace", tier="F"),
        Field("condition", Text(), "the condition that must be True", tier="F"),
        Field("timeout", Duration(0.001), "how long", 300.0, tier="F"),
        Field("run", Text(), "a command that must succeed instead", tier="F"),
    ),
    one_of=(("kind", "run"),),
    exclusive=(("kind", "run"),),
)

SETUP_BLOCK: Final = Settings(
    "setup",
    (
        Field("apply", NameList(), "files that are applied", (), tier="F"),
        Field("helm", ListOf(HELM_RELEASE), "releases that are installed", (), tier="F"),
        Field("wait", ListOf(WAIT), "what must be there before it goes on", (), tier="F"),
    ),
    doc="What must be in the cluster before.",
)
