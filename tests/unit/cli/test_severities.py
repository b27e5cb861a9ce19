"""What findings weigh in a repository, by code, path and environment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orkestra.cli.settings import CannotRun
from orkestra.cli.validation.severities import CONFIG_FILE, load_severities
from orkestra.katalog import Diagnostic, Severity
from orkestra.katalog.diagnostics import Span

RULES = """\
severity: {ORK1502: error, ORK1503: ignore}
rules:
- paths: ["legacy/**"]
  severity: {ORK1701: warning}
- environments: [staging]
  severity: {ORK1101: note}
- paths: ["**/draft.yaml", "old/*.yaml", "legacy/team-?"]
  severity: {ORK1502: note}
"""


def finding(code: str) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, "wrong", "katalog.yaml", Span())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / CONFIG_FILE).write_text(RULES)
    return tmp_path


@pytest.mark.parametrize(
    ("place", "path", "is_there"),
    [
        ("spec.crds.website", "spec.crds.website.operatorBox.status.fields[0].value", True),
        ("spec.crds.website", "spec.crds.website", True),
        ("spec.crds.website", "spec.crds.website2.operatorBox", False),
        ("spec.crds.website", "spec", False),
        ("spec.crds.website.**", "spec.crds.website.operatorBox", True),
        ("spec.crds.*.operatorBox.onCreate", "spec.crds.blog.operatorBox.onCreate.secrets[1].data", True),
        ("**.deployments[0]", "spec.crds.blog.operatorBox.onReconcile.deployments[0].image", True),
        ("**.deployments[0]", "spec.crds.blog.operatorBox.onReconcile.deployments[10].image", False),
        ("**.deployments.*.image", "spec.crds.blog.operatorBox.onReconcile.deployments[10].image", True),
        ('**.labels["a.b/c"]', 'spec.crds.blog.operatorBox.onReconcile.deployments[0].labels["a.b/c"]', True),
        ("**.labels.*", 'spec.crds.blog.operatorBox.onReconcile.deployments[0].labels["a.b/c"]', True),
        ("spec", "", False),
    ],
)
def test_rules_hold_at_their_places_in_the_document(folder: Path, place: str, path: str, is_there: bool) -> None:
    (folder / CONFIG_FILE).write_text(f"rules: [{{at: ['{place}'], severity: {{ORK1101: note}}}}]")
    (found,) = load_severities([], "", Path()).weigh([replace(finding("ORK1101"), path=path)], "katalog.yaml")
    assert (found.severity is Severity.NOTE) is is_there


def weight(code: str, file: str, environment: str = "", *options: str) -> str:
    found = load_severities(options, environment, Path()).weigh([finding(code)], file)
    return found[0].severity.value if found else "ignore"


@pytest.mark.parametrize(
    ("code", "file", "level"),
    [
        ("ORK1502", "katalog.yaml", "error"),
        ("ORK1503", "katalog.yaml", "ignore"),
        ("ORK1701", "katalog.yaml", "error"),
        ("ORK1701", "legacy/a/katalog.yaml", "warning"),
        ("ORK1701", "legacy2/katalog.yaml", "error"),
        ("ORK1502", "a/b/draft.yaml", "note"),
        ("ORK1502", "draft.yaml", "note"),
        ("ORK1502", "old/x.yaml", "note"),
        ("ORK1502", "old/a/x.yaml", "error"),
        ("ORK1502", "legacy/team-1/x.yaml", "note"),
        ("ORK1502", "legacy/team-12/x.yaml", "error"),
    ],
)
def test_rules_hold_for_their_paths(folder: Path, code: str, file: str, level: str) -> None:
    assert weight(code, file) == level
    assert weight(code, str(folder / file)) == level, "an absolute path is the same file"


def test_rules_hold_in_their_environments(folder: Path) -> None:
    assert weight("ORK1101", "katalog.yaml") == "error"
    assert weight("ORK1101", "katalog.yaml", "staging") == "note"
    assert weight("ORK1101", "katalog.yaml", "production") == "error"


def test_options_win(folder: Path) -> None:
    assert weight("ORK1101", "katalog.yaml", "staging", "ORK1101=ignore") == "ignore"
    assert weight("ORK1503", "katalog.yaml", "", "ORK1503=warning") == "warning"


def test_the_file_is_found_from_below_and_not_beyond_the_work_tree(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "apps" / "legacy").mkdir(parents=True)
    monkeypatch.chdir(folder / "apps")
    assert weight("ORK1503", "katalog.yaml") == "ignore"
    assert weight("ORK1701", "legacy/katalog.yaml") == "error", "paths are relative to the file of the rules"
    (folder / "apps" / ".git").mkdir()
    assert weight("ORK1503", "katalog.yaml") == "error"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("severity: {ORK9999: error}", "there is no code 'ORK9999'"),
        ("severity: {ORK110: error}", "did you mean ORK1"),
        ("severity: {ORK1525: ignore}", "ORK1525 is not told since 0.1.0 (ORK1509 tells it): leave it out"),
        ("severity: {ORK1101: fatal}", "expected error, warning, note or ignore, got 'fatal'"),
        ("severity: [ORK1101]", "expected a map of codes"),
        ("rule: []", 'unknown key "rule"'),
        ("rules: {}", "rules: expected a list"),
        ("rules: [{path: [a]}]", "rules[0]: expected a map of paths"),
        ("rules: [{paths: a, severity: {}}]", "rules[0].paths: expected a list of texts"),
        ("- a", "expected one map"),
        ("a: [", "2:1"),
        ("a: \x00", "control character"),
        ("a: &x [*x]", "contains itself"),
    ],
)
def test_a_wrong_file_is_told_in_words(folder: Path, text: str, told: str) -> None:
    (folder / CONFIG_FILE).write_text(text)
    with pytest.raises(CannotRun) as refused:
        load_severities((), "", Path())
    assert refused.value.message.startswith(f"{CONFIG_FILE}: ")
    assert told in refused.value.message


@pytest.mark.parametrize("option", ["ORK1101", "ORK1101=", "=error", "1101=error", "ORK1101=Error"])
def test_a_wrong_option_is_told_in_words(folder: Path, option: str) -> None:
    with pytest.raises(CannotRun, match="--severity"):
        load_severities((option,), "", Path())
