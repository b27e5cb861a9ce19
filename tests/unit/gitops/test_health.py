"""Health rules: the right verdict for every status, by each tool's own language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orkestra.gitops.health import LUA, Subject, argocd_config, argocd_key, flux_checks, subjects_of
from orkestra.gitops.lua import lua_runner
from orkestra.gitops.matrix import Verdict, cases, flux_status, judge
from orkestra.katalog.load import load_text

SUBJECT = Subject("website", "shop.example.com", "v1", "Website")
KATALOG = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}
      operatorBox: {}
    mute:
      apiTypes: {group: shop.example.com, version: v1, kind: Mute, plural: mutes}
      operatorBox: {status: {conditions: false}}
    silent:
      apiTypes: {group: shop.example.com, version: v1, kind: Silent, plural: silents}
      ignoreStatusPatch: true
    off:
      enabled: false
      apiTypes: {group: shop.example.com, version: v1, kind: Off, plural: offs}
    pods:
      apiTypes: {kind: Pod}
      labelSelector: {a: b}
"""


@pytest.mark.parametrize("verdict", [*judge("shop.example.com/v1", "Website", lua_runner())], ids=str)
def test_every_judge_is_right_about_every_status(verdict: Verdict) -> None:
    assert verdict.found == verdict.expected


def test_the_matrix_tells_the_rules_apart() -> None:
    """A rule that always gave one answer would fail somewhere."""
    found = cases("v1", "X")
    assert {case.argocd for case in found} == {"Progressing", "Healthy", "Degraded", "Suspended"}
    assert {case.flux for case in found} == {"InProgress", "Current", "Failed", "Unknown"}
    assert sum(case.argocd != case.ready_only for case in found) >= 4


def test_messages_are_those_of_the_conditions() -> None:
    from lupa import LuaRuntime  # type: ignore[import-not-found, import-untyped, unused-ignore]

    runtime = LuaRuntime()

    def table(value: Any) -> Any:
        if isinstance(value, dict):
            return runtime.table_from({k: table(v) for k, v in value.items()})
        return runtime.table_from([table(v) for v in value]) if isinstance(value, list) else value

    health = runtime.eval(f"function(obj) {LUA} end")
    said = {case.name: health(table(case.obj))["message"] for case in cases("v1", "X")}
    assert said["progressing"] == "Deployment shop: 1 of 3 replicas are available"
    assert said["stalled"] == "Deployment shop: it has not progressed for 600 s"
    assert said["paused"] == "Paused by its annotation"


def test_a_status_of_another_shape_is_still_on_its_way() -> None:
    lua = lua_runner()
    for status in ({}, {"observedGeneration": 1}, {"observedGeneration": 1, "conditions": []}):
        obj = {"metadata": {"generation": 1}, "status": status}
        assert (lua(LUA, obj), flux_status(obj)) == ("Progressing", ("InProgress", ""))


def test_lua_reaches_nothing() -> None:
    for script in (
        "os.execute('true')",
        "io.open('/etc/passwd')",
        "require('os')",
        "python.eval('1')",
        "load('return 1')()",
    ):
        with pytest.raises(ValueError, match="failed"):
            lua_runner()(f"{script} return {{status='Healthy'}}", {})
    with pytest.raises(ValueError, match="no status"):
        lua_runner()("return {}", {})
    with pytest.raises(ValueError, match="failed"):
        lua_runner()("local t = {} while true do t[#t + 1] = string.rep('x', 1000000) .. #t end", {})


def test_entries_without_conditions_are_told_and_left_out() -> None:
    katalog, _ = load_text(KATALOG, path=Path("katalog.yaml"))
    assert katalog is not None
    subjects, silent = subjects_of(katalog)
    assert [subject.kind for subject in subjects] == ["Website", "Pod"]
    assert silent == ["mute", "silent"]
    assert [subject.api_version for subject in subjects] == ["shop.example.com/v1", "v1"]


def test_keys_and_expressions() -> None:
    pod = Subject("pods", "", "v1", "Pod")
    assert argocd_key(SUBJECT) == "resource.customizations.health.shop.example.com_Website"
    assert argocd_key(pod) == "resource.customizations.health.Pod"
    config = argocd_config([SUBJECT, pod])
    assert config["metadata"]["labels"]["app.kubernetes.io/part-of"] == "argocd"
    assert set(config["data"]) == {argocd_key(SUBJECT), argocd_key(pod)}
    (check,) = flux_checks([SUBJECT])
    assert list(check) == ["apiVersion", "kind", "inProgress", "failed", "current"]
