"""The kinds of children that an entry had once, as a definition names them."""

from __future__ import annotations

import re
from typing import ClassVar

from orkestra.katalog.schema.blocks import State
from orkestra.katalog.schema.kinds import BY_KEY
from orkestra.katalog.schema.scalars import Text
from orkestra.katalog.schema.shared import NameList

_OTHER = re.compile(r"(?:[a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?v[0-9][a-z0-9]*/[A-Z][A-Za-z0-9]*")
"""``example.com/v1/Widget``."""


def _kind(text: str) -> tuple[int, str] | None:
    row = BY_KEY.get(text)
    if (row is not None and row.kind and row.state is State.SUPPORTED) or _OTHER.fullmatch(text):
        return None
    expected = "a kind by its key in onReconcile, such as services, or as group/version/Kind"
    return 1105, f'"{text[:60]}" is no kind of child; expected {expected}'


class FormerKinds(NameList):
    """Keys of ``onReconcile``, or other kinds as ``group/version/Kind``; decodes to a tuple of texts."""

    expects = "a list of kinds"
    item: ClassVar[Text] = Text(check=_kind)
