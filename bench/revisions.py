"""A definition that changes under load: how soon it is followed, and what those it does not concern feel of it.

    python bench/revisions.py [-n 300] [--rate 50] [--seconds 10] [--rounds 3] [--others 50]

On a real API server, with the definition in a ConfigMap that the runtime watches. One entry is under a steady rate of
changes and stays the same; the other is changed every second. Prints the time from a change of the ConfigMap to a child
made by the new revision, the p99 from a change to Ready of the entry that stays, with and without revisions, in turns,
and whether any change was lost. Bars: 2 s, and a ratio of 1.3. What brings the revisions costs the machine something
too (a kubectl a second), so in the turns without them it brings another ConfigMap, which concerns nobody.

With more than a thousand ``--others`` a second is too short for a revision: one comes at the beginning of each turn
instead, and what is printed is when all of them follow it, and the p99 of the entry that stays meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from compare import HERE, UNLIMITED, ControlPlane, build_peers

EVERY_SECONDS = 1.0
MANY = 1000
WAIT_SECONDS = 30
MANY_SECONDS = 1800


def definition(revision: int) -> str:
    """The compared website operator, and a second entry that says ``revision``."""
    text = (HERE / "website.katalog.yaml").read_text()
    return (
        text
        + f"""\
    other:
      apiTypes: {{group: bench.example.com, version: v1, kind: Other, plural: others}}
      operatorBox:
        reconciler: {{resync: 10m}}
        status: {{readiness: reconcile}}
        onReconcile:
          configMaps: [{{name: "{{{{ .metadata.name }}}}", data: {{revision: "{revision}"}}}}]
