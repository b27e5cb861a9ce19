"""``ork explain``: what a path means, and what is told of it."""

from __future__ import annotations

import json

import pytest
import yaml
from click.testing import CliRunner, Result

from orkestra.cli.explain import command, complete_path
from orkestra.cli.explaining.pages import document_of, text_of
from orkestra.cli.explaining.places import NoSuchPlace, find_places, root_of, walk_all
from orkestra.katalog.schema.outline import FILES, anchor, sections

REPLICAS = "Katalog.spec.crds.<name>.operatorBox.onReconcile.deployments[].replicas"


def ork(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, standalone_mode=False)


@pytest.mark.parametrize(
    "path",
    [
        "katalog.spec.crds.website.operatorBox.onReconcile.deployments.replicas",
        "katalog.spec.crds.operatorBox.onReconcile.deployments.replicas",
        "Katalog.spec.crds.<name>.operatorBox.onReconcile.deployments[].replicas",
        "spec.crds.website.operatorBox.onReconcile.deployments[0].replicas",
        "operatorBox.onReconcile.deployments.replicas",
        "onReconcile.Deployments.REPLICAS",
    ],
)
def test_a_path_may_be_imprecise(path: str) -> None:
    assert find_places(path)[0].path == REPLICAS


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("replcas", "did you mean replicas?"),
        ("deployments.replcas", "did you mean replicas?"),
        ("spec.crds.operatorBx", "did you mean operatorBox?"),
        ("deployments.replicas.more", "has no fields"),
        ("...", "is no path"),
        ("qqqqqq", "Katalog"),
    ],
)
def test_what_is_not_there_is_told_with_a_way_out(path: str, told: str) -> None:
    with pytest.raises(NoSuchPlace, match=r".") as error:
        find_places(path)
    assert told in str(error.value)
    result = ork(path)
    assert result.return_value == 1
    assert result.stdout == ""
    assert told in result.stderr


def test_one_name_of_several_rows_gives_the_others_too() -> None:
    places = find_places("metadata")
    assert len(places) > 1
    assert len({text_of(place) for place in places}) == len(places)
    assert "the same name, something else:" in ork("metadata").stderr


def test_everything_a_row_knows_is_told() -> None:
    text = text_of(find_places("spec.crds.operatorBox.reconciler.workers")[0])
    assert "a whole number from 1 to 50" in text
    assert "DEFAULT:   3" in text
    assert "STATE:     runs" in text
    assert "TIER:      core" in text
    assert "Objects reconciled at once." in text
    assert "REFERENCE: docs/katalog.md#reconciler" in text


def test_another_spelling_names_todays() -> None:
    assert "an older spelling: write or" in text_of(find_places("operatorBox.anyOf")[0])


def test_a_field_of_several_shapes_has_them_all() -> None:
    found = document_of(find_places("deployments.drift")[0])
    assert found["values"] == ["correct", "report"]
    assert [child["name"] for child in found["children"]] == ["mode", "ignore"]
    assert found["added"] is True


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_data_is_the_same_in_both_forms(form: str) -> None:
    read = json.loads if form == "json" else yaml.safe_load
    assert read(ork("queue", "-o", form).stdout) == document_of(find_places("queue")[0])


def test_without_a_path_every_kind_of_file_is_told() -> None:
    assert [found["path"] for found in json.loads(ork("-o", "json").stdout)] == list(FILES)


def test_every_place_of_the_language_can_be_told_and_found_by_its_own_path() -> None:
    told = 0
    for place in walk_all(usual_only=False):
        assert document_of(place)["path"] == place.path
        assert place.path in text_of(place)
        found = find_places(place.path)[0]
        assert found.row is place.row or place.row is None, place.path
        told += 1
    assert told > 800


def test_recursion_ends_and_shows_what_is_below() -> None:
    text = text_of(root_of("Katalog"), is_recursive=True)
    assert "replicas  <" in text
    assert len(text.splitlines()) < 100_000


def test_references_are_sections_of_the_reference() -> None:
    fragments = {anchor(section.heading) for section in sections().values()}
    for place in walk_all():
        for reference in document_of(place).get("reference", []):
            assert reference.partition("#")[2] in fragments


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", "katalog"),
        ("sp", "spec"),
        ("spec.crds.operatorBox.onRec", "spec.crds.operatorBox.onReconcile"),
        ("deployments.repl", "deployments.replicas"),
    ],
)
def test_completion_goes_step_by_step(typed: str, offered: str) -> None:
    import click

    items = complete_path(click.Context(command), command.params[0], typed)
    assert offered in [item.value for item in items]


def test_completion_of_nonsense_is_nothing() -> None:
    import click

    assert complete_path(click.Context(command), command.params[0], "qqqqq.x") == []
