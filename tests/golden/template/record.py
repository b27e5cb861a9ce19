"""Writes what Go's own text/template answers beside each case of cases.jsonl.

    python -m tests.golden.template.record

Add a case as a line with ``template`` and ``data`` (a name in data.json), then run this where Go is installed.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.golden.template.oracle import Oracle, read_cases, read_data

HERE = Path(__file__).parent


def record() -> int:
    """Rewrites cases.jsonl; returns how many cases it holds."""
    cases, data = read_cases(), read_data()
    with tempfile.TemporaryDirectory() as folder:
        oracle = Oracle.build(Path(folder))
        answers = [oracle.ask(case["template"], data[case["data"]]) for case in cases]
        oracle.close()
    with (HERE / "cases.jsonl").open("w", encoding="utf-8") as out:
        for case, answer in zip(cases, answers, strict=True):
            row = {"template": case["template"], "data": case["data"], **answer}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return len(cases)


if __name__ == "__main__":
    print(f"{record()} cases recorded")
