"""Files that are out to cost time, memory or secrets, given to the real ``ork validate``: an answer, soon and small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

CPU_SECONDS = 5.0
MEGABYTES = 200
HEAD = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\n"
ENTRY = HEAD + "spec:\n  crds:\n    website:\n      crdFile: %s\n"
BOMB = HEAD + "a: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))


LAUNCHER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
with open(sys.argv[1], "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss >> 10], file)
"""
"""A process counts what its parent held when it was forked as its own: this small one stands between."""


def validate(folder: Path, *names: str) -> str:
    """What it prints; fails when it crashes, takes long, or takes much."""
    command = [sys.executable, "-m", "orkestra.cli", "validate", *names]
    used = folder / "used"
    launched = [sys.executable, "-S", "-c", LAUNCHER, str(used), *command]
    done = subprocess.run(launched, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    code, cpu_seconds, megabytes = json.loads(used.read_text())
    assert code == 1, done.stdout[-2000:]
    assert "Traceback" not in done.stdout
    assert cpu_seconds < CPU_SECONDS
    assert megabytes < MEGABYTES
    return done.stdout


def test_files_that_are_no_definitions_each_get_their_reason(tmp_path: Path) -> None:
    (tmp_path / "k").mkdir()
    folder = tmp_path / "k"
    secret = tmp_path / "secret.yaml"
    secret.write_text("token: hunter2\n")
    files = {
        "bomb.yaml": BOMB.encode(),
        "nul.yaml": HEAD.encode() + b"a: \x00\n",
        "latin.yaml": HEAD.encode() + b"a: \xe9\n",
        "utf16.yaml": HEAD.encode("utf-16"),
        "deep.yaml": HEAD.encode() + b"a: " + b"[" * 100_000,
        "itself.yaml": HEAD.encode() + b"a: &a [*a]\n",
        "up.yaml": (ENTRY % "../secret.yaml").encode(),
        "root.yaml": (ENTRY % "/etc/passwd").encode(),
        "link.yaml": (ENTRY % "linked.yaml").encode(),
        "loop.yaml": (ENTRY % "looped.yaml").encode(),
        "device.yaml": (ENTRY % "devices.yaml").encode(),
        "name.yaml": (ENTRY % ("a" * 5000)).encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "linked.yaml").symlink_to(secret)
    (folder / "looped.yaml").symlink_to("looped.yaml")
    (folder / "devices.yaml").symlink_to("/dev/zero")
    (folder / ".git").mkdir()
    told = validate(folder, *files)
    for name in files:
        assert name in told, told
    for code in ("ORK1006", "ORK1007", "ORK1008", "ORK1010", "ORK1011"):
        assert code in told, code
    assert "hunter2" not in told
    assert "root:" not in told


@pytest.mark.parametrize("size", [100 << 20])
def test_a_file_of_100_megabytes_is_not_read_whole(tmp_path: Path, size: int) -> None:
    with (tmp_path / "large.yaml").open("wb") as out:
        out.write(HEAD.encode())
        out.truncate(size)
    assert "ORK1009" in validate(tmp_path, "large.yaml")


def test_a_file_of_8_megabytes_of_keys_takes_memory_in_proportion(tmp_path: Path) -> None:
    (tmp_path / "keys.yaml").write_text(HEAD + "".join(f"k{n}: 1\n" for n in range(60_000)))
    validate(tmp_path, "keys.yaml")
