"""What ``ork generate crd`` and ``ork generate cr`` print, taken by an API server."""

from __future__ import annotations

import secrets

import pytest

from orkestra.generate.crd import crds_of
from orkestra.generate.sample import sample_of
from orkestra.katalog import load_text
from tests.conformance.http import Api
from tests.conformance.scenario import is_established
from tests.unit.generate.katalogs import SHOP

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


@pytest.mark.parametrize("is_full", [False, True])
async def test_a_derived_crd_and_its_sample_are_accepted(api: Api, namespace: str, is_full: bool) -> None:
    group = f"g{secrets.token_hex(4)}.example.com"
    katalog, findings = load_text(SHOP.replace("shop.example.com", group))
    assert katalog is not None, findings
    (crd,) = crds_of(katalog.boxes)
    made = (await api.create(DEFINITIONS, crd, fieldValidation="Strict")).expect(201)
    name = made["metadata"]["name"]
    try:
        await api.until(f"{DEFINITIONS}/{name}", is_established)
        path = f"/apis/{group}/v1/namespaces/{namespace}/websites"
        await api.until(path, lambda found: found.get("kind", "").endswith("List"))
        sample = sample_of(crd, is_full=is_full, name="sample")
        sample["metadata"]["namespace"] = namespace
        (await api.create(path, sample, fieldValidation="Strict")).expect(201)
        found = (await api.get(f"{path}/sample")).expect(200)
        assert found["status"]["observedGeneration"] == -1, "nobody may take it for ready yet"
        assert found["spec"]["port"] == 80
        refused = await api.create(path, {**sample, "metadata": {"name": "other"}, "spec": {}})
        assert refused.code == 422
    finally:
        await api.delete(f"{DEFINITIONS}/{name}")
