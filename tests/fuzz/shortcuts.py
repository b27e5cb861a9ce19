"""One template both ways: by its closures, and by its shortcut, which must not show."""

from __future__ import annotations

from typing import Any

from orkestra.template import Environment, Template, TemplateError


def agree(template: Template, data: Any, environment: Environment) -> bool:
    """Whether the shortcut answered. ``template`` has not been rendered often. Raises AssertionError when it answers
    anything but what the closures answer, or changes ``data``."""
    expected = outcome(template, data, environment)
    if not template.shorten():
        return False
    before = repr(data)
    assert outcome(template, data, environment) == expected, template.text
    assert repr(data) == before, template.text
    return template.misses == 0


def outcome(template: Template, data: Any, environment: Environment) -> Any:
    """The text, or what the error says and where."""
    try:
        return template.render(data, environment)
    except TemplateError as error:
        return (str(error), error.line, error.column, error.expression)
