"""What Go answered to the cases beside this file, and how that is renewed.

    python -m tests.golden.recorded

asks the judges (``hack/judges/build``) again. Add a template as a line of template/cases.jsonl with ``template`` and
``data`` (a name in template/data.json), anything else to functions/cases.json, then run this.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.judges.panel import Panel

HERE = Path(__file__).parent


def read_cases() -> list[dict[str, Any]]:
    """The templates: each with ``out`` or ``error``."""
    with (HERE / "template/cases.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / "template/data.json").read_text(encoding="utf-8"))
    return found


def record_templates(panel: Panel) -> None:
    cases, data = read_cases(), read_data()
    asked = [{"template": case["template"], "data": data[case["data"]]} for case in cases]
    with (HERE / "template/cases.jsonl").open("w", encoding="utf-8") as out:
        for case, answer in zip(cases, panel.ask("template", asked), strict=True):
            said = {"error": answer["error"]} if "error" in answer else {"out": answer["out"]}
            row = {"template": case["template"], "data": case["data"], **said}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def record_functions(panel: Panel) -> None:
    cases = json.loads((HERE / "functions/cases.json").read_text())

    def outs(judge: str, key: str, **fixed: Any) -> list[Any]:
        return [answer["out"] for answer in panel.ask(judge, [{key: case, **fixed} for case in cases[asked]])]

    answers: dict[str, dict[str, Any]] = {}
    asked = "constraints"
    admitted = outs("satisfy", "constraint", versions=cases["versions"])
    answers[asked] = {
        case: None if found is None else " ".join(v for v, ok in zip(cases["versions"], found, strict=True) if ok)
        for case, found in zip(cases[asked], admitted, strict=True)
    }
    asked = "texts"
    answers[asked] = {
        case: found and [found["Text"], *found["Successors"]]
        for case, found in zip(cases[asked], outs("version", "text"), strict=True)
    }
    asked = "layouts"
    answers[asked] = dict(zip(cases[asked], outs("layout", "layout", moments=cases["moments"]), strict=True))
    asked = "durations"
    answers[asked] = dict(zip(map(str, cases[asked]), outs("spelling", "nanoseconds"), strict=True))
    text = json.dumps(
        {kind: dict(sorted(found.items())) for kind, found in sorted(answers.items())}, indent=1, ensure_ascii=False
    )
    (HERE / "functions/answers.json").write_text(text + "\n")


if __name__ == "__main__":
    judges = Panel()
    record_templates(judges)
    record_functions(judges)
    judges.close()
