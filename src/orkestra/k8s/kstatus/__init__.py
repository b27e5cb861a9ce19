"""Readiness of any object, by the kstatus rules Argo CD, Flux and kubectl-based tools agree on.

Rules and reasons: sigs.k8s.io/cli-utils pkg/kstatus/status/{generic,core,status}.go. Order: deletion, then
observedGeneration, then the Reconciling and Stalled conditions, then the kind's own rule, then Ready; an object that
says nothing is Current. A status of the wrong shape is Unknown, where kstatus returns an error.
"""

from orkestra.k8s.kstatus.compute import compute
from orkestra.k8s.kstatus.verdict import KStatus, Status

__all__ = ["KStatus", "Status", "compute"]
