"""What an API server no longer knows: states it compacted away, and events that a watcher did not take in time."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from controlplane import ControlPlane

from tests.conformance.http import Api
from tests.conformance.test_watch import outline, secret, version_now
from tests.conftest import running_devserver

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRETS = "/api/v1/namespaces/default/secrets"
TOO_OLD = "The resourceVersion for the provided list is too old."
CHANGES = 300
CHANGE_BYTES = 100_000
PATIENCE_SECONDS = 4
"""Longer than the embedded server waits for a watcher that is far behind."""


@dataclass(frozen=True)
class Forgetful:
    """An API server of this file's own: others would not survive their past being forgotten."""

    kubeconfig: Path
    forget: Callable[[str], None]


@pytest.fixture(scope="module")
def server(target: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forgetful]:
    if target == "devserver":
        with running_devserver(tmp_path_factory.mktemp("devserver")) as kubeconfig:
            yield Forgetful(kubeconfig, lambda _: None)
        return
    with ControlPlane(apiserver_only=True) as plane:

        def forget(version: str) -> None:
            # The API server answers from its caches for as long as it lives.
            plane.compact(version)
            plane.kill_apiserver()
            plane.start_apiserver()

        yield Forgetful(plane.kubeconfig, forget)


@dataclass(frozen=True)
class Past:
    """Two versions of a list, the first of them forgotten; ``token`` continues the list as it was then."""

    version: str
    now: str
    token: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def past(server: Forgetful, target: str) -> Past:
    async with Api(server.kubeconfig) as api:
        for name in "abcd":
            (await api.create(SECRETS, secret(name))).expect(201)
        page = (await api.get(SECRETS, limit=2)).expect(200)["metadata"]
        (await api.delete(f"{SECRETS}/d")).expect(200)
        (await api.create(SECRETS, secret("e"))).expect(201)
        now = await version_now(api, SECRETS)
        if target == "devserver":
            (await api.request("POST", "/faults/compact")).expect(200)
    server.forget(now)
    return Past(page["resourceVersion"], now, page["continue"])


async def test_a_watch_from_a_forgotten_version_is_told_so_and_ends(server: Forgetful, past: Past) -> None:
    async with Api(server.kubeconfig) as api, api.watch(SECRETS, resourceVersion=past.version) as stream:
        assert stream.code == 200
        event = await stream.event()
        with pytest.raises(EOFError):
            await stream.event()
    told = re.fullmatch(r"too old resource version: (\d+) \((\d+)\)", event["object"].pop("message"))
    assert told and told[1] == past.version
    assert int(told[2]) >= int(past.now), "an API server that started anew may have written since"
    expired = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": "Expired"}
    assert event == {"type": "ERROR", "object": {**expired, "code": 410}}


@pytest.mark.parametrize("options", [{"resourceVersionMatch": "Exact"}, {"limit": "2"}], ids=["exact", "by pages"])
async def test_a_list_at_a_forgotten_version_is_refused(server: Forgetful, past: Past, options: dict[str, str]) -> None:
    async with Api(server.kubeconfig) as api:
        body = (await api.get(SECRETS, resourceVersion=past.version, **options)).expect(410)
    assert (body["reason"], body["message"]) == ("Expired", TOO_OLD)


async def test_a_list_not_older_than_a_forgotten_version_is_the_present_one(server: Forgetful, past: Past) -> None:
    async with Api(server.kubeconfig) as api:
        found = (await api.get(SECRETS, resourceVersion=past.version)).expect(200)
    names = [item["metadata"]["name"] for item in found["items"]]
    assert [name for name in names if len(name) == 1] == ["a", "b", "c", "e"], "others are of other tests"


async def test_a_continued_list_offers_to_go_on_with_the_present(server: Forgetful, past: Past) -> None:
    async with Api(server.kubeconfig) as api:
        body = (await api.get(SECRETS, limit=2, **{"continue": past.token})).expect(410)
        assert body["reason"] == "Expired"
        assert body["message"].startswith("The provided continue parameter is too old to display a consistent list")
        rest = (await api.get(SECRETS, limit=2, **{"continue": body["metadata"]["continue"]})).expect(200)
    assert [item["metadata"]["name"] for item in rest["items"]] == ["c", "e"]


async def test_a_watcher_that_takes_nothing_is_cut_off(server: Forgetful) -> None:
    async with Api(server.kubeconfig) as api, Api(server.kubeconfig, read_bytes=1 << 17) as idle:
        start = (await api.create(SECRETS, secret("large"))).expect(201)["metadata"]["resourceVersion"]
        options = {"resourceVersion": start, "fieldSelector": "metadata.name=large"}
        async with idle.watch(SECRETS, **options) as ignored, api.watch(SECRETS, **options) as followed:
            reader = asyncio.create_task(followed.events(CHANGES, seconds=60))
            for _ in range(CHANGES):
                text = secrets.token_hex(CHANGE_BYTES // 2)
                (await api.patch(f"{SECRETS}/large", {"stringData": {"k": text}})).expect(200)
            assert {kind for kind, _ in outline(await reader)} == {"MODIFIED"}
            await asyncio.sleep(PATIENCE_SECONDS)
            taken = 0
            with pytest.raises((EOFError, aiohttp.ClientError, ConnectionError)):
                while True:
                    await ignored.event(60)
                    taken += 1
        assert taken < CHANGES
