"""What is looked at to notice that a definition has changed, and that no change goes unnoticed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from orkestra.katalog import load
from orkestra.operator.delivery import mount
from orkestra.operator.delivery.delivered import Delivered, load_definition
from orkestra.operator.delivery.mount import Known, snapshot_of, watch_path
from tests.unit.katalog.test_crd_files import CRD

ENTRY = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {{name: shop}}
spec:
  crds:
    website:
      crdFile: {crd}
      operatorBox: {{onReconcile: {{configMaps: [{{name: "{{{{ .metadata.name }}}}", data: {{k: "{value}"}}}}]}}}}
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mount, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(mount, "SETTLE_SECONDS", 0.005)


def define(folder: Path, value: str, crd: str = "crd.yaml") -> Path:
    (folder / crd).parent.mkdir(exist_ok=True)
    (folder / crd).write_text(CRD)
    path = folder / "katalog.yaml"
    path.write_text(ENTRY.format(crd=crd, value=value))
    return path


def known(path: Path) -> Known:
    before = snapshot_of(path)
    katalog, findings = load(path)
    assert katalog is not None, findings
    return Known(katalog, before)


async def following(delivery: AsyncIterator[Delivered], *, within: float = 5.0) -> Delivered:
    return await asyncio.wait_for(anext(delivery), within)


async def is_silent(delivery: AsyncIterator[Delivered]) -> bool:
    try:
        await following(delivery, within=0.3)
    except TimeoutError:
        return True
    return False


def says(delivered: Delivered) -> str:
    assert delivered.katalog is not None, delivered.findings
    (entry,) = delivered.katalog.boxes[0].on_reconcile.entries
    return str(entry.fields["data"])


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[int]:
    """Does ``act`` once while a definition has been read and is not delivered yet. What is returned counts loads."""
    loads: list[int] = []

    async def loading(read: Any) -> Any:
        found = await load_definition(read)
        if not loads:
            act()
        loads.append(1)
        return found

    monkeypatch.setattr(mount, "load_definition", loading)
    return loads


async def test_what_is_known_is_not_delivered_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads = meanwhile(monkeypatch, lambda: None)
    path = define(tmp_path, "one")
    assert await is_silent(watch_path(lambda: path, known(path)))
    assert not loads


async def test_a_change_between_loading_and_watching_is_delivered(tmp_path: Path) -> None:
    path = define(tmp_path, "one")
    found = known(path)
    define(tmp_path, "two")
    assert "two" in says(await following(watch_path(lambda: path, found)))


@pytest.mark.parametrize("crd", ["crd.yaml", "kinds/crd.yaml"])
async def test_a_change_while_files_are_read_is_delivered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crd: str
) -> None:
    path = define(tmp_path, "one", crd)
    delivery = watch_path(lambda: path)
    meanwhile(monkeypatch, lambda: define(tmp_path, "two", crd))
    assert "one" in says(await following(delivery))
    assert "two" in says(await following(delivery))
    assert await is_silent(delivery)


async def test_files_elsewhere_count_from_when_they_turned_out_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A CRD in another folder is not looked at before a definition names it: it may have changed since it was read."""
    path = define(tmp_path, "one", "kinds/crd.yaml")
    delivery = watch_path(lambda: path)
    changed = CRD.replace("type: object, properties", "type: object, description: new, properties")
    assert changed != CRD
    meanwhile(monkeypatch, lambda: (tmp_path / "kinds/crd.yaml").write_text(changed))
    first = await following(delivery)
    second = await following(delivery)
    assert first.katalog is not None and second.katalog is not None
    assert "description" not in str(first.katalog.boxes[0].crd)
    assert "description" in str(second.katalog.boxes[0].crd)
    assert await is_silent(delivery)


async def test_a_swap_of_the_mount_is_delivered_and_what_is_the_same_is_not(tmp_path: Path) -> None:
    def mounted(version: str, value: str) -> None:
        (tmp_path / version).mkdir()
        define(tmp_path / version, value)
        (tmp_path / "..next").symlink_to(version)
        (tmp_path / "..next").rename(tmp_path / "..data")

    mounted("..1", "one")
    for name in ("katalog.yaml", "crd.yaml"):
        (tmp_path / name).symlink_to(Path("..data") / name)
    path = tmp_path / "katalog.yaml"
    delivery = watch_path(lambda: path, known(path))
    mounted("..2", "one")
    first = await following(delivery)
    assert "one" in says(first), "the runtime takes back a rejection by it; it is no news otherwise"
    mounted("..3", "one")
    assert await is_silent(delivery)


async def test_an_entry_file_that_goes_and_comes_back(tmp_path: Path) -> None:
    path = define(tmp_path, "one")
    delivery = watch_path(lambda: path, known(path))
    path.unlink()
    assert (await following(delivery)).findings == ("the file is gone",)
    define(tmp_path, "one")
    assert "one" in says(await following(delivery))


def test_a_log_beside_the_definition_is_no_change(tmp_path: Path) -> None:
    path = tmp_path / "katalog.yaml"
    path.write_text("a: 1")
    before = snapshot_of(path)
    (tmp_path / "runtime.log").write_text("a line")
    assert snapshot_of(path) == before


def test_files_that_may_be_part_of_it_and_the_commit_are(tmp_path: Path) -> None:
    path = tmp_path / "katalog.yaml"
    path.write_text("a: 1")
    seen = {snapshot_of(path)}
    for name in ("crd.yaml", "git-commit"):
        (tmp_path / name).write_text("x")
        seen.add(snapshot_of(path))
    path.write_text("a: 12")
    seen.add(snapshot_of(path))
    assert len(seen) == 4


def test_a_file_that_is_not_there_has_no_state(tmp_path: Path) -> None:
    assert snapshot_of(tmp_path / "none.yaml") == frozenset()
    assert snapshot_of(None) == frozenset()
