"""Templates, against Go's own text/template: the same bytes, or an error in both."""

from __future__ import annotations

import json
from typing import Any

from orkestra.template import Environment, Limits, TemplateFault, compile
from tests.fuzz import templates
from tests.fuzz.chance import Chance
from tests.golden.recorded import read_cases, read_data
from tests.judges.agreement import Agreement, names
from tests.judges.panel import Panel

SMALL = Environment(limits=Limits(steps=20_000, output_bytes=200_000))
MEANT = {
    "imaginary numbers are not supported": "imaginary numbers are refused",
    "%p is not supported": "%p is refused: values have no address",
    "undefined variable": "assigning to an undeclared variable is refused at once, not when it runs",
    "cannot index slice/array": "slice takes a field as an index, as index does",
}


def test_recorded_templates(panel: Panel, agreement: Agreement) -> None:
    cases, data = read_cases(), read_data()
    asked = [{"template": case["template"], "data": data[case["data"]]} for case in cases]
    for case, answer in zip(cases, panel.ask("template", asked), strict=True):
        agreement.hold((case.get("out"), case.get("error")), (answer["out"], answer.get("error")), case["template"])


def test_whole_templates(panel: Panel, agreement: Agreement) -> None:
    hold(panel, agreement, "whole", 12_000)


def test_spoilt_templates(panel: Panel, agreement: Agreement) -> None:
    hold(panel, agreement, "spoilt", 4_000)


def test_tokens_in_any_order(panel: Panel, agreement: Agreement) -> None:
    hold(panel, agreement, "tokens", 4_000)


def test_printf(panel: Panel, agreement: Agreement) -> None:
    hold(panel, agreement, "printf", 6_000)


def hold(panel: Panel, agreement: Agreement, kind: str, count: int) -> None:
    for batch in names(kind, count):
        cases = []
        for chance in map(Chance, batch):
            text, data = text_of(kind, chance), chance.data()
            ours, problem = rendered(text, data)
            if "stopped after" in problem or "larger than" in problem:
                agreement.unasked += 1  # Go has no limits of its own
            else:
                cases.append((text, data, ours, problem))
        asked = [{"template": text, "data": data} for text, data, _, _ in cases]
        for (text, data, ours, problem), answer in zip(cases, panel.ask("template", asked), strict=True):
            told = f"{problem} {answer.get('error', '')}"
            why = next((reason for words, reason in MEANT.items() if words in told), None)
            agreement.hold(ours, answer["out"], text, json.dumps(data, ensure_ascii=False), told, why=why)


def text_of(kind: str, chance: Chance) -> str:
    if kind == "tokens":
        return templates.tokens(chance)
    if kind == "printf":
        return f"{{{{printf `{templates.format_of(chance)}` .b .a .c}}}}"
    text = templates.Grammar(chance).template()
    return templates.spoilt(chance, text) if kind == "spoilt" else text


def rendered(text: str, data: Any) -> tuple[str | None, str]:
    """What we print, and why nothing."""
    try:
        return compile(text, functions={}, missing="go").render(data, SMALL), ""
    except TemplateFault as fault:
        return None, str(fault)
