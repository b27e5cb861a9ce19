"""docs/devserver.md: what it shows runs, and what it lists is what there is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from orkestra.devserver import faults
from orkestra.devserver.controllers.outcome import (
    DEFAULT_DELAY_SECONDS,
    DELAY_ANNOTATION,
    OUTCOME_ANNOTATION,
    Outcome,
    is_unpullable,
    outcome_of,
    parse_duration,
)
from tests.unit.docs.pages import blocks, names, read, rows, section, spans

PAGE = read("devserver.md")
WORKLOADS = section(PAGE, "Workloads that fail or hang")
FAULTS = section(PAGE, "Faults")


def test_the_test_examples_pass(tmp_path: Path) -> None:
    fixture, tests = blocks(PAGE, "python")
    uses_it = "\n\ndef test_the_server_answers(kubeconfig):\n    assert 'server: http://' in kubeconfig.read_text()\n"
    (tmp_path / "test_command.py").write_text(fixture + uses_it)
    (tmp_path / "test_in_process.py").write_text(tests)
    (tmp_path / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(tmp_path)]
    path = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "3 passed" in done.stdout


def test_every_outcome_is_told_and_no_other() -> None:
    assert names(WORKLOADS)[0] == OUTCOME_ANNOTATION
    assert {span for row in rows(WORKLOADS)[:-1] for span in spans(row[1])} == {each.value for each in Outcome}


def test_the_delay_is_told_with_its_default_and_values_that_parse() -> None:
    row = rows(WORKLOADS)[-1]
    assert row[0] == f"`{DELAY_ANNOTATION}`"
    assert all(parse_duration(value) for value in spans(row[1]))
    assert f"{DEFAULT_DELAY_SECONDS * 1000:.0f} ms" in row[2]


def test_images_that_cannot_be_pulled_are_as_told() -> None:
    assert "`does-not-exist`" in WORKLOADS and "`invalid`" in WORKLOADS
    assert is_unpullable("shop:does-not-exist")
    assert is_unpullable("registry.example.com/invalid/shop:1")


def test_the_manifest_shown_fails_as_it_says() -> None:
    job = yaml.safe_load(blocks(WORKLOADS, "yaml")[0])
    assert outcome_of({"spec": job["spec"]["template"]["spec"]}, job) is Outcome.FAIL


def test_every_kind_of_fault_is_told_and_no_other() -> None:
    kinds = [name for name in names(FAULTS) if not name.startswith(("POST", "GET", "DELETE"))]
    assert kinds == list(faults._KINDS)


def test_the_requests_of_the_faults_endpoint_are_those_of_the_code() -> None:
    told = {name for name in names(FAULTS) if "/faults" in name}
    assert told == set(re.findall(r"(?:POST|GET|DELETE) /faults(?:/\w+)?", faults.__doc__ or ""))


def test_the_rule_in_the_example_is_taken() -> None:
    (body,) = re.findall(r"-d '(\{.*?\})'", FAULTS)
    rule = faults.parse_fault(ast.literal_eval(body), now=0)
    assert (rule.kind, rule.code, rule.method, rule.left) == ("status", 429, "PATCH", 3)


@pytest.mark.parametrize("field", ["kind", "method", "path", "count", "code", "retryAfter", "seconds"])
def test_fields_of_a_rule_are_told(field: str) -> None:
    assert f"`{field}`" in FAULTS
