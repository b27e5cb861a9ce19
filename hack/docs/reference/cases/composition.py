"""20xx: Komposers, includes, Motifs, notes and profiles."""

from __future__ import annotations

from typing import Final

from orkestra.katalog.compose import Artifact, Fetch, Reference
from orkestra.katalog.compose.imports import fetcher
from orkestra.katalog.compose.imports.artifacts import artifact_of
from orkestra.katalog.compose.imports.bounds import Bounds
from orkestra.katalog.compose.imports.fetcher import check_pin
from orkestra.katalog.compose.lock import Lock, Pin
from orkestra.katalog.compose.motifs import MAX_USES
from reference.cases.case import Case

_HEAD: Final = "apiVersion: orkestra.orkspace.io/v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"
_KOMPOSER: Final = _HEAD.format(kind="Komposer", name="production")


def _katalog(*entries: str, rest: str = "") -> str:
    crds = "".join(
        f"    {name}:\n      apiTypes: "
        f"{{group: shop.example.com, version: v1, kind: {name.title()}, plural: {name}s}}\n"
        for name in entries
    )
    return _HEAD.format(kind="Katalog", name="base") + f"spec:\n  crds:\n{crds}{rest}"


def _motif(rest: str, name: str = "web") -> str:
    return _HEAD.format(kind="Motif", name=name) + rest


_WEB: Final = _motif("inputs:\n  - {name: image, required: true, type: string}\n  - {name: port, type: int}\n")
_NOTE: Final = "notes: {functions: [{name: domain, expression: '\"%s\"'}]}\n"
_FILES: Final = {
    "base.yaml": _katalog("store"),
    "other.yaml": _katalog("store"),
    "cache.yaml": _katalog("cache"),
    "web.yaml": _WEB,
    "status.yaml": "fields:\n  - {path: phase, value: Ready}\n",
    "list.yaml": "- {path: phase, value: Ready}\n",
    "phase.yaml": _motif("status: {fields: [{path: phase, value: Ready}]}\n", "phase"),
    "again.yaml": _motif("status: {fields: [{path: phase, value: Up}]}\n", "again"),
    "circle.yaml": "include: circle.yaml\n",
    "notes-a.yaml": _katalog("store", rest=_NOTE % "a.example.com"),
    "notes-b.yaml": _katalog("cache", rest=_NOTE % "b.example.com"),
    "preset.yaml": _motif("profiles: {reconciler: {busy: {workers: 9}}}\n", "preset"),
    "sizes.yaml": _motif('profiles: {resources: {mine: {requests: {cpu: "1"}}}}\n', "sizes"),
}


def _unlocked(reference: Reference) -> Artifact:
    """What ``--locked`` answers without a lock."""
    return fetcher({}, lock=Lock(), is_locked=True)(reference)


def _changed(reference: Reference) -> Artifact:
    """What the fetcher says of content that is not what was pinned."""
    before, now = (artifact_of(reference.url, {"base.yaml": data}, "base.yaml", Bounds()) for data in (b"a", b"b"))
    check_pin(reference, now, Pin(before.digest))
    return now


def _case(
    number: int,
    meaning: str,
    bad: str,
    good: str,
    place: str = "komposer",
    shown: str = "",
    *,
    fetch: Fetch | None = None,
) -> Case:
    frame = _KOMPOSER if place == "komposer" else ""
    place = "file" if place == "komposer" else place
    return Case(number, meaning, frame + bad, frame + good, place, shown, _FILES, fetch)  # type: ignore[arg-type]


