"""Whatever the network does, an informer's cache ends as the server is, and its handlers know it."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from orkestra.client.errors import ConnectionFailed, ProtocolError
from orkestra.informer.cached import Cached
from orkestra.informer.factory import InformerFactory
from orkestra.informer.target import Target
from orkestra.k8s.errors import Expired, Forbidden, InternalError, NotFound, TooManyRequests
from tests.fake_api import WEBSITES, FakeApi
from tests.virtual_time import run, settle

NAMES = st.sampled_from("abcd")
FAULTS = st.sampled_from(
    [
        ConnectionFailed("reset"),
        ProtocolError("not JSON"),
        Expired("too old"),
        NotFound("not served"),
        Forbidden("no"),
        InternalError("oops"),
        TooManyRequests("slow down", retry_after=3),
        ValueError("bug"),
    ]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["put", "delete"]), NAMES),
        st.tuples(st.sampled_from(["list fault", "watch fault", "cut"]), FAULTS),
        st.tuples(st.sampled_from(["end", "compact", "bookmark"]), st.none()),
        st.tuples(st.just("wait"), st.sampled_from([0.0, 0.5, 5.0, 100.0])),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(steps=STEPS, use_watch_list=st.booleans())
def test_an_informer_ends_where_the_server_is(steps: list[tuple[str, object]], use_watch_list: bool) -> None:
    run(_play(steps, use_watch_list))


async def _play(steps: list[tuple[str, object]], use_watch_list: bool) -> None:
    api = FakeApi()
    told: dict[str, str] = {}

    def listen(old: Cached | None, new: Cached | None) -> None:
        if new is not None:
            told[new.meta.name] = new.meta.resource_version
        elif old is not None:
            del told[old.meta.name]

    async with InformerFactory(api, use_watch_list=use_watch_list) as factory:
        informer = factory.acquire(Target(WEBSITES))
        informer.add_handler(listen)
        factory.start()
        for action, argument in steps:
            match action, argument:
                case "put", str(name):
                    api.put(name)
                case "delete", str(name) if any(key.name == name for key in api.objects):
                    api.delete(name)
                case "list fault", Exception() as fault:
                    api.list_faults.append(fault)
                case "watch fault", Exception() as fault:
                    api.watch_faults.append(fault)
                case "cut", Exception() as fault:
                    api.cut(fault)
                case "end", _:
                    api.cut()
                case "compact", _:
                    api.compact()
                case "bookmark", _:
                    api.bookmark()
                case "wait", float(seconds):
                    await asyncio.sleep(seconds)
        api.list_faults.clear()
        api.watch_faults.clear()
        await asyncio.sleep(700)
        await settle()
        truth = {key.name: obj["metadata"]["resourceVersion"] for key, obj in api.objects.items()}
        assert {item.meta.name: item.meta.resource_version for item in informer.lister} == truth
        assert told == truth
        assert informer.has_synced and not informer.is_missing and not informer.denied
