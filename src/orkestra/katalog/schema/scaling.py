"""Rows of the kinds that say how many: autoscalers and disruption budgets."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.containers import ByShape, ListOf, Raw, Shorthand
from orkestra.katalog.schema.pods import profile_of
from orkestra.katalog.schema.scalars import Choice, Int, IntOrText
from orkestra.katalog.schema.selectors import SELECTOR
from orkestra.katalog.schema.shared import COUNT, TEXT

_POSITIVE: Final = Int(1, templated=True)

_RULES: Final = Block(
    "scaling rules",
    (
        Field("stabilizationWindowSeconds", COUNT, "how long earlier advice counts"),
        Field("selectPolicy", Choice("Max", "Min", "Disabled", templated=True), "which policy decides", "Max"),
        Field(
            "policies",
            ListOf(
                Block(
                    "a scaling policy",
                    (
                        Field("type", Choice("Pods", "Percent", templated=True), "what is counted", required=True),
                        Field("value", _POSITIVE, "how much may change", required=True),
                        Field("periodSeconds", _POSITIVE, "in which time", required=True),
                    ),
                )
            ),
            "how fast it may change",
        ),
        Field("tolerance", TEXT, "a deviation that is not acted upon, such as 0.05"),
    ),
)

_TARGET: Final = ByShape(
    "a name or a map",
    scalar=Shorthand("name", TEXT),
    mapping=Block(
        "scaleTargetRef",
        (
            Field("name", TEXT, "the workload's name", required=True),
            Field("kind", TEXT, "its kind", "Deployment"),
            Field("apiVersion", TEXT, "its apiVersion", "apps/v1"),
        ),
    ),
)

AUTOSCALER: Final = (
    Field(
        "scaleTargetRef",
        _TARGET,
        "the workload to scale, whose `replicas` are then the autoscaler's; the CR's first one unless given",
    ),
    Field("deploymentRef", Raw(), state=State.OLDER, target="scaleTargetRef"),
    Field("minReplicas", COUNT, "at least", "1"),
    Field("maxReplicas", _POSITIVE, "at most", required=True),
    Field("targetCPUUtilizationPercentage", _POSITIVE, "the use of requested CPU to keep; 80 unless given"),
    Field(
        "behavior",
        Block(
            "behavior",
            (
                profile_of("hpa"),
                Field("scaleUp", _RULES, "how it grows"),
                Field("scaleDown", _RULES, "how it shrinks"),
            ),
            exclusive=(("profile", "scaleUp"), ("profile", "scaleDown")),
        ),
        "how fast it scales",
    ),
)

BUDGET: Final = (
    Field("selector", SELECTOR, "the pods' labels; the CR's own pods unless given"),
    Field("minAvailable", IntOrText(templated=True), "pods that must stay: a count or a percentage"),
    Field("maxUnavailable", IntOrText(templated=True), "pods that may go: a count or a percentage"),
    Field("behavior", Block("behavior of a budget", (profile_of("pdb"),)), "a preset"),
)
BUDGET_EXCLUSIVE: Final = (("minAvailable", "maxUnavailable", "behavior"),)
BUDGET_ONE_OF: Final = (("minAvailable", "maxUnavailable", "behavior"),)
