"""docs/conditions.md: conditions, reasons, events, metrics, endpoints and keys, all of them and no others."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec
import pytest
from reference.markdown import headings
from reference.metrics import metrics

from orkestra.observe import report
from orkestra.operator import names as keys
from orkestra.operator.endpoints import _Endpoints
from orkestra.operator.outcome import Reason
from orkestra.operator.status import OWN_CONDITIONS
from tests.unit.docs.pages import ROOT, names, read, rows, section, spans

PAGE = read("conditions.md")
SOURCES = sorted((ROOT / "src" / "orkestra").glob("operator/**/*.py"))


def recorded_events() -> Iterator[tuple[str, str]]:
    """(reason, type) of the events the operator records under a name of their own."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("recorder.record"):
                event_type, reason = node.args[1:3]
                if isinstance(reason, ast.Constant) and isinstance(event_type, ast.Constant):
                    yield str(reason.value), str(event_type.value)


def test_every_condition_is_told_and_no_other() -> None:
    assert set(names(section(PAGE, "Conditions"))) == OWN_CONDITIONS


def test_every_reason_has_a_section_and_there_are_no_others() -> None:
    told = headings(section(PAGE, "Reasons"))
    assert sorted(told) == sorted(reason.value for reason in Reason)


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_says_what_becomes_of_ready_or_that_it_is_reserved(reason: Reason) -> None:
    text = section(PAGE, reason.value)
    is_used = any(f"Reason.{reason.name}" in path.read_text() for path in SOURCES)
    assert ("`Ready=" in text) == is_used
    assert text.strip().startswith("Reserved") != is_used


def test_every_event_is_told_with_its_type_and_no_other() -> None:
    told = {(spans(row[0])[0], row[1]) for row in rows(section(PAGE, "Events")) if not row[0].startswith("a ")}
    assert told == set(recorded_events())


def test_every_metric_is_told_and_no_other() -> None:
    assert set(names(section(PAGE, "Metrics"))) == {metric.name for metric in metrics()}


def test_metrics_named_in_prose_exist() -> None:
    known = {metric.name for metric in metrics()}
    named = {span.partition("{")[0] for span in spans(section(PAGE, "Metrics"))}
    assert {name for name in named if name.startswith(("controller_", "orkestra_"))} <= known


def test_every_endpoint_is_told_and_no_other() -> None:
    served = set(_Endpoints(None).routes())  # type: ignore[arg-type]  # the table of routes needs no supervisor
    told = [name for name in names(section(PAGE, "Endpoints")) if name.startswith("/")]
    assert len(told) == len(set(told))
    assert set(told) == served


@pytest.mark.parametrize("shape", [report.KatalogReport, report.BoxReport, report.BoxHealthReport])
def test_every_field_of_a_report_is_told_and_no_other(shape: type[msgspec.Struct]) -> None:
    told = names(section(PAGE, shape.__name__))
    assert sorted(told) == sorted(field.encode_name for field in msgspec.structs.fields(shape))


def test_states_of_a_box_are_told() -> None:
    text = section(PAGE, "Endpoints")
    for state in report.State.__args__:  # type: ignore[attr-defined]  # a Literal
        assert f"`{state}` (" in text


def test_keys_on_objects_are_told_and_no_others() -> None:
    written = {
        value
        for name, value in vars(keys).items()
        if isinstance(value, str) and name.endswith(("_LABEL", "_ANNOTATION", "_FINALIZER"))
    }
    told = {name.partition(":")[0] for name in names(section(PAGE, "Labels, annotations, finalizer"))}
    assert told == written
    assert f"`{keys.MANAGED_BY_LABEL}: {keys.MANAGED_BY}`" in PAGE
    assert f"`{keys.FIELD_MANAGER}`" in PAGE
