"""10xx: the text of the file."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case

_IMAGE: Final = "onReconcile:\n  deployments:\n    - image: nginx:1.27\n"

YAML_TEXT: Final = (
    Case(
        1001,
        "The text is no YAML. Nothing after this place was read, so mend it first.",
        'onReconcile:\n  deployments:\n    - image: "nginx\n',
        'onReconcile:\n  deployments:\n    - image: "nginx"\n',
    ),
    Case(
        1002,
        "YAML is indented with spaces only.",
        "onReconcile:\n\tdeployments: []\n",
        "onReconcile:\n  deployments: []\n",
    ),
    Case(
        1003,
        "Kubernetes tools take the last of two equal keys and forget the first. Here neither is taken.",
        "reconciler:\n  workers: 2\n  workers: 5\n",
        "reconciler:\n  workers: 5\n",
    ),
    Case(
        1004,
        "A Katalog is plain data: tags that make a parser build objects are refused.",
        "reconciler: !settings {workers: 5}\n",
        "reconciler: {workers: 5}\n",
    ),
    Case(
        1005,
        "One Katalog, one file: what comes after `---` is not read.",
        "{kind: Katalog, apiVersion: orkestra.orkspace.io/v1, metadata: {name: a}}\n---\n{kind: Katalog}\n",
        "{kind: Katalog, apiVersion: orkestra.orkspace.io/v1, metadata: {name: a}}\n",
        place="file",
    ),
    Case(
        1006,
        "Aliases of aliases of aliases make a small file a huge one. They may add 10,000 nodes to what is written.",
        "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        + "".join(f"{n}: &{n} [{', '.join([f'*{m}'] * 10)}]\n" for m, n in zip("abcd", "bcde", strict=True)),
        _IMAGE,
        shown="a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n"
        "c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n# … and so on to e\n",
    ),
    Case(
        1007,
        "An alias (`*name`) repeats what an anchor (`&name`) before it marks; there is none, or it holds the alias.",
        "reconciler: *usual\n",
        "reconciler: {workers: 5}\n",
    ),
    Case(
        1008,
        "Maps and lists may be nested 100 deep, aliases included.",
        "onReconcile: " + "[" * 101 + "]" * 101 + "\n",
        _IMAGE,
        shown="onReconcile: [[[[[[[[[[…]]]]]]]]]]   # 101 of them\n",
    ),
    Case(
        1009,
        "A file may have 8 MiB. Large data belong into ConfigMaps or images, not into a definition.",
        b"# " + b"x" * (8 << 20),
        _IMAGE,
        shown="# … more than 8 MiB\n",
    ),
    Case(
        1010,
        "Save the file as UTF-8. A byte-order mark is fine.",
        "kind: Katalog  # caf\u00e9\n".encode("latin-1"),
        _IMAGE,
        shown="kind: Katalog  # caf\\xe9, saved as Latin-1\n",
    ),
    Case(
        1011,
        "YAML forbids control characters, which come from terminals and bad copies. Remove the character.",
        "reconciler: {workers: 5}  # \x07\n",
        "reconciler: {workers: 5}\n",
        shown="reconciler: {workers: 5}  # U+0007\n",
    ),
    Case(
        1012,
        "Keys are text. Most often this is a template without quotes, whose braces are a map to YAML.",
        "onReconcile:\n  services:\n    - port: {{ .spec.port }}\n",
        'onReconcile:\n  services:\n    - port: "{{ .spec.port }}"\n',
    ),
    Case(
        1013,
        "The merge key `<<` takes over the keys of a map.",
        "reconciler:\n  <<: 5\n  resync: 1m\n",
        "reconciler:\n  <<: {workers: 5}\n  resync: 1m\n",
    ),
    Case(
        1014,
        "Children travel as JSON, which has neither infinity nor NaN.",
        "onReconcile:\n  custom:\n    - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, spec: {size: .inf}}\n",
        'onReconcile:\n  custom:\n    - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, spec: {size: ".inf"}}\n',
    ),
    Case(
        1015,
        "The file is empty, or all of it is a comment.",
        "# to be written\n",
        "{kind: Katalog, apiVersion: orkestra.orkspace.io/v1, metadata: {name: a}}\n",
        place="file",
    ),
    Case(
        1016,
        "The Katalog, or a file it names, does not exist, is a folder, or may not be read.",
        "website:\n  crdFile: ./crd.yaml\n",
        "website:\n  apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}\n",
        place="crds",
    ),
    Case(
        1017,
        "500 findings are kept (250 that are no errors): mend some, and run it again to see the rest.",
        "".join(f"unknown{n}: 1\n" for n in range(502)),
        _IMAGE,
        shown="unknown0: 1\nunknown1: 1\n# … and 500 more\n",
    ),
)
