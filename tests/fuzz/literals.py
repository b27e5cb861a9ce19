"""Random quantities, versions, constraints, cron expressions and durations: good, odd and bad ones."""

from __future__ import annotations

from tests.fuzz.chance import Chance

_DIGITS = (
    "0",
    "1",
    "2",
    "7",
    "10",
    "12",
    "100",
    "999",
    "1000",
    "1024",
    "1536",
    "2048",
    "65536",
    "123456789",
    "5000000",
    "008",
)
_LONG = ("9223372036854775807", "9223372036854775808", "123456789012345678901234567890", "1" * 40)
_UNITS = (
    "",
    "",
    "m",
    "k",
    "M",
    "G",
    "T",
    "P",
    "E",
    "Ki",
    "Mi",
    "Gi",
    "Ti",
    "Pi",
    "Ei",
    "n",
    "u",
    "e3",
    "E-3",
    "e0",
    "e+6",
    "e-9",
)
_BAD_UNITS = ("K", "kB", "i", "mi", "KI", " G", "e", "E1.5", "e1000", "%", "Zi", "g", "e-400")


def quantity_of(chance: Chance) -> str:
    whole = (
        chance.one(_LONG)
        if chance.maybe(0.05)
        else chance.one(_DIGITS)
        if chance.maybe(0.7)
        else str(chance.randrange(10**6))
    )
    part = chance.one(
        ("", "", "", ".", ".5", ".25", ".1", ".125", ".0", ".000", ".123456789", ".0000000001", ".999999")
    )
    unit = chance.one(_BAD_UNITS) if chance.maybe(0.05) else chance.one(_UNITS)
    text = chance.one(("", "", "", "", "+", "-")) + (whole if chance.maybe(0.97) else "") + part + unit
    return chance.one((" ", "1 ", "--", "0x", ".")) + text if chance.maybe(0.02) else text


_NUMBERS = ("0", "0", "1", "1", "2", "3", "5", "10", "12")
_PRERELEASES = ("-alpha", "-beta", "-beta.2", "-beta.11", "-rc.1", "-0", "-1.2", "-x-y", "-alpha.1")


def good_version_of(chance: Chance) -> str:
    text = ".".join(chance.one(_NUMBERS) for _ in range(3))
    return text + chance.one(_PRERELEASES) if chance.maybe(0.25) else text


def version_of(chance: Chance) -> str:
    """Any text that may be meant for a version."""
    parts = chance.one((1, 2, 3, 3, 3, 3, 4, 0))
    text = chance.one(("", "", "", "v", "V", "=", " ")) + ".".join(
        chance.one((*_NUMBERS, "01", "x", "99999999999999999999")) for _ in range(parts)
    )
    if chance.maybe(0.3):
        text += chance.one((*_PRERELEASES, "-", "-01", "-a..b", "-é", "-a_b"))
    if chance.maybe(0.2):
        text += chance.one(("+build", "+b.1", "+", "+é", "+001", "+a+b"))
    return text


def constraint_of(chance: Chance) -> str:
    groups = []
    for _ in range(chance.one((1, 1, 1, 2))):
        joint = chance.one((", ", ",", " "))
        groups.append(joint.join(_comparison(chance) for _ in range(chance.one((1, 1, 2, 3)))))
    return chance.one((" || ", "||")).join(groups)


def _comparison(chance: Chance) -> str:
    if chance.maybe(0.06):
        return f"{_partial(chance)} - {_partial(chance)}"
    operator = chance.one(("", "=", "!=", ">", "<", ">=", "=>", "<=", "=<", "~", "~>", "^"))
    if chance.maybe(0.02):
        operator = chance.one(("==", "<>", "><", "!", "&", "^^"))
    return operator + chance.one(("", "", "", " ")) + _partial(chance)


def _partial(chance: Chance) -> str:
    if chance.maybe(0.03):
        return chance.one(("*", "x", "X", "foo", "", "1.2.3.4", "01.2", "1.x.3", "v1"))
    parts = [chance.one(_NUMBERS) for _ in range(chance.one((1, 2, 3, 3, 3)))]
    if chance.maybe(0.12):
        parts[-1] = chance.one(("x", "X", "*"))
    text = chance.one(("", "", "", "v")) + ".".join(parts)
    return text + chance.one(_PRERELEASES) if len(parts) == 3 and chance.maybe(0.15) else text


_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_MONTHS = ("JAN", "feb", "Mar", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "mon", "Tue", "WED", "THU", "FRI", "SAT")
_MACROS = (
    "@yearly",
    "@annually",
    "@monthly",
    "@weekly",
    "@daily",
    "@midnight",
    "@hourly",
    "@every 5m",
    "@reboot",
    "@Daily",
    "@",
)


def cron_of(chance: Chance) -> str:
    if chance.maybe(0.05):
        return chance.one(_MACROS)
    fields = [_cron_field(chance, at) for at in range(5)]
    if chance.maybe(0.02):
        fields = fields[: chance.randint(1, 4)] + ["*"] * chance.one((0, 1, 3))
    return chance.one((" ", " ", "  ", "\t")).join(fields)


def _cron_field(chance: Chance, at: int) -> str:
    low, high = _FIELDS[at]
    if chance.maybe(0.45):
        return chance.one(("*", "*", "*", "?" if at in (2, 4) else "*", f"*/{chance.randint(1, high)}"))
    return ",".join(_cron_item(chance, at, low, high) for _ in range(chance.one((1, 1, 1, 2, 3))))


def _cron_item(chance: Chance, at: int, low: int, high: int) -> str:
    if chance.maybe(0.02):
        return chance.one(
            (
                "",
                "-",
                "a",
                "60",
                "*/0",
                "1-",
                "5-2",
                "7",
                "L",
                "W",
                "1#2",
                "-1",
                "1.5",
                "*/",
                "0",
                "1/2/3",
                "٣",
                "1-2-3",
                "007",
            )
        )
    if at > 2 and chance.maybe(0.3):
        names = _MONTHS if at == 3 else _DAYS
        first = chance.randrange(len(names))
        return names[first] if chance.maybe(0.6) else f"{names[first]}-{names[chance.randrange(first, len(names))]}"
    first = chance.randint(low, high)
    if chance.maybe(0.4):
        return f"{first}-{chance.randint(first, high)}" + (f"/{chance.randint(1, 12)}" if chance.maybe(0.3) else "")
    return f"{first}/{chance.randint(1, 20)}" if chance.maybe(0.1) else str(first)


def moment_of(chance: Chance) -> str:
    """In UTC, of this century."""
    date = f"{chance.randint(2001, 2090)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return f"{date}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}Z"


def duration_of(chance: Chance) -> str:
    text = chance.one(("", "", "", "-", "+"))
    for _ in range(chance.one((1, 1, 1, 2, 3, 0))):
        number = chance.one(
            ("0", "1", "5", "30", "90", "1.5", ".5", "2.", "0.001", "100000", "9223372036", "007", "", "1_0", "٣")
        )
        text += number + chance.one(
            ("s", "m", "h", "ms", "us", "µs", "μs", "ns", "s", "m", "h", "", "x", "d", "w", "mo", "y", "S", " s")
        )
    return (
        text if chance.maybe(0.97) else chance.one(("0", "", "1h 30m", "+-1s", "1e3s", " 1s", "5", "-0", "+0", "inf"))
    )
