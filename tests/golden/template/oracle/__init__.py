"""Go's text/template as an oracle: builds the program in this folder and asks it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GOLDEN = HERE.parent
SECONDS_TO_BUILD = 300
SECONDS_TO_END = 10


def is_available() -> bool:
    return shutil.which("go") is not None


def read_cases() -> list[dict[str, Any]]:
    with (GOLDEN / "cases.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / "data.json").read_text(encoding="utf-8"))
    return found


class Oracle:
    """The program, built and running: answers one question after the other."""

    def __init__(self, binary: Path) -> None:
        self._process = subprocess.Popen([str(binary)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @classmethod
    def build(cls, folder: Path) -> Oracle:
        """Builds into ``folder`` unless it is there already."""
        binary = folder / "template-oracle"
        if not binary.exists() or binary.stat().st_mtime < (HERE / "main.go").stat().st_mtime:
            subprocess.run(
                ["go", "build", "-buildvcs=false", "-o", str(binary), "."],
                cwd=HERE,
                check=True,
                timeout=SECONDS_TO_BUILD,
            )
        return cls(binary)

    def ask(self, template: str, data: Any) -> dict[str, str]:
        """``{"out": …}`` or ``{"error": …}``."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"template": template, "data": data}).encode() + b"\n")
        self._process.stdin.flush()
        answer: dict[str, str] = json.loads(self._process.stdout.readline())
        return answer

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=SECONDS_TO_END)
        self._process.stdout.close()
