"""The judges in Go: ``hack/judges`` builds the program, this asks it."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

SECONDS_TO_END = 10


def binaries() -> Path:
    """Where ``hack/judges/build`` puts its programs."""
    named = os.environ.get("ORK_CLUSTER_CACHE")
    cache = (
        Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "orkestra/cluster"
    )
    return cache / "bin"


class Panel:
    """The program, running. Answers are ``{"out": …}`` or ``{"out": None, "error": …}``."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([str(binaries() / "judges")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, judge: str, questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """One answer to each question, in their order."""
        assert self._process.stdin is not None and self._process.stdout is not None
        writer = threading.Thread(target=self._write, args=(judge, questions))  # either pipe may fill up first
        writer.start()
        answers = [json.loads(self._process.stdout.readline()) for _ in questions]
        writer.join()
        return answers

    def _write(self, judge: str, questions: Iterable[dict[str, Any]]) -> None:
        assert self._process.stdin is not None
        for question in questions:
            self._process.stdin.write(json.dumps({"judge": judge, **question}).encode() + b"\n")
        self._process.stdin.flush()

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=SECONDS_TO_END)
        self._process.stdout.close()
