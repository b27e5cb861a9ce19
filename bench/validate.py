"""How fast definitions are validated: as a whole process, many files in one process, one very large file.

Run: python bench/validate.py [--files 500] [--validations 100000]. The bars: 250 ms for one Katalog of 200 lines; on
one core, warm, 500 files of 150 lines a second, and 150 with templates typed by a CRD; 3 s and 250 MB for 300 CRDs and
5,000 templates; memory flat over 100,000 validations. Each row tells CPU time too, which other work leaves alone.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orkestra.katalog import load_text

STARTS = 11
CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {plural}.shop.example.com}}
spec:
  group: shop.example.com
  names: {{kind: {kind}, plural: {plural}}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {{status: {{}}}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [image, host, tier]
              properties:
                image: {{type: string}}
                host: {{type: string}}
                tier: {{type: string, enum: [web, api, batch]}}
                replicas: {{type: integer, default: 2}}
                port: {{type: integer, default: 8080}}
                memory: {{type: string, default: 256Mi}}
                level: {{type: string, default: info}}
                regions: {{type: array, items: {{type: string}}}}
                schedule: {{type: string}}
            status:
              type: object
              properties:
                phase: {{type: string}}
                url: {{type: string}}
                ready: {{type: integer}}
"""
ENTRY = """\
    {name}:
      description: {kind} number {n} of the shop
{types}
      labelSelector:
        matchLabels:
          tier: {name}
      operatorBox:
        reconciler:
          workers: 4
          resync: 1m
          queue:
            maxDepth: 200
            failureThreshold: 5
        onCreate:
          jobs:
            - name: "{{{{ .metadata.name }}}}-setup-{n}"
              image: "{{{{ .spec.image }}}}"
              command: [sh, -c]
              args: ["setup {{{{ .metadata.name }}}} --level {{{{ .spec.level }}}}"]
              backoffLimit: 2
        onReconcile:
          deployments:
            - name: "{{{{ .metadata.name }}}}-{name}"
              image: "{{{{ .spec.image }}}}"
              replicas: "{{{{ .spec.replicas }}}}"
              port: "{{{{ .spec.port }}}}"
              labels:
                app: "{{{{ .metadata.name }}}}"
                part: {name}
              env:
                - name: LEVEL
                  value: "{{{{ .spec.level | toUpper }}}}"
                - name: HOST
                  value: "https://{{{{ .spec.host }}}}/{n}"
              resources:
                requests: {{cpu: 100m, memory: "{{{{ .spec.memory }}}}"}}
                limits: {{memory: "{{{{ .spec.memory }}}}"}}
              probes:
                readiness: {{type: http, path: /ready, port: 8080}}
              securityContext: {{runAsNonRoot: true, readOnlyRootFilesystem: true}}
              when:
                - field: spec.tier
                  in: [web, api]
          services:
            - name: "{{{{ .metadata.name }}}}-{name}"
              port: 80
              targetPort: "{{{{ .spec.port }}}}"
              selector:
                app: "{{{{ .metadata.name }}}}"
            - name: "{{{{ .metadata.name }}}}-{{{{ .region }}}}"
              forEach: {{field: spec.regions, as: region}}
              port: 8080
          configMaps:
            - name: "{{{{ .metadata.name }}}}-config"
              data:
                app.conf: |
                  listen {{{{ .spec.port }}}}
                  level {{{{ .spec.level }}}}
                  {{{{ if eq .spec.tier "web" }}}}cache on{{{{ end }}}}
        status:
          fields:
            - path: phase
              value: Ready
              when:
                - field: spec.replicas
                  greaterThan: 0
            - path: url
              value: "https://{{{{ .spec.host }}}}/"
"""
HEAD = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata:\n  name: shop-{n}\nspec:\n  crds:\n"
NAMES = (("website", "Website", "websites"), ("backend", "Backend", "backends"))


