"""What a command that never connects must not pay for."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["orkestra.client.config", "orkestra.client.kubeconfig", "orkestra.client.api"])
def test_configuration_and_verbs_load_no_http_library(module: str) -> None:
    code = f"import sys, {module}; print([m for m in ('aiohttp', 'asyncio', 'ssl') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=150, check=True)
    assert done.stdout.strip() == "[]"
