"""16xx and 19xx: other generations of the language, and what this version does not run."""

from __future__ import annotations

from typing import Final

from reference.cases.case import Case

_HEAD: Final = "apiVersion: orkestra.orkspace.io/v1\nkind: Katalog\nmetadata: {name: shop}\n"
_LIFE: Final = "lifecycle: {{{}}}\nspec: {{crds: {{}}}}\n"

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
        1514,
        "Between the two days of its `timeline` a definition ends soon, and then it has ended; the day is that of "
        "validating, in UTC. Who runs it nevertheless says so under `accept`; a Komposer names what it brings in under "
        "`lifecycle.accept.patterns`.",
        _HEAD + _LIFE.format("deprecation: {message: use site, timeline: {from: 2026-01-01, to: 2027-01-01}}"),
        _HEAD + _LIFE.format("deprecation: {message: use site, timeline: {from: 2028-01-01, to: 2029-01-01}}"),
        place="file",
    ),
    Case(
        1515,
        "Bounds that exclude each other: nothing could ever run the definition.",
        _HEAD + _LIFE.format('compatibility: {orkestra: ">=2.0 <1.0"}'),
        _HEAD + _LIFE.format('compatibility: {orkestra: ">=0.7 <1.0"}'),
        place="file",
    ),
    Case(
        1516,
        "The file says that it is not for this version, or for no version of Kubernetes this one works with. The range "
        "of `orkestra` may have this version in it, or the version of the language that it reads.",
        _HEAD + _LIFE.format('compatibility: {orkestra: ">=1.0"}'),
        _HEAD + _LIFE.format('compatibility: {orkestra: ">=0.7.10"}'),
        place="file",
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
