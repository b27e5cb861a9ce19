"""What a case is, and how it becomes a file."""

from __future__ import annotations

import datetime
import tempfile
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

from orkestra.katalog import Diagnostic, Katalog, load
from orkestra.katalog.compose import Fetch

Place = Literal["file", "crds", "entry", "box"]

_CRDS: Final = """\
apiVersion: orkestra.orkspace.io/v1
kind: Katalog
metadata: {name: shop}
spec:
  crds:
"""
_ENTRY: Final = f"""\
{_CRDS}    website:
      apiTypes: {{group: shop.example.com, version: v1, kind: Website, plural: websites}}
"""
_BOX: Final = f"{_ENTRY}      operatorBox:\n"

FRAMES: Final[Mapping[Place, tuple[str, int]]] = {
    "file": ("", 0),
    "crds": (_CRDS, 4),
    "entry": (_ENTRY, 6),
    "box": (_BOX, 8),
}
"""What stands before an example, and how far it is indented."""


def website_crd(spec: str, status: str) -> str:
    """The CRD of the kind Website, by the YAML of these two schemas."""
    properties = textwrap.indent(f"spec:{spec}\nstatus:{status}\n", " " * 12)
    return f"""\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: websites.shop.example.com}}
spec:
  group: shop.example.com
  names: {{kind: Website, plural: websites, singular: website, listKind: WebsiteList}}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {{status: {{}}}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
{properties}"""


CRD: Final = website_crd(
    " {type: object, required: [image], properties: {image: {type: string}}}",
    " {type: object, x-kubernetes-preserve-unknown-fields: true}",
)
"""``crd.yaml`` beside the Katalog of a case that asks for it."""


_DAY: Final = datetime.date(2027, 3, 1)
"""When the examples are judged."""


@dataclass(frozen=True, slots=True)
class Case:
    """One code. ``bad`` and ``good`` stand at ``place`` of a Katalog; ``shown`` replaces on the page a ``bad`` that is
    too long or cannot be printed. ``files`` lie beside the Katalog, one folder below its root;
    ``fetch`` answers its remote imports."""

    number: int
    meaning: str
    bad: str | bytes
    good: str
    place: Place = "box"
    shown: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    fetch: Fetch | None = None

    def text_of(self, example: str | bytes) -> bytes:
        """The whole Katalog with ``example`` in its place."""
        if isinstance(example, bytes):
            return example
        frame, indent = FRAMES[self.place]
        return (frame + textwrap.indent(textwrap.dedent(example).lstrip("\n"), " " * indent)).encode()


def load_case(case: Case, example: str | bytes) -> tuple[Katalog | None, list[Diagnostic]]:
    """The loader's answer to an example, as ``ork`` gives it for katalog.yaml in the current folder."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "shop"
        folder.mkdir()
        for name, text in case.files.items():
            (folder / name).write_text(text)
        (folder / "katalog.yaml").write_bytes(case.text_of(example))
        katalog, found = load(folder / "katalog.yaml", root=folder, fetch=case.fetch, today=_DAY, judges_crds=True)
    return katalog, [_relative(each, f"{folder}/") for each in found]


def _relative(found: Diagnostic, folder: str) -> Diagnostic:
    related = tuple(replace(each, file=each.file.removeprefix(folder)) for each in found.related)
    return replace(found, file=found.file.removeprefix(folder), related=related)
