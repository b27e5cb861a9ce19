"""Random templates over random data print here what they print in Go, or fail in both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from orkestra.template import TemplateFault, compile
from tests.golden.template.oracle import Oracle, is_available
from tests.properties import template_grammar

pytestmark = pytest.mark.skipif(not is_available(), reason="Go is not installed: nothing to compare with")

RELENTLESS = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Oracle]:
    running = Oracle.build(tmp_path_factory.getbasetemp().parent)
    yield running
    running.close()


def assert_same(oracle: Oracle, text: str, data: Any) -> None:
    answer = oracle.ask(text, data)
    try:
        ours = {"out": compile(text, functions={}, missing="go").render(data)}
    except TemplateFault as fault:
        ours = {"error": str(fault)}
    assert ours.keys() == answer.keys(), (answer, ours)
    assert ours.get("out") == answer.get("out")


@pytest.mark.timeout(300)
@settings(RELENTLESS, max_examples=2000)
@given(text=template_grammar.templates, data=template_grammar.regular_data | template_grammar.data)
def test_well_formed_templates(oracle: Oracle, text: str, data: dict[str, Any]) -> None:
    assert_same(oracle, text, data)


@pytest.mark.timeout(300)
@settings(RELENTLESS, max_examples=500)
@given(text=template_grammar.fragments)
@example("{{range 2}}{{range 0}}{{else}}{{break}}{{end}}x{{end}}")
def test_ill_formed_templates(oracle: Oracle, text: str) -> None:
    assert_same(oracle, text, {"a": 1})


@pytest.mark.timeout(300)
@settings(RELENTLESS, max_examples=600)
@given(form=template_grammar.formats, first=template_grammar.values, second=template_grammar.values)
def test_printf(oracle: Oracle, form: str, first: Any, second: Any) -> None:
    assert_same(oracle, f"{{{{printf `{form}` .first .second}}}}", {"first": first, "second": second})
