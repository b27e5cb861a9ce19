"""16xx and 19xx: other generations of the language, and what this version does not run."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case

_HEAD: Final = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\n"
_NOTES: Final = """\
notes:
  functions:
    - {name: hostOf, expression: "{{ domainHost . }}"}
"""
_FIELD: Final = """\
spec:
  crds:
    website:
      apiTypes: {group: shop.example.com, version: v1, kind: Website, plural: websites}
      operatorBox:
        status:
          fields:
            - {path: host, value: """

COMPATIBILITY: Final = (
    Case(
        1601,
        "A field of an earlier generation of the language. It is not read; the hint has today's spelling.",
        "workers: 5\n",
        "reconciler: {workers: 5}\n",
    ),
    Case(
        1602,
        "A field of a later generation of the language than this version reads.",
        "emit: {status: {fields: [{path: phase, value: Up}]}}\n",
        "status: {fields: [{path: phase, value: Up}]}\n",
    ),
    Case(
        1603,
        "Part of a Go program: nothing here can run it. Python hooks and remote reconcilers take its place.",
        "reconciler: {constructor: {location: ./main}}\n",
        "reconciler: {workers: 5}\n",
    ),
    Case(
        1901,
        "A field of the language that this version knows but does not run. The file is valid; `ork run` refuses it, "
        "because nothing that is written may be ignored.",
        "finalizers: [shop.example.com/cleanup]\n",
        "reconciler: {workers: 5}\n",
    ),
    Case(
        1902,
        "The same for a kind of file.",
        "apiVersion: orkestra.orkspace.io/v1\nkind: Simulate\nspec: {katalog: katalog.yaml, cr: cr.yaml}\n",
        _HEAD + "spec: {crds: {}}\n",
        place="file",
        files={"cr.yaml": "apiVersion: shop.example.com/v1\nkind: Website\nmetadata: {name: a}\n"},
    ),
)
