"""Many files -> one report, on all cores where that pays."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from orkestra.cli.settings import CannotRun
from orkestra.cli.validation.files import STDIN_NAME, Candidate, is_ours
from orkestra.cli.validation.progress import Progress
from orkestra.cli.validation.severities import Severities
from orkestra.katalog import Diagnostic, load_place
from orkestra.katalog.compose import fetcher_beside
from orkestra.katalog.compose.lock import FILE as LOCK_FILE
from orkestra.katalog.crdfile import Crds
from orkestra.katalog.diagnostics import Findings, SourceText, Span
from orkestra.katalog.diagnostics.report import Report
from orkestra.katalog.places import DiskPlace
from orkestra.katalog.source import decode_text

PARALLEL_FROM: Final = 100
"""Files from which on starting processes costs less than it saves."""

_CHUNK: Final = 20

Judged: TypeAlias = list[Diagnostic] | None
"""The findings of one file; None when it is not ours."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to validate and how. ``processes``: at most so many at once. ``has_fixes``: findings bring the edits that a
    rewriting would make, which takes time. ``named``, where given, gets every file that a definition is made from or
    would be, were it there."""

    candidates: Sequence[Candidate]
    severities: Severities
    crds: Crds
    root: Path | None = None
    processes: int = 1
    is_locked: bool = False
    has_fixes: bool = False
    named: set[str] | None = None


def validate(request: Request, progress: Progress) -> Report:
    """Judges every candidate; the order is theirs. Raises CannotRun when a process dies."""
    files: list[str] = []
    found: dict[object, Diagnostic] = {}
    skipped = 0
    for n, (candidate, findings) in enumerate(zip(request.candidates, _judged(request), strict=True), start=1):
        progress.show(n, len(request.candidates))
        if findings is None:
            skipped += 1
            continue
        files.append(candidate.name)
        for each in request.severities.weigh(findings, candidate.name):
            # a file that is judged by itself and brought in by others is told of once
            found.setdefault((each.code, each.file, each.span, each.message), each)
    progress.clear()
    return Report(tuple(files), tuple(found.values()), skipped)


def judge(
    candidate: Candidate,
    crds: Crds,
    root: Path | None,
    is_locked: bool = False,
    *,
    has_fixes: bool = False,
    named: set[str] | None = None,
) -> Judged:
    """What the loader says about one file; a file that cannot be read is a finding. ``named`` as in Request."""
    try:
        data = candidate.read()
    except (OSError, ValueError) as error:
        findings = Findings()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no file name"
        findings.add(1016, f"the file cannot be read: {reason}", SourceText(candidate.name, ""), Span())
        return findings.sorted()
    if not candidate.is_named and not is_ours(data):
        return None
    path = Path(candidate.name)
    if named is not None:
        named.add(str(path.parent / LOCK_FILE))
    fetch = fetcher_beside(path, os.environ, is_locked=is_locked)
    found = load_place(
        DiskPlace(path, root, named=named), data, crds=crds, fetch=fetch, today=today(), judges_crds=True
    )[1]
    if not has_fixes or not found:
        return found
    from orkestra.katalog.edits.fixes import with_fixes

    return with_fixes(decode_text(data, candidate.name, Findings()), found)


def today() -> datetime.date:
    """The day in UTC, by which ends of definitions are told."""
    return datetime.datetime.now(datetime.UTC).date()


def _judged(request: Request) -> Iterator[Judged]:
    processes = min(request.processes, len(request.candidates) // _CHUNK)
    is_piped = any(candidate.name == STDIN_NAME for candidate in request.candidates)
    if processes < 2 or len(request.candidates) < PARALLEL_FROM or is_piped or not _can_fork():
        return map(partial(judge, **_settings(request), named=request.named), request.candidates)
    return _in_processes(request, processes)


def _can_fork() -> bool:
    """A forked process has the modules and CRDs already; one that is spawned pays for both again."""
    import multiprocessing

    return sys.platform != "darwin" and "fork" in multiprocessing.get_all_start_methods()


def _in_processes(request: Request, processes: int) -> Iterator[Judged]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    context = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(processes, context, _in_process.update, (_settings(request),)) as pool:
            if request.named is None:
                yield from pool.map(_judge_here, request.candidates, chunksize=_CHUNK)
                return
            for findings, named in pool.map(_judge_naming, request.candidates, chunksize=_CHUNK):
                request.named.update(named)
                yield findings
    except BrokenProcessPool:
        raise CannotRun("a process of the run was ended from outside, perhaps for want of memory") from None


_in_process: dict[str, Any] = {}
"""What a forked process was given at its start, so that it does not come with every file."""


def _settings(request: Request) -> dict[str, Any]:
    return {
        "crds": request.crds,
        "root": request.root,
        "is_locked": request.is_locked,
        "has_fixes": request.has_fixes,
    }


def _judge_here(candidate: Candidate) -> Judged:
    return judge(candidate, **_in_process)


def _judge_naming(candidate: Candidate) -> tuple[Judged, set[str]]:
    named: set[str] = set()
    return judge(candidate, **_in_process, named=named), named
