"""Label and field selectors: the grammar of kubectl -l and --field-selector."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.k8s.selectors import (
    SelectorError,
    label_selector_of,
    parse_field_selector,
    parse_label_selector,
)

LABELS = {"app": "web", "tier": "front", "n": "5"}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("", True),
        ("app=web", True),
        ("app==web,tier=front", True),
        ("app!=web", False),
        ("missing!=x", True),
        ("app in (web, api)", True),
        ("app notin (web)", False),
        ("missing notin (x)", True),
        ("app", True),
        ("!app", False),
        ("!missing", True),
        ("n>4", True),
        ("n<5", False),
        ("app>1", False),
        ("app=", False),
        ("app in (web),n notin (6),!x", True),
        ("  app = web  ", True),
    ],
)
def test_label_selectors_match(text: str, matches: bool) -> None:
    assert parse_label_selector(text).matches(LABELS) is matches


@pytest.mark.parametrize(
    "text",
    [
        "app=web,",
        "=web",
        "app in",
        "app in web",
        "a b",
        "app=we b",
        "app>x",
        "-a",
        "a/b/c=d",
        "a..b/c",
        "n>-1",
        "n>+5",
        "n>" + "9" * 20,
        "app=" + "x" * 64,
    ],
)
def test_malformed_label_selectors_are_refused(text: str) -> None:
    with pytest.raises(SelectorError):
        parse_label_selector(text)


def test_a_selector_prints_as_it_parses() -> None:
    text = "a=b,c in (d,e),!f,g,h!=i,j notin (k,l),n>3"
    assert set(str(parse_label_selector(text)).split(",")) == set(text.split(","))
    assert str(parse_label_selector(str(parse_label_selector(text)))) == str(parse_label_selector(text))


def test_the_structured_form() -> None:
    selector = label_selector_of(
        {
            "matchLabels": {"app": "web"},
            "matchExpressions": [{"key": "tier", "operator": "In", "values": ["front", "back"]}],
        }
    )
    assert selector.matches(LABELS) and not selector.matches({"app": "web"})
    assert not label_selector_of(None)


@pytest.mark.parametrize(
    "expression", [{"operator": "Like"}, {"operator": "In"}, {"operator": "Exists", "values": [1]}]
)
def test_malformed_expressions_are_refused(expression: dict[str, Any]) -> None:
    with pytest.raises(SelectorError):
        label_selector_of({"matchExpressions": [{"key": "a", **expression}]})


def test_field_selectors() -> None:
    fields = {"metadata.name": "a", "status.phase": "Running", "odd": "x,y"}
    matches = {
        "metadata.name=a": True,
        "metadata.name==a,status.phase!=Failed": True,
        "status.phase!=Running": False,
        "odd=x\\,y": True,
    }
    for text, expected in matches.items():
        assert parse_field_selector(text).matches(lambda path: fields.get(path, "")) is expected


@pytest.mark.parametrize("text", ["metadata.name", "metadata.name=a=b", "metadata.name=a\\b", "metadata.name=a\\"])
def test_malformed_field_selectors_are_refused(text: str) -> None:
    with pytest.raises(SelectorError):
        parse_field_selector(text)
