"""Rows of ``security`` and ``notification``, and of an entry's own part in them."""

from __future__ import annotations

import re
from typing import ClassVar, Final

from orkestra.katalog.parts.protection import (
    Admission,
    CertManager,
    ConversionSettings,
    DeletionGuard,
    Endpoints,
    EntryProtection,
    NamespaceGuard,
    Notification,
    NotificationDefaults,
    Notify,
    Security,
    Slack,
    Team,
    WebhookSettings,
)
from orkestra.katalog.schema.blocks import Decoded, Field
from orkestra.katalog.schema.calls import secret_text
from orkestra.katalog.schema.containers import MapOf
from orkestra.katalog.schema.decoder import Decoder
from orkestra.katalog.schema.records import Record
from orkestra.katalog.schema.scalars import Choice, Duration, Flag, Int, Text
from orkestra.katalog.schema.shared import TEXT, NameList

_POLICY: Final = Choice("Fail", "Ignore")
_ADDRESS = re.compile(r"[^\s@,<>]+@[^\s@,<>]+")
_DAY: Final = 86400.0
_YEAR: Final = 365 * _DAY

_FAILURE_POLICY: Final = Field("failurePolicy", _POLICY, "what holds while nobody answers", "Fail", tier="W")
_CLEANUP: Final = Field(
    "cleanupOnShutdown", Flag(), "take the webhook's registration away when the gateway ends", False, tier="W"
)


def _check_rotation(found: Decoded, decoder: Decoder) -> None:
    if found["rotationThreshold"] >= found["validFor"]:
        at = found.value_span("rotationThreshold" if "rotationThreshold" in found else "validFor")
        decoder.report(1104, "rotationThreshold: expected less than validFor", at)


SECURITY: Final = Record(
    Security,
    "security",
    (
        Field("serviceName", Text(), "the gateway's Service; ORK_SERVICE_NAME unless given", tier="W"),
        Field("gatewayEndpoint", Text(), "the gateway's URL; ORK_GATEWAY_ENDPOINT unless given", tier="W"),
        Field(
            "deletionProtection",
            Record(
                DeletionGuard,
                "deletionProtection of the Katalog",
                (
                    Field("enabled", Flag(), "labelled objects cannot be deleted", False, tier="W"),
                    _FAILURE_POLICY,
                    _CLEANUP,
                    Field("strictMode", Flag(), "the label itself is guarded too", False, tier="W"),
                ),
            ),
            "what may not be deleted",
            tier="W",
        ),
        Field(
            "namespaceProtection",
            Record(
                NamespaceGuard,
                "namespaceProtection",
                (
                    Field("enabled", Flag(), "CRs elsewhere are refused at admission", False, tier="W"),
                    Field("restrictedNamespaces", NameList(), "all but these namespaces", (), tier="W"),
                    Field("allowedNamespaces", NameList(), "only these namespaces", (), tier="W"),
                    _FAILURE_POLICY,
                    _CLEANUP,
                ),
                exclusive=(("restrictedNamespaces", "allowedNamespaces"),),
            ),
            "where CRs may be",
            tier="W",
        ),
        Field(
            "webhooks",
            Record(
                WebhookSettings,
                "webhooks of the Katalog",
                (
                    Field(
                        "admission",
                        Record(
                            Admission,
                            "admission",
                            (Field("enabled", Flag(), "rules and mutations hold at admission", False, tier="W"),),
                        ),
                        "the admission webhooks",
                        tier="W",
                    ),
                    _FAILURE_POLICY,
                    Field("serviceName", Text(), "their Service; that of security unless given", tier="W"),
                    _CLEANUP,
                ),
            ),
            "admission webhooks",
            tier="W",
        ),
        Field(
            "conversion",
            Record(
                ConversionSettings,
                "conversion of the Katalog",
                (
                    Field("enabled", Flag(), "versions are converted", False, tier="W"),
                    Field("conversionWindow", Int(1, 1_000_000), "how many conversions are remembered", 1000, tier="W"),
                ),
            ),
            "conversion between versions",
            tier="W",
        ),
        Field(
            "certManager",
            Record(
                CertManager,
                "certManager",
                (
                    Field("autoRotate", Flag(), "certificates are made anew in time", True, tier="W"),
                    Field("rotationThreshold", Duration(60.0), "how long before their end", 30 * _DAY, tier="W"),
                    Field("validFor", Duration(3600.0), "their life", 2 * _YEAR, tier="W"),
                ),
                check=_check_rotation,
            ),
            "the gateway's own certificates",
            tier="W",
        ),
    ),
    doc="What the gateway guards.",
)

