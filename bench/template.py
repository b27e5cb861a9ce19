"""Renders per second of the template engine, for the shapes a Katalog is made of.

    python bench/template.py [--seconds 0.5]
    pip install --target PEERS gotpl py-go-template; python bench/template.py --peers PEERS

Compare ratios between the rows of one run; absolute numbers belong to the machine. Time is this process's CPU time, so
that other work on the machine does not count. The bars: 200,000 small templates a second on one core, and 20 times the
best Go template engine on the package index, in one run. gotpl is Go's text/template rewritten in Python;
py-go-template is the real one behind ctypes, of which ``--peers`` measures what does not end its process. Where a
field is missing gotpl prints ``<no value>``, as Go does, and we nothing. A template is rendered often enough to take
its shortcut, as one of a Katalog that runs does.
"""

from __future__ import annotations

import argparse
import importlib
import math
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orkestra.template import compile
from orkestra.template.functions import builtin_functions

CR: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Website",
    "metadata": {"name": "shop", "namespace": "prod", "labels": {"app": "shop", "tier": "front"}},
    "spec": {
        "image": "nginx:1.27",
        "replicas": 3,
        "hosts": ["a.example.com", "b.example.com", "c.example.com"],
        "ports": [{"name": "http", "port": 80}, {"name": "https", "port": 443}],
        "env": {"A": "1", "B": "2", "C": "3", "D": "4"},
        "debug": False,
    },
}

LONG = """\
{{- $name := .metadata.name -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}-config
  namespace: {{ .metadata.namespace }}
  labels:
{{- range $key, $value := .metadata.labels }}
    {{ $key }}: {{ $value | printf "%q" }}
{{- end }}
data:
  image: {{ .spec.image }}
  replicas: "{{ .spec.replicas }}"
{{- if .spec.debug }}
  level: debug
{{- else if gt .spec.replicas 2 }}
  level: info
{{- else }}
  level: warn
{{- end }}
  hosts: |
{{- range $i, $host := .spec.hosts }}
    {{ $i }}: https://{{ $host }}/{{ $name }}
{{- end }}
{{- with .spec.env }}
  env: |
{{- range $key, $value := . }}
    {{ $key }}={{ $value }}
{{- end }}
{{- end }}
  ports: {{ range .spec.ports }}{{ .name }}={{ .port }} {{ end }}
  size: "{{ len .spec.hosts }}"
"""

CASES = {
    "static": "nginx",
    "one field": "{{ .spec.image }}",
    "missing field": "{{ .spec.nothing.there }}",
    "field in text": "{{ .metadata.name }}-web",
    "two fields": "{{ .metadata.name }}.{{ .metadata.namespace }}",
    "default": '{{ .spec.none | default "x" }}',
    "function": "{{ .metadata.name | toUpper }}",
    "condition": '{{ if eq .spec.image "nginx:1.27" }}a{{ else }}b{{ end }}',
    "printf": '{{ printf "%s-%d" .metadata.name .spec.replicas }}',
    "range": "{{ range .spec.hosts }}{{ . }},{{ end }}",
    "30 lines": LONG,
}


def per_second(work: Callable[[], object], seconds: float) -> float:
    """How often ``work`` runs in a second of CPU: the best of five rounds."""
    best, step = 0.0, 1
    for _round in range(5):
        count, started = 0, time.process_time()
        while (spent := time.process_time() - started) < seconds / 5:
            for _ in range(step):
                work()
            count += step
        best, step = max(best, count / spent), min(200, max(1, count // 10))
    return best


SMALL = tuple(title for title in CASES if title != "30 lines")
BAR = 20
NOT_COMPARED = ("static", "default", "function")
"""Nothing to render, and functions beside Go's own."""
FATAL = {"py-go-template": ("missing field", "30 lines")}
"""What ends the process that asks for it."""


def peers() -> dict[str, Callable[[str], Callable[[], object]]]:
    """Engine -> (template -> what renders it once), of those that can be imported."""
    found: dict[str, Callable[[str], Callable[[], object]]] = {}
    try:
        gotpl = importlib.import_module("gotpl")
    except ImportError:
        pass
    else:

        def compiled(text: str) -> Callable[[], object]:
            template = gotpl.Template(text)
            return lambda: template.render(CR)

        found["gotpl"] = compiled
    try:
        go_template = importlib.import_module("go_template")
    except ImportError:
        pass
    else:

        def written(text: str) -> Callable[[], object]:
            path = Path(tempfile.mkdtemp()) / "text.tmpl"
            path.write_text(text)
            return lambda: go_template.render(path, CR)

        found["py-go-template"] = written
    return found


def compare(seconds: float) -> None:
    """Ours against the best peer, row by row."""
    engines = peers()
    for name in engines or ("no peer is installed",):
        print(f"\npeer: {name}")
    if not engines:
        return
    print(
        f"{'template':16} {'ours/s':>12}" + "".join(f"{name + '/s':>18}" for name in engines) + f"{'ours / best':>14}"
    )
    functions, ratios = builtin_functions(), []
    for title, text in CASES.items():
        if title in NOT_COMPARED:
            continue
        able = {name: prepare for name, prepare in engines.items() if title not in FATAL.get(name, ())}
        if not able:
            continue
        template = compile(text, functions=functions)
        ours = per_second(lambda template=template: template.render(CR), seconds)  # type: ignore[misc]
        theirs = {name: per_second(prepare(text), seconds) for name, prepare in able.items()}
        ratios.append(ours / max(theirs.values()))
        shown = [f"{theirs[name]:18,.0f}" if name in theirs else f"{'-':>18}" for name in engines]
        print(f"{title:16} {ours:12,.0f}{''.join(shown)}{ratios[-1]:14.1f}")
    reached = sum(ratio >= BAR for ratio in ratios)
    print(f"geometric mean of the ratios: {math.prod(ratios) ** (1 / len(ratios)):.1f} (bar {BAR})")
    print(f"rows that reach {BAR}: {reached} of {len(ratios)}; the lowest: {min(ratios):.1f}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=0.5, help="time spent on each row")
    arguments.add_argument("--peers", type=Path, help="folder that other engines are installed in")
    given = arguments.parse_args()
    seconds: float = given.seconds
    if given.peers:
        sys.path.append(str(given.peers))
    functions, slowest = builtin_functions(), float("inf")
    print(f"{'template':16} {'renders/s':>12} {'us/render':>10} {'us/compile':>11}")
    for title, text in CASES.items():
        template = compile(text, functions=functions)
        renders = per_second(lambda template=template: template.render(CR), seconds)  # type: ignore[misc]  # bound now
        compiles = per_second(lambda text=text: compile(text, functions=functions), seconds / 5)  # type: ignore[misc]
        print(f"{title:16} {renders:12,.0f} {1e6 / renders:10.2f} {1e6 / compiles:11.1f}")
        if title in SMALL:
            slowest = min(slowest, renders)
    print(f"slowest small template: {slowest:,.0f} renders/s (bar 200,000)")
    compare(seconds)


if __name__ == "__main__":
    main()
