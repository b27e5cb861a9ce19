"""What a Motif brings runs like what an entry says itself."""

from __future__ import annotations

from orkestra.k8s.objects import get_path
from tests.scenes import CONFIG_MAPS, SERVICES, Scene

WEB = """\
apiVersion: orkestra.orkspace.io/v1
kind: Motif
metadata: {name: web}
inputs:
  - {name: tier, required: true}
  - {name: port, type: int, default: 8080}
notes: {functions: [{name: label, expression: 'printf "%s-%s" .metadata.name .inputs.tier'}]}
resources:
  services: [{name: "{{ label }}", port: "{{ .inputs.port }}"}]
imports:
  - {motif: inner.yaml, with: {text: "<{{ .inputs.tier }}>"}}
status:
  fields: [{path: tier, value: "{{ .inputs.tier | shout }}"}]
"""
INNER = """\
apiVersion: orkestra.orkspace.io/v1
kind: Motif
metadata: {name: inner}
inputs: [{name: text}]
resources: {configMaps: [{name: "{{ .metadata.name }}-inner", data: {text: "{{ .inputs.text }}"}}]}
"""


async def test_inputs_notes_and_nesting_follow_the_object(scene: Scene) -> None:
    info = await scene.define()
    web = WEB.replace(
        "notes: {functions: [", "notes: {functions: [{name: shout, expression: toUpper (index .args 0)}, "
    )
    (scene.folder / "web.yaml").write_text(web)
    (scene.folder / "inner.yaml").write_text(INNER)
    more = 'imports: [{motif: web.yaml, with: {tier: "{{ .spec.tier }}"}}]'
    async with scene.running(scene.entry("status: {readiness: reconcile}", more=more)):
        await scene.create("shop", {"tier": "a"})
        await scene.ready("shop")
        (service,) = await scene.list(SERVICES)
        inner = await scene.exists(CONFIG_MAPS, "shop-inner")
        assert (service["metadata"]["name"], get_path(service, ("spec", "ports"))[0]["port"]) == ("shop-a", 8080)
        assert inner["data"] == {"text": "<a>"}
        assert get_path(await scene.get(info, "shop"), ("status", "tier")) == "A"
