"""A real Kubernetes on loopback for tests and benches, up in seconds and without containers.

``with ControlPlane() as cluster: cluster.kubeconfig`` starts etcd, kube-apiserver (RBAC on), and, unless
``apiserver_only``, kube-controller-manager, kube-scheduler and kwok as the kubelet of one node. ``up``/``down DIR``
do the same from a shell. The binaries come from ``build`` (or KUBEBUILDER_ASSETS, which has no controllers).
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
START_SECONDS = 180
STOP_SECONDS = 3
"""The API server waits for open watches when it is asked to end; that long is enough for a test's data."""


def cache_dir() -> Path:
    named = os.environ.get("ORK_CLUSTER_CACHE")
    return Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "orkestra/cluster"


def binaries() -> dict[str, list[str]] | None:
    """Program -> command, or None where nothing is built; KUBEBUILDER_ASSETS wins."""
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets and (Path(assets) / "kube-apiserver").exists():
        root = Path(assets)
        return {
            name: [str(root / binary)]
            for name, binary in (("etcd", "etcd"), ("apiserver", "kube-apiserver"), ("kubectl", "kubectl"))
        }
    root = cache_dir() / "bin"
    if not all((root / name).exists() for name in ("etcd", "kube", "kwok", "kubectl")):
        return None
    programs = {name: [str(root / name)] for name in ("etcd", "kwok", "kubectl")}
    return programs | {name: [str(root / "kube"), name] for name in ("apiserver", "controller-manager", "scheduler")}


_PORTS = range(10_240, 30_000)
_CLAIMS: list[IO[bytes]] = []


class StartError(RuntimeError):
    """A part of the control plane did not come up; the text ends with its last log lines."""


@dataclass
class ControlPlane:
    """One cluster in ``directory`` (default: a temporary one). ``kill_apiserver``/``start_apiserver`` make outages."""

    apiserver_only: bool = False
    directory: Path | None = None
    apiserver_flags: tuple[str, ...] = ()
    kubeconfig: Path = field(init=False)
    port: int = field(init=False)
    _processes: dict[str, subprocess.Popen[bytes]] = field(init=False, default_factory=dict)
    _cleanup: ExitStack = field(init=False, default_factory=ExitStack)

    def __enter__(self) -> ControlPlane:
        try:
            self._cleanup.enter_context(ending_in_order())
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        self.programs = binaries() or {}
        if not self.programs:
            raise StartError("no control-plane binaries: run `make cluster` first")
        if self.directory is None:
            self.directory = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix="ork-cluster-")))
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port, self.etcd_port, self.peer_port, self.kcm_port, self.scheduler_port, self.kwok_port = free_ports(6)
        self._make_certificates()
        self.kubeconfig = self.directory / "kubeconfig"
        self.kubeconfig.write_text(json.dumps(self._kubeconfig(), indent=1))
        self._start_etcd()
        self.start_apiserver()
        if not self.apiserver_only and "controller-manager" in self.programs:
            self._start_controllers()

    def stop(self) -> None:
        processes = list(self._processes.values())
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            try:
                process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()
        self._cleanup.close()

    def kubectl(self, *args: str, stdin: str | None = None, check: bool = True) -> str:
        command = [*self.programs["kubectl"], "--kubeconfig", str(self.kubeconfig), *args]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=120, check=False)
        if check and done.returncode:
            raise StartError(f"kubectl {' '.join(args)}: {done.stderr.strip()}")
        return done.stdout

    def pid(self, program: str) -> int:
        return self._processes[program].pid

    def kill_apiserver(self) -> None:
        """An outage: no goodbye to anyone."""
        process = self._processes.pop("apiserver")
        process.send_signal(signal.SIGKILL)
        process.wait()

    def start_apiserver(self) -> None:
        assert self.directory is not None
        d = self.directory
        self._run(
            "apiserver",
            f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
            "--bind-address=127.0.0.1",
            f"--secure-port={self.port}",
            f"--tls-cert-file={d}/server.crt",
            f"--tls-private-key-file={d}/server.key",
            f"--client-ca-file={d}/ca.crt",
            "--authorization-mode=RBAC",
            f"--service-account-key-file={d}/sa.pub",
            f"--service-account-signing-key-file={d}/sa.key",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--service-cluster-ip-range=10.0.0.0/16",
            "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
            "--allow-privileged=true",
            "--endpoint-reconciler-type=none",
            *self.apiserver_flags,
        )
        self._await_ready()

    def compact(self, revision: str) -> None:
        """Let etcd forget every state before ``revision``; the API server's own caches live on until it ends."""
        body = json.dumps({"revision": revision, "physical": True}).encode()
        url = f"http://127.0.0.1:{self.etcd_port}/v3/kv/compaction"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).close()

    def _start_etcd(self) -> None:
        peer, client = f"http://127.0.0.1:{self.peer_port}", f"http://127.0.0.1:{self.etcd_port}"
        self._run(
            "etcd",
            "--name=local",
            f"--data-dir={self.directory}/etcd",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=local={peer}",
            "--unsafe-no-fsync",
            "--log-level=warn",
        )

    def _start_controllers(self) -> None:
        config = f"--kubeconfig={self.kubeconfig}"
        # The stand-in node sends no heartbeats, so nothing may judge it by them.
        self._run(
            "controller-manager",
            config,
            "--bind-address=127.0.0.1",
            f"--secure-port={self.kcm_port}",
            "--leader-elect=false",
            f"--service-account-private-key-file={self.directory}/sa.key",
            f"--root-ca-file={self.directory}/ca.crt",
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
            "--controllers=*,-node-lifecycle-controller,-taint-eviction-controller",
        )
        self._run(
            "scheduler",
            config,
            "--bind-address=127.0.0.1",
            f"--secure-port={self.scheduler_port}",
            "--leader-elect=false",
        )
        self._run(
            "kwok",
            config,
            "--manage-all-nodes=true",
            f"--server-address=127.0.0.1:{self.kwok_port}",
            "-c",
            str(HERE / "stages.yaml"),
        )
        size = {"cpu": "64", "memory": "256Gi", "pods": "5000"}
        node = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "node-0", "labels": {"kubernetes.io/hostname": "node-0"}},
            "status": {"allocatable": size, "capacity": size},
        }
        self.kubectl("apply", "-f", "-", stdin=json.dumps(node))

    def _run(self, program: str, *flags: str) -> None:
        assert self.directory is not None
        with (self.directory / f"{program}.log").open("ab") as log:
            self._processes[program] = subprocess.Popen(
                [*self.programs[program], *flags],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
            )
        (self.directory / f"{program}.pid").write_text(str(self._processes[program].pid))

    def _await_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.kubectl("get", "--raw", "/readyz", check=False).startswith("ok"):
            for program, process in self._processes.items():
                if process.poll() is not None:
                    raise StartError(f"{program} ended with {process.returncode}:\n{self._tail(program)}")
            if time.monotonic() > deadline:
                raise StartError(f"kube-apiserver did not become ready:\n{self._tail('apiserver')}")
            time.sleep(0.1)

    def _tail(self, program: str) -> str:
        assert self.directory is not None
        return "\n".join((self.directory / f"{program}.log").read_text(errors="replace").splitlines()[-5:])

    def _make_certificates(self) -> None:
        assert self.directory is not None

        def openssl(*args: str) -> None:
            subprocess.run(["openssl", *args], cwd=self.directory, check=True, capture_output=True, timeout=60)

        openssl("genrsa", "-out", "sa.key", "2048")
        openssl("rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub")
        openssl(
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.crt",
            "-days",
            "30",
            "-subj",
            "/CN=ork-test-ca",
        )
        names = "subjectAltName=IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes.default.svc"
        for name, subject, extra in (
            ("server", "/CN=kube-apiserver", names),
            ("admin", "/O=system:masters/CN=admin", ""),
        ):
            (self.directory / f"{name}.ext").write_text(extra)
            openssl(
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-keyout",
                f"{name}.key",
                "-out",
                f"{name}.csr",
                "-subj",
                subject,
            )
            openssl(
                "x509",
                "-req",
                "-in",
                f"{name}.csr",
                "-CA",
                "ca.crt",
                "-CAkey",
                "ca.key",
                "-CAcreateserial",
                "-days",
                "30",
                "-out",
                f"{name}.crt",
                "-extfile",
                f"{name}.ext",
            )

    def _kubeconfig(self) -> dict[str, object]:
        d = self.directory
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "ork",
            "contexts": [{"name": "ork", "context": {"cluster": "ork", "user": "admin", "namespace": "default"}}],
            "clusters": [
                {
                    "name": "ork",
                    "cluster": {"server": f"https://127.0.0.1:{self.port}", "certificate-authority": f"{d}/ca.crt"},
                }
            ],
            "users": [
                {"name": "admin", "user": {"client-certificate": f"{d}/admin.crt", "client-key": f"{d}/admin.key"}}
            ],
        }