DELETION_PROTECTION: Final = Record(
    EntryProtection,
    "deletionProtection",
    (
        Field("protectCRD", Flag(), "the CRD cannot be deleted", True, tier="W"),
        Field("protectCRs", Flag(), "its objects cannot be deleted", True, tier="W"),
        Field("strictMode", Flag(), "the label is guarded too; as security says unless given", tier="W"),
    ),
    names={"protect_crd": "protectCRD", "protect_crs": "protectCRs"},
    doc="This entry's part in the Katalog's deletion protection.",
)

ENDPOINTS: Final = Record(
    Endpoints,
    "endpoints",
    (
        Field("enabled", Flag(), "false: all of this entry's routes answer 404", True, tier="W"),
        Field("health", Flag(), "the health route", True, tier="W"),
        Field("info", Flag(), "the info route", True, tier="W"),
    ),
)


def _address(text: str) -> tuple[int, str] | None:
    return None if _ADDRESS.fullmatch(text) or text.startswith("$") else (1110, f'"{text[:60]}" is no e-mail address')


class AddressList(NameList):
    """E-mail addresses, or one; decodes to a tuple."""

    expects = "a list of e-mail addresses"
    item: ClassVar[Text] = Text(check=_address)


_INTERVAL: Final = Duration(1.0)

NOTIFICATION: Final = Record(
    Notification,
    "notification",
    (
        Field("enabled", Flag(), "anybody is told anything", False, tier="W"),
        Field("standalone", Flag(), "the runtime sends itself; outside a cluster only unless given", tier="W"),
        Field(
            "defaults",
            Record(
                NotificationDefaults,
                "defaults",
                (
                    Field("interval", _INTERVAL, "the least time between two messages", 900.0, tier="W"),
                    Field("slackWebhookUrl", Text(check=secret_text), "a Slack webhook: $NAME", tier="W"),
                ),
            ),
            "for teams that do not say",
            tier="W",
        ),
        Field(
            "teams",
            MapOf(
                Record(
                    Team,
                    "a team",
                    (
                        Field(
                            "slack",
                            Record(
                                Slack,
                                "slack",
                                (
                                    Field(
                                        "webhook",
                                        Text(check=secret_text),
                                        "its webhook: $NAME",
                                        required=True,
                                        tier="W",
                                    ),
                                ),
                            ),
                            "a Slack channel",
                            tier="W",
                        ),
                        Field("email", AddressList(), "addresses", (), tier="W"),
                        Field("interval", _INTERVAL, "the least time between two messages", tier="W"),
                        Field(
                            "message",
                            TEXT,
                            "the text, with .KatalogName .CRDName .Error .Namespace .Name",
                            tier="W",
                        ),
                    ),
                )
            ),
            "the teams, by name",
            {},
            tier="W",
        ),
    ),
    doc="Whom to tell, and how. Conditions name the teams under `notify`.",
)

NOTIFY: Final = Record(
    Notify,
    "notify",
    (
        Field("teams", NameList(), "the teams to tell", required=True, tier="W"),
        Field("message", TEXT, "the text; the team's own unless given", tier="W"),
    ),
    doc="Who is told when the condition holds.",
)
