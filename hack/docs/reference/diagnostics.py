"""The cases of every code, and what the loader says to them -> docs/diagnostics.md."""

from __future__ import annotations

import textwrap
from itertools import groupby

from orkestra.katalog import render
from orkestra.katalog.diagnostics import CODES, RETIRED
from reference.cases import CASES, Case, load_case
from reference.cases.case import FRAMES
from reference.markdown import table, wrapped

_CHAPTERS = {
    10: "The text of the file",
    11: "Keys, types and names",
    12: "What parts of the file say of each other",
    13: "Templates",
    14: "Conditions",
    15: "Children",
    16: "Other generations of the language",
    17: "Secrets and privileges",
    18: "GitOps",
    20: "Composition",
    19: "What this version does not run yet",
}
_SHOWN_LINES = 12


def lines() -> list[str]:
    """An overview, then each code with its examples."""
    overview = [(f"[{row.name}](#{row.name.lower()})", row.severity.value, row.title) for row in CODES.values()]
    out = [*table(("Code", "Severity", "Finding"), overview), ""]
    cases = {case.number: case for case in CASES}
    for chapter, numbers in groupby(CODES, key=lambda number: number // 100):
        out += [f"## {_CHAPTERS[chapter]}", ""]
        for number in numbers:
            if number not in cases:
                raise LookupError(f"{CODES[number].name} has no case: add one to hack/docs/reference/cases")
            out += _section(cases[number])
    return out


def retired_lines() -> list[str]:
    """What is no longer told."""
    rows = [(row.name, row.title, row.since, row.instead) for row in RETIRED.values()]
    return table(("Code", "It was", "Not told since", "What became of it"), rows)


def frame_lines() -> list[str]:
    """The Katalog around the examples."""
    frame, indent = FRAMES["box"]
    return ["```yaml", *frame.splitlines(), " " * indent + "# the example", "```"]


def output_of(case: Case) -> str:
    """What ``ork`` prints for the bad example; long output is cut in the middle."""
    printed = render(load_case(case, case.bad)[1]).rstrip().splitlines()
    if len(printed) <= _SHOWN_LINES * 2:
        return "\n".join(printed)
    return "\n".join([*printed[:4], "…", *printed[-6:]])


def _section(case: Case) -> list[str]:
    row = CODES[case.number]
    bad = case.shown or (case.bad if isinstance(case.bad, str) else "")
    place = {"box": "in an operatorBox", "entry": "in an entry", "crds": "under `crds`", "file": "a whole file"}[
        case.place
    ]
    return [
        f"### {row.name}",
        "",
        *wrapped(f"**{row.severity.value}**: {row.title}. {case.meaning}"),
        "",
        f"Wrong, {place}:",
        "",
        "```yaml",
        *_shown(bad),
        "```",
        "",
        "```text",
        *output_of(case).splitlines(),
        "```",
        "",
        "Right:",
        "",
        "```yaml",
        *_shown(case.good),
        "```",
        "",
    ]


def _shown(example: str) -> list[str]:
    return [line.replace("\t", "→   ") for line in textwrap.dedent(example).strip("\n").splitlines()]
