"""Secrets that are generated: random values and certificates, made once, kept, and made anew by age."""

from __future__ import annotations

from base64 import b64decode

from cryptography import x509

from orkestra.k8s.objects import Object, annotations_of
from tests.scenes import SECRETS, Scene

GENERATED = "orkestra.orkspace.io/generated-at"


def names_in(secret: Object) -> list[str]:
    certificate = x509.load_pem_x509_certificate(b64decode(secret["data"]["tls.crt"]))
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
        x509.DNSName
    )


async def test_a_random_value_is_kept_through_changes_and_restarts(scene: Scene) -> None:
    await scene.define()
    box = """
    onCreate:
      secrets: [{name: s, once: true, data: {word: "{{ randomAlphanumeric 24 }}", v: "{{ .spec.v }}"}}]
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"v": "1"})
        await scene.ready("shop")
        first = await scene.exists(SECRETS, "s")
        assert len(b64decode(first["data"]["word"])) == 24
        await scene.change("shop", {"v": "2"})
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        assert (await scene.exists(SECRETS, "s"))["data"] == first["data"]
    async with scene.running(box) as run:
        await scene.change("shop", {"v": "3"})
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        assert (await scene.exists(SECRETS, "s"))["data"] == first["data"]


async def test_a_child_that_lost_its_label_keeps_its_values(scene: Scene) -> None:
    await scene.define()
    box = 'onCreate: {secrets: [{name: s, once: true, data: {word: "{{ randomHex 8 }}"}}]}'
    async with scene.running(box):
        await scene.create("shop")
        await scene.ready("shop")
    first = await scene.exists(SECRETS, "s")
    await scene.patch(SECRETS, "s", {"metadata": {"labels": {"managed-by": None}}})
    await scene.patch(scene.kinds["Website"], "shop", {"status": None}, subresource="status")
    async with scene.running(box):
        await scene.until(SECRETS, "s", lambda o: o and o["metadata"]["labels"].get("managed-by") == "orkestra")
        assert (await scene.exists(SECRETS, "s"))["data"] == first["data"]


async def test_an_old_random_value_is_made_anew(scene: Scene) -> None:
    await scene.define()
    box = """
    onCreate:
      secrets: [{name: s, once: true, rotateAfter: 1h, data: {word: "{{ randomHex 8 }}"}}]
    """
    async with scene.running(box) as run:
        await scene.create("shop")
        await scene.ready("shop")
        first = await scene.exists(SECRETS, "s")
        assert annotations_of(first)[GENERATED]
        await scene.rests(run, 0.5)
        await scene.patch(SECRETS, "s", {"metadata": {"annotations": {GENERATED: "2020-01-01T00:00:00Z"}}})
        second = await scene.until(SECRETS, "s", lambda o: o and o["data"] != first["data"])
        assert second["metadata"]["uid"] == first["metadata"]["uid"]
        assert annotations_of(second)[GENERATED] >= annotations_of(first)[GENERATED]
        await scene.rests(run, 0.5)


async def test_a_value_is_made_anew_when_its_time_comes(scene: Scene) -> None:
    await scene.define()
    box = 'onCreate: {secrets: [{name: s, once: true, rotateAfter: 2s, data: {word: "{{ randomHex 8 }}"}}]}'
    async with scene.running(box):
        await scene.create("shop")
        first = await scene.exists(SECRETS, "s")
        second = await scene.until(SECRETS, "s", lambda o: o and o["data"] != first["data"])
        await scene.until(SECRETS, "s", lambda o: o and o["data"] != second["data"])


async def test_a_certificate_follows_its_names_and_is_kept_otherwise(scene: Scene) -> None:
    await scene.define()
    box = """
    onReconcile:
      secrets: [{tls: {dnsNames: ["{{ .spec.host }}"]}}]
    """
    async with scene.running(box) as run:
        await scene.create("shop", {"host": "shop.example.com"})
        await scene.ready("shop")
        first = await scene.exists(SECRETS, "orkestra-tls")
        assert first["type"] == "kubernetes.io/tls"
        assert names_in(first) == ["shop.example.com"]
        await scene.change("shop", {"other": "x"})
        await scene.ready("shop")
        await scene.rests(run, 0.5)
        assert (await scene.exists(SECRETS, "orkestra-tls"))["data"] == first["data"]
        await scene.change("shop", {"host": "new.example.com"})
        second = await scene.until(SECRETS, "orkestra-tls", lambda o: o and o["data"] != first["data"])
        assert names_in(second) == ["new.example.com"]
        await scene.delete(SECRETS, "orkestra-tls")
        third = await scene.until(SECRETS, "orkestra-tls", lambda o: o and o["data"] != second["data"])
        assert names_in(third) == ["new.example.com"]
        await scene.rests(run, 0.5)
