"""Which part of which page is made from what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from reference import commands, diagnostics, fieldlist, fields, functions, health, metrics, migrating, transcripts

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"

REGIONS: Mapping[tuple[str, str], Callable[[], list[str]]] = {
    ("katalog.md", "fields"): fields.lines,
    ("katalog.md", "operators"): fields.operator_lines,
    ("katalog.md", "profiles"): fields.profile_lines,
    ("katalog.md", "kinds"): fields.kind_lines,
    ("fields.md", "counts"): fieldlist.count_lines,
    ("fields.md", "fields"): fieldlist.lines,
    ("templates.md", "functions"): functions.lines,
    ("templates.md", "limits"): functions.limit_lines,
    ("diagnostics.md", "codes"): diagnostics.lines,
    ("diagnostics.md", "frame"): diagnostics.frame_lines,
    ("diagnostics.md", "retired"): diagnostics.retired_lines,
    ("conditions.md", "metrics"): metrics.lines,
    ("cli.md", "commands"): commands.lines,
    ("migrating.md", "spellings"): migrating.lines,
    ("gitops/health.md", "health"): health.lines,
    ("validation.md", "broken"): transcripts.lines,
}
"""(page, region) -> the lines between its marks."""

_MARK = "<!-- generated: {} (hack/docs/generate.py) -->"
_END = "<!-- end: {} -->"


class MissingRegion(LookupError):
    """A page lacks the marks of a region."""


def region_of(text: str, name: str) -> str:
    """What a page has between the marks of a region. Raises MissingRegion."""
    return _found(text, name)[1]


def with_region(text: str, name: str, lines: list[str]) -> str:
    """The page with the region replaced. Raises MissingRegion."""
    body = "\n".join(line.rstrip() for line in lines).strip("\n")
    found = _found(text, name)
    return text[: found.start(1)] + f"\n{body}\n\n" + text[found.end(1) :]


def updated(page: str) -> tuple[str, str]:
    """A page as it is, and as it should be."""
    before = after = (DOCS / page).read_text()
    for (where, name), make in REGIONS.items():
        if where == page:
            after = with_region(after, name, make())
    return before, after


def pages() -> list[str]:
    return sorted({page for page, _ in REGIONS})


def _found(text: str, name: str) -> re.Match[str]:
    pattern = re.escape(_MARK.format(name)) + r"\n(.*?)" + re.escape(_END.format(name))
    found = re.search(pattern, text, re.DOTALL)
    if found is None:
        raise MissingRegion(f"no region {name!r}: expected {_MARK.format(name)!r} and {_END.format(name)!r}")
    return found
