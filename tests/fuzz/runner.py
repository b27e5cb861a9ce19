"""Runs cases of one target under bounds: a second of CPU for a case, 200 MB of memory for the process."""

from __future__ import annotations

import resource
import signal
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass

from tests.fuzz.chance import Chance
from tests.fuzz.targets import TARGETS

MOST_SECONDS = 1.0
MOST_MEGABYTES = 200


@dataclass(frozen=True, slots=True)
class Broken:
    """A case that broke a promise, and how. ``name`` repeats it: ``python -m tests.fuzz --case NAME``."""

    name: str
    problem: str


class TooSlow(BaseException):
    """Raised into the case by the timer; no handler of ours takes it for an error of the input."""


def run_case(name: str) -> Broken | None:
    """``name`` is target:seed:number. The timer counts CPU time, so a busy machine makes nothing slow."""
    target = TARGETS[name.partition(":")[0]]
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    try:
        target(Chance(name))
    except TooSlow:
        return Broken(name, f"took longer than {MOST_SECONDS} s\n{traceback.format_exc(limit=-12)}")
    except Exception:
        return Broken(name, traceback.format_exc(limit=-12))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if time.process_time() - began > MOST_SECONDS:
        return Broken(name, f"took {time.process_time() - began:.1f} s")
    return None


def run(target: str, seed: str, numbers: range) -> Iterator[Broken]:
    """Every case that broke a promise; the process's memory is one more."""
    before = signal.signal(signal.SIGPROF, _stop)
    try:
        for number in numbers:
            found = run_case(f"{target}:{seed}:{number}")
            if found:
                yield found
            if number % 1000 == 999 and peak_megabytes() > MOST_MEGABYTES:
                yield Broken(f"{target}:{seed}:{number}", f"{peak_megabytes()} MB by now")
                return
    finally:
        signal.signal(signal.SIGPROF, before)


def peak_megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def _stop(_number: int, _frame: object) -> None:
    raise TooSlow
