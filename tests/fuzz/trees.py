"""Random trees of files that import and include each other, cycles, symlinks and paths out of the root among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import yamls
from tests.fuzz.chance import Chance

ENTRY = "komposer.yaml"
_NAMES = (
    "komposer.yaml",
    "katalog.yaml",
    "a/katalog.yaml",
    "b.yaml",
    "motif.yaml",
    "a/motif.yaml",
    "part.yaml",
    "crd.yaml",
)
_ODD_PATHS = (
    *(
        "",
        ".",
        "..",
        "/etc/passwd",
        "../../../../etc/passwd",
        "a",
        "missing.yaml",
        "a/../b.yaml",
        "a//b",
        "./part.yaml",
        "~/x",
    ),
    *(
        "part.yaml\x00",
        "é.yaml",
        "a" * 300,
        "https://127.0.0.1:9/x.yaml",
        "$NOPE/x.yaml",
        "file:///etc/passwd",
        "a\\b",
        " ",
    ),
)
_HEAD = "apiVersion: orkestra.orkspace.io/v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"
_CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: websites.shop.example.com}
spec:
  group: shop.example.com
  names: {kind: Website, plural: websites}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {image: {type: string}}}}}}
"""


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


def tree_of(chance: Chance) -> Mapping[str, str | Link]:
    """File by path. The entry is always there."""
    names = [ENTRY, *(name for name in _NAMES if name != ENTRY and chance.maybe(0.55))]
    files: dict[str, str | Link] = {}
    for name in names:
        text = _file(chance, name)
        files[name] = yamls.spoilt(chance, text) if chance.maybe(0.12) else text
    if chance.maybe(0.06):
        files[chance.one(("part.yaml", "b.yaml", "a/katalog.yaml"))] = Link(
            chance.one(("/etc/passwd", "..", "b.yaml", "part.yaml"))
        )
    return files


def contents(files: Mapping[str, str | Link]) -> dict[str, bytes]:
    """The same without the links."""
    return {
        name: content.encode("utf-8", "surrogatepass")
        for name, content in files.items()
        if not isinstance(content, Link)
    }


def write(files: Mapping[str, str | Link], folder: Path) -> None:
    (folder / "a").mkdir()
    for name, content in files.items():
        if isinstance(content, Link):
            (folder / name).symlink_to(content.target)
    for name, data in contents(files).items():
        (folder / name).write_bytes(data)


def _path(chance: Chance, *likely: str) -> str:
    """A path as one file writes it of another, quoted."""
    path = chance.one(likely) if chance.maybe(0.85) else chance.one((*_ODD_PATHS, *_NAMES))
    return '"' + path.replace("\\", "\\\\").replace("\x00", "\\0") + '"'


def _file(chance: Chance, name: str) -> str:
    if name == "crd.yaml":
        return _CRD
    if name == ENTRY and chance.maybe(0.8):
        return _komposer(chance)
    if "motif" in name:
        return _motif(chance)
    if name == "part.yaml":
        return _part(chance)
    return _katalog(chance, name) if chance.maybe(0.9) else _komposer(chance)


def _komposer(chance: Chance) -> str:
    rows = [_HEAD.format(kind="Komposer", name="all"), "imports:\n"]
    rows.append("  files:\n")
    for _ in range(chance.randint(1, 3)):
        path = _path(chance, "./katalog.yaml", "a/katalog.yaml", "b.yaml", "komposer.yaml")
        rows.append(f"    - {path}\n" if chance.maybe(0.9) else f"    - {{url: {path}}}\n")
    if chance.maybe(0.1):
        rows.append(f"  registry:\n    - {{url: {_path(chance, 'b.yaml', '127.0.0.1:9/x')}, useKomposer: true}}\n")
    rows.append("spec:\n")
    if chance.maybe(0.3):
        rows.append(
            f"  imports:\n    - {{motif: {_path(chance, './motif.yaml', 'a/motif.yaml')}, with: {{image: x}}}}\n"
        )
    rows.append("  crds:\n")
    for _ in range(chance.randint(1, 2)):
        entry = chance.one(("website", "backend", "other"))
        rows.append(f"    {entry}:\n")
        rows.append(
            chance.one(
                (
                    "      enabled: false\n",
                    "      namespace: prod\n",
                    "      operatorBox: {reconciler: {workers: 7}}\n",
                    "      operatorBox: {onReconcile: {services: [{port: 80}]}}\n",
                    "      labels: {a: b}\n",
                    "      workers: 3\n",
                    "      {}\n",
                    "      operatorBox: []\n",
                )
            )
        )
    return "".join(rows)


