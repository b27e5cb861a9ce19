"""16xx and 19xx: other generations of the language, and what this version does not run."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case

_HOST: Final = "status:\n  fields:\n    - {path: host, value: "

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
        "autoscale: {min: 1}\n",
        "reconciler: {workers: 5}\n",
    ),
    Case(
        1902,
        "The same for a kind of file.",
        "apiVersion: orkestra.orkspace.io/v1\nkind: Motif\n",
        "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\nspec: {crds: {}}\n",
        place="file",
    ),
    Case(
        1903,
        "The same for a template function.",
        _HOST + "'{{ domainHost .spec.url }}'}\n",
        _HOST + "'{{ .spec.host }}'}\n",
    ),
)
