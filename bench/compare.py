"""The website operator, ours and the peers', on the same real API server in one run: `make bench`.

Each peer gets a fresh etcd and kube-apiserver (no controllers: only the operators work), creates 1,000 websites'
children, rolls an update through, rests, and follows 20 and 50 changes a second. The peers take turns: ``--rounds``
repeats the first two of these, and medians are told. Prints what was measured and the ratios, which carry over to
other machines; absolute times do not. Needs Go once, to build the peers.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "hack" / "cluster"))

from controlplane import ControlPlane, cache_dir  # noqa: E402  (a script folder, not a package)

TICKS = os.sysconf("SC_CLK_TCK")
UNLIMITED = ("--enable-priority-and-fairness=false", "--max-requests-inflight=0", "--max-mutating-requests-inflight=0")
WRITE = re.compile(r'^apiserver_request_total\{.*verb="(POST|PUT|PATCH|APPLY|DELETE)".*\} (\S+)$', re.MULTILINE)
REST_SECONDS = 60
SETTLE_SECONDS = 5


def build_peers() -> Path:
    target = cache_dir() / "bin" / "bench-peers"
    sources = [*(HERE / "peers").iterdir()]
    if not target.exists() or any(s.stat().st_mtime > target.stat().st_mtime for s in sources):
        print("building the peers …", file=sys.stderr)
        environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
        subprocess.run(["go", "build", "-o", str(target), "."], cwd=HERE / "peers", env=environment, check=True)
    return target


def commands(loader: Path) -> dict[str, list[str]]:
    """The peers by name, ours first; each reads KUBECONFIG and runs until SIGTERM."""
    ours = [sys.executable, "-m", "orkestra.cli", "run", "-f", str(HERE / "website.katalog.yaml"), "--port", "0"]
    return {
        "orkestra": [*ours, "--log-level", "warning"],
        "controller-runtime": [str(loader), "controller-runtime"],
    }


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


@dataclass
class Peer:
    """One operator under measurement; ``seen`` holds each figure's values, one a round."""

    name: str
    command: list[str]
    seen: dict[str, list[float]] = field(default_factory=dict)

    @property
    def figures(self) -> dict[str, float]:
        return {key: statistics.median(values) for key, values in self.seen.items()}

    def _note(self, key: str, value: float) -> None:
        self.seen.setdefault(key, []).append(value)

    def measure(self, count: int, loader: Path, *, is_whole: bool) -> None:
        """One turn; ``is_whole``: the rest and the rates too, which take minutes."""
        with ControlPlane(apiserver_only=True, apiserver_flags=UNLIMITED) as plane:
            plane.kubectl("apply", "-f", str(HERE / "website.crd.yaml"))
            plane.kubectl("wait", "--for=condition=Established", "crd/websites.bench.example.com")
            environment = {**os.environ, "KUBECONFIG": str(plane.kubeconfig)}
            with Path(f"{plane.directory}/peer.log").open("wb") as log:
                process = subprocess.Popen(self.command, env=environment, stdout=log, stderr=log)
            try:
                time.sleep(8)
                self._run(plane, process.pid, count, loader, environment, is_whole)
            finally:
                process.terminate()
                process.wait(20)

    def _run(
        self, plane: ControlPlane, pid: int, count: int, loader: Path, environment: dict[str, str], is_whole: bool
    ) -> None:
        say(f"  {self.name}: idle")
        self._note("idle_rss_mb", resident_mb(pid))

        def load(name: str, *flags: str) -> None:
            say(f"  {self.name}: {name}")
            writes, cpu, server = written(plane), cpu_seconds(pid), cpu_seconds(plane.pid("apiserver"))
            done = subprocess.run(
                [str(loader), "load", "-n", str(count), *flags],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise SystemExit(f"{self.name}, {name}: {done.stderr.strip()}")
            for key, value in json.loads(done.stdout).items():
                self._note(f"{name}_{key}", value)
            self._note(f"{name}_cpu_s", cpu_seconds(pid) - cpu)
            self._note(f"{name}_apiserver_cpu_s", cpu_seconds(plane.pid("apiserver")) - server)
            self._note(f"{name}_writes", (written(plane) - writes) / count)
            time.sleep(SETTLE_SECONDS)

        load("create", "-op", "create")
        load("update", "-op", "update")
        self._note("rss_mb", resident_mb(pid))
        if not is_whole:
            return
        writes, cpu = written(plane), cpu_seconds(pid)
        say(f"  {self.name}: at rest for {REST_SECONDS} s")
        time.sleep(REST_SECONDS)
        self._note("rest_writes", written(plane) - writes)
        self._note("rest_cpu_s", cpu_seconds(pid) - cpu)
        load("rate20", "-op", "rate", "-rate", "20", "-seconds", "20")
        load("rate50", "-op", "rate", "-rate", "50", "-seconds", "20")


def written(plane: ControlPlane) -> float:
    """Requests that write, as the API server counts them; its own bookkeeping of Service addresses is left out."""
    text = plane.kubectl("get", "--raw", "/metrics")
    return sum(
        float(found[2])
        for found in WRITE.finditer(text)
        if not re.search(r'resource="(leases|ipaddresses|servicecidrs)"', found[0])
    )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


ROWS = (
    ("create: all Ready", "create_all_ready_s", "s", "≤ 1.0"),
    ("create: CPU", "create_cpu_s", "s", "≤ 2.0"),
    ("create: API server CPU", "create_apiserver_cpu_s", "s", ""),
    ("create: writes per CR, its own creation included", "create_writes", "", "≤ 4 writes"),
    ("update: all Ready", "update_all_ready_s", "s", "≤ 1.0"),
    ("update: CPU", "update_cpu_s", "s", "≤ 2.0"),
    ("update: API server CPU", "update_apiserver_cpu_s", "s", ""),
    ("update: writes per CR, its own change included", "update_writes", "", "≤ 3 writes"),
    ("at rest: writes", "rest_writes", "", "0"),
    ("at rest: CPU per minute", "rest_cpu_s", "s", "≤ 0.1 s"),
    ("20 changes/s: p99", "rate20_p99_s", "s", ""),
    ("50 changes/s: p50", "rate50_p50_s", "s", ""),
    ("50 changes/s: p99", "rate50_p99_s", "s", "≤ 2.0"),
    ("50 changes/s: CPU", "rate50_cpu_s", "s", ""),
    ("memory, idle", "idle_rss_mb", "MB", "≤ 60 MB"),
    ("memory, with all", "rss_mb", "MB", "≤ 100 MB"),
)


def table(peers: list[Peer]) -> str:
    others = peers[1:]
    lines = [f"| | {' | '.join(p.name for p in peers)} | {' | '.join(f'ours / {p.name}' for p in others)} | bar |"]
    lines.append("|" + "---|" * (len(peers) + len(others) + 2))
    for title, key, unit, bar in ROWS:
        if key not in peers[0].seen:
            continue
        values = [p.figures[key] for p in peers]
        ratios = [f"{values[0] / v:.2f}" if v else "-" for v in values[1:]]
        cells = [f"{v:.3g} {unit}".strip() for v in values]
        lines.append(f"| {title} | {' | '.join(cells)} | {' | '.join(ratios)} | {bar} |")
    return "\n".join(lines)


def create_prices(count: int, loader: Path) -> dict[str, float]:
    """Seconds for the mandatory writes of ``count`` websites, children by POST and by apply."""
    out: dict[str, float] = {}
    for name, flags in (("post", []), ("apply", ["-apply"])):
        say(f"  floor by {name}")
        with ControlPlane(apiserver_only=True, apiserver_flags=UNLIMITED) as plane:
            plane.kubectl("apply", "-f", str(HERE / "website.crd.yaml"))
            plane.kubectl("wait", "--for=condition=Established", "crd/websites.bench.example.com")
            environment = {**os.environ, "KUBECONFIG": str(plane.kubeconfig)}
            subprocess.run(
                [str(loader), "load", "-n", str(count), "-wait=false"], env=environment, check=True, capture_output=True
            )
            before = cpu_seconds(plane.pid("apiserver"))
            done = subprocess.run(
                [str(loader), "floor", *flags], env=environment, check=True, capture_output=True, text=True
            )
            out[f"{name}_s"] = json.loads(done.stdout)["seconds"]
            out[f"{name}_apiserver_cpu_s"] = cpu_seconds(plane.pid("apiserver")) - before
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=1000, help="websites (default: 1000)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each peer (default: 3)")
    parser.add_argument("--short", action="store_true", help="creates and updates only")
    parser.add_argument("--json", action="store_true", help="print what each round saw as JSON")
    chosen = parser.parse_args()
    loader = build_peers()
    peers = [Peer(name, command) for name, command in commands(loader).items()]
    # The first to run pays for a cold machine, so nobody who is compared comes first, and none always before another.
    prices = create_prices(chosen.n, loader)
    for number in range(chosen.rounds):
        for peer in peers if number % 2 == 0 else reversed(peers):
            peer.measure(chosen.n, loader, is_whole=number == 0 and not chosen.short)
    if chosen.json:
        print(json.dumps({p.name: p.seen for p in peers} | {"create": prices}, indent=1))
        return 0
    print(f"{chosen.n} websites, medians of {chosen.rounds} turns\n\n{table(peers)}\n")
    print(f"create by POST / by apply: {prices['post_s'] / prices['apply_s']:.2f} of the time, ", end="")
    print(f"{prices['post_apiserver_cpu_s'] / prices['apply_apiserver_cpu_s']:.2f} of the API server's CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())