COMPOSITION: Final = (
    _case(
        2001,
        "An include, import or Motif leads back to the file it stands in. The message has the whole way round.",
        "status: {include: circle.yaml}\n",
        "status: {include: status.yaml}\n",
        "box",
    ),
    _case(
        2002,
        "Two imports bring an entry of one name; which of them is meant cannot be known.",
        "imports:\n  files:\n    - base.yaml\n    - other.yaml\n",
        "imports:\n  files:\n    - base.yaml\n    - cache.yaml\n",
    ),
    _case(
        2003,
        "`spec.crds` of a Komposer changes entries that its imports bring; it does not add any.",
        "imports: {files: [base.yaml]}\nspec: {crds: {stores: {enabled: false}}}\n",
        "imports: {files: [base.yaml]}\nspec: {crds: {store: {enabled: false}}}\n",
    ),
    _case(
        2004,
        "An import leads to a file of a kind that is not taken there.",
        "imports: {files: [web.yaml]}\n",
        "imports: {files: [base.yaml]}\n",
    ),
    _case(
        2005,
        "Files within files, all files together, what they add up to and the imports of Motifs are bounded.",
        "imports:\n" + "  - {motif: phase.yaml, with: {}}\n" * (MAX_USES + 1),
        "imports:\n  - {motif: phase.yaml}\n",
        "entry",
        f"imports:\n  - {{motif: phase.yaml}}\n  # … {MAX_USES + 1} times",
    ),
    _case(
        2006,
        "An included file holds the content of the block, without the block's own key.",
        "status: {include: list.yaml}\n",
        "status: {include: status.yaml}\n",
        "box",
    ),
    _case(
        2007,
        "Two imports say different things of one thing that is shared. Say it in the Komposer, which wins over both.",
        "imports: {files: [notes-a.yaml, notes-b.yaml]}\n",
        "imports: {files: [notes-a.yaml, notes-b.yaml]}\n" + _NOTE % "own.example.com",
    ),
    _case(
        2008,
        "A path is `$VARIABLE`, and the environment has none of that name.",
        "imports: {files: [$THE_BASE_FILE]}\n",
        "imports: {files: [base.yaml]}\n",
    ),
    _case(
        2010,
        "A remote import could not be fetched: the message has what its server said. Credentials are never part of it.",
        'imports: {files: ["https://definitions.example.com/base.yaml"]}\n',
        "imports: {files: [base.yaml]}\n",
    ),
    _case(
        2011,
        "With `--locked`, a remote import must be in `komposer.lock`; and a lock that is there must read.",
        'imports: {files: ["https://definitions.example.com/base.yaml"]}\n',
        "imports: {files: [base.yaml]}\n",
        fetch=_unlocked,
    ),
    _case(
        2012,
        "What an import gives today is not what `komposer.lock` pins. If that is meant, run `ork lock`.",
        'imports: {files: ["https://definitions.example.com/base.yaml"]}\n',
        "imports: {files: [base.yaml]}\n",
        fetch=_changed,
    ),
    _case(
        2020,
        "A Motif is imported without an input that it needs and has no default for.",
        "imports:\n  - {motif: web.yaml, with: {port: 80}}\n",
        "imports:\n  - {motif: web.yaml, with: {image: nginx, port: 80}}\n",
        "entry",
    ),
    _case(
        2021,
        "`with` gives an input that the Motif does not declare.",
        "imports:\n  - {motif: web.yaml, with: {image: nginx, prot: 80}}\n",
        "imports:\n  - {motif: web.yaml, with: {image: nginx, port: 80}}\n",
        "entry",
    ),
    _case(
        2022,
        "A plain value is not of the type its input declares. What a template gives is known at run time only.",
        "imports:\n  - {motif: web.yaml, with: {image: nginx, port: http}}\n",
        'imports:\n  - {motif: web.yaml, with: {image: nginx, port: "{{ .spec.port }}"}}\n',
        "entry",
    ),
    _case(
        2023,
        "Two Motifs of one entry write one status path. An entry's own field of that path would win over either.",
        "imports:\n  - {motif: phase.yaml}\n  - {motif: again.yaml}\n",
        "imports:\n  - {motif: phase.yaml}\n",
        "entry",
    ),
    _case(
        2024,
        "Calling a note would never end. The message has the whole way round.",
        _katalog("store", rest="notes: {functions: [{name: url, expression: host}, {name: host, expression: url}]}\n"),
        _katalog("store", rest="notes: {functions: [{name: url, expression: host}, {name: host, expression: .x}]}\n"),
        "file",
    ),
    _case(
        2025,
        "A note or profile has the name of a built-in one, which cannot be reached any more. `shadow: true` says that a"
        " note does so on purpose.",
        _katalog("store", rest="notes: {functions: [{name: toLower, expression: .spec.host}]}\n"),
        _katalog("store", rest="notes: {functions: [{name: lowHost, expression: toLower .spec.host}]}\n"),
        "file",
    ),
    _case(
        2027,
        "A quota, limit range or network policy names a profile that is neither declared nor built in. It is left out.",
        "onReconcile:\n  resourceQuotas:\n    - {name: q, profile: smal}\n",
        "onReconcile:\n  resourceQuotas:\n    - {name: q, profile: small}\n",
        "box",
    ),
    _case(
        2028,
        "A Motif brings children, status fields and rules to an entry; the entry's reconciler is not its business.",
        "imports:\n  - {motif: preset.yaml}\n",
        "imports:\n  - {motif: sizes.yaml}\n",
        "entry",
    ),
)
