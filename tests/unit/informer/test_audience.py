"""Who hears of a change where many share one watch."""

from __future__ import annotations

from collections.abc import Iterable

from orkestra.client.watch import ObjectMeta
from orkestra.informer.audience import Audience, Interest, Registration
from orkestra.informer.cached import Cached
from orkestra.informer.informer import Informer
from orkestra.informer.target import Target
from tests.fake_api import WEBSITES, FakeApi


def teams(meta: ObjectMeta) -> Iterable[str]:
    return [meta.labels["team"]] if "team" in meta.labels else []


def item(team: str = "") -> Cached:
    return Cached(ObjectMeta(name="shop", namespace="a", labels={"team": team} if team else {}), None)


def party(*topics: str) -> Registration:
    return Registration(lambda old, new: None, Interest(teams, frozenset(topics)) if topics else None)


def audience(*parties: Registration) -> Audience:
    made = Audience()
    for each in parties:
        made.add(each)
    return made


def test_a_change_is_told_to_those_it_concerns_and_to_those_who_hear_all() -> None:
    red, blue, everything = party("red"), party("blue"), party()
    heard = audience(red, blue, everything)
    assert heard.concerned(None, item("red")) == [everything, red]
    assert heard.concerned(item("blue"), None) == [everything, blue]
    assert heard.concerned(None, item()) == [everything]


def test_an_object_that_changes_hands_is_told_to_both_once() -> None:
    red, both = party("red"), party("red", "blue")
    assert audience(red, both).concerned(item("red"), item("blue")) == [red, both]


def test_a_topic_may_come_and_go_but_an_interest_stays() -> None:
    red = party("red")
    heard = audience(red)
    heard.listen(red, "blue")
    assert heard.concerned(None, item("blue")) == [red]
    heard.unlisten(red, "blue")
    heard.unlisten(red, "red")
    assert heard.concerned(None, item("blue")) == []
    assert heard.concerned(None, item("red")) == [red]


def test_who_leaves_hears_nothing_and_leaves_nothing_behind() -> None:
    red = party("red")
    heard = audience(red)
    heard.listen(red, "blue")
    heard.remove(red)
    assert heard.concerned(item("red"), item("blue")) == []
    assert red not in heard and not any(heard._by_topic.values())


async def test_a_late_handler_catches_up_with_what_concerns_it() -> None:
    informer = Informer(FakeApi(), Target(WEBSITES))
    informer.apply_event("ADDED", item("red"))
    informer.apply_event("ADDED", Cached(ObjectMeta(name="blog", namespace="a", labels={"team": "blue"}), None))
    seen: list[str] = []

    def hear(old: Cached | None, new: Cached | None) -> None:
        seen.append(new.meta.name if new else "")

    informer.add_handler(hear, interest=Interest(teams, frozenset({"blue"})))
    informer.add_handler(hear, interest=Interest(teams, frozenset({"red"})), replay=False)
    assert seen == ["blog"]
