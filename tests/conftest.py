"""Targets: the embedded API server always, a real control plane where its binaries are."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "hack" / "cluster"))

from controlplane import ControlPlane, binaries  # noqa: E402  (a script folder, not a package)

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

START_SECONDS = 90

# a loaded machine is no finding; --hypothesis-profile is heard all the same
settings.register_profile("people", deadline=None)
settings.load_profile("people")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--require-cluster", action="store_true", help="fail, rather than skip, where no control-plane binaries are"
    )
    parser.addoption("--require-editor", action="store_true", help="fail, rather than skip, without a language server")
    parser.addoption("--require-judges", action="store_true", help="fail, rather than skip, where no judges are built")


def pytest_configure() -> None:
    """Tests run on the loop that the commands run on; its timers and transports are not those of the standard one."""
    try:
        import uvloop
    except ImportError:
        return
    with warnings.catch_warnings():  # from Python 3.14 on, policies are said to go
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if binaries() is not None or config.getoption("--require-cluster"):
        return
    skip = pytest.mark.skip(reason="no control-plane binaries: make cluster")
    for item in items:
        if "cluster" in item.keywords or "gitops" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def control_plane() -> Iterator[ControlPlane]:
    """A whole real cluster, shared by the session."""
    with ControlPlane() as plane:
        yield plane


@pytest.fixture(scope="session")
def devserver_kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running_devserver(tmp_path_factory.mktemp("devserver")) as kubeconfig:
        yield kubeconfig


@contextmanager
def running_devserver(folder: Path) -> Iterator[Path]:
    """The embedded API server as a process of its own, as users run it; its kubeconfig."""
    kubeconfig = folder / "kubeconfig"
    with (folder / "log").open("wb") as log:
        command = [
            sys.executable,
            "-m",
            "orkestra.cli",
            "devserver",
            "--port",
            "0",
            "--kubeconfig-out",
            str(kubeconfig),
        ]
        process = subprocess.Popen([*command, "--faults"], stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not kubeconfig.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"ork devserver did not start:\n{(folder / 'log').read_text()[-2000:]}")
                time.sleep(0.05)
            yield kubeconfig
        finally:
            process.terminate()
            process.wait(60)


TARGETS = [pytest.param("devserver"), pytest.param("cluster", marks=pytest.mark.cluster)]


@pytest.fixture(scope="session", params=TARGETS)
def target(request: SubRequest) -> str:
    """``devserver`` or ``cluster``: a test that uses it runs on both and must come to the same verdict."""
    return cast(str, request.param)


@pytest.fixture(scope="session")
def kubeconfig(target: str, request: SubRequest) -> Path:
    if target == "cluster":
        plane = cast(ControlPlane, request.getfixturevalue("control_plane"))
        return plane.kubeconfig
    return cast(Path, request.getfixturevalue("devserver_kubeconfig"))
