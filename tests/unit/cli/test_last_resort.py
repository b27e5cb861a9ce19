"""What nobody foresaw is told in a line, never as a traceback."""

from __future__ import annotations

import errno

import pytest

import orkestra.cli
from orkestra.cli import cli, main


def broken(*_: object, **__: object) -> None:
    raise KeyError("unforeseen")


def test_a_bug_is_a_line_and_exit_code_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(cli, "main", broken)
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "ork itself broke (KeyError: 'unforeseen')" in said and "Traceback" not in said


def test_whoever_asks_gets_the_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(orkestra.cli.cli, "main", broken)
    monkeypatch.setenv("LOG_LEVEL", "debug")
    with pytest.raises(SystemExit):
        main()
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_is_no_bug(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(cli, "main", full)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "Error: what was to be written has no room: No space left on device\n"
