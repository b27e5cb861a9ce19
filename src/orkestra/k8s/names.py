"""Name rules and their texts.

k8s.io/apimachinery pkg/api/validate/content (dns.go, kube.go) and pkg/util/validation/validation.go.
"""

from __future__ import annotations

import re

_LABEL_1035 = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LABEL_1123 = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_QUALIFIED = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")

_LABEL_1035_TEXT = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_1123_TEXT = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_TEXT = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_NAME_PART_TEXT = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_QUALIFIED_TEXT = (
    "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' "
    "(e.g. 'example.com/MyName')"
)
_LABEL_VALUE_TEXT = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
    "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


def _too_long(name: str, most: int) -> list[str]:
    return [f"must be no more than {most} bytes"] if len(name.encode("utf-8", "surrogatepass")) > most else []


def dns1035_label(name: str) -> list[str]:
    """What is wrong with ``name`` as a DNS-1035 label; empty if nothing. The functions below likewise."""
    return _too_long(name, 63) + ([] if _LABEL_1035.fullmatch(name) else [_LABEL_1035_TEXT])


def dns1123_label(name: str) -> list[str]:
    return _too_long(name, 63) + ([] if _LABEL_1123.fullmatch(name) else [_LABEL_1123_TEXT])


def dns1123_subdomain(name: str) -> list[str]:
    is_good = all(_LABEL_1123.fullmatch(part) for part in name.split("."))
    return _too_long(name, 253) + ([] if is_good else [_SUBDOMAIN_TEXT])


def qualified_name(name: str) -> list[str]:
    parts = name.split("/")
    out: list[str] = []
    if len(parts) > 2:
        return [_QUALIFIED_TEXT]
    if len(parts) == 2:
        prefix = parts[0]
        out += (
            ["prefix part must be non-empty"] if not prefix else [f"prefix part {t}" for t in dns1123_subdomain(prefix)]
        )
    last = parts[-1]
    if not last:
        out.append("name part must be non-empty")
    elif len(last) > 63:
        out.append("name part must be no more than 63 bytes")
    if not _QUALIFIED.fullmatch(last):
        out.append(_NAME_PART_TEXT)
    return out


def label_value(value: str) -> list[str]:
    is_good = not value or _QUALIFIED.fullmatch(value)
    return _too_long(value, 63) + ([] if is_good else [_LABEL_VALUE_TEXT])
