"""From a change to Ready at a steady rate, ours and controller-runtime's, a few short runs of each in turn.

    python bench/latency.py [-n 300] [--rate 50] [--seconds 10] [--rounds 2]

The same peers as ``compare.py``, without its other phases: what else the machine does weighs on tails, so both are
seen under it, one after the other. Prints p50 and p99, processor time, and the server's writes per change.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from compare import HERE, UNLIMITED, ControlPlane, build_peers, commands, cpu_seconds, written


def measure(command: list[str], loader: Path, chosen: argparse.Namespace) -> dict[str, float]:
    with ControlPlane(apiserver_only=True, apiserver_flags=UNLIMITED) as plane:
        plane.kubectl("apply", "-f", str(HERE / "website.crd.yaml"))
        plane.kubectl("wait", "--for=condition=Established", "crd/websites.bench.example.com")
        environment = {**os.environ, "KUBECONFIG": str(plane.kubeconfig)}

        def load(*flags: str) -> dict[str, float]:
            arguments = [str(loader), "load", "-n", str(chosen.n), *flags]
            done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
            figures: dict[str, float] = json.loads(done.stdout)
            return figures

        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(4)
            load("-op", "create")
            time.sleep(2)
            writes, cpu = written(plane), cpu_seconds(process.pid)
            server = cpu_seconds(plane.pid("apiserver"))
            figures = load("-op", "rate", "-rate", str(chosen.rate), "-seconds", str(chosen.seconds))
            figures["cpu"] = cpu_seconds(process.pid) - cpu
            figures["server_cpu"] = cpu_seconds(plane.pid("apiserver")) - server
            figures["writes"] = (written(plane) - writes) / (chosen.rate * chosen.seconds)
            return figures
        finally:
            process.terminate()
            process.wait(20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=300, help="websites (default: 300)")
    parser.add_argument("--rate", type=int, default=50, help="changes a second (default: 50)")
    parser.add_argument("--seconds", type=int, default=10, help="of each run (default: 10)")
    parser.add_argument("--rounds", type=int, default=2)
    chosen = parser.parse_args()
    loader = build_peers()
    for _ in range(chosen.rounds):
        for name, command in commands(loader).items():
            seen = measure(command, loader, chosen)
            print(
                f"{name:20} p50 {seen['p50_s'] * 1000:6.0f} ms  p99 {seen['p99_s'] * 1000:6.0f} ms"
                f"  CPU {seen['cpu']:5.2f} s  API server CPU {seen['server_cpu']:5.2f} s"
                f"  {seen['writes']:.2f} writes a change  load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