@contextmanager
def ending_in_order() -> Iterator[None]:
    """SIGTERM unwinds the program, which ends what it started, instead of leaving that behind."""
    is_ours = (
        threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )
    if is_ours:
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        if is_ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nothing listens on, and that no other process is given while this one lives.

    They are below those that systems hand to clients: a connection made meanwhile takes none of them.
    """
    folder = Path(tempfile.gettempdir()) / f"ork-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.lstat().st_uid != os.getuid():
        raise StartError(f"{folder} is somebody else's")
    found: list[int] = []
    for port in random.SystemRandom().sample(_PORTS, len(_PORTS)):
        claim = (folder / str(port)).open("ab")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the programs do
                tried.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _CLAIMS.append(claim)
        found.append(port)
        if len(found) == count:
            return found
    raise StartError(f"no {count} free ports in {_PORTS}")


def main(argv: list[str]) -> int:
    if len(argv) != 2 or argv[0] not in ("up", "down"):
        print("usage: controlplane.py up|down DIRECTORY", file=sys.stderr)
        return 2
    directory = Path(argv[1]).absolute()
    if argv[0] == "up":
        if directory.exists() and any(directory.iterdir()):
            print(f"{directory} is not empty", file=sys.stderr)
            return 2
        plane = ControlPlane(apiserver_only=os.environ.get("WITH") == "apiserver", directory=directory)
        try:
            plane.start()
        except (StartError, OSError, subprocess.SubprocessError) as error:
            plane.stop()
            print(error, file=sys.stderr)
            return 2
        print(plane.kubeconfig)
        return 0
    end_recorded(directory)
    return 0


def end_recorded(directory: Path) -> None:
    """End what ``up`` started there, by its recorded process ids, then remove the directory's data."""
    pids = [int(path.read_text()) for path in directory.glob("*.pid")]
    for signal_number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 1)):
        for pid in pids:
            try:
                os.kill(pid, signal_number)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in pids):
            time.sleep(0.05)
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
