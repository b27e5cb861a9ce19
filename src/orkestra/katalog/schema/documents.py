"""The kinds of files: what each is read with, and how they say what they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from orkestra.katalog.schema.blocks import Block, LazyBlock

API_VERSION: Final = "orkestra.orkspace.io/v1"
LANGUAGE_VERSION: Final = "0.7.17"
"""The version of the language whose definitions are read as they are."""
OLD_API_VERSIONS: Final = ("orkestra.konductor.io/v1Alpha", "orkestra.konductor.io/v1alpha")
FILE_KINDS: Final = ("Katalog", "Komposer", "Motif", "Simulate", "E2E", "Policy")


def api_version(text: str) -> tuple[int, str] | None:
    """Whether it is today's, an older or no apiVersion of the language."""
    if text == API_VERSION:
        return None
    if text in OLD_API_VERSIONS:
        return 1601, f'"{text}" is an older spelling: write {API_VERSION}'
    return 1108, f'"{text[:80]}" is not known: expected {API_VERSION}'


def kind_of_file(known: str) -> Callable[[str], tuple[int, str] | None]:
    """Whether it is the kind a table is for."""

    def check(text: str) -> tuple[int, str] | None:
        if text == known:
            return None
        if text in FILE_KINDS:
            return 1109, f"a {text} is read differently: expected {known}"
        return 1109, f'"{text[:80]}" is not known: expected {", ".join(FILE_KINDS[:-1])}'

    return check


DOCUMENTS: Final[dict[str, Block]] = {
    "Katalog": LazyBlock("katalog:KATALOG"),
    "Komposer": LazyBlock("komposer:KOMPOSER"),
    "Motif": LazyBlock("motif:MOTIF"),
    "Simulate": LazyBlock("suites:SIMULATE"),
    "E2E": LazyBlock("suites:E2E"),
}
"""kind -> the table of the whole file."""

JUDGED_ONLY: Final = frozenset(("Simulate", "E2E"))
"""Kinds that are read and judged, and that this version cannot run."""
