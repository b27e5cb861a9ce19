"""What guards a cluster and whom to tell: ``security`` and ``notification``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from orkestra.katalog.position import Position
from orkestra.katalog.values import Value

FailurePolicy = Literal["Fail", "Ignore"]


@dataclass(frozen=True, slots=True)
class DeletionGuard:
    enabled: bool
    failure_policy: FailurePolicy
    cleanup_on_shutdown: bool
    strict_mode: bool


@dataclass(frozen=True, slots=True)
class NamespaceGuard:
    enabled: bool
    restricted_namespaces: tuple[str, ...]
    allowed_namespaces: tuple[str, ...]
    failure_policy: FailurePolicy
    cleanup_on_shutdown: bool


@dataclass(frozen=True, slots=True)
class Admission:
    enabled: bool


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    admission: Admission | None
    failure_policy: FailurePolicy
    service_name: str | None
    cleanup_on_shutdown: bool


@dataclass(frozen=True, slots=True)
class ConversionSettings:
    """``conversion_window``: how many conversions are remembered."""

    enabled: bool
    conversion_window: int


@dataclass(frozen=True, slots=True)
class CertManager:
    auto_rotate: bool
    rotation_threshold_seconds: float
    valid_for_seconds: float


@dataclass(frozen=True, slots=True)
class Security:
    service_name: str | None
    gateway_endpoint: str | None
    deletion_protection: DeletionGuard | None
    namespace_protection: NamespaceGuard | None
    webhooks: WebhookSettings | None
    conversion: ConversionSettings | None
    cert_manager: CertManager | None


@dataclass(frozen=True, slots=True)
class EntryProtection:
    """One entry's part in deletion protection. ``strict_mode`` None: as ``security`` says."""

    protect_crd: bool
    protect_crs: bool
    strict_mode: bool | None


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Which of an entry's HTTP routes answer."""

    enabled: bool
    health: bool
    info: bool


@dataclass(frozen=True, slots=True)
class Slack:
    webhook: str


@dataclass(frozen=True, slots=True)
class Team:
    """Whom to tell, at most once in ``interval_seconds``; None: as the defaults say."""

    slack: Slack | None
    email: tuple[str, ...]
    interval_seconds: float | None
    message: Value | None


@dataclass(frozen=True, slots=True)
class NotificationDefaults:
    interval_seconds: float = 900.0
    slack_webhook_url: str | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """``standalone`` None: outside a cluster only."""

    enabled: bool
    standalone: bool | None
    defaults: NotificationDefaults | None
    teams: Mapping[str, Team]
    position: Position


@dataclass(frozen=True, slots=True)
class Notify:
    """Teams a condition tells when it holds."""

    teams: tuple[str, ...]
    message: Value | None
    position: Position
