from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.schema.node import Node


def check_rules(root: Node, obj: dict[str, Any], old: dict[str, Any] | None) -> Iterator[Cause]:
    yield from ()