def katalog(n: int, *, is_typed: bool, entries: int = 2) -> str:
    """A Katalog of about 75 lines an entry; no two are alike."""
    parts = [HEAD.format(n=n)]
    for number in range(entries):
        name, kind, plural = NAMES[number % 2]
        if number >= 2:
            name, kind, plural = f"{name}{number}", f"{kind}{number}", f"{name}{number}s"
        types = f"      crdFile: {name}.yaml"
        if not is_typed:
            types = f"      apiTypes: {{group: shop.example.com, version: v1, kind: {kind}, plural: {plural}}}"
        parts.append(ENTRY.format(name=name, kind=kind, types=types, n=n))
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock, and of CPU: the second is what the work costs when others keep the machine busy."""

    wall: float
    cpu: float
    megabytes: int = 0


def in_process(work: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def whole_process(folder: Path, *arguments: str) -> Spent:
    """``ork`` as users start it: its seconds, those of its workers included, and its peak memory."""
    ork = Path(sys.executable).parent / "ork"
    began = time.perf_counter()
    process = subprocess.Popen([str(ork), *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"ork {' '.join(arguments)}: exit code {process.returncode}"
    return Spent(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss >> 10)


def best(run: Callable[[], Spent], times: int) -> Spent:
    return min((run() for _ in range(times)), key=lambda spent: spent.cpu)


def load_all(texts: list[str], folder: Path) -> None:
    for text in texts:
        loaded, found = load_text(text, path=folder / "katalog.yaml", root=folder)
        assert loaded is not None, found


def show(what: str, spent: Spent, bar: str, count: int = 0) -> None:
    if count:
        told = f"{count / spent.cpu:,.0f} files/s of CPU, {count / spent.wall:,.0f} files/s by the clock"
    else:
        told = f"{spent.cpu * 1000:,.0f} ms of CPU, {spent.wall * 1000:,.0f} ms by the clock"
    print(
        f"{what}: {told}{f', {spent.megabytes} MB' if spent.megabytes else ''}{f' (bar {bar})' if bar else ''}",
        flush=True,
    )


def large(folder: Path, entries: int = 300) -> tuple[str, int]:
    """One Katalog of many entries, each with a CRD of its own, and how many templates it has."""
    parts = [HEAD.format(n=0)]
    for number in range(entries):
        name, kind, plural = f"kind{number}", f"Kind{number}", f"kind{number}s"
        (folder / f"{name}.yaml").write_text(CRD.format(kind=kind, plural=plural))
        parts.append(ENTRY.format(name=name, kind=kind, types=f"      crdFile: {name}.yaml", n=number))
    text = "".join(parts)
    return text, text.count("{{")


def resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / (1 << 20)


def measure_memory(texts: list[str], folder: Path, times: int) -> None:
    """Resident memory after a tenth of the validations and after all of them."""
    seen = []
    for _ in range(10):
        for n in range(times // 10):
            load_text(texts[n % len(texts)], path=folder / "katalog.yaml", root=folder)
        seen.append(resident_megabytes())
    told = " ".join(f"{megabytes:.0f}" for megabytes in seen)
    print(f"memory over {times:,} validations, MB after each tenth: {told} (bar: flat)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure ork validate.")
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--validations", type=int, default=2_000, help="for the row of memory; the bar is of 100,000")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for entry, kind, plural in NAMES:
            (folder / f"{entry}.yaml").write_text(CRD.format(kind=kind, plural=plural))
        show("ork --help", best(lambda: whole_process(folder, "--help"), STARTS), "150 ms")
        single = katalog(0, is_typed=False, entries=3)
        (folder / "one.yaml").write_text(single)
        spent = best(lambda: whole_process(folder, "validate", "one.yaml"), STARTS)
        show(f"one Katalog of {single.count(chr(10))} lines, whole process", spent, "250 ms")
        plain = [katalog(n, is_typed=False) for n in range(given.files)]
        typed = [katalog(n, is_typed=True) for n in range(given.files)]
        lines = plain[0].count("\n")
        for what, texts, bar in (("without types", plain, "500 files/s"), ("typed by CRDs", typed, "150 files/s")):
            load_all(texts[:50], folder)
            spent = best(lambda texts=texts: in_process(lambda: load_all(texts, folder)), 3)  # type: ignore[misc]
            show(f"{given.files} Katalogs of {lines} lines {what}, one process", spent, bar, given.files)
        apps = folder / "apps"
        apps.mkdir()
        for n, text in enumerate(plain):
            (apps / f"{n}.yaml").write_text(text)
        spent = best(lambda: whole_process(folder, "validate", "apps"), 2)
        show("ork validate apps/, all cores, start included", spent, "", given.files)
        text, count = large(folder)
        (folder / "large.yaml").write_text(text)
        spent = best(lambda: whole_process(folder, "validate", "large.yaml"), 2)
        show(f"one Katalog with 300 CRDs and {count:,} templates, whole process", spent, "3,000 ms and 250 MB")
        measure_memory(typed[:100], folder, given.validations)


if __name__ == "__main__":
    main()
