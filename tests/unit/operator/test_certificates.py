"""TLS Secrets: what is asked for, and what is issued."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import verification

from orkestra.operator.certificates import CertificateRequest, issue, request_of
from orkestra.operator.resources.fields import FieldError

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 86400.0


def request(**fields: Any) -> CertificateRequest:
    tls = {key: fields.pop(key) for key in ("commonName", "dnsNames", "validFor") if key in fields}
    return request_of({"tls": tls, **fields}, "tls.a.svc", NOW)


def test_names_default_to_each_other_and_to_the_service_name() -> None:
    assert (request().common_name, request().names) == ("tls.a.svc", ("tls.a.svc",))
    assert request(commonName="a.example.com").names == ("a.example.com",)
    assert request(dnsNames=["b.example.com", "c", "c"]).common_name == "b.example.com"
    assert request(dnsNames=["b.example.com", "c", "c"]).names == ("b.example.com", "c")


def test_how_long_it_lives() -> None:
    assert request().valid_seconds == 365 * DAY
    assert request(validFor="30d").valid_seconds == 30 * DAY
    assert request(rotateAfter="10d").valid_seconds == pytest.approx(11 * DAY), "longer than until its successor comes"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"validFor": "1d", "rotateAfter": "2d"}, "tls.validFor: expected at least rotateAfter"),
        ({"validFor": "200y"}, "tls.validFor: expected a duration of at most 100 years, got '200y'"),
        ({"validFor": "-1h"}, "tls.validFor: expected a duration of at most 100 years"),
        ({"validFor": "soon"}, "validFor: expected a duration"),
        ({"dnsNames": ["a b"]}, "tls.dnsNames: expected DNS names or addresses, got 'a b'"),
        ({"dnsNames": ["x" * 300]}, "tls.dnsNames: expected DNS names"),
        ({"commonName": "é.example.com"}, "tls.dnsNames: expected DNS names"),
    ],
)
def test_what_cannot_be_certified_is_named(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(FieldError) as error:
        request(**fields)
    assert str(error.value).startswith(message)


def test_the_longest_life_can_be_issued() -> None:
    assert issue(request(validFor="100y"))["tls.crt"]
    assert issue(request(rotateAfter="250y"))["tls.crt"]


def test_an_issued_certificate_is_one_that_clients_trust() -> None:
    long = "a" * 60 + ".example.com"
    data = issue(request(commonName=long, dnsNames=["shop.example.com", "*.shop.example.com", "10.0.0.1"]))
    parts = {name: b64decode(value) for name, value in data.items()}
    assert set(parts) == {"tls.crt", "tls.key", "ca.crt"}
    leaf, ca = (x509.load_pem_x509_certificate(parts[name]) for name in ("tls.crt", "ca.crt"))
    key = serialization.load_pem_private_key(parts["tls.key"], None)
    assert key.public_key() == leaf.public_key()
    builder = verification.PolicyBuilder().store(verification.Store([ca])).time(NOW + timedelta(days=1))
    for subject in (
        x509.DNSName("shop.example.com"),
        x509.DNSName("eu.shop.example.com"),
        x509.IPAddress(ip_address("10.0.0.1")),
    ):
        assert builder.build_server_verifier(subject).verify(leaf, [])
    with pytest.raises(verification.VerificationError):
        builder.build_server_verifier(x509.DNSName("other.example.com")).verify(leaf, [])


def test_each_issue_has_an_authority_of_its_own() -> None:
    assert issue(request())["ca.crt"] != issue(request())["ca.crt"]
