"""The generated rights on a real API server: enough for all the runtime does, and none to spare."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from controlplane import ControlPlane

from orkestra.client.config import ClusterConfig
from orkestra.controller.leader import Timing
from orkestra.generate.kinds import OfflineKinds
from orkestra.generate.rbac import Account, rbac_documents
from orkestra.k8s.gvk import ResourceInfo
from orkestra.k8s.objects import Object
from orkestra.katalog.model import Katalog
from orkestra.operator import names
from orkestra.operator.runtime import Settings, started
from tests.authorizer import Watched
from tests.gitops.accounts import ACCOUNT, grant, plain, says, signed_in, until_allowed
from tests.gitops.conftest import GROUP
from tests.scenes import CONFIG_MAPS, JOBS, SECRETS, Running, Scene, built_in, condition, opened

SITE = """
onReconcile:
  when: [{field: spec.on, equals: "true"}]
  configMaps: [{name: "{{ .metadata.name }}", data: {k: "{{ .spec.k }}"}}]
  deployments: [{name: "{{ .metadata.name }}", image: "nginx:1.27"}]
  secrets: [{name: "{{ .metadata.name }}", fromSecret: pull, fromNamespace: VAULT}]
  roles: [{name: "{{ .metadata.name }}", rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}]
  roleBindings:
    - name: "{{ .metadata.name }}"
      roleRef: {kind: ClusterRole, name: view}
      subjects: [{name: default}]
  clusterRoles: [{name: "NS-{{ .metadata.name }}", rules: [{apiGroups: [""], resources: [nodes], verbs: [get]}]}]
  custom:
    - apiVersion: GROUP/v1
      kind: Part
      metadata: {name: "{{ .metadata.name }}"}
      spec: {size: 1}
      status: {seen: "yes"}
onDelete:
  jobs: [{name: "{{ .metadata.name }}-bye", image: busybox, command: ["true"]}]
"""
SHOP = """
onReconcile:
  serviceAccounts: [{name: "{{ .metadata.name }}", when: [{field: spec.on, notEquals: "false"}]}]
