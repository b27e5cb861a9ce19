"""The documents and their parts: headings, tables, code blocks, code spans, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
PAGES = sorted(str(path.relative_to(DOCS)) for path in DOCS.glob("**/*.md") if path.parent.name != "adr")
EVERYWHERE = sorted(
    str(path.relative_to(ROOT))
    for path in (*ROOT.glob("*.md"), *DOCS.glob("**/*.md"), *(ROOT / "examples").glob("**/*.md"))
)

_STEP = re.compile(r"^```(\w+)\n([\s\S]*?)^```$|((?:^ {4}.*\n)+)", re.MULTILINE)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(page: str) -> str:
    """A page of docs/ by its name, or any document by its path from the root."""
    path = DOCS / page
    return (path if path.exists() else ROOT / page).read_text()


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return [body for found, body in _FENCE.findall(text) if found == language]


def prose(text: str) -> str:
    """A document without its code blocks, fenced or indented."""
    return re.sub(r"^ {4}.*$", "", _FENCE.sub("", text), flags=re.MULTILINE)


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    found: list[str] = []
    level = 0
    is_code = False
    for line in text.splitlines():
        is_code ^= line.startswith("```")
        marks = len(line) - len(line.lstrip("#")) if not is_code and re.match(r"#+ ", line) else 0
        if level and marks and marks <= level:
            break
        if level:
            found.append(line)
        elif marks and line[marks:].strip() == heading:
            level = marks
    assert level, f"there is no heading {heading!r}"
    return "\n".join(found)


def rows(text: str) -> list[list[str]]:
    """The rows of all tables in a text, without their heads."""
    found: list[list[str]] = []
    lines = text.splitlines()
    for n, line in enumerate(lines):
        is_head = n + 1 < len(lines) and lines[n + 1].startswith("|---")
        if line.startswith("|") and not line.startswith("|---") and not is_head:
            parts = re.split(r"(?<!\\)\|", line.strip())[1:-1]
            found.append([part.strip().replace("\\|", "|") for part in parts])
    return found


def spans(text: str) -> list[str]:
    """The code spans of a text."""
    return [a or b for a, b in re.findall(r"``\s(.+?)\s``|`([^`\n]+)`", text)]


def names(text: str, column: int = 0) -> list[str]:
    """Every code span in one column of the tables of a text."""
    return [span for row in rows(text) for span in spans(row[column])]


def steps(page: str) -> Iterator[tuple[str, str]]:
    """(language, text) of what a page tells to do or shows, in order; commands one by one, as ``sh``."""
    for found in _STEP.finditer(read(page)):
        language, fenced, indented = found.groups()
        if language in (None, "sh"):
            for line in (fenced or indented).replace("\\\n", " ").splitlines():
                if line.strip():
                    yield "sh", line.strip()
        else:
            yield language, fenced
