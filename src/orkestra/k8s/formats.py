"""String formats: which a schema may name, and what each accepts.

The list is supportedVersionedFormats of k8s.io/apiextensions-apiserver pkg/apiserver/validation/formats.go; what is
not on it is ignored. Acceptance follows k8s.io/kube-openapi pkg/validation/strfmt, leniency included (a duration
may be ``3 weeks``).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

_HEX12 = r"[0-9a-f]{12}"
_UUID = re.compile(rf"[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?[0-9a-f]{{4}}-?[0-9a-f]{{4}}-?{_HEX12}", re.I | re.A)
_UUID_VERSION = {
    "uuid3": re.compile(rf"[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?3[0-9a-f]{{3}}-?[0-9a-f]{{4}}-?{_HEX12}", re.I | re.A),
    "uuid4": re.compile(rf"[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?4[0-9a-f]{{3}}-?[89ab][0-9a-f]{{3}}-?{_HEX12}", re.I | re.A),
    "uuid5": re.compile(rf"[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?5[0-9a-f]{{3}}-?[89ab][0-9a-f]{{3}}-?{_HEX12}", re.I | re.A),
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.A)
_DATETIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[tT]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:.[0-9]+)?(?:[zZ]|[+-][0-9]{2}:[0-9]{2})", re.A
)
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_GO_DURATION = re.compile(r"[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.A)
_LOOSE_DURATION = re.compile(r"(\d+)\s*([A-Za-zµ]+)", re.A)
_UNITS: tuple[tuple[frozenset[str], str, int], ...] = (
    (frozenset({"ns"}), "nano", 1),
    (frozenset({"us", "µs"}), "micro", 10**3),
    (frozenset({"ms"}), "milli", 10**6),
    (frozenset({"s"}), "sec", 10**9),
    (frozenset({"m"}), "min", 60 * 10**9),
    (frozenset({"h", "hr"}), "hour", 3600 * 10**9),
    (frozenset({"d"}), "day", 86400 * 10**9),
    (frozenset({"w", "wk"}), "week", 7 * 86400 * 10**9),
)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})", re.A)
_MAC = re.compile(
    "|".join(
        rf"(?:[0-9A-Fa-f]{{{digits}}}{separator}){{{octets * 2 // digits - 1}}}[0-9A-Fa-f]{{{digits}}}"
        for octets in (6, 8, 20)
        for digits, separator in ((2, ":"), (2, "-"), (4, r"\."), (2, ""))
    ),
    re.A,
)
_SSN = re.compile(r"\d{3}[- ]?\d{2}[- ]?\d{4}", re.A)
_HEX_COLOR = re.compile(r"#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", re.A)
_BYTE_VALUE = r"(?:0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])"
_RGB = re.compile(rf"rgb\(\s*{_BYTE_VALUE}\s*,\s*{_BYTE_VALUE}\s*,\s*{_BYTE_VALUE}\s*\)", re.A)
_CARD = re.compile(
    r"4[0-9]{12}(?:[0-9]{3,6})?|5[1-5][0-9]{14}|(?:222[1-9]|22[3-9][0-9]|2[3-6][0-9]{2}|27[01][0-9]|2720)[0-9]{12}"
    r"|6(?:011|5[0-9][0-9])[0-9]{12,15}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11}"
    r"|6[27][0-9]{14}",
    re.A,
)
_SHORT_NAME = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?", re.A)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*", re.A)
_EMAIL_ATOM = re.compile(r"[^\s()<>\[\]:;@\\,\".]+(?:\.[^\s()<>\[\]:;@\\,\".]+)*")
_QUOTED = re.compile(r'"(?:[^"\\\r\n]|\\.)*"')


def is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None and _is_day(int(text[:4]), int(text[5:7]), int(text[8:]))


def _is_day(year: int, month: int, day: int) -> bool:
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return False
    return day <= 28 or day <= _DAYS[month] or (month == 2 and day == 29 and _is_leap(year))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def is_datetime(text: str) -> bool:
    found = _DATETIME.fullmatch(text)
    if found is None or found[4] > "23" or found[5] > "59" or found[6] > "59":
        return False
    return _is_day(int(found[1]), int(found[2]), int(found[3]))


def parse_loose_duration(text: str) -> int:
    """Nanoseconds of ``3 weeks``, ``1d``: every number with a unit counts. Raises ValueError where there is none."""
    total, has_unit = 0, False
    for found in _LOOSE_DURATION.finditer(text):
        unit = found[2].lower()
        for names, stem, ns in _UNITS:
            if unit in names or unit.startswith(stem):
                total += int(found[1][:18]) * ns
                has_unit = True
    if not has_unit:
        raise ValueError(f"unable to parse {text} as duration")
    return max(-(2**63), min(2**63 - 1, total))


def is_duration(text: str) -> bool:
    if _GO_DURATION.fullmatch(text):
        return True
    try:
        parse_loose_duration(text)
    except ValueError:
        return False
    return True


def _without_leading_zeros(text: str) -> str:
    return re.sub(r"(?<![0-9A-Fa-f:.])0+(?=\d)|(?<=\.)0+(?=\d)", "", text)


def is_ipv4(text: str) -> bool:
    """Leading zeros are tolerated, and so is an IPv6 address with a dotted tail (``::ffff:1.2.3.4``)."""
    if "." not in text:
        return False
    return _is_address(text)


def _is_address(text: str) -> bool:
    if "%" in text:
        return False
    try:
        ipaddress.ip_address(_without_leading_zeros(text) if "." in text else text)
    except ValueError:
        return False
    return True


def is_ipv6(text: str) -> bool:
    return ":" in text and _is_address(text)


def is_cidr(text: str) -> bool:
    address, slash, bits = text.partition("/")
    if not slash or not bits.isascii() or not bits.isdigit() or len(bits) > 3 or not _is_address(address):
        return False
    return int(bits) <= (128 if ":" in address else 32)


def is_hostname(text: str) -> bool:
    """A name without dots may have one hyphen, after its first character: so says the pattern of the API server."""
    if not text or len(text.encode("utf-8", "surrogatepass")) > 255:
        return False
    labels = text.split(".")
    last = labels[-1]
    if len(labels) == 1:
        rest = text[1:].removeprefix("-")
        return len(text.encode("utf-8", "surrogatepass")) <= 63 and all(map(_is_host_char, (text[0], *rest)))
    if not all(_is_host_label(label) for label in (labels if last else labels[:-1])):
        return False
    return 2 <= len(last) <= 63 and all(char.isalpha() for char in last)


def _is_host_label(label: str) -> bool:
    if not label or len(label.encode("utf-8", "surrogatepass")) > 63 or label[0] == "-" or label[-1] == "-":
        return False
    return all(char == "-" or _is_host_char(char) for char in label)


def _is_host_char(char: str) -> bool:
    import unicodedata

    return char in "0123456789" or unicodedata.category(char)[0] in "SL"


def is_uri(text: str) -> bool:
    """What ``url.ParseRequestURI`` takes and has a scheme or is an absolute path."""
    if not text or any(ord(char) < 0x20 or ord(char) == 0x7F for char in text):
        return False
    scheme, colon, rest = text.partition(":")
    if text.startswith("/"):
        rest = text
    elif not colon or not _SCHEME.fullmatch(scheme):
        return False
    if rest.startswith("//") and not text.startswith("///"):
        authority = re.split(r"[/?#]", rest[2:], maxsplit=1)[0]
        if not _is_authority(authority):
            return False
    elif not text.startswith("/") and not rest.startswith("/"):
        return bool(rest) and _has_good_escapes(rest)
    return _has_good_escapes(rest)


def _has_good_escapes(text: str) -> bool:
    path = text.split("?", 1)[0]
    return not re.search(r"%(?![0-9A-Fa-f]{2})", path)


def _is_authority(text: str) -> bool:
    host = text.rpartition("@")[2]
    if " " in host:
        return False
    if host.startswith("["):
        inside, bracket, tail = host[1:].partition("]")
        return bool(bracket) and ":" in inside and (not tail or (tail.startswith(":") and _is_port(tail[1:])))
    name, colon, port = host.partition(":")
    return not colon or _is_port(port) if name or not colon else _is_port(port)


def _is_port(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit())


def is_email(text: str) -> bool:
    """An RFC 5322 address, display name allowed (``Jo <jo@example.com>``)."""
    text = text.strip(" \t")
    if text.endswith(">"):
        display, bracket, text = text[:-1].rpartition("<")
        if not bracket or re.search(r"[<>@()\[\]:;,\\]", _QUOTED.sub("", display)):
            return False
    local, at, domain = text.rpartition("@")
    if not at or not domain or domain.endswith("."):
        return False
    if not (_EMAIL_ATOM.fullmatch(local) or _QUOTED.fullmatch(local)):
        return False
    return bool(_EMAIL_ATOM.fullmatch(domain)) or (domain.startswith("[") and _is_address(domain[1:-1]))


def is_short_name(text: str) -> bool:
    return len(text) <= 63 and _SHORT_NAME.fullmatch(text) is not None


def is_long_name(text: str) -> bool:
    return len(text) <= 253 and all(_SHORT_NAME.fullmatch(part) for part in text.split("."))


def _digits_only(text: str) -> str:
    return re.sub(r"[\s-]+", "", text)


def is_isbn10(text: str) -> bool:
    digits = _digits_only(text)
    if not re.fullmatch(r"[0-9]{9}[0-9X]", digits):
        return False
    return sum((i + 1) * (10 if d == "X" else int(d)) for i, d in enumerate(digits)) % 11 == 0


def is_isbn13(text: str) -> bool:
    digits = _digits_only(text)
    if not re.fullmatch(r"[0-9]{13}", digits):
        return False
    return sum((1, 3)[i % 2] * int(d) for i, d in enumerate(digits)) % 10 == 0


def is_creditcard(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    if not _CARD.fullmatch(digits):
        return False
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (1 + index % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _fullmatch(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


FORMATS: dict[str, Callable[[str], bool]] = {
    "bsonobjectid": _fullmatch(re.compile(r"[0-9a-fA-F]{24}", re.A)),
    "uri": is_uri,
    "email": is_email,
    "hostname": is_hostname,
    "ipv4": is_ipv4,
    "ipv6": is_ipv6,
    "cidr": is_cidr,
    "mac": _fullmatch(_MAC),
    "uuid": _fullmatch(_UUID),
    **{name: _fullmatch(pattern) for name, pattern in _UUID_VERSION.items()},
    "isbn": lambda text: is_isbn10(text) or is_isbn13(text),
    "isbn10": is_isbn10,
    "isbn13": is_isbn13,
    "creditcard": is_creditcard,
    "ssn": _fullmatch(_SSN),
    "hexcolor": _fullmatch(_HEX_COLOR),
    "rgbcolor": _fullmatch(_RGB),
    "byte": _fullmatch(_BASE64),
    "password": lambda text: True,
    "date": is_date,
    "duration": is_duration,
    "datetime": is_datetime,
    "k8sshortname": is_short_name,
    "k8slongname": is_long_name,
}


def supported_format(name: str, types: tuple[str, ...]) -> str:
    """``name`` if a schema of these types may use it, else empty: unknown formats are ignored, not refused."""
    declared = types[0] if len(types) == 1 else ""
    if declared in ("", "string"):
        return name if name.replace("-", "") in FORMATS else ""
    if declared == "integer":
        return name if name in ("int32", "int64") else ""
    if declared == "number":
        return name if name in ("float", "double") else ""
    return ""


def accepts(name: str) -> Callable[[str], bool] | None:
    """The check behind a string format; None for numeric ones."""
    return FORMATS.get(name.replace("-", ""))
