"""The matrix of ``gitops/matrix.py`` -> docs/gitops/health.md."""

from __future__ import annotations

from orkestra.gitops.matrix import cases
from reference.markdown import table


def lines() -> list[str]:
    rows = [
        (case.name, case.argocd, case.ready_only, case.flux, case.kstatus)
        for case in cases("example.com/v1", "Website")
    ]
    return table(("Status", "Argo CD, our check", "Argo CD, Ready alone", "Flux, our expressions", "kstatus"), rows)
