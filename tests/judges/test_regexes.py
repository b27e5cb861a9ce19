"""Regular expressions, against Go's regexp, whose syntax is RE2's."""

from __future__ import annotations

from orkestra.k8s.regex import RegexError, compile_regex
from tests.fuzz import regexes
from tests.fuzz.chance import Chance
from tests.judges.agreement import Agreement, names
from tests.judges.panel import Panel

MEANT = {"pattern too large": "patterns that compile to more than 8 MB are refused"}


def test_regexes(panel: Panel, agreement: Agreement) -> None:
    for batch in names("regex", 12_000):
        chances = [Chance(name) for name in batch]
        cases = [(regexes.pattern_of(chance), regexes.texts_for(chance)) for chance in chances]
        asked = [{"pattern": pattern, "texts": texts} for pattern, texts in cases]
        for (pattern, texts), answer in zip(cases, panel.ask("regex", asked), strict=True):
            theirs = None if answer["out"] is None else [found or [] for found in answer["out"]]
            ours, problem = found_in(pattern, texts)
            why = next((reason for words, reason in MEANT.items() if words in problem), None)
            if r"\B" in pattern:
                why = r"RE2 finds \B within a letter beyond ASCII"
            agreement.hold(ours, theirs, pattern, texts, problem, answer.get("error", ""), why=why)


def found_in(pattern: str, texts: list[str]) -> tuple[list[list[str]] | None, str]:
    """Every match in each text, or why none; the quick engine and the exact one must agree on whether there is one."""
    try:
        compiled = compile_regex(pattern)
    except RegexError as problem:
        return None, str(problem)
    found = [compiled.find_all(text) for text in texts]
    for text, matches in zip(texts, found, strict=True):
        assert compiled.is_match(text) == bool(matches), (pattern, text)
    return found, ""
