"""Scenes for operator scenarios; each fails if anything was logged as an error."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.scenes import Scene, opened


@pytest.fixture
async def scene(target: str, kubeconfig: Path, tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened(target, kubeconfig, tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def no_bugs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a scenario does to the runtime, it is never a bug of ours that shows."""
    yield
    found = [r for r in caplog.get_records("call") if r.levelname in ("ERROR", "CRITICAL")]
    assert not found, "\n".join(
        f"{r.name}: {r.getMessage()} {getattr(r, 'fields', '')} {getattr(r, 'cause', '')!r}" for r in found
    )
