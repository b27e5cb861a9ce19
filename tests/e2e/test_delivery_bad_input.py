"""Revisions that cannot be: each is told, what runs goes on, and what mends it is taken over without a restart."""

from __future__ import annotations

import time
from pathlib import Path

from orkestra.k8s.objects import Object
from tests.e2e.test_delivery import NAME, box, has, rejected
from tests.processes import OrkRun, ork_run
from tests.scenes import CONFIG_MAPS, Scene

KOMPOSER = """\
apiVersion: orkestra.orkspace.io/v1
kind: Komposer
metadata: {name: scene}
imports: {files: [%s]}
"""
MEBIBYTE = 1024 * 1024
"""The most that the API server takes in a ConfigMap."""


def swap(folder: Path, version: int, files: dict[str, str]) -> None:
    """As the kubelet does it; a file that is left out is not there any more."""
    content = folder / f"..{version}"
    content.mkdir(parents=True)
    for name, text in files.items():
        (content / name).write_text(text)
        if not (folder / name).is_symlink():
            (folder / name).symlink_to(f"..data/{name}")
    (folder / "..next").symlink_to(content.name)
    (folder / "..next").rename(folder / "..data")


def config_map(**data: str) -> Object:
    return {"metadata": {"name": NAME}, "data": {key.replace("_", "."): text for key, text in data.items()}}


async def begun(scene: Scene) -> str:
    await scene.define()
    await scene.create("shop")
    return f"{scene.namespace}/{NAME}"


async def said(scene: Scene, run: OrkRun, *words: str) -> None:
    """The log has all ``words``, in one finding."""

    def look() -> bool:
        findings = [str(line.get("findings", "")) for line in run.lines()]
        return any(all(word in each for word in words) for each in findings)

    await scene.eventually(look, f"it is told: {words}")


async def test_a_komposer_whose_import_is_gone_from_the_configmap(scene: Scene) -> None:
    where = await begun(scene)
    async with ork_run(scene.folder / "none.yaml", scene.kubeconfig, configmap=where) as run:
        komposer = KOMPOSER % "base.yaml"
        await scene.add(CONFIG_MAPS, config_map(komposer_yaml=komposer, base_yaml=scene.source(box("1"))))
        await has(scene, "1")
        await scene.patch(CONFIG_MAPS, NAME, {"data": {"base.yaml": None}})
        await rejected(run)
        await said(
            scene, run, f"ConfigMap {where}//komposer.yaml:4:", "base.yaml", "there is no such file, but komposer.yaml"
        )
        await scene.change("shop", {"x": "y"})
        await has(scene, "1")
        await scene.patch(CONFIG_MAPS, NAME, {"data": {"base.yaml": scene.source(box("2"))}})
        await has(scene, "2")


async def test_a_mount_that_is_half_written_and_one_whose_import_is_gone(scene: Scene) -> None:
    await begun(scene)
    folder = scene.folder / "mount"
    komposer, base = KOMPOSER % "base.yaml", scene.source(box("1"))
    swap(folder, 1, {"komposer.yaml": komposer, "base.yaml": base})
    async with ork_run(folder / "komposer.yaml", scene.kubeconfig) as run:
        await has(scene, "1")
        swap(folder, 2, {"komposer.yaml": komposer, "base.yaml": base[: len(base) // 2]})
        await rejected(run)
        await said(scene, run, "base.yaml:")
        swap(folder, 3, {"komposer.yaml": komposer})
        await said(scene, run, "komposer.yaml:4:", "base.yaml", "No such file")
        swap(folder, 4, {})
        await said(scene, run, "the file is gone")
        await scene.change("shop", {"x": "y"})
        await has(scene, "1")
        swap(folder, 5, {"komposer.yaml": komposer, "base.yaml": scene.source(box("2"))})
        await has(scene, "2")


async def test_two_katalogs_that_claim_one_crd(scene: Scene) -> None:
    where = await begun(scene)
    first = scene.source(box("1"))
    async with ork_run(scene.folder / "none.yaml", scene.kubeconfig, configmap=where) as run:
        await scene.add(CONFIG_MAPS, config_map(komposer_yaml=KOMPOSER % "a.yaml", a_yaml=first))
        await has(scene, "1")
        second = scene.source(scene.entry(box("2"), name="other"))
        both = {"komposer.yaml": KOMPOSER % "a.yaml, b.yaml", "b.yaml": second}
        await scene.patch(CONFIG_MAPS, NAME, {"data": both})
        await rejected(run)
        await said(scene, run, "ORK1204", "website", "other")
        await has(scene, "1")
        await scene.patch(CONFIG_MAPS, NAME, {"data": {"komposer.yaml": KOMPOSER % "b.yaml"}})
        await has(scene, "2")


async def test_a_configmap_as_large_as_there_can_be(scene: Scene) -> None:
    where = await begun(scene)

    def filled(text: str, filler: str) -> str:
        """Comments up to the last byte."""
        left = MEBIBYTE - len("katalog.yaml") - len(text.encode())
        line = f"# {filler * 100}\n"
        return text + line * (left // len(line)) + "#" * (left % len(line))

    async with ork_run(scene.folder / "none.yaml", scene.kubeconfig, configmap=where) as run:
        await scene.add(CONFIG_MAPS, config_map(katalog_yaml=filled(scene.source(box("1")), "x")))
        await has(scene, "1")
        began = time.monotonic()
        garbage = filled(scene.source(box("2")), "x").replace("# ", "- ")
        await scene.patch(CONFIG_MAPS, NAME, {"data": {"katalog.yaml": garbage}})
        told = await rejected(run)
        assert time.monotonic() - began < 30, "a mebibyte of mistakes is bounded work"
        assert len(str(told)) < 20_000
        await scene.change("shop", {"x": "y"})
        await scene.patch(CONFIG_MAPS, NAME, {"data": {"katalog.yaml": filled(scene.source(box("3")), "y")}})
        await has(scene, "3")
