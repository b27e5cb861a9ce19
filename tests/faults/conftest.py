"""A scene, and a proxy between the runtime and the server of that scene; the user's own client goes past it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults import proxy as proxies
from tests.scenes import Scene, opened


@pytest.fixture
async def scene(target: str, kubeconfig: Path, tmp_path: Path) -> AsyncIterator[Scene]:
    async with opened(target, kubeconfig, tmp_path) as made:
        yield made


@pytest.fixture
async def proxy(scene: Scene) -> AsyncIterator[proxies.Proxy]:
    async with proxies.opened(scene.config, scene.folder) as made:
        yield made
