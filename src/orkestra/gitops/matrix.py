"""A matrix of statuses, each as the runtime writes it, and what every tool must make of it.

The statuses come from ``operator.status`` itself: were they written down here, they would be right for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from orkestra.gitops.health import CEL, CEL_WITH_MESSAGE, LUA
from orkestra.k8s import kstatus
from orkestra.k8s.cel import CelError, compile_cel
from orkestra.k8s.objects import Object
from orkestra.operator import names
from orkestra.operator.outcome import Failure, Outcome, Reason
from orkestra.operator.status import next_status

_MISSING: Final = "no such key: "
_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
READY_ALONE: Final = """\
hs = {}
if obj.status ~= nil then
  if obj.status.conditions ~= nil then
    for i, condition in ipairs(obj.status.conditions) do
      if condition.type == "Ready" and condition.status == "False" then
        hs.status = "Degraded"
        hs.message = condition.message
        return hs
      end
      if condition.type == "Ready" and condition.status == "True" then
        hs.status = "Healthy"
        return hs
      end
    end
  end
end
hs.status = "Progressing"
hs.message = "Waiting for reconcile"
return hs
"""
"""The health check that asks the Ready condition alone, as many repositories have it. It works on our statuses; it does
not tell a failure that is tried again from one that waits for somebody, and it believes what is said of an older
generation."""


@dataclass(frozen=True, slots=True)
class Case:
    """A situation of a resource, and what it is called by Argo CD, by the short Lua, by Flux and by kstatus."""

    name: str
    obj: Object
    argocd: str
    ready_only: str
    flux: str
    kstatus: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge says of one case. ``expected`` and ``found`` are the tool's own words."""

    case: str
    judge: str
    expected: str
    found: str

    @property
    def is_right(self) -> bool:
        return self.expected == self.found


def cases(api_version: str, kind: str) -> list[Case]:
    """The matrix for objects of a kind."""

    def made(status: Mapping[str, Any] | None, generation: int = 2, **metadata: Any) -> Object:
        obj: Object = {
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {"name": "sample", "namespace": "default", "generation": generation, **metadata},
        }
        return obj if status is None else {**obj, "status": dict(status)}

    def status(outcome: Outcome, generation: int = 2) -> dict[str, Any]:
        return next_status({}, outcome, generation=generation, now=_NOW)

    ready = status(Outcome())
    progressing = status(Outcome(waiting=["Deployment shop: 1 of 3 replicas are available"]))
    passing = status(Outcome(failures=[Failure(Reason.ERROR, "the API server is overloaded", is_retried=True)]))
    stalled = status(Outcome(failed_children=["Deployment shop: it has not progressed for 600 s"]))
    denied = status(Outcome(failures=[Failure(Reason.INVALID_TEMPLATE, "spec.size is no size", is_retried=False)]))
    old = status(Outcome(), generation=1)
    going: dict[str, Any] = {"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": [names.CLEANUP_FINALIZER]}
    paused: dict[str, Any] = {"annotations": {names.PAUSED_ANNOTATION: "true"}}
    return [
        Case("created, no status yet", made(None), "Progressing", "Progressing", "Unknown", "Current"),
        Case(
            "never seen (the CRD's default)",
            made({"observedGeneration": -1}, generation=1),
            *("Progressing", "Progressing", "InProgress", "InProgress"),
        ),
        Case("progressing", made(progressing), "Progressing", "Progressing", "InProgress", "InProgress"),
        Case("ready", made(ready), "Healthy", "Healthy", "Current", "Current"),
        Case("failing, tried again", made(passing), "Progressing", "Degraded", "InProgress", "InProgress"),
        Case("stalled", made(stalled), "Degraded", "Degraded", "Failed", "Failed"),
        Case("denied", made(denied), "Degraded", "Degraded", "Failed", "Failed"),
        Case("ready, of an older generation", made(old), "Progressing", "Healthy", "InProgress", "InProgress"),
        Case("being deleted", made(ready, **going), "Progressing", "Healthy", "InProgress", "Terminating"),
        Case("paused", made(ready, **paused), "Suspended", "Healthy", "Current", "Current"),
    ]


def judge(
    api_version: str, kind: str, lua: Callable[[str, Object], str] | None, *, with_message: bool = False
) -> Iterator[Verdict]:
    """Every case through every judge. ``lua`` runs a health check on an object and gives ``hs.status``; None leaves
    those of Argo CD out. ``with_message``: Flux by the expressions that tell it, too."""
    for case in cases(api_version, kind):
        if lua is not None:
            yield Verdict(case.name, "argocd", case.argocd, lua(LUA, case.obj))
            yield Verdict(case.name, "argocd, Ready alone", case.ready_only, lua(READY_ALONE, case.obj))
        yield Verdict(case.name, "flux", case.flux, flux_status(case.obj)[0])
        if with_message:
            expected = f"Unknown: {_why(case.obj)}" if case.flux == "Failed" else case.flux
            status, error = flux_status(case.obj, CEL_WITH_MESSAGE)
            found = f"{status}: {error.removeprefix(_MISSING)}" if error.startswith(_MISSING) else status
            yield Verdict(case.name, "flux, with message", expected, found)
        yield Verdict(case.name, "kstatus", case.kstatus, str(kstatus.compute(case.obj, _NOW).status))


def flux_status(obj: Object, rules: Mapping[str, str] = CEL) -> tuple[str, str]:
    """What Flux makes of ``obj`` by our expressions, and its error if any: first the observed generation, then the
    expressions in their order (RFC 0009). One that fails is ``Unknown``, which is waited for like ``InProgress``."""
    metadata, status = obj["metadata"], obj.get("status") or {}
    observed = status.get("observedGeneration")
    if isinstance(observed, int) and observed != metadata.get("generation"):
        return "InProgress", ""
    bindings = {name: obj[name] for name in obj}
    for field, name in (("inProgress", "InProgress"), ("failed", "Failed"), ("current", "Current")):
        try:
            if compile_cel(rules[field], variables=("metadata", "status", "spec")).evaluate(bindings) is True:
                return name, ""
        except CelError as error:
            return "Unknown", error.message
    return "InProgress", ""


def _why(obj: Object) -> str:
    return next(str(each["message"]) for each in obj["status"]["conditions"] if each["type"] == "Stalled")
