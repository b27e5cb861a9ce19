"""Whole files and everything the loader says about them, word for word.

``UPDATE_GOLDEN=1 pytest`` rewrites the expectations; read the difference before committing it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from orkestra.katalog import load, render
from orkestra.katalog.schema.kinds import BY_KEY

FOLDER = Path(__file__).parents[2] / "golden" / "katalog"
GOOD = FOLDER.parent / "good"
CASES = sorted(path for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_findings_are_those_on_record(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (case, *FOLDER.glob("crds/*.yaml")):
        (tmp_path / file.relative_to(FOLDER)).parent.mkdir(exist_ok=True)
        shutil.copy(file, tmp_path / file.relative_to(FOLDER))
    monkeypatch.chdir(tmp_path)
    _, found = load(case.name)
    text = render(found) or "no findings\n"
    expected = case.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_one_run_shows_many_mistakes() -> None:
    _, found = load(FOLDER / "many_mistakes.yaml")
    assert sum(d.is_error for d in found) >= 30
    assert len({d.code for d in found}) >= 20


def test_the_full_katalog_loads_without_errors() -> None:
    katalog, found = load(FOLDER / "everything.yaml")
    assert katalog is not None, render(found)


@pytest.mark.parametrize("file", sorted(GOOD.glob("*.yaml")), ids=lambda path: path.stem)
def test_nothing_is_told_about_a_good_katalog(file: Path) -> None:
    katalog, found = load(file, root=GOOD)
    assert render(found) == ""
    assert katalog is not None
    assert any(box.entries for box in katalog.boxes)


def test_the_good_katalogs_are_many_and_various() -> None:
    texts = [file.read_text() for file in GOOD.glob("*.yaml")]
    assert len(texts) >= 14
    assert all(any(f"\n          {kind}:" in text for text in texts) for kind in BY_KEY)