"""
    )


class Bench:
    def __init__(self, plane: ControlPlane, loader: Path, chosen: argparse.Namespace) -> None:
        self.plane = plane
        self.loader = loader
        self.chosen = chosen
        self.revision = 0
        self.ignored = 0
        self.environment = {**os.environ, "KUBECONFIG": str(plane.kubeconfig)}

    def install(self) -> None:
        crd = (HERE / "website.crd.yaml").read_text()
        other = crd.replace("Website", "Other").replace("website", "other")
        for text in (crd, other):
            self.plane.kubectl("apply", "-f", "-", stdin=text)
        self.plane.kubectl("wait", "--for=condition=Established", "crd", "--all")
        items = [
            {
                "apiVersion": "bench.example.com/v1",
                "kind": "Other",
                "metadata": {"name": f"other-{number}", "namespace": "default"},
                "spec": {"image": "nginx", "replicas": 1, "port": 80},
            }
            for number in range(self.chosen.others)
        ]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._create, (items[at : at + MANY] for at in range(0, len(items), MANY))))
        self.deliver()

    def _create(self, items: list[dict[str, Any]]) -> None:
        self.plane.kubectl("create", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))

    def deliver(self, to: str = "definition") -> None:
        if to == "definition":
            self.revision += 1
        else:
            self.ignored += 1
        data = {"katalog.yaml": definition(self.revision if to == "definition" else self.ignored)}
        config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": to, "namespace": "default"}}
        self.plane.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps({**config, "data": data}))

    def revision_of(self, name: str) -> str:
        return self.plane.kubectl("get", "configmap", name, "-o", "jsonpath={.data.revision}", check=False)

    def follow(self) -> float:
        """Seconds from a change of the definition to a child that says so, the asking (some 50 ms) included."""
        self.deliver()
        began = time.perf_counter()
        while self.revision_of("other-0") != str(self.revision):
            if time.perf_counter() - began > WAIT_SECONDS:
                raise SystemExit("the revision was not followed")
        return time.perf_counter() - began

    def load(self, *flags: str) -> dict[str, float]:
        arguments = [str(self.loader), "load", "-n", str(self.chosen.n), *flags]
        done = subprocess.run(arguments, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        figures: dict[str, float] = json.loads(done.stdout)
        return figures

    def p99(self, delivered_to: str) -> float:
        """From a change to Ready, at a steady rate, with a ConfigMap written every second."""
        done = threading.Event()

        def change() -> None:
            while not done.wait(EVERY_SECONDS):
                self.deliver(delivered_to)

        thread = threading.Thread(target=change)
        thread.start()
        try:
            return self.load(*self._at_a_rate())["p99_s"]
        finally:
            done.set()
            thread.join()

    def behind(self) -> int:
        """Objects that do not say the last revision."""
        text = self.plane.kubectl("get", "configmaps", "-o", "jsonpath={.items[*].data.revision}")
        return int(self.chosen.others - text.split().count(str(self.revision)))

    def lost(self) -> int:
        """Those that do not though nothing happens any more."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            wrong = self.behind()
            if wrong == 0 or time.monotonic() > deadline:
                return wrong
            time.sleep(0.5)

    def all_follow(self) -> float:
        """Seconds until every object follows a revision; looked at every two."""
        self.deliver()
        began = time.perf_counter()
        while self.behind():
            if time.perf_counter() - began > MANY_SECONDS:
                raise SystemExit("the revision was not followed by all")
            time.sleep(2)
        return time.perf_counter() - began

    def look_on(self) -> None:
        """Look as ``all_follow`` does, for as long as one turn takes."""
        ends = time.perf_counter() + self.chosen.seconds
        while time.perf_counter() < ends:
            self.behind()
            time.sleep(2)

    def one_large(self) -> None:
        """One revision of many objects, with and without a steady rate of changes elsewhere."""
        print(
            f"{self.chosen.others:,} follow a revision in {self.all_follow():.0f} s with nothing else at work",
            flush=True,
        )
        with ThreadPoolExecutor(1) as pool:
            looks = pool.submit(self.look_on)  # what that costs the machine is in both
            still = self.load(*self._at_a_rate())["p99_s"]
            looks.result()
            took = pool.submit(self.all_follow)
            moving = []
            while not took.done():
                moving.append(self.load(*self._at_a_rate())["p99_s"])
        print(
            f"and in {took.result():.0f} s while another entry has {self.chosen.rate} changes a second, whose p99 is "
            f"{statistics.median(moving) * 1000:.0f} ms then (turns of {self.chosen.seconds} s, their median; the "
            f"slowest {max(moving) * 1000:.0f} ms), {still * 1000:.0f} ms else"
        )

    def _at_a_rate(self) -> tuple[str, ...]:
        return ("-op", "rate", "-rate", str(self.chosen.rate), "-seconds", str(self.chosen.seconds))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=300, help="websites (default: 300)")
    parser.add_argument("--rate", type=int, default=50, help="changes a second (default: 50)")
    parser.add_argument("--seconds", type=int, default=10, help="of each run (default: 10)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--others", type=int, default=50, help="objects that a revision concerns (default: 50)")
    chosen = parser.parse_args()
    loader = build_peers()
    with ControlPlane(apiserver_only=True, apiserver_flags=UNLIMITED) as plane:
        bench = Bench(plane, loader, chosen)
        bench.install()
        command = [sys.executable, "-m", "orkestra.cli", "run", "--configmap", "default/definition", "--port", "0"]
        with Path(f"{plane.directory}/runtime.log").open("wb") as log:
            process = subprocess.Popen(command, env=bench.environment, stdout=log, stderr=log)
        try:
            time.sleep(5)
            bench.load("-op", "create")
            if chosen.others > MANY:
                while bench.behind():  # the first time each is made
                    time.sleep(1)
                bench.one_large()
                return 0
            followed = [bench.follow() for _ in range(10)]
            slowest = max(followed)
            print(f"revision followed: median {statistics.median(followed):.2f} s, slowest {slowest:.2f} s (bar 2 s)")
            still, moving = [], []
            for _ in range(chosen.rounds):
                still.append(bench.p99("ignored"))
                moving.append(bench.p99("definition"))
                print(f"p99 without {still[-1] * 1000:.0f} ms, with revisions {moving[-1] * 1000:.0f} ms", flush=True)
            ratio = statistics.median(moving) / statistics.median(still)
            print(f"p99 with / without a revision every second: {ratio:.2f} (medians; bar 1.3)")
            print(f"objects left behind: {bench.lost()} of {chosen.others}")
        finally:
            process.terminate()
            process.wait(20)
    return 0


if __name__ == "__main__":
    sys.exit(main())
