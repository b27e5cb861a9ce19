"""Katalogs for tests: a whole file around the part a test is about."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

from orkestra.katalog import Diagnostic, Katalog, load_text
from orkestra.katalog.model import OperatorBox

HEAD = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
    website:
      apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}
"""


def crd_text(name: str, kind: str, properties: str, *, required: str = "[]") -> str:
    """A CRD ``websites.shop.example.com`` of one version, by the YAML of its schema's ``properties``."""
    plural, _, group = name.partition(".")
    return f"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: {name}}}
spec:
  group: {group}
  names: {{kind: {kind}, plural: {plural}}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: {required}
          properties:
{textwrap.indent(textwrap.dedent(properties).strip(), " " * 12)}
"""


def box_text(box: str) -> str:
    """A Katalog whose only entry, ``website``, has this operatorBox."""
    return HEAD + "      operatorBox:\n" + textwrap.indent(textwrap.dedent(box).strip("\n"), " " * 8) + "\n"


def load_box(box: str) -> OperatorBox:
    """The compiled operatorBox of ``website``; fails the test on any error."""
    katalog, found = load_text(box_text(box))
    assert katalog is not None, [f"{d.span}: {d.code} {d.message}" for d in found]
    return katalog.boxes[0]


def findings_of(text: str, **options: Any) -> list[tuple[str, str, str]]:
    """(code, line:column, message) of everything found in a whole file."""
    return [(d.code, str(d.span), d.message) for d in load_text(text, **options)[1]]


def codes_of(text: str, **options: Any) -> list[str]:
    return [code for code, _, _ in findings_of(text, **options)]


def box_codes(box: str) -> list[str]:
    return codes_of(box_text(box))


def load_folder(folder: Path, **files: str) -> tuple[Katalog | None, list[Diagnostic]]:
    """Writes files (``katalog`` -> katalog.yaml) into a folder and loads the Katalog."""
    from orkestra.katalog import load

    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(textwrap.dedent(text))
    return load(folder / "katalog.yaml")
