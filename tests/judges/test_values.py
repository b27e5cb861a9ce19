"""Quantities, versions, cron expressions, durations and time layouts, against a well-kept implementation of each."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from orkestra.k8s.quantity import QuantityError, parse_quantity
from orkestra.template.functions.versions import VersionError, parse_version, satisfies
from orkestra.template.times.cron import CronError, next_after, parse_cron
from orkestra.template.times.durations import MAX_SECONDS, DurationError, parse_duration
from tests.fuzz import literals
from tests.fuzz.chance import Chance
from tests.judges.agreement import Agreement, names
from tests.judges.panel import Panel

_BEYOND = re.compile(r"[0-9]{4,}E")
_LONG_EXPONENT = re.compile(r"[eE]\+?[0-9]{4,}")


def test_quantities(panel: Panel, agreement: Agreement) -> None:
    for batch in names("quantity", 20_000):
        pairs = [(literals.quantity_of(chance), literals.quantity_of(chance)) for chance in map(Chance, batch)]
        for pair, answer in zip(pairs, panel.ask("quantity", [{"texts": pair} for pair in pairs]), strict=True):
            ours = _quantities(*pair)
            why = "from 1000E on upstream loses the unit" if ours and _BEYOND.search(str(ours)) else None
            if ours is None and any(_LONG_EXPONENT.search(text) for text in pair):
                why = "exponents beyond 1,000 are refused"
            agreement.hold(ours, answer["out"], *pair, why=why)


def _quantities(one: str, other: str) -> dict[str, Any] | None:
    try:
        first, second = parse_quantity(one), parse_quantity(other)
    except QuantityError:
        return None
    return {
        "Canonical": [str(first), str(second)],
        "Order": (first > second) - (first < second),
        "Sum": str(first + second),
        "Difference": str(first - second),
        "Milli": str(first.scaled(-3)) if 0 <= first.as_decimal() < 1 << 40 else "",
    }


def test_versions(panel: Panel, agreement: Agreement) -> None:
    for batch in names("version", 10_000):
        pairs = [(literals.version_of(chance), literals.version_of(chance)) for chance in map(Chance, batch)]
        asked = [{"text": one, "other": other} for one, other in pairs]
        for (one, other), answer in zip(pairs, panel.ask("version", asked), strict=True):
            out = answer["out"] and {"Text": answer["out"]["Text"], "Order": answer["out"]["Order"]}
            agreement.hold(_version(one, other), out, one, other)


def _version(one: str, other: str) -> dict[str, Any] | None:
    try:
        first = parse_version(one)
    except VersionError:
        return None
    try:
        second = parse_version(other)
        order = (first.rank > second.rank) - (first.rank < second.rank)
    except VersionError:
        order = None
    return {"Text": str(replace(first, prefix="")), "Order": order}


_OTHER_CONSTRAINTS = (
    (re.compile(r"\|\|\S+\s+-\s|\s-\s+[^\s|]+\|\|"), "a hyphen range beside || without space is misread upstream"),
    (re.compile(r"~>?\s*v?0\.0\.0"), "~0.0.0 is any version upstream"),
    (re.compile(r"(!=|<=|=<|>|\^|<| -)\s*v?[*xX]"), "* after an operator is 0.0.0 upstream"),
    (re.compile(r"!=\s*v?[0-9]+\.[0-9]+(?:\.[*xX])?(?:-|[\s,|]|$)"), "!=1.2 admits prereleases of it upstream"),
)


def test_version_constraints(panel: Panel, agreement: Agreement) -> None:
    for batch in names("satisfy", 20_000):
        cases = []
        for chance in map(Chance, batch):
            cases.append((literals.constraint_of(chance), [literals.good_version_of(chance) for _ in range(8)]))
        asked = [{"constraint": constraint, "versions": versions} for constraint, versions in cases]
        for (constraint, versions), answer in zip(cases, panel.ask("satisfy", asked), strict=True):
            why = next((reason for pattern, reason in _OTHER_CONSTRAINTS if pattern.search(constraint)), None)
            agreement.hold(_satisfied(constraint, versions), answer["out"], constraint, versions, why=why)


def _satisfied(constraint: str, versions: list[str]) -> list[bool] | None:
    try:
        return [satisfies(parse_version(version), constraint) for version in versions]
    except VersionError:
        return None


_OTHER_CRONS = (
    (re.compile("@every"), "@every is refused: it has no five fields"),
    (re.compile("@.*[A-Z]"), "macros are taken in capitals too"),
    (re.compile(r"(^|[\s,]),|,(\s|$)"), "an empty item of a list is refused"),
)


def test_cron_expressions(panel: Panel, agreement: Agreement) -> None:
    for batch in names("cron", 6_000):
        cases = [(literals.cron_of(chance), literals.moment_of(chance)) for chance in map(Chance, batch)]
        asked = [{"text": text, "after": moment, "count": 3} for text, moment in cases]
        for (text, moment), answer in zip(cases, panel.ask("cron", asked), strict=True):
            why = next((reason for pattern, reason in _OTHER_CRONS if pattern.search(text)), None)
            agreement.hold(_fires(text, moment), answer["out"], text, moment, why=why)


def _fires(text: str, moment: str) -> list[str] | None:
    try:
        expression = parse_cron(text)
    except CronError:
        return None
    at: datetime | None = datetime.fromisoformat(moment)
    found = []
    for _ in range(3):
        assert at is not None
        at = next_after(expression, at)
        if at is None:
            return None
        found.append(at.isoformat().replace("+00:00", "Z"))
    return found


def test_durations(panel: Panel, agreement: Agreement) -> None:
    for batch in names("duration", 20_000):
        texts = [literals.duration_of(chance) for chance in map(Chance, batch)]
        for text, answer in zip(texts, panel.ask("duration", [{"text": text} for text in texts]), strict=True):
            ours, theirs = _seconds(text), None if answer["out"] is None else int(answer["out"]) / 1e9
            if ours is not None and theirs is not None and abs(ours - theirs) <= max(4e-9, abs(ours) * 1e-15):
                ours = theirs  # Go counts whole nanoseconds, part by part
            why = "days, weeks, months and years are units too" if re.search("[0-9.](d|w|mo|y)", text) else None
            if theirs is not None and abs(theirs) > MAX_SECONDS:
                why = "the end is at 290 years, not at 292"
            agreement.hold(ours, theirs, text, why=why)


def _seconds(text: str) -> float | None:
    try:
        return parse_duration(text)
    except DurationError:
        return None
