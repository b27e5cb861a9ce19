"""All documents: links lead somewhere, files and targets they name exist, nothing of a particular machine is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from reference.markdown import headings

from orkestra.katalog.schema.outline import anchor
from tests.unit.docs.pages import EVERYWHERE, ROOT, prose, read, spans

LONGEST_LINE = 140
LONGEST_AT_ROOT = 145
SOURCE = ROOT / "src" / "orkestra"
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_ABSOLUTE = re.compile(r"(?<![\w.~*`}/])/(?:work|tmp|root|home|usr|opt|var|mnt|etc)\b")
_HOST = re.compile(r"\b(?:pypi\.org|pythonhosted|proxy\.golang\.org|registry\.npmjs|docker\.io|ghcr\.io|quay\.io)\b")


@pytest.mark.parametrize("page", EVERYWHERE)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    for target in _LINK.findall(prose(read(page))):
        if target.startswith(("https://", "http://")):
            continue
        path, _, fragment = target.partition("#")
        file = (folder / path).resolve() if path else ROOT / page
        assert file.exists(), f"{page}: {target}"
        if fragment:
            assert fragment in {anchor(heading) for heading in headings(file.read_text())}, f"{page}: {target}"


@pytest.mark.parametrize("page", EVERYWHERE)
def test_lines_are_short(page: str) -> None:
    """Rows of tables and real output cannot be broken."""
    text = re.sub(r"^```text\n.*?^```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    most = LONGEST_LINE if page.startswith("docs/") else LONGEST_AT_ROOT
    long = [line for line in text.splitlines() if len(line) > most and not line.startswith("|")]
    assert not long


@pytest.mark.parametrize("page", EVERYWHERE)
def test_nothing_of_a_machine_or_a_registry_is_in_it(page: str) -> None:
    text = read(page)
    assert not _ABSOLUTE.findall(text)
    assert not _HOST.findall(text)


@pytest.mark.parametrize("page", EVERYWHERE)
def test_headings_are_told_apart(page: str) -> None:
    fragments = [anchor(heading) for heading in headings(read(page))]
    assert sorted(fragments) == sorted(set(fragments))


@pytest.mark.parametrize("page", EVERYWHERE)
def test_make_targets_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    lines = [line for line in read(page).splitlines() if line.startswith("    make ")]
    named = [word for line in lines for word in re.findall(r"\bmake ([a-z-]+)", line)]
    named += [found[1] for span in spans(prose(read(page))) if (found := re.fullmatch(r"make ([a-z-]+)", span))]
    assert set(named) <= targets


@pytest.mark.parametrize("page", EVERYWHERE)
def test_files_named_exist(page: str) -> None:
    for span in spans(prose(read(page))):
        if re.fullmatch(r"(?:[\w.-]+/)+[\w.-]*", span) and _is_ours(span):
            places = (ROOT / span, SOURCE / span, (ROOT / page).parent / span)
            assert any(place.exists() for place in places), f"{page}: {span}"


def _is_ours(path: str) -> bool:
    """Whether a path begins with a folder of the repository or of the package."""
    first = Path(path).parts[0]
    return (ROOT / first).is_dir() or (SOURCE / first).is_dir()


def test_every_folder_of_the_package_is_in_the_architecture() -> None:
    listed = set(re.findall(r"^\| `(\w+)/` \|", read("ARCHITECTURE.md"), re.MULTILINE))
    assert listed == {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def test_files_the_architecture_follows_exist() -> None:
    """Journeys name files by path, or by name where their folder was just named."""
    text = prose(read("ARCHITECTURE.md"))
    known = {path.name for path in SOURCE.rglob("*.py")}
    for span in spans(text):
        if re.fullmatch(r"\w+\.py", span):
            assert span in known, span
