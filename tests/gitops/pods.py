"""A Pod of a rendered Deployment, as a process: its arguments, environment and mounts, and its account's token."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from controlplane import ControlPlane

START_SECONDS = 90.0


class Mount:
    """A ConfigMap as the kubelet mounts it: every file a link through ``..data``, which is swapped by one rename."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._number = 0
        folder.mkdir(parents=True, exist_ok=True)

    def fill(self, data: dict[str, str]) -> None:
        self._number += 1
        content = self.folder / f"..{self._number}"
        content.mkdir()
        for key, text in data.items():
            (content / key).write_text(text)
            if not (self.folder / key).is_symlink():
                (self.folder / key).symlink_to(Path("..data") / key)
        fresh = self.folder / "..data_tmp"
        fresh.symlink_to(content.name)
        fresh.rename(self.folder / "..data")
        if self._number > 1:
            shutil.rmtree(self.folder / f"..{self._number - 1}")


def account_kubeconfig(plane: ControlPlane, namespace: str, account: str, path: Path) -> Path:
    """Nothing in it but the account's token."""
    token = plane.kubectl("create", "token", account, "-n", namespace).strip()
    config = json.loads(plane.kubeconfig.read_text())
    config["users"] = [{"name": "admin", "user": {"token": token}}]
    path.write_text(json.dumps(config))
    return path


@dataclass
class Pod:
    process: subprocess.Popen[bytes]
    log: Path
    port: int
    probes: dict[str, str] = field(default_factory=dict)

    def answers(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def said(self, text: str) -> bool:
        return text in self.log.read_text()

    def until_said(self, text: str) -> None:
        until(lambda: self.said(text), f"{text!r} in the log", lambda: self.log.read_text()[-2000:])

    def terminate(self) -> int:
        """As the kubelet ends a Pod."""
        self.process.terminate()
        return self.process.wait(60)


def started_pod(deployment: dict[str, Any], kubeconfig: Path, log: Path, port: int | None = None) -> Pod:
    """Run the only container of a Deployment here. ``port``: for a second replica, which would share it in no Pod."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    namespace = deployment["metadata"]["namespace"]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""), "KUBECONFIG": str(kubeconfig)}
    for variable in container["env"]:
        source = variable.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
        assert source in (None, "metadata.namespace")
        env[variable["name"]] = namespace if source else variable["value"]
    if port is not None:
        env["ORK_PORT"] = str(port)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "orkestra.cli", *container["args"]],
            env=env,
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    probes = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    return Pod(process, log, int(env["ORK_PORT"]), probes)


def until(look: Any, what: str, seen: Any = lambda: "", seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}; {seen()}"
        time.sleep(0.1)
