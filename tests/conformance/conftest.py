"""What the suite's tests are given: an HTTP client of the target, a namespace, definitions, kubectl."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from controlplane import cache_dir

from tests.conformance.differences import DIFFERENCES
from tests.conformance.http import Api
from tests.conformance.kubectl import Kubectl, stock_kubectl
from tests.conformance.places import Place
from tests.conformance.scenario import define, load_scripts, new_namespace

_DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is None or callspec.params.get("target") != "devserver":
            continue
        scenario = callspec.params.get("scenario")
        reason = DIFFERENCES.get(str(scenario) if scenario else getattr(item, "originalname", item.name))
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api(kubeconfig: Path) -> AsyncIterator[Api]:
    async with Api(kubeconfig) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def namespace(api: Api) -> AsyncIterator[str]:
    name = await new_namespace(api)
    yield name
    await api.delete(f"/api/v1/namespaces/{name}")


Defined = Callable[[str], Any]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def defined(api: Api) -> AsyncIterator[Defined]:
    """``await defined(script)``: the group and places of a script's definitions, made at the first call."""
    made: dict[str, tuple[str, dict[str, Place]]] = {}
    scripts, lock = load_scripts(), asyncio.Lock()

    async def ensure(name: str) -> tuple[str, dict[str, Place]]:
        async with lock:
            if name not in made:
                made[name] = await define(api, scripts[name])
            return made[name]

    yield ensure
    for name, (group, _) in made.items():
        for definition in scripts[name].definitions:
            await api.delete(f"{_DEFINITIONS}/{definition['spec']['names']['plural']}.{group}")


KUBECTLS = [pytest.param("1.37", marks=pytest.mark.kubectl), pytest.param("installed", marks=pytest.mark.kubectl)]


@pytest.fixture(params=KUBECTLS)
def kubectl(request: pytest.FixtureRequest, kubeconfig: Path, namespace: str, tmp_path: Path) -> Kubectl:
    """A stock kubectl in the test's namespace; every test runs with each that is there."""
    binary = stock_kubectl(request.param, cache_dir() / "bin")
    if binary is None:
        pytest.skip(f"no kubectl ({request.param}) on this machine")
    found = Kubectl(binary, kubeconfig, namespace, tmp_path)
    # what is known never to come is not waited for
    return replace(found, patience=1) if request.node.get_closest_marker("xfail") else found
