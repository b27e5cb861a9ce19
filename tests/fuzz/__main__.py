"""Throws cases at what takes input, and prints those that break a promise.

    python -m tests.fuzz                                   a million cases of each target, from a fresh seed
    python -m tests.fuzz --target yaml --cases 20000 --seed 7
    python -m tests.fuzz --case yaml:7:1234                one again, with its traceback

Exits 1 when a promise was broken. What was found gets a test of its own, where it was mended.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from tests.fuzz.runner import peak_megabytes, run
from tests.fuzz.targets import TARGETS

STEP = 10_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", action="append", choices=TARGETS)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="the first case's number")
    parser.add_argument("--seed", default=secrets.token_hex(4))
    parser.add_argument("--case", help="target:seed:number")
    given = parser.parse_args()
    if given.case:
        target, given.seed, number = given.case.split(":")
        given.target, given.first, given.cases = [target], int(number), 1
    broken = 0
    for target in given.target or TARGETS:
        began, cpu, found = time.perf_counter(), time.process_time(), 0
        end = given.first + given.cases
        for first in range(given.first, end, STEP):
            for case in run(target, given.seed, range(first, min(first + STEP, end))):
                found += 1
                print(f"{case.name}: {case.problem}", flush=True)
            done = min(first + STEP, end) - given.first
            took = f"{time.process_time() - cpu:.0f} s of CPU, {time.perf_counter() - began:.0f} s"
            print(
                f"{target}: seed {given.seed}: {done:,} cases, {found} broken, {took}, {peak_megabytes()} MB",
                flush=True,
            )
        broken += found
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
