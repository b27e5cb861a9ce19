"""Whatever the text and the data: a result, or one of the two template errors, and the same by shortcut."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orkestra.template import Environment, Limits, TemplateFault, compile
from orkestra.template.functions import builtin_functions
from tests.fuzz.shortcuts import agree
from tests.properties import template_grammar

FUNCTIONS = builtin_functions()
SMALL = Environment(limits=Limits(output_bytes=5_000, steps=1_000, depth=10))

any_scalar = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-3, max_value=70),
    st.floats(),
    st.text(alphabet=st.characters(), max_size=12),
    st.sampled_from(("https://host/a/b.git", "YWI=", "true", "1e5", "%s%1000000d", "\ud800", "\udcff", "é")),
)
any_value = st.recursive(
    any_scalar,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3),
    max_leaves=6,
)

steady = settings(
    deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def outcome(text: str, data: dict[str, Any]) -> Any:
    try:
        template = compile(text, functions=FUNCTIONS)
        assert isinstance(template.paths, frozenset)
        agree(template, data, SMALL)
        value = template.value(data, SMALL)
        text_out = template.render(data, SMALL)
    except TemplateFault as fault:
        assert fault.line >= 1
        assert fault.column >= 1
        assert "Traceback" not in str(fault)
        return fault
    text_out.encode()  # no stray surrogate leaves
    assert len(text_out.encode()) <= 5_000 or template.is_static
    return value


@steady
@given(text=st.text(max_size=60).map(lambda text: "{{" + text) | template_grammar.fragments)
def test_any_text(text: str) -> None:
    outcome(text, {"a": 1})


@steady
@given(text=template_grammar.templates, data=st.dictionaries(st.sampled_from(template_grammar.KEYS), any_value))
def test_any_template_on_any_data(text: str, data: dict[str, Any]) -> None:
    outcome(text, data)


@settings(steady, max_examples=1500)
@given(name=st.sampled_from(sorted(FUNCTIONS)), arguments=st.lists(any_value, max_size=4))
def test_any_function_on_any_arguments(name: str, arguments: list[Any]) -> None:
    row = FUNCTIONS[name]
    if row.arity_problem(len(arguments)):
        return
    names = [f"a{number}" for number in range(len(arguments))]
    text = "{{ " + " ".join([name, *(f".{key}" for key in names)]) + " }}"
    outcome(text, dict(zip(names, arguments, strict=True)))


@steady
@given(form=template_grammar.formats | st.text(max_size=12), arguments=st.lists(any_value, max_size=3))
def test_any_format(form: str, arguments: list[Any]) -> None:
    names = [f"a{number}" for number in range(len(arguments))]
    text = "{{ printf .form " + " ".join(f".{key}" for key in names) + " }}"
    outcome(text, {"form": form, **dict(zip(names, arguments, strict=True))})
