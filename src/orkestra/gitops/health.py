"""Health of our resources in the words of each tool: Argo CD (Lua), Flux (CEL), kstatus (nothing to write).

All three read the same: an unseen generation is on its way, whatever the conditions say; ``Stalled`` is a failure that
waits for somebody; any other ``Ready=False`` is tried again and so still on its way; ``Ready=True`` is health.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from orkestra.katalog.model import Katalog, OperatorBox
from orkestra.operator import names

LUA: Final = f"""\
local hs = {{}}
local meta = obj.metadata
if meta.deletionTimestamp ~= nil then
  hs.status = "Progressing"
  hs.message = "Being deleted"
  return hs
end
if meta.annotations ~= nil and meta.annotations["{names.PAUSED_ANNOTATION}"] == "true" then
  hs.status = "Suspended"
  hs.message = "Paused by its annotation"
  return hs
end
local conditions = {{}}
local status = obj.status
if status == nil or status.observedGeneration == nil or status.observedGeneration ~= meta.generation then
  hs.status = "Progressing"
  hs.message = "Waiting for the operator to see this generation"
  return hs
end
for _, condition in ipairs(status.conditions or {{}}) do
  conditions[condition.type] = condition
end
local ready = conditions["Ready"]
local stalled = conditions["Stalled"]
if stalled ~= nil and stalled.status == "True" then
  hs.status = "Degraded"
  hs.message = stalled.message
elseif ready ~= nil and ready.status == "True" then
  hs.status = "Healthy"
  hs.message = ready.message
else
  hs.status = "Progressing"
  hs.message = ready ~= nil and ready.message or "Waiting for a Ready condition"
end
return hs
"""
"""An Argo CD health check: ``obj`` -> ``hs``. It names no kind, and serves every one of ours."""

_CONDITIONS: Final = "status.?conditions.orValue([])"
CEL: Final[Mapping[str, str]] = {
    "inProgress": "has(metadata.deletionTimestamp)",
    "failed": (
        "status.?observedGeneration.orValue(-1) == metadata.generation && "
        f"{_CONDITIONS}.exists(c, c.type == 'Stalled' && c.status == 'True')"
    ),
    "current": (
        "status.?observedGeneration.orValue(-1) == metadata.generation && "
        f"{_CONDITIONS}.exists(c, c.type == 'Ready' && c.status == 'True')"
    ),
}
"""Flux health check expressions, in the order that Flux asks them."""

CEL_WITH_MESSAGE: Final[Mapping[str, str]] = {
    **CEL,
    "failed": f"{_CONDITIONS}.exists(c, c.type == 'Stalled' && c.status == 'True' && {{}}[c.message])",
}
"""The same, but that a stalled resource makes ``failed`` fail: there is no such key, says CEL, and names it. Flux
prints errors of expressions where it has no place for messages; but a status that cannot be read is none that has
failed, and is waited for until the Kustomization's timeout. Whether the generation is the present one, Flux has asked
before."""

_CM_NAME: Final = "argocd-cm"


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind whose health can be read, and the entry it is of."""

    entry: str
    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


def subjects_of(katalog: Katalog) -> tuple[list[Subject], list[str]]:
    """The kinds of enabled entries, each once; and the names of entries that write no conditions, whose objects look
    healthy to every tool as soon as they exist."""
    found: dict[tuple[str, str], Subject] = {}
    silent: list[str] = []
    for box in katalog.boxes:
        if not box.enabled:
            continue
        if not writes_conditions(box):
            silent.append(box.name)
            continue
        gvk = box.gvk
        found.setdefault((gvk.group, gvk.kind), Subject(box.name, gvk.group, gvk.version, gvk.kind))
    return list(found.values()), silent


def writes_conditions(box: OperatorBox) -> bool:
    return box.status.conditions and not box.ignore_status_patch


def argocd_key(subject: Subject) -> str:
    """The key of a kind in ``argocd-cm`` (the core group has no name before the underscore)."""
    prefix = f"{subject.group}_" if subject.group else ""
    return f"resource.customizations.health.{prefix}{subject.kind}"


def argocd_config(subjects: list[Subject], namespace: str = "argocd") -> dict[str, Any]:
    """``argocd-cm`` with these keys alone: a patch, or something to apply server-side beside what is there."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": _CM_NAME,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/name": _CM_NAME, "app.kubernetes.io/part-of": "argocd"},
        },
        "data": {argocd_key(subject): LUA for subject in subjects},
    }


def flux_checks(subjects: list[Subject], rules: Mapping[str, str] = CEL) -> list[dict[str, str]]:
    """``spec.healthCheckExprs`` of a Kustomization."""
    return [{"apiVersion": subject.api_version, "kind": subject.kind, **rules} for subject in subjects]
