"""Imports from Git repositories, with the git of the machine and repositories made here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from orkestra.cli import cli
from orkestra.katalog import load
from orkestra.katalog.compose import FetchError, Reference
from orkestra.katalog.compose.imports import fetcher
from orkestra.katalog.compose.lock import FILE, from_text
from tests.unit.katalog.compose.trees import entry, katalog, komposer, write

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def git(folder: Path, *arguments: str) -> str:
    env = {**os.environ, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a",
           "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip
    done = subprocess.run(["git", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    write(
        folder,
        site__katalog=katalog(entry("Site", "status: {include: parts/status.yaml}")),
        site__parts__status="fields: [{path: phase, value: one}]\n",
        site__komposer=komposer("imports: {files: [katalog.yaml]}\n"),
    )
    (folder / "site" / "link.yaml").symlink_to("/etc/hostname")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "one")
    git(folder, "tag", "v1")
    return folder


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return dict(os.environ)


def imports(repository: Path, pattern: str = "site: {}", more: str = "") -> str:
    return komposer(f"imports: {{registry: [{{url: 'file://{repository}', katalog: {{{pattern}}}{more}}}]}}\n")


def test_a_katalog_of_a_repository_with_what_it_includes(
    tmp_path: Path, repository: Path, environ: dict[str, str]
) -> None:
    for text in (
        imports(repository),
        imports(repository, "site: {tag: v1}"),
        imports(repository, more=", useKomposer: true"),
    ):
        write(tmp_path / "own", komposer=text)
        found, findings = load(tmp_path / "own" / "komposer.yaml", root=tmp_path / "own", fetch=fetcher(environ))
        assert found is not None, findings
        field = found.boxes[0].status.fields[0]
        assert str(field.value) == "one"
        assert field.position.file.endswith("//site/parts/status.yaml")


def test_links_in_a_repository_lead_nowhere(tmp_path: Path, repository: Path, environ: dict[str, str]) -> None:
    artifact = fetcher(environ)(Reference("git", f"file://{repository}", {"branch": "main"}, ("site/katalog.yaml",)))
    assert "site/link.yaml" not in artifact.files
    assert artifact.resolved == git(repository, "rev-parse", "HEAD")


def test_a_lock_holds_a_commit_while_the_branch_moves_on(
    tmp_path: Path, repository: Path, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    def ork(*arguments: str) -> tuple[int, str]:
        code = cli.main([*arguments, "-f", str(tmp_path / "own" / "komposer.yaml")], standalone_mode=False)
        return code, capsys.readouterr().out

    write(tmp_path / "own", komposer=imports(repository))
    assert ork("lock", "--check")[0] == 1
    assert ork("template", "--locked")[0] == 1
    code, said = ork("lock")
    assert code == 0 and "1 import, 1 changed" in said
    (pin,) = from_text((tmp_path / "own" / FILE).read_bytes()).pins.values()
    assert pin.resolved == git(repository, "rev-parse", "HEAD")
    (repository / "site" / "parts" / "status.yaml").write_text("fields: [{path: phase, value: two}]\n")
    git(repository, "commit", "--quiet", "-am", "two")
    assert ork("lock", "--check")[0] == 0
    shutil.rmtree(tmp_path / "cache")
    code, said = ork("template", "--locked")
    assert code == 0 and "value: one" in said
    assert "1 import, 1 changed" in ork("lock")[1]
    assert "value: two" in ork("template", "--locked")[1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"branch": "nope"}, "git failed"),
        ({"commit": "abc"}, "all 40 characters"),
        ({"branch": "a:b"}, "no name of a branch"),
    ],
)
def test_states_that_are_not_there(
    options: dict[str, str], message: str, repository: Path, environ: dict[str, str]
) -> None:
    with pytest.raises(FetchError, match=message):
        fetcher(environ)(Reference("git", f"file://{repository}", options, ("site/katalog.yaml",)))


@pytest.mark.parametrize("url", ["ext::sh -c true", "--upload-pack=touch /tmp/x", "file:///nowhere"])
def test_addresses_that_are_none(url: str, environ: dict[str, str]) -> None:
    with pytest.raises(FetchError):
        fetcher(environ)(Reference("git", url, {"branch": "main"}, ("katalog.yaml",)))


def test_a_file_that_is_not_there(repository: Path, environ: dict[str, str]) -> None:
    with pytest.raises(FetchError, match=r"has none of a\.yaml, b\.yaml"):
        fetcher(environ)(Reference("git", f"file://{repository}", {"branch": "main"}, ("a.yaml", "b.yaml")))
