"""Delivered -> adopted or rejected. What runs goes on until something better has come, whatever comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from orkestra.katalog.model import Katalog
from orkestra.observe.logging import get_logger
from orkestra.operator.delivery.delivered import Delivered, Delivery
from orkestra.operator.revision import Rejected, Revision
from orkestra.operator.supervisor import Supervisor

_log = get_logger("revision")

MOST_TOLD = 20
"""Findings that the log and /katalog tell of one rejected revision."""
NOTE_FINDINGS = 3
RESTART_SECONDS = 5.0

Preparation = Callable[[Katalog], Awaitable[None]]


async def follow(source: Callable[[], Delivery], supervisor: Supervisor, prepare: Preparation | None = None) -> None:
    """Take in whatever is delivered, until cancelled. ``prepare`` runs before a revision is adopted; what it raises
    is told, and the revision adopted all the same."""
    while True:
        try:
            async for delivered in source():
                await _take(delivered, supervisor, prepare)
        except Exception as error:
            _log.error("looking for new revisions broke and starts again", cause=error)
        await asyncio.sleep(RESTART_SECONDS)


async def _take(delivered: Delivered, supervisor: Supervisor, prepare: Preparation | None) -> None:
    if delivered.katalog is None:
        reject(delivered, supervisor)
        return
    if prepare is not None:
        try:
            await prepare(delivered.katalog)
        except Exception as error:
            _log.error("preparing a revision failed", cause=error)
    adopt(delivered, delivered.katalog, supervisor)


def adopt(delivered: Delivered, katalog: Katalog, supervisor: Supervisor) -> None:
    """Run ``katalog``. One that says what runs already takes back a rejection and is no news otherwise."""
    running, services = supervisor.revision, supervisor.services
    katalog = services.defaults.complete(katalog)
    is_news = running is None or running.digest != katalog.revision
    at = services.now() if is_news or running is None else running.at
    change = supervisor.adopt(Revision(katalog, delivered.origin, at))
    services.metrics.revision_adopted(katalog.name, katalog.revision, delivered.origin.commit, is_news=is_news)
    if not is_news:
        return
    told = str(change) or "nothing that changes what runs"
    _log.info(
        "a revision was adopted",
        revision=_short(katalog.revision),
        source=delivered.origin.source,
        commit=delivered.origin.commit,
        change=told,
    )
    if _tells(delivered, supervisor):
        note = f"revision {_short(katalog.revision)}: {told}"
        services.recorder.record(delivered.regarding or {}, "Normal", "RevisionAdopted", note)


def reject(delivered: Delivered, supervisor: Supervisor) -> None:
    """Keep what runs, and say why this one does not."""
    services = supervisor.services
    findings = delivered.findings[:MOST_TOLD]
    supervisor.rejected = Rejected(delivered.digest, delivered.origin, services.now(), findings)
    services.metrics.revision_rejected()
    kept = "the one before runs on" if supervisor.revision else "nothing runs until another comes"
    _log.warning(
        f"a revision was rejected; {kept}",
        revision=_short(delivered.digest),
        source=delivered.origin.source,
        commit=delivered.origin.commit,
        findings=list(findings),
    )
    note = "; ".join(finding.partition("\n")[0] for finding in findings[:NOTE_FINDINGS])
    more = f" and {len(delivered.findings) - NOTE_FINDINGS} more" if len(delivered.findings) > NOTE_FINDINGS else ""
    if _tells(delivered, supervisor):
        note = f"{kept}: {note}{more}"
        services.recorder.record(delivered.regarding or {}, "Warning", "RevisionRejected", note)


def _tells(delivered: Delivered, supervisor: Supervisor) -> bool:
    """Whether there is an object to tell it on. One replica does: the one that acts."""
    return delivered.regarding is not None and supervisor.services.leadership.is_open


def _short(digest: str) -> str:
    return digest[:12]