def _katalog(chance: Chance, name: str) -> str:
    up = "../" if "/" in name else "./"
    rows = [_HEAD.format(kind="Katalog", name="k")]
    if chance.maybe(0.2):
        rows.append(f"notes: {{include: {_path(chance, up + 'part.yaml')}}}\n")
    if chance.maybe(0.15):
        rows.append(f"profiles: {{include: {_path(chance, up + 'part.yaml')}}}\n")
    rows.append("spec:\n")
    if chance.maybe(0.2):
        rows.append(f"  imports:\n    - motif: {_path(chance, up + 'motif.yaml', 'motif.yaml')}\n")
    rows.append("  crds:\n")
    for entry in chance.sample(("website", "backend"), chance.randint(1, 2)):
        kind = entry.capitalize()
        types = f"apiTypes: {{group: shop.example.com, version: v1, kind: {kind}, plural: {entry}s}}"
        if entry == "website" and chance.maybe(0.4):
            types = f"crdFile: {_path(chance, up + 'crd.yaml')}"
        rows.append(f"    {entry}:\n      {types}\n")
        if chance.maybe(0.4):
            values = chance.one(("{image: x}", "{image: '{{ .spec.image }}', size: 3}", "{}", "{nope: 1}", "[]"))
            motif = _path(chance, up + "motif.yaml", "motif.yaml")
            rows.append(f"      imports:\n        - {{motif: {motif}, with: {values}}}\n")
        if chance.maybe(0.2):
            rows.append(f"      validation: {{include: {_path(chance, up + 'part.yaml')}}}\n")
        rows.append("      operatorBox:\n")
        if chance.maybe(0.25):
            rows.append(f"        reconciler: {{include: {_path(chance, up + 'part.yaml')}}}\n")
        rows.append('        onReconcile: {deployments: [{image: "{{ .spec.image }}"}]}\n')
        if chance.maybe(0.25):
            rows.append(f"        status: {{include: {_path(chance, up + 'part.yaml')}}}\n")
    return "".join(rows)


def _motif(chance: Chance) -> str:
    rows = [_HEAD.format(kind="Motif", name="m")]
    if chance.maybe(0.2):
        motif = _path(chance, "./motif.yaml", "../motif.yaml", "a/motif.yaml")
        rows.append(f"imports:\n  - {{motif: {motif}, with: {{image: y}}}}\n")
    rows.append("inputs:\n  - {name: image, required: true}\n  - {name: size, default: 1, type: int}\n")
    rows.append(chance.one(("  - {name: image}\n", "", "", "")))
    rows.append("resources:\n  services:\n    - {name: '{{ .metadata.name }}-m', port: '{{ .inputs.size }}'}\n")
    if chance.maybe(0.4):
        rows.append("  onCreate: {jobs: [{image: '{{ .inputs.image }}', name: '{{ .inputs.nope }}'}]}\n")
    if chance.maybe(0.4):
        rows.append("status: {fields: [{path: image, value: '{{ .inputs.image }}'}]}\n")
    if chance.maybe(0.2):
        rows.append("notes: {functions: [{name: twice, expression: '{{ mul .n 2 }}'}]}\n")
    return "".join(rows)


def _part(chance: Chance) -> str:
    """What an include may find: the right block, another one, or itself."""
    return chance.one(
        (
            "fields: [{path: phase, value: Ready}]\n",
            "workers: 4\nresync: 1m\n",
            "rules: [{field: spec.image, message: m, exists: true}]\n",
            "functions: [{name: hello, expression: '{{ print 1 }}'}]\n",
            "reconciler: {workers: 4}\n",
            'include: "./part.yaml"\n',
            "status:\n  include: part.yaml\n  fields: []\n",
            "calls: [{name: x, url: http://127.0.0.1/}]\n",
            "[]\n",
            "",
        )
    )
