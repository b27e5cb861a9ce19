"""Stock kubectl, as users run it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

RUN_SECONDS = 90
"""Longer than any --timeout of a test, so that kubectl says what it waited for."""
UNTIL_SECONDS = 30


def stock_kubectl(which: str, built: Path) -> Path | None:
    """``1.37``: the one built beside the control plane; ``installed``: the machine's own."""
    if which == "1.37":
        return built / "kubectl" if (built / "kubectl").exists() else None
    found = shutil.which("kubectl")
    return Path(found) if found else None


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Kubectl:
    binary: Path
    kubeconfig: Path
    namespace: str
    cache: Path
    patience: float = UNTIL_SECONDS

    def run(self, *args: str, stdin: Any = None) -> Ran:
        """``stdin``: text, or documents to be written as YAML."""
        text = stdin if stdin is None or isinstance(stdin, str) else yaml.safe_dump_all(stdin)
        done = subprocess.run(
            [
                str(self.binary),
                f"--kubeconfig={self.kubeconfig}",
                f"--namespace={self.namespace}",
                f"--cache-dir={self.cache}",
                *args,
            ],
            input=text,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
            env=os.environ | {"KUBECTL_EXTERNAL_DIFF": "diff -u -N", "KUBE_EDITOR": "true"},
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def __call__(self, *args: str, stdin: Any = None) -> str:
        """What it prints, where it succeeds."""
        ran = self.run(*args, stdin=stdin)
        assert ran.code == 0, f"kubectl {' '.join(args)} ended with {ran.code}: {ran.err}{ran.out}"
        return ran.out

    def until(self, is_there: Callable[[str], bool], *args: str, stdin: Any = None) -> str:
        """What it prints, once it succeeds and ``is_there(printed)``: for what a server does after it has answered."""
        deadline = time.monotonic() + self.patience
        while True:
            ran = self.run(*args, stdin=stdin)
            if ran.code == 0 and is_there(ran.out):
                return ran.out
            assert time.monotonic() < deadline, f"kubectl {' '.join(args)}: {ran.code}: {ran.err}{ran.out}"
            time.sleep(0.2)

    def get(self, *args: str) -> Any:
        return json.loads(self("get", *args, "-o", "json"))
