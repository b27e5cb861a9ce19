"""Files for tests of composition, written to a folder and loaded from there."""

from __future__ import annotations

import textwrap
from pathlib import Path

from orkestra.katalog import Diagnostic, Katalog, load
from orkestra.katalog.compose import Composed, compose
from orkestra.katalog.source import plain_value

HEAD = "apiVersion: orkestra.orkspace.io/v1\n"


def katalog(crds: str, name: str = "shop", rest: str = "") -> str:
    """A Katalog file; ``crds`` is the content of ``spec.crds``."""
    body = textwrap.indent(textwrap.dedent(crds), "    ")
    return f"{HEAD}kind: Katalog\nmetadata: {{name: {name}}}\nspec:\n  crds:\n{body}\n{textwrap.dedent(rest)}"


def komposer(rest: str) -> str:
    return f"{HEAD}kind: Komposer\nmetadata: {{name: all}}\n{textwrap.dedent(rest)}"


def motif(rest: str, name: str = "web") -> str:
    return f"{HEAD}kind: Motif\nmetadata: {{name: {name}}}\n{textwrap.dedent(rest)}"


def entry(kind: str, box: str = "", more: str = "") -> str:
    """One entry named like the kind in lower case."""
    low = kind.lower()
    types = f"{{group: x.example.com, version: v1, kind: {kind}, plural: {low}s}}"
    parts = [f"{low}:", f"  apiTypes: {types}"]
    if more:
        parts.append(textwrap.indent(textwrap.dedent(more).strip("\n"), "  "))
    if box:
        parts += ["  operatorBox:", textwrap.indent(textwrap.dedent(box).strip("\n"), "    ")]
    return "\n".join(parts) + "\n"


def write(folder: Path, **files: str) -> Path:
    """Writes files by name, ``__`` for a slash and no ``.yaml``; returns the folder."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def loaded(path: Path) -> Katalog:
    katalog, found = load(path, root=path.parent)
    assert katalog is not None, [str(each) for each in found]
    assert not [each for each in found if each.is_error or each.is_unsupported], found
    return katalog


def composed(path: Path) -> Composed:
    made, found = compose(path, root=path.parent)
    assert made is not None
    assert not [each for each in found if each.is_error], found
    return made


def merged(path: Path) -> dict:  # type: ignore[type-arg]
    """The merged tree as plain values."""
    found = plain_value(composed(path).tree)
    assert isinstance(found, dict)
    return found


def findings(path: Path, root: Path | None = None) -> list[Diagnostic]:
    return load(path, root=root or path.parent)[1]


def places(found: list[Diagnostic]) -> list[tuple[str, str, str]]:
    """(code, file name, line:column) of findings that are errors or warnings."""
    return [(f.code, Path(f.file).name, str(f.span)) for f in found if f.severity != "note"]
