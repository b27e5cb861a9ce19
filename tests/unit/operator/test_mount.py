"""What is looked at to notice that a definition has changed."""

from __future__ import annotations

from pathlib import Path

from orkestra.operator.delivery.mount import _snapshot


def test_a_log_beside_the_definition_is_no_change(tmp_path: Path) -> None:
    path = tmp_path / "katalog.yaml"
    path.write_text("a: 1")
    before = _snapshot(path, None)
    (tmp_path / "runtime.log").write_text("a line")
    assert _snapshot(path, None) == before


def test_files_that_may_be_part_of_it_and_the_commit_are(tmp_path: Path) -> None:
    path = tmp_path / "katalog.yaml"
    path.write_text("a: 1")
    seen = {_snapshot(path, None)}
    for name in ("crd.yaml", "git-commit"):
        (tmp_path / name).write_text("x")
        seen.add(_snapshot(path, None))
    path.write_text("a: 12")
    seen.add(_snapshot(path, None))
    assert len(seen) == 4


def test_a_file_that_is_not_there_has_no_state(tmp_path: Path) -> None:
    assert _snapshot(tmp_path / "none.yaml", None) == ()
    assert _snapshot(None, None) == ()
