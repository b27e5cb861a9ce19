"""Templates as ``kubectl -o go-template`` and ``helm template`` print them.

They are asked for many templates in one call: those that text/template, which both embed, renders without error.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

from orkestra.katalog.paths import ABSENT, find
from orkestra.template import TemplateFault, compile
from orkestra.template.functions import builtin_functions
from orkestra.template.functions.go import MissingMode
from tests.fuzz import templates
from tests.fuzz.chance import Chance
from tests.judges.agreement import Agreement, names
from tests.judges.panel import Panel, binaries

SECONDS = 120
OBJECT: Final = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}}
BETWEEN = "\x1f\n"
DATA = {
    "a": "x",
    "b": {"a": [1.0, "q", None], "none": None},
    "c": "text",
    "n": 2,
    "é": "ü<",
    "list": ["p", 1.5, True, None, "é"],
    "map": {"a": "1", "b": False, "é": 3.5, "c": {"a": []}},
    "none": None,
}
FLOATS: Final = {**DATA, "n": 2.0}
"""As Helm's fromJson reads them."""


def corpus(panel: Panel, judge: str, count: int) -> list[tuple[str, str]]:
    """Templates, and what text/template prints of them; none of what a null prints as, which differs."""
    found = []
    for batch in names(judge, count):
        texts = [templates.Grammar(chance).template() for chance in map(Chance, batch)]
        texts = [text for text in texts if not _NAMED.search(text) and rendered(text, "go") is not None]
        asked = [{"template": text, "data": DATA} for text in texts]
        for text, answer in zip(texts, panel.ask("template", asked), strict=True):
            if answer["out"] is not None and not _NULL.search(answer["out"]):
                found.append((text, answer["out"]))
    return found


_NAMED = re.compile("define|block|template|{$")
"""Names would meet those of other cases; an open brace would meet what follows."""
_NULL = re.compile("nil|no.value|null")


def is_there(text: str) -> bool:
    """Whether it renders with floats, and all that is read exists: to Helm the field of a missing one is an error."""
    paths = compile(text, functions={}, missing="go").paths
    return rendered(text, "empty") is not None and all(find(DATA, path) not in (None, ABSENT) for path in paths)


def rendered(text: str, missing: MissingMode) -> str | None:
    functions = builtin_functions() if missing == "empty" else {}
    try:
        return compile(text, functions=functions, missing=missing).render(FLOATS if missing == "empty" else DATA)
    except TemplateFault:
        return None


def test_kubectl_go_templates(panel: Panel, agreement: Agreement, tmp_path: Path) -> None:
    cases = corpus(panel, "kubectl", 3_000)
    (tmp_path / "object.json").write_text(json.dumps({**OBJECT, "data": DATA}))
    for first in range(0, len(cases), 500):
        some = cases[first : first + 500]
        bodies = "".join(f'{{{{define "case{n}"}}}}{text}{{{{end}}}}' for n, (text, _) in enumerate(some))
        uses = "".join(f'{{{{template "case{n}" .data}}}}{BETWEEN}' for n in range(len(some)))
        (tmp_path / "all.tmpl").write_text(bodies + uses)
        command = [
            "patch",
            "--local",
            "-f",
            "object.json",
            "--type=merge",
            "-p",
            "{}",
            "-o",
            "go-template-file=all.tmpl",
        ]
        printed = run("kubectl", *command, folder=tmp_path).split(BETWEEN)
        assert len(printed) == len(some) + 1
        for (text, _), theirs in zip(some, printed, strict=False):
            agreement.hold(rendered(text, "go"), theirs, text)


def test_helm_templates(panel: Panel, agreement: Agreement, tmp_path: Path) -> None:
    cases = [
        text for text, _ in corpus(panel, "helm", 3_000) if is_there(text) and "slice" not in text
    ]  # sprig has its own
    for first in range(0, len(cases), 500):
        some = cases[first : first + 500]
        for text, theirs in zip(some, helm(some, tmp_path), strict=True):
            agreement.hold(rendered(text, "empty"), theirs, text)


def test_sprig_functions(agreement: Agreement, tmp_path: Path) -> None:
    """Names that both have, where the language gives them sprig's meaning."""
    functions = builtin_functions()
    calls = [call for call in SPRIG if function_of(call) in functions]
    texts = [f"{{{{ {call} }}}}" for call in calls]
    for text, theirs in zip(texts, helm(texts, tmp_path), strict=True):
        why = "the language puts the subject first" if function_of(text.strip("{} ")) in SUBJECT_FIRST else None
        agreement.hold(rendered(text, "empty"), theirs, text, why=why)


def helm(texts: list[str], folder: Path) -> list[str]:
    """What ``helm template`` prints of each, all in one manifest."""
    chart = folder / "chart"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: judge\nversion: 0.1.0\n")
    (chart / "data.json").write_text(json.dumps(DATA))
    bodies = "".join(f'{{{{define "case{n}"}}}}{text}{{{{end}}}}' for n, text in enumerate(texts))
    data = '(fromJson (.Files.Get "data.json"))'
    uses = "".join(f'case{n}: {{{{ include "case{n}" {data} | toJson }}}}\n' for n in range(len(texts)))
    (chart / "templates/cases.yaml").write_text(f"{bodies}\n{uses}")
    lines = run("helm", "template", "judge", "chart", folder=folder).splitlines()
    return [json.loads(line.partition(": ")[2]) for line in lines if line.startswith("case")]


def run(tool: str, *arguments: str, folder: Path) -> str:
    binary = binaries() / tool
    if not binary.exists():
        pytest.skip(f"{tool} is not unpacked: run hack/judges/build")
    command = [str(binary), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.decode("utf-8", "replace")


SPRIG = (
    *('default "x" .none', '.none | default "x"', '.c | default "x"', 'default "x" .c', '"" | default "y"'),
    *("0 | default 3", 'coalesce .none "" .c', "add 1 2", "sub 5 3", "mul 4 3", "div 7 2", "mod 7 3", "max 1 5"),
    *("min 3 2", "floor 2.7", "ceil 2.1", "toString .n", "len .c", "empty .none", "int .n", "b64enc .c"),
    *('"dGV4dA==" | b64dec', "toJson .map", "upper .c", "lower .c", "title .c", "quote .c", "list 1 2", "first .list"),
    *("last .list", "toYaml .map", "not .none", "and .a .c", "or .none .c", 'eq .a "x"', "print .c", "kebabcase .c"),
    *('printf "%s-%s" .a .c', 'semver "1.2.3"', 'ternary "a" "b" true', 'true | ternary "a" "b"', "trim .c"),
    *('trimSuffix "t" .c', 'trimPrefix "t" .c', 'replace "t" "T" .c', 'contains "ex" .c', 'hasPrefix "te" .c'),
    *('hasSuffix "xt" .c', "repeat 2 .c", 'join "-" .list', 'semverCompare ">=1.2" "1.3.0"', "sha256sum .c"),
    *(
        'split "," .c',
        "keys .map",
        'get .map "a"',
        'regexMatch "^t" .c',
        "trunc 2 .c",
        "now",
        "uniq .list",
        "sortAlpha .list",
    ),
)
SUBJECT_FIRST = frozenset(
    [
        "ternary",
        "trim",
        "trimSuffix",
        "trimPrefix",
        "replace",
        "contains",
        "hasPrefix",
        "hasSuffix",
        "repeat",
        "join",
        "split",
        "semverCompare",
        "sha256sum",
    ]
)
"""The language puts the text, or the condition, first, and means versions and digests otherwise."""


def function_of(call: str) -> str:
    return (call.rpartition("|")[2] if "|" in call else call).split()[0]
