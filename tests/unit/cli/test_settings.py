"""Environment variables -> settings, and what is said of those that do not fit."""

from __future__ import annotations

import pytest

from orkestra.cli.settings import CannotRun, runtime_settings
from orkestra.operator.defaults import Defaults
from orkestra.operator.endpoints import Limits
from orkestra.operator.runtime import Settings


def settings(**environ: str) -> Settings:
    return runtime_settings(port=None, leader_elect=True, context_namespace="", environ=environ)


def test_nothing_set_is_the_language_s_defaults() -> None:
    found = settings()
    assert (found.defaults, found.limits, found.port) == (Defaults(), Limits(), 8080)
    assert (found.environment, found.cluster_name) == ("", "")


def test_what_is_set_arrives() -> None:
    found = settings(
        DEFAULT_WORKERS="8",
        DEFAULT_RESYNC="1m30s",
        QUEUE_DEPTH="500",
        FAILURE_THRESHOLD="10",
        ORK_PORT="9090",
        ORK_READ_TIMEOUT="5",
        ORK_WRITE_TIMEOUT="2.5s",
        LEASE_DURATION="60",
        RENEW_DEADLINE="40",
        RETRY_PERIOD="10s",
        ORK_NAMESPACE="ops",
        ORK_ENV="production",
        CLUSTER_NAME="west",
    )
    assert found.defaults == Defaults(8, 90.0, 500, 10)
    assert found.limits == Limits(5.0, 2.5)
    assert found.timing is not None
    assert (found.timing.lease_duration, found.timing.renew_deadline, found.timing.retry_period) == (60, 40, 10)
    assert (found.port, found.namespace, found.environment, found.cluster_name) == (9090, "ops", "production", "west")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEFAULT_WORKERS", "0", "a whole number, 1 to 50, got '0'"),
        ("DEFAULT_WORKERS", "51", "1 to 50"),
        ("DEFAULT_WORKERS", "many", "a whole number"),
        ("DEFAULT_RESYNC", "-1s", "0 or more"),
        ("DEFAULT_RESYNC", "soon", "a duration such as 30s"),
        ("QUEUE_DEPTH", "1.5", "0 or more"),
        ("QUEUE_DEPTH", "9" * 40, "a whole number"),
        ("FAILURE_THRESHOLD", "0", "1 or more"),
        ("ORK_PORT", "70000", "0 to 65535"),
        ("ORK_WRITE_TIMEOUT", "0", "above 0"),
        ("LEASE_DURATION", "1", "renewDeadline < leaseDuration"),
    ],
)
def test_what_does_not_fit_is_told_by_name(name: str, value: str, said: str) -> None:
    with pytest.raises(CannotRun) as told:
        settings(**{name: value})
    assert said in told.value.message and (name in told.value.message or name == "LEASE_DURATION")


def test_resync_may_be_switched_off() -> None:
    assert settings(DEFAULT_RESYNC="0").defaults.resync_seconds == 0
