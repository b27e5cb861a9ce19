"""A platform as ``ork init`` writes it: a Git repository, and a stand-in for the kubelet that runs the Pod."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from controlplane import ControlPlane, free_ports

from tests.gitops.pods import Pod, account_kubeconfig, started_pod

SYSTEM = "orkestra-system"
TEAM = "team-platform"
WEBSITES = "websites.platform.example.com"
LOOK_SECONDS = 0.2
WITHIN = 120.0


class Transcript:
    """What happened, and when: printed as it does, shown by ``pytest -s`` and when a story fails."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"{time.monotonic() - self._began:6.1f} s  {text}", flush=True)


def ork(*arguments: str, cwd: Path) -> str:
    command = [sys.executable, "-m", "orkestra.cli", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"ork {' '.join(arguments)}: {done.stderr}{done.stdout}"
    return done.stdout


@dataclass
class Repository:
    """The folder, under Git. ``commit`` takes in whatever was written to it."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, *flags: str) -> Repository:
        folder.mkdir(parents=True)
        found = cls(folder)
        found.git("init", "-q", "-b", "main")
        ork("init", ".", "--yes", *flags, cwd=folder)
        found.commit("Begin")
        return found

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=platform", "-c", "user.email=platform@example.com")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def generate(self) -> None:
        """What the README says to do after a change of definitions."""
        for line in (self.folder / "README.md").read_text().splitlines():
            if line.startswith("    ork generate ") and " chart " not in line:
                ork(*line.split()[1:], cwd=self.folder)

    def edit(self, name: str, change: Callable[[Any], Any]) -> None:
        """Change one YAML document of the repository."""
        path = self.folder / name
        document = yaml.safe_load(path.read_text())
        change(document)
        path.write_text(yaml.safe_dump(document, sort_keys=False))


@dataclass
class Kubelet:
    """Runs the runtime's container as a process whenever its Deployment is available, with its account's token."""

    plane: ControlPlane
    folder: Path
    pod: Pod | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    errors: list[str] = field(default_factory=list)

    def __enter__(self) -> Kubelet:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join(30)
        if self.pod is not None:
            self.pod.terminate()

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                self._look()
            except Exception as error:
                self.errors.append(repr(error))

    def _look(self) -> None:
        found = get(self.plane, "deployment", "orkestra", SYSTEM)
        if found is None:
            if self.pod is not None:
                self.pod.terminate()
                self.pod = None
        elif self.pod is None and found.get("status", {}).get("availableReplicas"):
            kubeconfig = account_kubeconfig(self.plane, SYSTEM, "orkestra", self.folder / "kubeconfig")
            self.pod = started_pod(found, kubeconfig, self.folder / "runtime.log", free_ports(1)[0])


def get(plane: ControlPlane, kind: str, name: str, namespace: str = "") -> Any:
    """The object, or None."""
    place = ("-n", namespace) if namespace else ()
    text = plane.kubectl("get", kind, name, *place, "-o", "json", "--ignore-not-found", check=False)
    return json.loads(text) if text.strip() else None


def listed(plane: ControlPlane, kinds: str, namespace: str = "") -> list[Any]:
    place = ("-n", namespace) if namespace else ("-A",)
    text = plane.kubectl("get", kinds, *place, "-o", "json", "--ignore-not-found", check=False)
    return list(json.loads(text)["items"]) if text.strip() else []


def condition(obj: Any, type_: str = "Ready") -> dict[str, Any]:
    found = ((obj or {}).get("status") or {}).get("conditions") or []
    return next((dict(each) for each in found if each["type"] == type_), {})


def until(look: Callable[[], Any], what: str, seconds: float = WITHIN, seen: Callable[[], Any] | None = None) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        last = "" if seen is None else f"; last seen: {str(seen())[:1500]}"
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}{last}"
        time.sleep(LOOK_SECONDS)
