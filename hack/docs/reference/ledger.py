"""Every code that was ever told, so that no number gets a second meaning -> tests/golden/codes.txt.

New codes are added; what is there is never changed by this: a code that is given up goes to RETIRED, and a title that
is worded better is changed there by hand, by someone who saw that it means the same.
"""

from __future__ import annotations

from orkestra.katalog.diagnostics import CODES, RETIRED
from reference.regions import ROOT

LEDGER = ROOT / "tests" / "golden" / "codes.txt"


def known() -> dict[int, str]:
    """The title of every number on record."""
    rows = (line.partition(" ") for line in LEDGER.read_text().splitlines())
    return {int(number.removeprefix("ORK")): title for number, _, title in rows}


def renewed(*, write: bool) -> list[str]:
    """Records what is new; the names of files that were, or would be, written."""
    titles = known()
    new = {n: row.title for n, row in (CODES | RETIRED).items() if n not in titles}
    if new and write:
        rows = sorted((titles | new).items())
        LEDGER.write_text("".join(f"ORK{number} {title}\n" for number, title in rows))
    return [str(LEDGER.relative_to(ROOT))] if new else []