"""
pytestmark = pytest.mark.gitops
CHILDREN = (CONFIG_MAPS, built_in("Deployment"), SECRETS, built_in("Role", "rbac.authorization.k8s.io/v1"))
TIMING = Timing(15.0, 10.0, 1.0)
AT_ONCE = 5
"""Runtimes side by side, on two cores."""


@dataclass
class Stage:
    """A definition with many features, the account that runs it, and what was told."""

    scene: Scene
    katalog: Katalog
    documents: list[Object]
    config: ClusterConfig
    run: Running | None = None
    heard: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def running(self, watched: Watched | None = None) -> AsyncIterator[Running]:
        settings = Settings(namespace=self.scene.namespace, host="127.0.0.1", port=0, timing=TIMING)
        async with started(self.katalog, self.config, settings) as runtime:
            if watched is not None:
                watched.follow(runtime.supervisor.services.api)
                watched.follow(runtime.leases)
            self.run = Running(runtime)
            yield self.run

    async def told(self) -> str:
        """All that people can read of what is wrong: health of the boxes, conditions of the custom resources."""
        assert self.run is not None
        texts = []
        for name in ("site", "shop"):
            health = self.run.box(name).health
            texts += [health.pending, health.last_error]
        for kind in ("Site", "Shop"):
            for cr in await self.scene.list(self.scene.kinds[kind]):
                texts.append(condition(cr).get("message", ""))
        return "\n".join(texts)


@asynccontextmanager
async def staged(plane: ControlPlane, folder: Path, without: int | None = None) -> AsyncIterator[Stage]:
    """``without``: index of the rule, over all roles, that is left out."""
    async with opened("cluster", plane.kubeconfig, folder) as scene:
        scene.group = GROUP
        kinds = {kind: _info(kind) for kind in ("Site", "Shop", "Part")}
        scene.kinds.update(kinds)
        vault = await scene.space("vault")
        await scene.add(SECRETS, {"metadata": {"name": "pull", "namespace": vault}, "stringData": {"k": "v"}})
        site = SITE.replace("VAULT", vault).replace("NS-", f"{scene.namespace}-")
        katalog = scene.katalog(
            scene.entry(site, name="site", kind="Site", more=f"labelSelector: {{stage: {scene.namespace}}}"),
            scene.entry(SHOP, name="shop", kind="Shop", more=f"namespace: {scene.namespace}"),
        )
        account = Account(scene.namespace, ACCOUNT, scene.namespace)
        documents = plain(rbac_documents(katalog, OfflineKinds(katalog, {}), account))
        if without is not None:
            remove(documents, without)
        config = await signed_in(scene)
        await grant(scene, documents)
        await until_allowed(scene, documents)
        try:
            yield Stage(scene, katalog, documents, config)
        finally:
            await _leave(scene)


def _info(kind: str) -> ResourceInfo:
    return ResourceInfo(GROUP, "v1", kind, f"{kind.lower()}s", namespaced=True, subresources=frozenset({"status"}))


async def _leave(scene: Scene) -> None:
    """Remove this stage's objects; the kinds are everybody's."""
    for info in scene.kinds.values():
        for cr in await scene.list(info):
            await scene.let_go(info, cr)
    scene.kinds.clear()


def rules_of(documents: list[Object]) -> list[Object]:
    return [rule for document in documents for rule in document.get("rules", ())]


def remove(documents: list[Object], index: int) -> Object:
    for document in documents:
        rules = document.get("rules", [])
        if index < len(rules):
            return dict(rules.pop(index))
        index -= len(rules)
    raise IndexError(index)


# -- what a runtime is made to do --------------------------------------------------------------------------------


async def use_everything(stage: Stage, *, patient: bool) -> None:
    """Make the runtime ask for everything it may ever ask for. ``patient``: every step is waited for, else it goes on
    after a moment."""
    scene = stage.scene
    sites = scene.kinds["Site"]

    async def seen(what: Any, seconds: float = 0.7) -> None:
        if patient:
            await what
            return
        try:
            async with asyncio.timeout(seconds):
                await what
        except (TimeoutError, AssertionError):
            pass

    await scene.create("b", kind="Shop")
    await scene.create("a", {"on": "true", "k": "one"}, kind="Site", labels={"stage": scene.namespace})
    await seen(scene.ready("a", kind="Site", within=40), 2.5)
    await seen(scene.ready("b", kind="Shop"), 0.1)
    for info in (*CHILDREN, built_in("RoleBinding", "rbac.authorization.k8s.io/v1"), scene.kinds["Part"]):
        await seen(_lose_label(scene, info, "a"))
    await seen(_lose_label(scene, built_in("ClusterRole"), f"{scene.namespace}-a"))
    await seen(_lose_label(scene, built_in("ServiceAccount"), "b"))
    await scene.change("b", {"on": "false"}, kind="Shop")
    await seen(scene.gone(built_in("ServiceAccount"), "b"))
    for _ in range(2):  # the second time the event is counted up
        await seen(scene.patch(CONFIG_MAPS, "a", {"data": {"k": "edited"}}))
        await seen(scene.until(CONFIG_MAPS, "a", lambda found: found and found["data"] == {"k": "one"}))
        await asyncio.sleep(0.3)
    await scene.change("a", {"on": "false"}, kind="Site")
    await seen(scene.gone(CONFIG_MAPS, "a"))
    await _prepare_job(scene)
    await scene.delete(sites, "a")
    await seen(scene.until(JOBS, "a-bye", lambda job: names.OWNER_LABEL in job["metadata"]["labels"]))
    await scene.patch(JOBS, "a-bye", {"spec": {"suspend": False}})
    await seen(scene.gone(sites, "a"))


async def _lose_label(scene: Scene, info: Any, name: str) -> None:
    """A child that has lost the label is made again, found to be there, and taken back."""
    await scene.exists(info, name)
    await scene.patch(info, name, {"metadata": {"labels": {names.MANAGED_BY_LABEL: None}}})
    await scene.until(info, name, lambda found: found and names.MANAGED_BY_LABEL in found["metadata"]["labels"])


async def _prepare_job(scene: Scene) -> None:
    """The Job of the CR's end is there already, without the label: it is taken back too."""
    cr = await scene.get(scene.kinds["Site"], "a")
    assert cr is not None
    container = {"name": "a-bye", "image": "busybox", "command": ["true"]}
    spec = {"restartPolicy": "Never", "containers": [container]}
    await scene.add(
        JOBS,
        {
            "metadata": {"name": "a-bye", "labels": {names.OWNER_UID_LABEL: cr["metadata"]["uid"]}},
            "spec": {"backoffLimit": 3, "suspend": True, "template": {"spec": spec}},
        },
    )


