"""Where the judges are not built, their tests are skipped; with --require-judges they fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.judges.agreement import FRESH_SEED, Agreement
from tests.judges.panel import Panel, binaries

PROPERTY = "agreement"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.judges)
            item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session", autouse=True)
def built(request: pytest.FixtureRequest) -> None:
    if (binaries() / "judges").exists():
        return
    if request.config.getoption("--require-judges"):
        pytest.fail("the judges are not built: run hack/judges/build")
    pytest.skip("the judges are not built: run hack/judges/build")


@pytest.fixture(scope="session")
def panel(built: None) -> Iterator[Panel]:
    running = Panel()
    yield running
    running.close()


@pytest.fixture
def agreement(request: pytest.FixtureRequest) -> Iterator[Agreement]:
    """Named after the test; checked and printed when it ends."""
    counted = Agreement(request.node.name.removeprefix("test_").replace("_", " "))
    yield counted
    request.node.user_properties.append((PROPERTY, counted.summary()))
    counted.check()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    told = [
        text
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "teardown"
        for name, text in report.user_properties
        if name == PROPERTY
    ]
    if told:
        terminalreporter.section(f"agreement (seeds 1 and {FRESH_SEED})")
        for line in sorted(set(told)):
            terminalreporter.line(line)
