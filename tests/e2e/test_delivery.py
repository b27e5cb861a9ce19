"""How a definition reaches ``ork run``: as files that change, and as a ConfigMap."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

from orkestra.k8s.objects import Object
from tests.processes import OrkRun, ork_run
from tests.scenes import CONFIG_MAPS, Scene

NAME = "orkestra-katalog"


def box(value: str) -> str:
    return f'onReconcile: {{configMaps: [{{name: "{{{{ .metadata.name }}}}", data: {{k: "{value}"}}}}]}}'


def data(value: str) -> object:
    return lambda found: found and found["data"] == {"k": value}


async def has(scene: Scene, value: str, *, within: float = 20.0) -> None:
    await scene.until(CONFIG_MAPS, "shop", data(value), within=within)  # type: ignore[arg-type]


async def rejected(run: OrkRun) -> dict[str, object]:
    return await run.says("a revision was rejected; the one before runs on")


def adopted(run: OrkRun) -> list[object]:
    """The revisions it has taken over, and the one it began with."""
    return [line["revision"] for line in run.lines() if line.get("message") == "a revision was adopted"]


def mount(folder: Path, version: int, text: str) -> Path:
    """As the kubelet does it: a folder of its own for each version, and one symlink that is renamed."""
    files = folder / f"..{version}"
    files.mkdir(parents=True)
    (files / "katalog.yaml").write_text(text)
    (folder / "..next").symlink_to(files.name)
    (folder / "..next").rename(folder / "..data")
    if not (folder / "katalog.yaml").is_symlink():
        (folder / "katalog.yaml").symlink_to("..data/katalog.yaml")
    return folder / "katalog.yaml"


async def test_a_mount_that_is_swapped(scene: Scene) -> None:
    await scene.define()
    path = mount(scene.folder / "mount", 1, scene.source(box("1")))
    async with ork_run(path, scene.kubeconfig) as run:
        await scene.create("shop")
        await has(scene, "1")
        began = time.monotonic()
        mount(scene.folder / "mount", 2, scene.source(box("2")))
        await has(scene, "2")
        assert time.monotonic() - began < 15, "looked at twice a second"
        assert (await run.says("a revision was adopted"))["change"]


async def test_a_mount_that_comes_after_the_runtime(scene: Scene) -> None:
    await scene.define()
    await scene.create("shop")
    folder = scene.folder / "mount"
    folder.mkdir()
    async with ork_run(folder / "katalog.yaml", scene.kubeconfig, "--wait") as run:
        assert run.is_alive
        mount(folder, 1, scene.source(box("1")))
        await has(scene, "1")


async def test_files_half_written_invalid_and_gone(scene: Scene) -> None:
    await scene.define()
    await scene.create("shop")
    path = scene.folder / "katalog.yaml"
    good = scene.source(box("1"))
    path.write_text(good)
    async with ork_run(path, scene.kubeconfig) as run:
        await has(scene, "1")
        path.write_text(good[: len(good) // 2])
        told = await rejected(run)
        assert str(path) in str(told["findings"]) and "ORK" in str(told["findings"])
        path.unlink()
        await asyncio.sleep(1.5)
        path.write_text(scene.source(box("2")))
        await has(scene, "2")
        assert any("the file is gone" in str(line.get("findings")) for line in run.lines())
        assert await run.stop() == 0, "what was refused is no reason to fail"


async def test_without_reload_nothing_changes(scene: Scene) -> None:
    await scene.define()
    await scene.create("shop")
    path = scene.folder / "katalog.yaml"
    path.write_text(scene.source(box("1")))
    async with ork_run(path, scene.kubeconfig, "--no-reload"):
        await has(scene, "1")
        path.write_text(scene.source(box("2")))
        await scene.stays(CONFIG_MAPS, "shop", data("1"), 2.0)  # type: ignore[arg-type]


def config_map(text: str, **more: str) -> Object:
    return {
        "metadata": {"name": NAME, "annotations": {"orkestra.orkspace.io/git-commit": "4f2a"}},
        "data": {"katalog.yaml": text, **more},
    }


async def events(scene: Scene) -> list[Object]:
    from tests.scenes import EVENTS

    return [event for event in await scene.list(EVENTS) if event.get("regarding", {}).get("name") == NAME]


async def test_a_configmap_that_comes_changes_breaks_and_goes(scene: Scene) -> None:
    await scene.define()
    await scene.create("shop")
    where = f"{scene.namespace}/{NAME}"
    async with ork_run(scene.folder / "none.yaml", scene.kubeconfig, configmap=where) as run:
        await scene.add(CONFIG_MAPS, config_map(scene.source(box("1"))))
        await has(scene, "1")
        adopted = await run.says("a revision was adopted")
        assert (adopted["source"], adopted["commit"]) == (f"ConfigMap {where}", "4f2a")
        began = time.monotonic()
        await scene.patch(CONFIG_MAPS, NAME, {"data": {"katalog.yaml": scene.source(box("2"))}})
        await has(scene, "2")
        assert time.monotonic() - began < 15
        await scene.patch(CONFIG_MAPS, NAME, {"data": {"katalog.yaml": scene.source(box("{{ .spec.")), "x": "y"}})
        told = await rejected(run)
        assert f"ConfigMap {where}//katalog.yaml:" in str(told["findings"])

        async def reasons() -> set[tuple[str, str]]:
            return {(event["type"], event["reason"]) for event in await events(scene)}

        await scene.eventually(
            reasons, "both are told", {("Normal", "RevisionAdopted"), ("Warning", "RevisionRejected")}
        )
        await scene.delete(CONFIG_MAPS, NAME)
        await scene.eventually(lambda: "is gone" in run.log.read_text(), "its end is told")
        await scene.change("shop", {"x": "y"})
        await has(scene, "2")
        await scene.add(CONFIG_MAPS, config_map(scene.source(box("3"))))
        await has(scene, "3")


async def test_a_configmap_that_holds_no_definition_and_one_with_files_beside_it(scene: Scene) -> None:
    await scene.define()
    await scene.create("shop")
    where = f"{scene.namespace}/{NAME}"
    async with ork_run(scene.folder / "none.yaml", scene.kubeconfig, configmap=where) as run:
        await scene.add(CONFIG_MAPS, {"metadata": {"name": NAME}, "data": {"a.txt": "x", "b.txt": "y"}})
        await scene.eventually(lambda: "expected a key katalog.yaml" in run.log.read_text(), "what is missing is told")
        assert run.is_alive
        large = "# " + "x" * 900_000
        await scene.patch(CONFIG_MAPS, NAME, {"data": {"katalog.yaml": scene.source(box("1")), "a.txt": large}})
        await has(scene, "1")


async def test_a_follower_takes_revisions_over_too(scene: Scene) -> None:
    await scene.define()
    await scene.create("shop")
    path = scene.folder / "katalog.yaml"
    path.write_text(scene.source(box("1")))
    env = {"LEASE_DURATION": "8", "RENEW_DEADLINE": "6", "RETRY_PERIOD": "0.5", "ORK_NAMESPACE": scene.namespace}
    async with ork_run(path, scene.kubeconfig, "--leader-elect", env=env) as first:
        await has(scene, "1")
        async with ork_run(path, scene.kubeconfig, "--leader-elect", env=env) as second:
            path.write_text(scene.source(box("2")))
            await has(scene, "2")
            await second.says("a revision was adopted", revision=adopted(first)[-1])
            os.kill(first.pid, signal.SIGKILL)
            await scene.delete(CONFIG_MAPS, "shop")
            await has(scene, "2", within=60)
