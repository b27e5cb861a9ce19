"""Well-formed YAML that is out to cost time: the work grows with the file, not with its square."""

from __future__ import annotations

import time

import pytest

from orkestra.katalog import load_text
from tests.unit.katalog.katalogs import HEAD

BOX = HEAD + "      operatorBox:\n"
SERVICES = BOX + "        onReconcile:\n          services:\n"
FIELDS = BOX + "        status:\n          fields:\n"


def lines(form: str, count: int) -> str:
    return "".join(form.replace("%", str(n)) + "\n" for n in range(count))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEAD + lines("      keyy%: 1", 20_000), "ORK1101"),
        (FIELDS + lines("          - {path: a%, value: 1, type: strng}", 5_000), "ORK1105"),
        (
            FIELDS + lines("          - {path: a.a.a.a.a, value: 1}\n          - {path: a.a, value: %}", 3_000),
            "ORK1209",
        ),
        (SERVICES + lines("          - {name: same, port: %}", 8_000), "ORK1203"),
        (SERVICES + lines("          - {name: a-%, port: 80}", 8_000), ""),
        (SERVICES + "          - &a {name: a, port: 80}\n" + "          - *a\n" * 9_000, "ORK1006"),
        (BOX + "        when:\n" + lines("        - {field: spec.a%, equals: 1}", 8_000), ""),
        (BOX + "        when: [{field: '" + "a." * 1_000_000 + "'}]\n", "ORK1115"),
        (SERVICES + "          - {name: '" + "a-" * 1_000_000 + "'}\n", "ORK1501"),
        (SERVICES + "          - {name: '" + "{{ .spec.a }}" * 100_000 + "'}\n", "ORK1302"),
        (SERVICES + "          - {name: '" + "{{ .inputs.a }} " * 8_000 + "'}\n", "ORK1208"),
    ],
    ids=lambda value: value[-40:].strip() if isinstance(value, str) else None,
)
def test_loading_is_bounded(text: str, code: str) -> None:
    started = time.process_time()  # what others run meanwhile is not the file's doing
    _, found = load_text(text)
    assert time.process_time() - started < 15
    assert [d.code for d in found[:1]] == ([code] if code else [])
