"""All benches, one after the other: `make bench`. They print; they never fail a build.

The comparison with controller-runtime needs Go (for the peer and the control plane); without Go it is left out.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
STARTS = 15


def start_times() -> None:
    ork = Path(sys.executable).parent / "ork"
    for flag in ("--version", "--help"):
        seen = []
        for _ in range(STARTS):
            began = time.perf_counter()
            subprocess.run([str(ork), flag], stdout=subprocess.DEVNULL, check=True)
            seen.append(time.perf_counter() - began)
        print(f"ork {flag}: {statistics.median(seen) * 1000:.0f} ms (median of {STARTS}, whole process; bar 150 ms)")


def run(script: str) -> None:
    print(f"\n== {script}", flush=True)
    subprocess.run([sys.executable, str(HERE / script)], check=False)


def main() -> int:
    print("== start of the command line")
    start_times()
    for script in ("template.py", "validate.py", "informer.py", "devserver.py"):
        run(script)
    if shutil.which("go") is None:
        print("\nno Go here: the comparison with controller-runtime is left out")
        return 0
    run("compare.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
