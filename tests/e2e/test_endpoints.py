"""What the runtime serves over HTTP."""

from __future__ import annotations

from tests.scenes import Scene

CHILD = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {k: v}}]}'


async def test_probes_and_reports(scene: Scene) -> None:
    await scene.define()
    missing = scene.entry(CHILD, name="missing", kind="Nowhere")
    async with scene.running(scene.entry(CHILD), missing, waits=False) as run:
        await scene.create("shop", {"size": {"w": 3}})
        await scene.ready("shop")
        for path in ("/startup", "/health", "/ready"):
            assert (await run.get(path))[0] == 200, path
        status, katalog = await run.get("/katalog")
        assert status == 503 and katalog["crds"] == {"website": "healthy", "missing": "pending"}
        assert (katalog["name"], katalog["total"], katalog["totalEnabled"], katalog["totalDegraded"]) == (
            "scene",
            2,
            2,
            0,
        )
        assert katalog["statusCounts"] == {"healthy": 1, "pending": 1}
        status, box = await run.get("/katalog/website")
        assert status == 200 and box["workers"]["current"] == 3 and box["resync"] == 600
        assert box["queue"] == {"maxDepth": 0, "failureThreshold": 5, "depth": 0}
        status, health = await run.get("/katalog/website/health")
        assert status == 200 and health["state"] == "healthy" and health["started"] and health["isKonductor"]
        assert health["resourceCount"] == 1 and health["totalReconciles"] >= 1 and health["consecutiveFails"] == 0
        status, health = await run.get("/katalog/missing/health")
        assert status == 503 and "Nowhere" in health["pending"]
        status, listed = await run.get("/katalog/website/cr?field=spec.size.w")
        assert listed == {"items": [{"namespace": scene.namespace, "name": "shop", "value": 3}]}
        status, cr = await run.get(f"/katalog/website/cr/{scene.namespace}/shop")
        assert status == 200 and cr["spec"] == {"size": {"w": 3}}
        for path in ("/katalog/nothing", "/katalog/website/cr/none", f"/katalog/website/cr/{scene.namespace}/none"):
            assert (await run.get(path))[0] == 404, path


async def test_metrics_of_the_reference(scene: Scene) -> None:
    await scene.define()
    bad = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", namespace: "{{ .spec.where }}", data: {k: v}}]}'
    async with scene.running(bad) as run:
        await scene.create("shop", {"where": scene.namespace})
        await scene.ready("shop")
        await scene.create("bad", {"where": "no-such-namespace"})
        await scene.ready("bad", "False")
        status, text = await run.get("/metrics")
        assert status == 200
        crd = f'crd="{run.box().definition.gvk}"'
        for series in (
            f'controller_reconcile_total{{{crd},result="success"}}',
            f'controller_reconcile_total{{{crd},result="error"}}',
            f"controller_reconcile_duration_seconds_count{{{crd}}}",
            f"controller_resource_count{{{crd}}} 2.0",
            f"controller_queue_depth{{{crd}}}",
            f"controller_workers_total{{{crd}}} 3.0",
            f"controller_crd_activation_latency_seconds_count{{{crd}}} 1.0",
            f'controller_crd_activation_total{{{crd},result="success"}} 1.0',
            "orkestra_api_requests_total{",
        ):
            assert series in text, series


async def test_a_degraded_box_shows_in_its_health_and_heals(scene: Scene) -> None:
    await scene.define()
    box = """
    reconciler: {resync: 10m, queue: {failureThreshold: 3}}
    onReconcile: {configMaps: [{name: "{{ .metadata.name }}", namespace: "{{ .spec.where }}", data: {k: v}}]}
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"where": "no-such-namespace"})
        await scene.eventually(lambda: run.box().health.state, "degraded", "degraded")
        status, health = await run.get("/katalog/website/health")
        assert status == 503 and not health["healthy"] and "no-such-namespace" in health["lastError"]
        status, katalog = await run.get("/katalog")
        assert status == 503 and katalog["degradedReason"].startswith("website: ")
        assert (await run.get("/health"))[0] == 200, "a restart would not help"
        await scene.change("shop", {"where": scene.namespace})
        await scene.ready("shop")
        assert (await run.get("/katalog/website/health"))[0] == 200
