"""What arrives: a model, or why there is none."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from orkestra.k8s.objects import Object
from orkestra.katalog import Diagnostic, Katalog, is_runnable
from orkestra.katalog.diagnostics.human import render_one
from orkestra.operator.revision import Origin

Loader = Callable[[], tuple[Katalog | None, list[Diagnostic]]]

SWITCH_SECONDS = 0.0005
"""How long the thread that loads may hold the interpreter while reconciles wait for it: a tenth of the default."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """``katalog`` is None where it may not run; ``findings`` are for people, one a text. ``digest`` tells contents
    apart. ``regarding``: the object that events about it are recorded on, where one is known."""

    digest: str
    origin: Origin
    katalog: Katalog | None
    findings: tuple[str, ...] = ()
    regarding: Object | None = None


Delivery = AsyncIterator[Delivered]


async def load_definition(load: Loader) -> tuple[Katalog | None, tuple[str, ...]]:
    """Run ``load`` in a thread. The model is None where a finding forbids running it; the findings are those that
    matter then: errors, and what this version cannot run."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        katalog, found = await asyncio.to_thread(load)
    finally:
        sys.setswitchinterval(before)
    if katalog is not None and is_runnable(found):
        return katalog, ()
    reasons = [finding for finding in found if finding.is_error or finding.is_unsupported] or found
    return None, tuple(_line(finding) for finding in reasons)


def _line(finding: Diagnostic) -> str:
    """Without the quoted line: what stands in the file may be nobody else's business."""
    return render_one(finding).partition("\n")[0]
