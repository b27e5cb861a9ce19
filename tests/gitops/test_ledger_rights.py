"""What a definition dropped while nothing ran, by an account that has the rights of the new definition alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from controlplane import ControlPlane

from orkestra.client.config import ClusterConfig
from orkestra.generate.kinds import OfflineKinds
from orkestra.generate.rbac import Account, rbac_documents
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object
from orkestra.katalog.model import Katalog
from orkestra.operator import hindsight, names
from orkestra.operator.runtime import Settings, started
from tests.gitops.accounts import ACCOUNT, grant, plain, signed_in, until_allowed
from tests.gitops.conftest import GROUP
from tests.scenes import CONFIG_MAPS, SERVICES, Running, Scene, built_in, opened

pytestmark = pytest.mark.gitops
ACCOUNTS = built_in("ServiceAccount")
BEFORE = (
    'onReconcile: {serviceAccounts: [{name: "{{ .metadata.name }}"}], '
    'services: [{name: "{{ .metadata.name }}", port: 80}]}'
)
AFTER = 'onReconcile: {serviceAccounts: [{name: "{{ .metadata.name }}"}]}'
SHOP = ResourceInfo(GROUP, "v1", "Shop", "shops", namespaced=True, subresources=frozenset({"status"}))


def definition(scene: Scene, box: str) -> Katalog:
    return scene.katalog(scene.entry(box, name="shop", kind="Shop", more=f"namespace: {scene.namespace}"))


def roles(scene: Scene, katalog: Katalog) -> list[Object]:
    account = Account(scene.namespace, ACCOUNT, scene.namespace)
    return plain(rbac_documents(katalog, OfflineKinds(katalog, {}), account))


async def regrant(scene: Scene, documents: list[Object]) -> None:
    for document in documents:
        if "rules" in document:
            name = document["metadata"]["name"]
            await scene.patch(built_in(document["kind"], document["apiVersion"]), name, {"rules": document["rules"]})
    await until_allowed(scene, documents)
    await asyncio.sleep(1)  # what is taken away is not asked for


@asynccontextmanager
async def running(scene: Scene, katalog: Katalog, config: ClusterConfig) -> AsyncIterator[Running]:
    settings = Settings(namespace=scene.namespace, host="127.0.0.1", port=0, keeps_ledger=True)
    async with started(katalog, config, settings) as runtime:
        yield Running(runtime)


@asynccontextmanager
async def staged(plane: ControlPlane, folder: Path) -> AsyncIterator[Scene]:
    async with opened("cluster", plane.kubeconfig, folder) as scene:
        scene.group = GROUP
        scene.kinds["Shop"] = SHOP
        yield scene


async def test_a_former_kind_stays_and_is_told_until_there_is_a_right_to_it(
    plane: ControlPlane, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hindsight, "LOOK_SECONDS", 0.5)
    caplog.set_level(logging.INFO, "orkestra")
    async with staged(plane, tmp_path) as scene:
        before, after = definition(scene, BEFORE), definition(scene, AFTER)
        config = await signed_in(scene)
        await grant(scene, roles(scene, before))
        await until_allowed(scene, roles(scene, before))
        async with running(scene, before, config):
            await scene.create("a", kind="Shop")
            await scene.ready("a", kind="Shop")
            await scene.exists(SERVICES, "a")
        await regrant(scene, roles(scene, after))
        async with running(scene, after, config) as run:
            await scene.create("b", kind="Shop")
            await scene.ready("b", kind="Shop")
            await scene.exists(ACCOUNTS, "b")
            await scene.eventually(
                lambda: stuck(caplog), "it is told", f"no permission to list services in namespace {scene.namespace}"
            )
            await scene.exists(SERVICES, "a")
            assert run.box("shop").health.state == "healthy", "nobody waits for it"
            await regrant(scene, roles(scene, before))
            await scene.until(SERVICES, "a", lambda found: found is None, within=60)
            await scene.exists(ACCOUNTS, "a")


def stuck(caplog: pytest.LogCaptureFixture) -> str:
    told = [r for r in caplog.records if "children of a kind that an earlier revision had stay" in r.getMessage()]
    problem = str(getattr(told[0], "fields", {}).get("problem", "")) if told else ""
    return problem.partition(" (")[0]


@pytest.mark.parametrize(("verb", "what"), [("create", "write"), ("get", "read"), ("patch", "write")])
async def test_each_right_to_the_ledger_is_missed_and_no_resource_waits_for_it(
    verb: str, what: str, plane: ControlPlane, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(plane, tmp_path) as scene:
        katalog = definition(scene, AFTER)
        documents = roles(scene, katalog)
        for rule in (rule for document in documents for rule in document.get("rules", ())):
            if rule["resources"] == ["configmaps"]:
                rule["verbs"] = [each for each in rule["verbs"] if each != verb] or ["watch"]
        if verb == "patch":
            await scene.add(CONFIG_MAPS, {"metadata": {"name": names.LEDGER}})
        config = await signed_in(scene)
        await grant(scene, documents)
        await until_allowed(scene, documents)
        async with running(scene, katalog, config):
            await scene.create("a", kind="Shop")
            await scene.ready("a", kind="Shop")
            told = f"cannot {what} which kinds of children were made"
            await scene.eventually(lambda: told in caplog.text, "it is told")
            assert any(f"cannot {verb} resource" in str(getattr(r, "fields", "")) for r in caplog.records)
