"""The ledger: written together, once, and read by what the definition says now."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from orkestra.client.api import ApiClient
from orkestra.k8s.errors import Forbidden, NotFound
from orkestra.k8s.gvk import GVK
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.katalog.load import load_text
from orkestra.katalog.model import Katalog
from orkestra.operator.ledger import Ledger, Store
from orkestra.operator.needs import child_needs
from orkestra.operator.traces import read_trace

KEY = ObjectKey("system", "orkestra-ledger")
SERVICE, CONFIG_MAP = GVK("", "v1", "Service"), GVK("", "v1", "ConfigMap")
WITH_SERVICE = "{configMaps: [{name: x, data: {k: v}}], services: [{name: x, port: 80}]}"
WITHOUT = "{configMaps: [{name: x, data: {k: v}}]}"


@dataclass
class FakeApi:
    """One ConfigMap, or none; ``wrong`` is what every request comes to."""

    data: dict[str, str] | None = None
    wrong: Exception | None = None
    asked: list[str] = field(default_factory=list)

    async def get(self, info: Any, key: ObjectKey) -> Object:
        await self._asked("get", key)
        if self.data is None:
            raise NotFound("no such ConfigMap")
        return {"data": dict(self.data)}

    async def patch(self, info: Any, key: ObjectKey, patch: Any, **more: Any) -> Object:
        await self._asked("patch", key)
        if self.data is None:
            raise NotFound("no such ConfigMap")
        for name, text in patch["data"].items():
            self.data.pop(name, None)
            if text is not None:
                self.data[name] = text
        return {}

    async def create(self, info: Any, obj: Object, **more: Any) -> Object:
        await self._asked("create", KEY)
        self.data = dict(obj["data"])
        return {}

    async def _asked(self, verb: str, key: ObjectKey) -> None:
        assert key == KEY
        self.asked.append(verb)
        await asyncio.sleep(0)
        if self.wrong is not None:
            raise self.wrong


def katalog(*entries: str, name: str = "shop") -> Katalog:
    text = f"apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {{name: {name}}}\nspec:\n  crds:\n"
    found, findings = load_text(text + "".join(f"    {entry}\n" for entry in entries))
    assert found is not None, findings
    return found


def entry(name: str, children: str, *, kind: str = "Site", label: str = "", box: str = "", version: str = "v1") -> str:
    types = f"apiTypes: {{group: g.io, version: {version}, kind: {kind}, plural: {kind.lower()}s}}"
    selector = f"labelSelector: {{a: {label}}}, " if label else ""
    return f"{name}: {{{types}, {selector}operatorBox: {{{box}onReconcile: {children}}}}}"


def opened(api: FakeApi, definition: Katalog) -> Ledger:
    """As a process that starts has it."""
    made = Ledger(Store(cast(ApiClient, api), KEY, lambda: True))
    made.follow(definition)
    return made


async def noted(api: FakeApi, definition: Katalog) -> Ledger:
    made = opened(api, definition)
    for box in definition.boxes:
        assert await made.note(box, child_needs(box))
    return made


def lines(api: FakeApi) -> dict[str, set[str]]:
    return {(t := read_trace(text)).entry: {gvk.kind for gvk in t.kinds} for text in (api.data or {}).values()}


async def test_what_comes_together_is_written_together_and_what_is_known_not_at_all() -> None:
    api = FakeApi()
    definition = katalog(*(entry(f"e{n}", WITHOUT, kind=f"K{n}") for n in range(50)))
    made = opened(api, definition)
    assert all(await asyncio.gather(*(made.note(box, child_needs(box)) for box in definition.boxes)))
    assert len(api.data or {}) == 50
    assert api.asked.count("get") == 1 and len(api.asked) <= 6
    api.asked.clear()
    again = await noted(api, definition)
    for box in definition.boxes:
        assert await again.settle(box, child_needs(box))
    assert api.asked == ["get"]


async def test_a_kind_is_known_until_it_is_settled() -> None:
    api = FakeApi()
    await noted(api, katalog(entry("site", WITH_SERVICE)))
    after = katalog(entry("site", WITHOUT, version="v2"))
    made = await noted(api, after)
    assert set(made.former(after.boxes[0])) == {SERVICE, CONFIG_MAP}
    assert lines(api) == {"site": {"Service", "ConfigMap"}}
    await made.settle(after.boxes[0], child_needs(after.boxes[0]))
    assert lines(api) == {"site": {"ConfigMap"}}


async def test_an_entry_of_another_name_inherits() -> None:
    api = FakeApi()
    await noted(api, katalog(entry("site", WITH_SERVICE, box="prune: true, ")))
    after = katalog(entry("page", WITHOUT))
    made = await noted(api, after)
    assert not made.dropped() and lines(api) == {"page": {"Service", "ConfigMap"}}


async def test_an_entry_that_was_there_already_inherits_nothing() -> None:
    api = FakeApi()
    both = (entry("one", WITHOUT, label="x"), entry("two", WITH_SERVICE, label="y", box="prune: true, "))
    await noted(api, katalog(*both))
    made = await noted(api, katalog(both[0]))
    (gone,) = made.dropped()
    assert (gone.entry, gone.prune, gone.label_selector) == ("two", True, "a=y")
    assert await made.strike(gone.entry, gone.gvk)
    assert lines(api) == {"one": {"ConfigMap"}}


async def test_an_entry_that_takes_other_objects_now_inherits() -> None:
    api = FakeApi()
    both = (entry("one", WITHOUT, label="x"), entry("two", WITH_SERVICE, label="y", box="prune: true, "))
    await noted(api, katalog(*both))
    made = await noted(api, katalog(entry("one", WITHOUT)))
    assert not made.dropped() and lines(api) == {"one": {"ConfigMap", "Service"}}


async def test_lines_of_another_definition_are_not_ours() -> None:
    api = FakeApi()
    await noted(api, katalog(entry("site", WITH_SERVICE, box="prune: true, "), name="other"))
    made = await noted(api, katalog(entry("page", WITHOUT, kind="Page")))
    assert not made.dropped() and set(lines(api)) == {"site", "page"}


async def test_what_fails_is_told_once_in_a_while_and_then_made_good(caplog: pytest.LogCaptureFixture) -> None:
    api = FakeApi(wrong=Forbidden("no"))
    definition = katalog(entry("site", WITHOUT))
    made = opened(api, definition)
    box = definition.boxes[0]
    for _ in range(5):
        assert not await made.note(box, child_needs(box))
    assert api.asked == ["get"] and caplog.text.count("cannot read") == 1
    pauses = [made._pause]
    for _ in range(8):
        made._not_before = 0.0
        assert not await made.opened()
        pauses.append(made._pause)
    assert pauses == [10, 20, 40, 80, 160, 320, 600, 600, 600]
    made._not_before, api.wrong = 0.0, None
    assert await made.note(box, child_needs(box)) and lines(api) == {"site": {"ConfigMap"}}


async def test_who_took_the_ledger_away_gets_it_back_whole() -> None:
    api = FakeApi()
    definition = katalog(entry("one", WITHOUT, kind="A"), entry("two", WITHOUT, kind="B"))
    made = await noted(api, definition)
    api.data = None
    assert await made.settle(definition.boxes[0], {}) and set(lines(api)) == {"one", "two"}


async def test_who_leads_no_more_writes_nothing_and_knows_nothing() -> None:
    api = FakeApi()
    definition = katalog(entry("site", WITHOUT))
    made = opened(api, definition)
    made.store = replace(cast(Store, made.store), may_write=lambda: False)
    assert not await made.note(definition.boxes[0], child_needs(definition.boxes[0]))
    assert api.data is None
    made.close()
    assert not made.former(definition.boxes[0]) and await made.opened() and api.asked == ["get", "get"]
