"""``ork gitops health``: what is printed, and when it fails."""

from __future__ import annotations

import builtins
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from orkestra.cli import cli
from orkestra.gitops import matrix
from orkestra.gitops.health import CEL, LUA
from tests.unit.gitops.test_health import KATALOG


def run(tmp_path: Path, *arguments: str, text: str = KATALOG) -> Result:
    path = tmp_path / "katalog.yaml"
    path.write_text(text)
    return CliRunner().invoke(cli, ["gitops", "health", "-f", str(path), *arguments], standalone_mode=False)


def test_argocd_gets_a_configmap_and_flux_expressions(tmp_path: Path) -> None:
    found = run(tmp_path, "-n", "tools")
    config = yaml.safe_load(found.stdout)
    assert (found.return_value, config["kind"], config["metadata"]["namespace"]) == (0, "ConfigMap", "tools")
    assert set(config["data"].values()) == {LUA}
    assert "mute: writes no conditions" in found.stderr
    checks = yaml.safe_load(run(tmp_path, "--for", "flux").stdout)["healthCheckExprs"]
    assert [check["kind"] for check in checks] == ["Website", "Pod"]
    assert json.loads(run(tmp_path, "--for", "flux", "-o", "json").stdout) == {"healthCheckExprs": checks}
    assert run(tmp_path, "--lua").stdout == LUA


def test_the_matrix_is_printed_and_a_wrong_verdict_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(tmp_path, "--test")
    assert found.return_value == 0 and "40 verdicts, 0 wrong" in found.stdout
    rows = json.loads(run(tmp_path, "--test", "-o", "json").stdout)
    assert len(rows) == 40 and all(row["right"] for row in rows)
    monkeypatch.setattr(matrix, "LUA", 'return {status = "Healthy"}')
    found = run(tmp_path, "--test")
    assert found.return_value == 1 and "Healthy (must be Degraded)" in found.stdout


def test_flux_may_be_told_why_and_the_matrix_shows_what_that_costs(tmp_path: Path) -> None:
    (check, _) = yaml.safe_load(run(tmp_path, "--for", "flux", "--with-message").stdout)["healthCheckExprs"]
    assert {name for name in CEL if check[name] != CEL[name]} == {"failed"}
    found = run(tmp_path, "--for", "flux", "--with-message", "--test")
    assert found.return_value == 0 and "50 verdicts, 0 wrong" in found.stdout
    rows = json.loads(run(tmp_path, "--for", "flux", "--with-message", "--test", "-o", "json").stdout)
    said = {row["case"]: row["found"] for row in rows if row["judge"] == "flux, with message"}
    assert said["stalled"] == "Unknown: Deployment shop: it has not progressed for 600 s"
    assert (said["ready"], said["progressing"], said["failing, tried again"]) == ("Current", "InProgress", "InProgress")
    assert "Flux alone" in str(run(tmp_path, "--with-message").exception)


def test_without_lua_the_rest_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any, **named: Any) -> Any:
        if name == "lupa":
            raise ImportError(name)
        return real(name, *more, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    found = run(tmp_path, "--test")
    assert found.return_value == 0 and "20 verdicts, 0 wrong" in found.stdout and "orkestra[lua]" in found.stderr


def test_kstatus_needs_no_rules(tmp_path: Path) -> None:
    found = run(tmp_path, "--for", "kstatus")
    assert found.return_value == 0 and "nothing is to be configured" in found.stdout
    assert len(json.loads(run(tmp_path, "--for", "kstatus", "-o", "json").stdout)) == 10


def test_a_definition_without_any_health_is_a_finding(tmp_path: Path) -> None:
    text = KATALOG[: KATALOG.index("    website:")] + KATALOG[KATALOG.index("    mute:") : KATALOG.index("    pods:")]
    found = run(tmp_path, text=text)
    assert found.return_value == 1 and "no entry whose health can be read" in found.stderr
