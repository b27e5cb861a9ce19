"""Renders per second of the template engine, for the shapes a Katalog is made of.

    python bench/template.py [--seconds 0.5]

Compare ratios between the rows of one run; absolute numbers belong to the machine.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
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
    """How often ``work`` runs in a second: the best of five rounds."""
    best = 0.0
    for _round in range(5):
        count, started = 0, time.perf_counter()
        while (spent := time.perf_counter() - started) < seconds / 5:
            for _ in range(200):
                work()
            count += 200
        best = max(best, count / spent)
    return best


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=0.5, help="time spent on each row")
    seconds: float = arguments.parse_args().seconds
    functions = builtin_functions()
    print(f"{'template':16} {'renders/s':>12} {'us/render':>10} {'us/compile':>11}")
    for title, text in CASES.items():
        template = compile(text, functions=functions)
        renders = per_second(lambda template=template: template.render(CR), seconds)  # type: ignore[misc]  # bound now
        compiles = per_second(lambda text=text: compile(text, functions=functions), seconds / 5)  # type: ignore[misc]
        print(f"{title:16} {renders:12,.0f} {1e6 / renders:10.2f} {1e6 / compiles:11.1f}")


if __name__ == "__main__":
    main()
