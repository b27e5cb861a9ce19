"""The data, clock and randomness that the examples of the registry are rendered with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from orkestra.template import Environment, compile
from orkestra.template.functions import builtin_functions

ROOT = Path(__file__).parents[4]
CHILDREN: dict[str, Any] = yaml.safe_load((ROOT / "docs/examples/children.yaml").read_text())
DATA: dict[str, Any] = {"spec": {"a": 1}, **CHILDREN}
ENVIRONMENT = Environment(
    now=lambda: datetime(2026, 1, 1, tzinfo=UTC), random=lambda size: bytes(at % 256 for at in range(size))
)


def value_of(text: str, environment: Environment = ENVIRONMENT, **data: Any) -> Any:
    """The value of one action over ``data``, or over the example data when there is none."""
    return compile("{{ " + text + " }}", functions=builtin_functions()).value(data or DATA, environment)
