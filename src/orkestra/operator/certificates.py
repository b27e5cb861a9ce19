"""TLS Secrets: what certificate an entry asks for (pure), and its issuing by an authority of its own.

The authority's key is thrown away with each issue, so nothing can ever be signed with it again: whoever trusts
``ca.crt`` trusts this one certificate. ``cryptography`` is imported when the first certificate is issued, since it
costs 11 MB that most processes never need.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from orkestra.operator.resources.fields import FieldError, mapping, seconds, text, texts

DEFAULT_NAME = "orkestra-tls"
_YEAR = 365 * 86400.0
_LONGEST = 100 * _YEAR
_MARGIN = 0.1
"""A certificate that is renewed by age outlives that age by this part, so that its successor has time to spread."""
_CLOCK_SKEW = timedelta(minutes=5)
_MAX_COMMON_NAME = 64
_DNS_NAME = re.compile(
    r"(?:\*\.)?[A-Za-z0-9_](?:[-A-Za-z0-9_]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[-A-Za-z0-9]*[A-Za-z0-9])?)*"
)


@dataclass(frozen=True, slots=True)
class CertificateRequest:
    """``names``: DNS names and addresses; ``valid_seconds`` from ``at`` on."""

    common_name: str
    names: tuple[str, ...]
    valid_seconds: float
    at: datetime


def request_of(fields: Mapping[str, Any], default_name: str, at: datetime) -> CertificateRequest:
    """What the rendered ``tls`` block asks for. Raises FieldError."""
    tls = mapping(fields, "tls")
    names = tuple(dict.fromkeys(texts(tls, "dnsNames")))
    common_name = text(tls, "commonName") or next(iter(names), default_name)
    names = names or (common_name,)
    for name in names:
        if not (_is_address(name) or (len(name) <= 253 and _DNS_NAME.fullmatch(name))):
            raise FieldError("tls.dnsNames", "DNS names or addresses", name)
    rotate_after, valid_for = seconds(fields, "rotateAfter"), seconds(tls, "validFor")
    if not 0 <= valid_for <= _LONGEST:
        raise FieldError("tls.validFor", "a duration of at most 100 years", tls.get("validFor"))
    if valid_for and valid_for < rotate_after:
        raise FieldError("tls.validFor", "at least rotateAfter: it would expire before", tls.get("validFor"))
    life = valid_for or min(rotate_after * (1 + _MARGIN), _LONGEST) or _YEAR
    return CertificateRequest(common_name, names, life, at)


def issue(request: CertificateRequest) -> dict[str, str]:
    """The ``data`` of a kubernetes.io/tls Secret, with the authority as ``ca.crt``. Takes milliseconds of CPU."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def subject(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:_MAX_COMMON_NAME])])

    def signed(name: str, key: Any, *extensions: tuple[x509.ExtensionType, bool]) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject(name))
            .issuer_name(subject(authority))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(request.at - _CLOCK_SKEW)
            .not_valid_after(request.at + timedelta(seconds=request.valid_seconds))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        )
        for extension, is_critical in extensions:
            builder = builder.add_extension(extension, critical=is_critical)
        return builder.sign(ca_key, hashes.SHA256())

    def usage(*, is_authority: bool) -> x509.KeyUsage:
        return x509.KeyUsage(
            digital_signature=not is_authority,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=is_authority,
            crl_sign=is_authority,
            encipher_only=False,
            decipher_only=False,
        )

    authority = f"{request.common_name[: _MAX_COMMON_NAME - 3]} CA"
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    names = [x509.IPAddress(ip_address(n)) if _is_address(n) else x509.DNSName(n) for n in request.names]
    ca = signed(
        authority,
        ca_key,
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (usage(is_authority=True), True),
    )
    leaf = signed(
        request.common_name,
        key,
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage(is_authority=False), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False),
        (x509.SubjectAlternativeName(names), False),
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    parts = {"tls.crt": leaf.public_bytes(pem), "tls.key": private, "ca.crt": ca.public_bytes(pem)}
    return {name: b64encode(value).decode() for name, value in parts.items()}


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
