"""Values that Kubernetes takes and refuses, also where a template leaves only a part of them open."""

from __future__ import annotations

import pytest

from orkestra.katalog import load_text
from orkestra.katalog.checks import formats
from orkestra.katalog.checks.formats import Format, problem_of
from tests.unit.katalog.katalogs import box_text

LONG = "a" * 64


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (formats.LABEL, ["a", "web-1", "1", "a" * 63], ["", "-a", "a-", "A", "a.b", LONG]),
        (formats.SUBDOMAIN, ["a.b-c", "1"], ["", "a..b", ".a", "a_b", "a" * 254]),
        (formats.LABEL_VALUE, ["", "A_b.c-1"], ["-a", "a/b", "a b", LONG]),
        (formats.ENV_NAME, ["A", "a.b-c", "1"], ["", "A=B", "ä", "a\tb"]),
        (formats.CONFIG_KEY, ["a", "A_b.c", ".env"], ["", ".", "..", "..a", "a/b", "a b"]),
        (formats.PORT, ["1", "65535"], ["0", "65536", "http", "-1", "", "80.0"]),
        (formats.PORT_OR_NAME, ["80", "http", "http-2"], ["0", "http-", "a--b", "HTTP", "a" * 16]),
        (formats.QUANTITY, ["1", "100m", "1.5Gi", "1e3", "0"], ["", "1x", "5Gb", "1 Gi", "ten"]),
        (formats.AMOUNT, ["0", "25%"], ["", "-1", "25%%", "half"]),
        (
            formats.IMAGE,
            ["nginx", "nginx:V1", "Host.example.com:5000/a/b:1@sha256:ab", "localhost/a"],
            ["", "Nginx", "a b", " a", "host.example.com/Web:1"],
        ),
        (formats.CIDR, ["10.0.0.0/8", "2001:db8::/32"], ["10.0.0.0", "10.0.0.0/33", ""]),
        (formats.HOST, ["", "*.example.com", "a.b"], ["https://a", "a_b", "*.", "A.b"]),
        (formats.URL_PATH, ["/", "/a"], ["a"]),
        (formats.MOUNT_PATH, ["/a", "a"], ["", "/a:b"]),
    ],
)
def test_formats(form: Format, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if problem_of(text, form)] == []
    assert [text for text in bad if not problem_of(text, form)] == []


@pytest.mark.parametrize(
    ("text", "form", "problem"),
    [
        ("{{ .a }}_b", formats.LABEL, '"_" cannot be in a DNS label'),
        ("-{{ .a }}", formats.LABEL, 'a DNS label cannot begin with "-"'),
        ("{{ .a }}-", formats.LABEL, 'a DNS label cannot end with "-"'),
        (LONG + "{{ .a }}", formats.LABEL, "64 characters are written beside the template; a DNS label has at most 63"),
        ("{{ if .a }}B{{ end }}", formats.LABEL, '"B" cannot be in a DNS label'),
        ("{{ .a }}GB", formats.QUANTITY, '"B" cannot be in a quantity'),
        ("{{ .a }}/tcp", formats.PORT, '"/" cannot be in a port'),
    ],
)
def test_the_written_part_of_a_template_decides(text: str, form: Format, problem: str) -> None:
    assert problem_of(text, form).startswith(problem)


@pytest.mark.parametrize(
    "text",
    [
        "{{ .a }}-{{ .b }}",
        "\n{{ .a }}\n",
        "{{ .a }}{{ if .b }}-{{ .b }}{{ end }}",
        "{{ if .a }}-{{ end }}a",
        "{{- .a -}} - {{- .b }}",
        '{{ "}}" }}',
        "{{ if .x }}" + LONG + "{{ end }}",
    ],
)
def test_what_a_template_may_give_is_left_to_the_run(text: str) -> None:
    assert problem_of(text, formats.LABEL) == ""


@pytest.mark.parametrize(
    ("box", "told"),
    [
        ("deployments: [{image: nginx, port: 99999}]", "99999"),
        ("deployments: [{image: nginx, labels: {a: 'x/{{ .spec.a }}'}}]", "'x/{{ .spec.a }}'"),
        ("deployments: [{image: nginx, resources: {limits: {cpu: 1x}}}]", "1x"),
        ("deployments: [{image: nginx, sidecars: [{name: Log, image: a}]}]", "Log"),
        ("deployments: [{image: nginx, env: [{name: A=B, value: x}]}]", "A=B"),
        ("deployments: [{image: nginx, probes: {liveness: {port: a_b}}}]", "a_b"),
        ("cronJobs: [{schedule: '@daily', image: 'a b'}]", "'a b'"),
        ("services: [{port: 80, selector: {app: a b}}]", "a b"),
        ("ingresses: [{host: 'https://a.example.com'}]", "'https://a.example.com'"),
        ("configMaps: [{data: {a/b: x}}]", "a/b"),
        ("limitRanges: [{name: a, limits: [{type: Pod, max: {cpu: x}}]}]", "x"),
        ("networkPolicies: [{name: a, egress: [{to: [{ipBlock: {cidr: 1.2.3}}]}]}]", "1.2.3"),
    ],
)
def test_they_are_held_against_the_fields_of_children(box: str, told: str) -> None:
    (found,) = load_text(box_text(f"onReconcile: {{{box}}}"))[1]
    assert found.code == "ORK1520"
    assert found.quote[found.span.column - 1 : found.span.end_column - 1] == told


def test_one_wrong_label_is_told_once() -> None:
    found = load_text(box_text("onReconcile: {deployments: [{image: nginx, labels: {a: b/c}}]}"))[1]
    assert [each.code for each in found] == ["ORK1110"]
