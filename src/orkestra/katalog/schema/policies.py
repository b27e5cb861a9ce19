"""Rows of the kinds that bound a namespace: network policies, quotas and limit ranges."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.containers import ListOf
from orkestra.katalog.schema.pods import PROTOCOL, QUANTITIES, profile_of
from orkestra.katalog.schema.scalars import Choice
from orkestra.katalog.schema.selectors import SELECTOR
from orkestra.katalog.schema.shared import COUNT, PORT, TEXT, TEXTS

_PEERS: Final = ListOf(
    Block(
        "a peer",
        (
            Field("podSelector", SELECTOR, "pods, of this namespace unless namespaceSelector is beside it"),
            Field("namespaceSelector", SELECTOR, "namespaces"),
            Field(
                "ipBlock",
                Block(
                    "ipBlock",
                    (
                        Field("cidr", TEXT, "such as 10.0.0.0/8", required=True),
                        Field("except", TEXTS, "ranges in it that are left out"),
                    ),
                ),
                "addresses",
            ),
        ),
        exclusive=(("ipBlock", "podSelector"), ("ipBlock", "namespaceSelector")),
    )
)
_PORTS: Final = ListOf(
    Block(
        "a port",
        (
            Field("port", PORT, "a number or a name; all unless given"),
            Field("protocol", PROTOCOL, "of the port", "TCP"),
            Field("endPort", COUNT, "the last of a range"),
        ),
    )
)


def _direction(title: str, peers: str) -> ListOf:
    return ListOf(
        Block(
            title,
            (
                Field(peers, _PEERS, "with whom; anybody unless given"),
                Field("ports", _PORTS, "on which ports; all unless given"),
            ),
        )
    )


NETWORK_POLICY: Final = (
    Field("podSelector", SELECTOR, "the pods it is about; {} is all of the namespace"),
    Field("ingress", _direction("an ingress rule", "from"), "what may come in; [] is nothing"),
    Field("egress", _direction("an egress rule", "to"), "what may go out; [] is nothing, absent unmanaged"),
    Field(
        "policyTypes",
        ListOf(Choice("Ingress", "Egress", templated=True)),
        "the directions it governs; those written unless given",
    ),
    profile_of("networkPolicies"),
)

QUOTA: Final = (
    Field("hard", QUANTITIES, "the limits: pods, requests.cpu, limits.memory …"),
    profile_of("resourceQuotas"),
)

LIMITS: Final = (
    Field(
        "limits",
        ListOf(
            Block(
                "a limit",
                (
                    Field(
                        "type",
                        Choice("Container", "Pod", "PersistentVolumeClaim", templated=True),
                        "what it is about",
                        required=True,
                    ),
                    Field("max", QUANTITIES, "at most"),
                    Field("min", QUANTITIES, "at least"),
                    Field("default", QUANTITIES, "the limit of a container that has none"),
                    Field("defaultRequest", QUANTITIES, "the request of a container that has none"),
                    Field("maxLimitRequestRatio", QUANTITIES, "how far a limit may lie above its request"),
                ),
            )
        ),
        "bounds by type",
    ),
    profile_of("limitRanges"),
)