# -- the tests ---------------------------------------------------------------------------------------------------
async def test_the_rights_are_enough_and_every_verb_is_used(plane: ControlPlane, tmp_path: Path) -> None:
    watched = Watched()
    async with staged(plane, tmp_path) as stage:
        async with stage.running(watched):
            await use_everything(stage, patient=True)
            await stage.scene.settled(stage.run)  # type: ignore[arg-type]
        assert stage.run is not None
    unused = [
        f"{verb} {rule['resources'][0]} in {document['metadata'].get('namespace', 'the cluster')}"
        for document in stage.documents
        for rule in document.get("rules", ())
        for verb in rule["verbs"]
        if verb not in ("escalate", "bind") and not rule["resources"][0].endswith("/finalizers")
        if not any(
            asked.verb == verb
            and asked.resource == rule["resources"][0]
            and asked.group == rule["apiGroups"][0]
            and document["metadata"].get("namespace", asked.namespace) == asked.namespace
            and asked.name in (rule.get("resourceNames") or [asked.name])
            for asked in watched.asked
        )
    ]
    assert not unused


RULES = 20
"""How many rules the definition above comes to; the next test holds it."""


async def test_without_any_one_rule_something_fails_and_says_so(
    plane: ControlPlane, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "orkestra")
    gate = asyncio.Semaphore(AT_ONCE)
    silent: list[str] = []

    async def judge(index: int) -> None:
        async with gate:
            folder = tmp_path / str(index)
            folder.mkdir()
            missing = await _judged(plane, folder, index, caplog)
            if missing:
                silent.append(missing)

    async with asyncio.TaskGroup() as group:
        for index in range(RULES):
            group.create_task(judge(index))
    assert not silent, "rules that nobody misses:\n" + "\n".join(silent)


async def _judged(plane: ControlPlane, folder: Path, index: int, caplog: pytest.LogCaptureFixture) -> str:
    """Empty where the missing rule was told; else the rule."""
    async with staged(plane, folder, without=index) as stage:
        every = plain(
            rbac_documents(
                stage.katalog,
                OfflineKinds(stage.katalog, {}),
                Account(stage.scene.namespace, ACCOUNT, stage.scene.namespace),
            )
        )
        assert len(rules_of(every)) == RULES
        rule = remove(every, index)
        is_logged = rule["resources"][0] in ("leases", "events")
        async with stage.running():
            use = asyncio.ensure_future(use_everything(stage, patient=False))
            try:
                async with asyncio.timeout(40):
                    while True:
                        text = await stage.told()
                        if is_logged:
                            user = f"system:serviceaccount:{stage.scene.namespace}:{ACCOUNT}"
                            text = "\n".join(r.getMessage() for r in [*caplog.records] if user in r.getMessage())
                        if says(text, rule):
                            return ""
                        await asyncio.sleep(0.1)
            except TimeoutError:
                return f"{rule}: {text!r}"
            finally:
                use.cancel()
                await asyncio.gather(use, return_exceptions=True)


async def test_a_right_that_is_missing_for_one_kind_holds_one_box_until_it_is_there(
    plane: ControlPlane, tmp_path: Path
) -> None:
    async with staged(plane, tmp_path) as stage:
        scene = stage.scene
        role = built_in("ClusterRole")
        (cluster_role,) = [d for d in stage.documents if d["kind"] == "ClusterRole"]
        most = [rule for rule in cluster_role["rules"] if rule["resources"] != ["deployments"]]
        await scene.patch(role, scene.namespace, {"rules": most})
        await asyncio.sleep(0.5)
        async with stage.running() as run:
            await scene.create("b", kind="Shop")
            await scene.create("a", {"on": "true", "k": "one"}, kind="Site", labels={"stage": scene.namespace})
            await scene.ready("b", kind="Shop")
            wanted = "permission to list deployments.apps (managed-by=orkestra)"
            await scene.eventually(lambda: run.box("site").health.pending, "the box says what it lacks", wanted)
            status, report = await run.get("/katalog/site/health")
            assert (status, report["state"]) == (503, "degraded")
            assert report["pending"] == f"waiting for {wanted}"
            assert (await run.get("/katalog/shop/health"))[0] == 200
            await scene.patch(role, scene.namespace, {"rules": cluster_role["rules"]})
            await scene.ready("a", kind="Site", within=60)
