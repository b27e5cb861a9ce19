"""A real control plane for the judges: RBAC and the admission plugins that hold deployments to it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from controlplane import ControlPlane, cache_dir

from tests.scenes import definition

ENFORCED = "--enable-admission-plugins=OwnerReferencesPermissionEnforcement"
"""Not on by default, but on some distributions: it asks for the right to set finalizers of an owner that is blocked."""


if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

GROUP = "judges.example.com"
WEBSITE_CRD = Path(__file__).resolve().parents[2] / "examples" / "website" / "crd.yaml"


@pytest.fixture(scope="session")
def plane() -> Iterator[ControlPlane]:
    """With the kinds of all judges: that plugin learns of later ones half a minute late."""
    with ControlPlane(apiserver_flags=(ENFORCED,)) as made:
        crds = [definition(GROUP, kind) for kind in ("Site", "Shop", "Part")]
        made.kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": crds}))
        made.kubectl("create", "-f", str(WEBSITE_CRD))
        made.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        yield made


HELMS = {"helm": "make cluster", "helm310": "make cluster-engines"}
"""Today's and the oldest that the chart is for, and what builds them."""


@pytest.fixture(scope="session", params=HELMS)
def helm(request: SubRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program of that name, in a folder of its own."""
    built = cache_dir() / "bin" / str(request.param)
    if not built.exists():
        pytest.skip(f"no {request.param}: {HELMS[request.param]}")
    path = tmp_path_factory.mktemp(request.param) / "helm"
    path.symlink_to(built)
    return path
