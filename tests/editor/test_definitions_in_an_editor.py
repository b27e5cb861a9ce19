"""What an editor shows of a definition: errors, completion and texts, from a real yaml-language-server."""

from __future__ import annotations

import re
from typing import Any

import pytest
from reference.cases import CASES

from orkestra.katalog import load_text
from orkestra.katalog.schema.blocks import State
from orkestra.katalog.schema.outline import FILES, state_of
from tests.editor.language_server import LanguageServer
from tests.unit.docs.pages import EVERYWHERE, ROOT, blocks, read

pytestmark = pytest.mark.editor

HEAD = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      apiTypes: {group: shop.io, version: v1, kind: Website, plural: websites}
"""
BOX = f"{HEAD}      operatorBox:\n"
ENTRY = f"""{BOX}        onReconcile:
          deployments:
            - image: a
"""
GOOD = [
    text
    for text in (
        *(path.read_text() for path in sorted((ROOT / "examples").rglob("*.yaml"))),
        *(text for page in EVERYWHERE if page != "docs/diagnostics.md" for text in blocks(read(page), "yaml")),
        *(case.text_of(case.good).decode() for case in CASES),
    )
    if any(f"kind: {kind}" in text for kind in FILES) and load_text(text)[0] is not None
]


def messages(server: LanguageServer, text: str) -> list[tuple[str, str]]:
    """(what stands at the finding's place, message) of each finding."""
    return shown(text, server.findings(server.open(text)))


def shown(text: str, findings: list[dict[str, Any]]) -> list[tuple[str, str]]:
    lines = text.splitlines()
    found = []
    for each in findings:
        start, end = each["range"]["start"], each["range"]["end"]
        stop = end["character"] if end["line"] == start["line"] else None
        found.append((lines[start["line"]][start["character"] : stop], each["message"]))
    return found


def completions(server: LanguageServer, text: str) -> dict[str, Any]:
    """Item by label, at the end of the text."""
    lines = text.split("\n")
    found = server.at("completion", server.open(text), len(lines) - 1, len(lines[-1]))
    return {item["label"]: item for item in found["items"]}


def test_nothing_is_wrong_with_what_loads(server: LanguageServer) -> None:
    assert len(GOOD) > 40
    opened = [(text, server.open(text)) for text in GOOD]
    told = {text: shown(text, server.findings(uri)) for text, uri in opened}
    assert {text: found for text, found in told.items() if found} == {}


@pytest.mark.parametrize(
    ("line", "at", "told"),
    [
        ("imgae: b", "imgae", "Property imgae is not allowed."),
        ("replicas: many", "many", "expected a whole number of at least 0, or a template"),
        ("replicas: -1", "-1", "Value is below the minimum of 0."),
        ("protocol: ICMP", "ICMP", 'Value is not accepted. Valid values: "TCP", "UDP", "SCTP".'),
        ("forceConflict: perhaps", "perhaps", "expected true or false"),
        ("anyOf: []", "anyOf", "anyOf: an older spelling: write or"),
        ("resources: {profile: small, limits: {}}", "limits", "limits and profile exclude each other in resources"),
        ("forEach: {as: x}", "forEach", 'Missing property "field".'),
    ],
)
def test_an_error_stands_at_its_place_in_words(server: LanguageServer, line: str, at: str, told: str) -> None:
    assert messages(server, f"{ENTRY}              {line}\n") == [(at, told)]


@pytest.mark.parametrize(
    "line",
    [
        "replicas: '3'",
        'replicas: "{{ .spec.replicas }}"',
        "forceConflict: yes",
        "image: 1.10",
        "labels: {a: 1, b: on}",
        "replicas:",
    ],
)
def test_yaml_of_either_generation_is_taken(server: LanguageServer, line: str) -> None:
    text = (
        ENTRY if not line.startswith("image") else ENTRY.replace("            - image: a\n", "            - name: a\n")
    )
    assert messages(server, f"{text}              {line}\n") == []


def test_the_fields_of_a_block_are_offered_with_their_texts(server: LanguageServer) -> None:
    found = completions(server, f"{BOX}        ")
    block = FILES["Katalog"]
    assert {"onReconcile", "onCreate", "status", "reconciler"} <= set(found)
    assert "anyOf" not in found and "workers" not in found, "other spellings are not offered"
    assert "Children made and kept in line." in found["onReconcile"]["documentation"]["value"]
    top = completions(server, "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\n")
    usual = {n for n, row in block.fields.items() if state_of(row) in (State.SUPPORTED, State.LATER)}
    assert usual - {"apiVersion", "kind"} <= set(top)


def test_words_and_flags_are_offered_as_values(server: LanguageServer) -> None:
    assert {"TCP", "UDP", "SCTP"} <= set(completions(server, f"{ENTRY}              protocol: "))
    assert {"true", "false"} <= set(completions(server, f"{ENTRY}              forceConflict: "))
    assert {"correct", "report"} <= set(completions(server, f"{ENTRY}              drift: "))
    assert set(FILES) <= set(completions(server, "kind: "))
    assert {"small", "large"} <= set(completions(server, f"{ENTRY}              resources:\n                profile: "))


def test_a_whole_file_is_offered_and_loads(server: LanguageServer) -> None:
    snippet = completions(server, "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\n")
    text = f"apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\n{filled(snippet['Katalog with one operator'])}\n"
    text = text.replace("crdFile: ./crd.yaml", "apiTypes: {group: a.io, version: v1, kind: A, plural: as}")
    katalog, findings = load_text(text)
    assert katalog is not None, findings
    assert str(katalog.boxes[0].entries[0].name) == "{{ .metadata.name }}"


def filled(item: dict[str, Any]) -> str:
    """A snippet with its own proposals in its places."""
    return re.sub(r"\$\{\d+:([^}]*)\}", r"\1", item["insertText"])


@pytest.mark.parametrize(
    ("line", "column", "told"),
    [
        ("replicas: 1", 15, ["How many pods.", "Default: `1`.", "May be a template.", "docs/katalog.md"]),
        ("drift: report", 15, ["What to do about foreign changes.", "Added by Orkestra"]),
        ("sleep: 1s", 15, ["refused by `ork run`"]),
    ],
)
def test_a_field_tells_what_it_is(server: LanguageServer, line: str, column: int, told: list[str]) -> None:
    text = f"{ENTRY}              {line}\n"
    found = server.at("hover", server.open(text), len(text.splitlines()) - 1, column)["contents"]["value"]
    for words in told:
        assert words in found
