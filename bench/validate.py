"""How fast definitions are validated: one small file as a whole process, and many files in one process.

Run: python bench/validate.py [--files 500]. The bars: 250 ms for one Katalog of 200 lines; on one core, warm, 500 files
of 150 lines a second, and 150 with templates typed by a CRD; memory flat over many validations.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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


def measure(texts: list[str], folder: Path, rounds: int = 3) -> float:
    """Files a second: the best of ``rounds``, after one that warms up."""
    best = 0.0
    for round_number in range(rounds + 1):
        began = time.perf_counter()
        for text in texts:
            loaded, found = load_text(text, path=folder / "katalog.yaml", root=folder)
            assert loaded is not None, found
        seconds = time.perf_counter() - began
        if round_number:
            best = max(best, len(texts) / seconds)
    return best


def whole_process(folder: Path, text: str) -> float:
    """Milliseconds, the median."""
    (folder / "one.yaml").write_text(text)
    ork = Path(sys.executable).parent / "ork"
    seen = []
    for _ in range(STARTS):
        began = time.perf_counter()
        subprocess.run([str(ork), "validate", "one.yaml"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
        seen.append(time.perf_counter() - began)
    return statistics.median(seen) * 1000


def peak_growth(run: Callable[[], object], warm: int, times: int) -> int:
    """KiB that the peak grows by over ``times`` runs after ``warm``."""
    for _ in range(warm):
        run()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(times):
        run()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure ork validate.")
    parser.add_argument("--files", type=int, default=500)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for entry, kind, plural in NAMES:
            (folder / f"{entry}.yaml").write_text(CRD.format(kind=kind, plural=plural))
        single = katalog(0, is_typed=False, entries=3)
        lines = single.count("\n")
        print(f"one Katalog of {lines} lines, whole process: {whole_process(folder, single):.0f} ms (bar 250)")
        plain = [katalog(n, is_typed=False) for n in range(count)]
        typed = [katalog(n, is_typed=True) for n in range(count)]
        lines = plain[0].count("\n")
        print(f"{count} Katalogs of {lines} lines, one core: {measure(plain, folder):.0f} files/s (bar 500)")
        print(f"the same, typed by CRDs:            {measure(typed, folder):.0f} files/s (bar 150)")
        apps = folder / "apps"
        apps.mkdir()
        for n, text in enumerate(plain):
            (apps / f"{n}.yaml").write_text(text)
        began = time.perf_counter()
        ork = Path(sys.executable).parent / "ork"
        subprocess.run([str(ork), "validate", "apps"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
        print(f"ork validate apps/, all cores, start included: {count / (time.perf_counter() - began):.0f} files/s")
        grown = peak_growth(lambda: measure(typed[:100], folder, rounds=1), 2, 10)
        print(f"peak memory after 2,000 more validations: {grown:+,} KiB")


if __name__ == "__main__":
    main()
