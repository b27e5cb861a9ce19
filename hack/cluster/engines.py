"""Argo CD and Flux beside a control plane, without containers: the judges of the GitOps suite.

``with ControlPlane() as plane, ArgoCD(plane, folder) as argocd`` installs its kinds and settings and starts redis, the
repo server and the application controller. ``Flux`` starts kustomize-controller; sources it does not fetch itself are
served by ``FluxSource``. ``build engines`` makes the binaries.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import os
import shutil
import subprocess
import tarfile
import threading
import time
from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from controlplane import ControlPlane, StartError, cache_dir, free_ports

STOP_SECONDS = 5
START_SECONDS = 180
RESYNC_SECONDS = 5
EMPTY_SETTINGS = (
    "argocd-rbac-cm", "argocd-cmd-params-cm", "argocd-gpg-keys-cm", "argocd-tls-certs-cm", "argocd-ssh-known-hosts-cm",
)  # fmt: skip


def missing(*programs: str) -> str:
    """What there is to do before these programs can run; empty when nothing is."""
    root = cache_dir()
    if not all((root / "bin" / name).exists() for name in programs) or not (root / "crds").is_dir():
        return "no Argo CD and Flux: make cluster-engines"
    if "argocd-repo-server" in programs and not shutil.which("redis-server"):
        return "no redis-server: install the package redis-server"
    return ""


def definitions(*prefixes: str) -> list[Path]:
    return sorted(path for path in (cache_dir() / "crds").iterdir() if path.name.startswith(prefixes))


@dataclass
class Engine(ABC):
    """Programs that end with their context; logs are in ``folder``."""

    plane: ControlPlane
    folder: Path
    _stack: ExitStack = field(init=False, default_factory=ExitStack)
    _processes: dict[str, subprocess.Popen[bytes]] = field(init=False, default_factory=dict)

    def __enter__(self) -> Any:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.start()
            time.sleep(1)
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise StartError(f"{name} ended at once:\n{self.log(name)[-2000:]}")
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    @abstractmethod
    def start(self) -> None:
        """Install what it needs and start its programs."""

    def run(self, name: str, *command: str, **environment: str) -> None:
        log = self._stack.enter_context((self.folder / f"{name}.log").open("ab"))
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=self.folder,
            env={**os.environ, "PATH": f"{cache_dir() / 'bin'}:{os.environ['PATH']}", **environment},
        )
        self._stack.callback(end, process)
        self._processes[name] = process

    def apply(self, *objects: dict[str, Any]) -> None:
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})
        self.plane.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=text)

    def define(self, files: list[Path]) -> None:
        """Install CRDs and wait for them."""
        for path in files:
            self.plane.kubectl("apply", "--server-side", "-f", str(path))
        self.plane.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crd", "--all")

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class ArgoCD(Engine):
    """``settings``: more keys of argocd-cm, such as health checks."""

    settings: dict[str, str] = field(default_factory=dict)
    redis_port: int = 0

    def start(self) -> None:
        self.define(definitions("application-", "appproject-"))
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argocd"}})
        part_of = {"app.kubernetes.io/part-of": "argocd"}
        config_maps: dict[str, dict[str, str]] = {name: {} for name in EMPTY_SETTINGS}
        config_maps["argocd-cm"] = {
            "timeout.reconciliation": f"{RESYNC_SECONDS}s",
            "cluster.inClusterEnabled": "false",  # there is no Pod around it: the cluster is the Secret of that name
            **self.settings,
        }
        self.apply(
            *(
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": name, "namespace": "argocd", "labels": part_of},
                    "data": data,
                }
                for name, data in config_maps.items()
            ),
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": "argocd-secret", "namespace": "argocd", "labels": part_of},
                "stringData": {"server.secretkey": "for-tests-only"},
            },
            self._cluster(),
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "AppProject",
                "metadata": {"name": "default", "namespace": "argocd"},
                "spec": {
                    "sourceRepos": ["*"],
                    "destinations": [{"server": "*", "namespace": "*"}],
                    "clusterResourceWhitelist": [{"group": "*", "kind": "*"}],
                },
            },
        )
        redis, repo, metrics, repo_metrics = free_ports(4)
        self.redis_port = redis
        redis_server = shutil.which("redis-server") or "redis-server"
        self.run("redis", redis_server, "--port", str(redis), "--bind", "127.0.0.1", "--save", "")
        keys = self.folder / "gpg"
        keys.mkdir(exist_ok=True)
        self.run(
            "repo-server",
            *("argocd-repo-server", "--redis", f"localhost:{redis}", "--port", str(repo), "--disable-tls"),
            *("--address", "127.0.0.1", "--metrics-port", str(repo_metrics)),
            *("--revision-cache-expiration", f"{RESYNC_SECONDS}s"),
            KUBECONFIG=str(self.plane.kubeconfig),
            ARGOCD_GPG_ENABLED="false",
            ARGOCD_NAMESPACE="argocd",
            TMPDIR=str(self.folder),
            HOME=str(self.folder),
        )
        self.run(
            "application-controller",
            *("argocd-application-controller", "--kubeconfig", str(self.plane.kubeconfig), "-n", "argocd"),
            *("--redis", f"localhost:{redis}", "--repo-server", f"localhost:{repo}", "--repo-server-plaintext"),
            *("--app-resync", str(RESYNC_SECONDS), "--metrics-port", str(metrics)),
            ARGOCD_GPG_ENABLED="false",
            HOME=str(self.folder),
        )

    def _cluster(self) -> dict[str, Any]:
        directory = self.plane.directory
        assert directory is not None

        def encoded(name: str) -> str:
            return base64.b64encode((directory / name).read_bytes()).decode()

        tls = {"caData": encoded("ca.crt"), "certData": encoded("admin.crt"), "keyData": encoded("admin.key")}
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": "this-cluster",
                "namespace": "argocd",
                "labels": {"argocd.argoproj.io/secret-type": "cluster"},
            },
            "stringData": {
                "name": "in-cluster",
                "server": f"https://127.0.0.1:{self.plane.port}",
                "config": json.dumps({"tlsClientConfig": tls}),
            },
        }


@dataclass
class Flux(Engine):
    """kustomize-controller alone: nothing fetches Git here, so ``source`` serves a folder as an artifact."""

    def start(self) -> None:
        self.define(definitions("kustomize", "source"))
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "flux-system"}})
        metrics, health = free_ports(2)
        self.run(
            "kustomize-controller",
            *("kustomize-controller", "--events-addr", "", "--watch-all-namespaces"),
            *("--metrics-addr", f"127.0.0.1:{metrics}", "--health-addr", f"127.0.0.1:{health}"),
            *("--requeue-dependency", "2s"),
            KUBECONFIG=str(self.plane.kubeconfig),
            RUNTIME_NAMESPACE="flux-system",
            TMPDIR=str(self.folder),
        )
        self.source = FluxSource(self)
        self._stack.callback(self.source.close)


class FluxSource:
    """A folder as a GitRepository that is ready: a tarball on loopback, and a status that points to it."""

    def __init__(self, flux: Flux, name: str = "repository") -> None:
        self._flux = flux
        self.name = name
        self._folder = flux.folder / "artifacts"
        self._folder.mkdir(exist_ok=True)
        folder = str(self._folder)

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, directory=folder, **kwargs)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(STOP_SECONDS)

    def publish(self, folder: Path, branch: str = "main") -> str:
        """Make the folder's present state the artifact; the revision."""
        body = archive(folder)
        digest = hashlib.sha256(body).hexdigest()
        revision = f"{branch}@sha1:{digest[:40]}"
        (self._folder / f"{digest}.tar.gz").write_bytes(body)
        kubectl = self._flux.plane.kubectl
        self._flux.apply(
            {
                "apiVersion": "source.toolkit.fluxcd.io/v1",
                "kind": "GitRepository",
                "metadata": {"name": self.name, "namespace": "flux-system"},
                "spec": {"interval": "1m", "url": "https://127.0.0.1/not-fetched", "ref": {"branch": branch}},
            }
        )
        path = ("get", "gitrepository", self.name, "-n", "flux-system", "-o", "jsonpath={.metadata.generation}")
        generation = int(kubectl(*path))
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        status = {
            "observedGeneration": generation,
            "artifact": {
                "url": f"http://127.0.0.1:{self._server.server_address[1]}/{digest}.tar.gz",
                "path": f"{digest}.tar.gz",
                "revision": revision,
                "digest": f"sha256:{digest}",
                "lastUpdateTime": now,
                "size": len(body),
            },
            "conditions": [
                {
                    "type": "Ready",
                    "status": "True",
                    "reason": "Succeeded",
                    "message": f"stored artifact for revision '{revision}'",
                    "lastTransitionTime": now,
                    "observedGeneration": generation,
                }
            ],
        }
        patch = json.dumps({"status": status})
        where = ("gitrepository", self.name, "-n", "flux-system", "--subresource=status", "--type=merge")
        kubectl("patch", *where, "-p", patch)
        return revision


def archive(folder: Path) -> bytes:
    """A tarball of the folder, the same bytes for the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for path in sorted(folder.rglob("*")):
            if ".git" in path.relative_to(folder).parts:
                continue
            info = tar.gettarinfo(str(path), str(path.relative_to(folder)))
            info.mtime, info.uid, info.gid = 0, 0, 0
            if path.is_file():
                with path.open("rb") as content:
                    tar.addfile(info, content)
            else:
                tar.addfile(info)
    return buffer.getvalue()


def await_true(look: Any, what: str, seconds: float = START_SECONDS) -> Any:
    """Wait until ``look()`` is true; what it gave. Raises StartError."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise StartError(f"not within {seconds:g} s: {what}")
        time.sleep(0.3)
