from __future__ import annotations

import pytest

from orkestra.katalog.diagnostics import CODES, Findings, Related, SourceText, Span, render
from orkestra.katalog.diagnostics.finding import LIMIT

SOURCE = SourceText("katalog.yaml", 'kind: Katalog\nreplica: 3\n\tname: "日本" x\n')


def rendered(
    number: int, at: Span, hint: str = "", related: tuple[Related, ...] = (), source: SourceText = SOURCE
) -> str:
    findings = Findings()
    findings.add(number, "the message", source, at, hint, related)
    return render(findings.sorted())


def test_a_finding_shows_its_place_its_line_and_the_way_out() -> None:
    assert rendered(1101, Span(2, 1, 2, 8), "did you mean it?") == (
        "katalog.yaml:2:1: error[ORK1101]: the message\n"
        "  2 | replica: 3\n"
        "    | ^^^^^^^\n"
        "  hint: did you mean it?\n"
        "\n"
        "1 error\n"
    )


def test_related_places_are_quoted_too() -> None:
    first = Related("other.yaml", Span(1, 1, 1, 5), "first here", "kind: Katalog")
    assert "  other.yaml:1:1: first here\n  1 | kind: Katalog\n    | ^^^^\n" in rendered(
        1003, Span(2, 1), related=(first,)
    )


def test_wide_characters_and_tabs_keep_the_caret_in_place() -> None:
    line, caret = rendered(1102, Span(3, 13, 3, 14)).splitlines()[1:3]
    assert line == '  3 |  name: "日本" x'
    assert caret == "    | " + " " * 14 + "^"


def test_control_characters_never_reach_the_terminal() -> None:
    source = SourceText("k.yaml", "a: \x1b[31mred\n")
    assert "\x1b" not in rendered(1102, Span(1, 4, 1, 5), source=source)


def test_a_long_line_is_cut_around_the_caret() -> None:
    text = rendered(1102, Span(1, 301, 1, 304), source=SourceText("k.yaml", "x" * 300 + "BAD" + "y" * 5000))
    line, caret = text.splitlines()[1:3]
    assert len(line) < 130
    assert line[caret.index("^") :].startswith("BAD")


def test_colour_is_asked_for() -> None:
    findings = Findings()
    findings.add(1101, "m", SOURCE, Span(1, 1))
    assert "\x1b[1;31m" in render(findings.sorted(), colour=True)
    assert "\x1b" not in render(findings.sorted())


def test_findings_come_in_the_order_of_the_file_and_once() -> None:
    findings = Findings()
    for at in (Span(3, 1), Span(1, 2), Span(1, 1), Span(3, 1)):
        findings.add(1101, "m", SOURCE, at)
    assert [str(d.span) for d in findings.sorted()] == ["1:1", "1:2", "3:1"]


def test_a_thousand_findings_are_cut_and_counted() -> None:
    findings = Findings()
    for line in range(1, 2 * LIMIT):
        findings.add(1101, "m", SOURCE, Span(line, 1))
    found = findings.sorted()
    assert len(found) == LIMIT + 1
    assert found[-1].code == "ORK1017"
    assert findings.has_errors


def test_notes_leave_room_for_errors() -> None:
    findings = Findings()
    for line in range(1, 2 * LIMIT):
        findings.add(1901, "m", SOURCE, Span(line, 1))
    findings.add(1101, "m", SOURCE, Span(9000, 1))
    assert findings.has_errors


def test_unsupported_is_told_from_wrong() -> None:
    findings = Findings()
    findings.add(1901, "m", SOURCE, Span(1, 1))
    (found,) = findings.sorted()
    assert found.is_unsupported
    assert not found.is_error


@pytest.mark.parametrize("number", sorted(CODES))
def test_every_code_says_what_it_is(number: int) -> None:
    assert CODES[number].title
    assert CODES[number].name == f"ORK{number}"
