"""Two Katalogs -> what is different, entry by entry and field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from orkestra.cli.comparing.normal import facts_of, plain
from orkestra.katalog.model import Katalog, OperatorBox, ResourceEntry

How = Literal["added", "removed", "changed", "renamed", "moved"]

ABSENT: Final = "absent"
_UNORDERED: Final = frozenset({"when", "or", "anyOf"})
_APART: Final = frozenset({"name", "onCreate", "onReconcile", "onDelete", "status", "position"})


@dataclass(frozen=True, slots=True)
class Change:
    """``entry``: the name in spec.crds, empty for the Katalog itself. ``child``: kind and name, empty for the entry.

    ``field``: the dotted path of a changed field. ``before`` and ``after`` are plain values; ABSENT for none.
    """

    how: How
    entry: str = ""
    block: str = ""
    child: tuple[str, str] | None = None
    field: str = ""
    before: Any = ABSENT
    after: Any = ABSENT


@dataclass(frozen=True, slots=True)
class Child:
    """One child of an entry: ``key`` is (kind, name), ``block`` where it stands."""

    key: tuple[str, str]
    block: str
    facts: dict[str, Any]


def compare(old: Katalog, new: Katalog) -> list[Change]:
    """In the order of the new definition; what is gone comes first."""
    found = [
        Change("changed", field=f"metadata.{name}", before=before, after=after)
        for name, before, after in (
            ("name", old.name, new.name),
            ("namespace", old.namespace, new.namespace),
        )
        if before != after
    ]
    renamed = _renamed_boxes(old, new)
    olds = {renamed.get(box.name, box.name): box for box in old.boxes}
    news = {box.name: box for box in new.boxes}
    found += [Change("removed", box.name, before=str(box.gvk)) for name, box in olds.items() if name not in news]
    for name, box in news.items():
        before = olds.get(name)
        if before is None:
            found.append(Change("added", name, after=str(box.gvk)))
            continue
        if before.name != name:
            found.append(Change("renamed", name, before=before.name, after=name))
        found += _box(before, box)
    return found


def _renamed_boxes(old: Katalog, new: Katalog) -> dict[str, str]:
    """Old name -> new name, of entries of one kind that are on one side only."""
    gone = [box for box in old.boxes if new.box(box.name) is None]
    come = [box for box in new.boxes if old.box(box.name) is None]
    found: dict[str, str] = {}
    for box in gone:
        match = next((each for each in come if each.gvk == box.gvk and each.name not in found.values()), None)
        if match is not None:
            found[box.name] = match.name
    return found


def _box(old: OperatorBox, new: OperatorBox) -> Iterator[Change]:
    before, after = plain(old), plain(new)
    for key in [*before, *(key for key in after if key not in before)]:
        if key not in _APART:
            for path, one, other in differences(before.get(key, ABSENT), after.get(key, ABSENT), key):
                yield Change("changed", new.name, field=path, before=one, after=other)
    for block in ("onCreate", "onReconcile", "onDelete"):
        one, other = (_settings(side.get(block)) for side in (before, after))
        for path, a, b in differences(one, other, block):
            yield Change("changed", new.name, block=block, field=path, before=a, after=b)
    yield from _children(_children_of(old), _children_of(new), new.name)
    yield from _status(before.get("status", {}), after.get("status", {}), new.name)


def _settings(block: Any) -> Any:
    """A block without its children."""
    return {key: value for key, value in (block or {}).items() if key not in ("entries", "stages")}


def _children_of(box: OperatorBox) -> list[Child]:
    found = [
        _child(entry, block)
        for block, entries in (("onCreate", box.on_create.entries), ("onReconcile", box.on_reconcile.entries))
        for entry in entries
    ]
    for stage in box.on_delete.stages:
        block = f"onDelete.{stage.name}" if stage.name else "onDelete"
        found += [_child(entry, block) for entry in stage.entries]
    return found


def _child(entry: ResourceEntry, block: str) -> Child:
    kind = entry.kind if entry.kind != "custom" else str(plain(entry.fields.get("kind")))
    facts = facts_of(entry)
    return Child((kind, str(plain(entry.name)) if entry.name is not None else ""), block, facts)


def _children(olds: list[Child], news: list[Child], entry: str) -> Iterator[Change]:
    pairs, gone, come = _paired(olds, news)
    for old in gone:
        yield Change("removed", entry, old.block, old.key)
    for new in come:
        yield Change("added", entry, new.block, new.key)
    for old, new in pairs:
        if old.key != new.key:
            yield Change("renamed", entry, new.block, new.key, before=old.key[1], after=new.key[1])
        if old.block != new.block:
            yield Change("moved", entry, new.block, new.key, before=old.block, after=new.block)
        for path, before, after in differences(old.facts, new.facts):
            yield Change("changed", entry, new.block, new.key, path, before, after)


def _paired(olds: list[Child], news: list[Child]) -> tuple[list[tuple[Child, Child]], list[Child], list[Child]]:
    """Children that are the same one: alike in all, then in block, kind and name, then in kind and name, then in all
    but the name, then in most. Every child is in one pair at most."""
    pairs: list[tuple[Child, Child]] = []
    gone, come = list(olds), list(news)
    tests: tuple[Callable[[Child, Child], bool], ...] = (
        lambda a, b: a == b,
        lambda a, b: a.key == b.key and a.block == b.block,
        lambda a, b: a.key == b.key and a.block.startswith("onDelete") == b.block.startswith("onDelete"),
        lambda a, b: a.key[0] == b.key[0] and a.block == b.block and a.facts == b.facts,
        lambda a, b: a.key[0] == b.key[0] and a.block == b.block and _are_alike(a.facts, b.facts),
    )
    for is_same in tests:
        for new in list(come):
            old = next((each for each in gone if is_same(each, new)), None)
            if old is not None:
                pairs.append((old, new))
                gone.remove(old)
                come.remove(new)
    pairs.sort(key=lambda pair: news.index(pair[1]))
    return pairs, gone, come


def _are_alike(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether two children of different names have most of what they say in common."""
    same = sum(1 for key in old.keys() & new.keys() if old[key] == new[key])
    return same * 2 > len(old.keys() | new.keys())


def _status(old: Mapping[str, Any], new: Mapping[str, Any], entry: str) -> Iterator[Change]:
    olds, news = (
        {field["path"]: {k: v for k, v in field.items() if k != "path"} for field in side.get("fields", [])}
        for side in (old, new)
    )
    for path in [*olds, *(path for path in news if path not in olds)]:
        for where, before, after in differences(olds.get(path, ABSENT), news.get(path, ABSENT), f"status.{path}"):
            how: How = "added" if before is ABSENT else "removed" if after is ABSENT else "changed"
            yield Change(how, entry, "status", field=where, before=before, after=after)
    one, other = ({k: v for k, v in side.items() if k != "fields"} for side in (old, new))
    for path, before, after in differences(one, other, "status"):
        yield Change("changed", entry, "status", field=path, before=before, after=after)


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(path, before, after) of what differs. Lists whose items have names are compared by name, conditions as sets."""
    if _same(old, new, path):
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and (by_name := (_named(old), _named(new))) and all(by_name):
        one, other = ({f"[{name}]": item for name, item in side.items()} for side in by_name)
        yield from differences(one, other, path)
    else:
        yield path.replace(".[", "["), old, new


def _named(items: list[Any]) -> dict[str, Any]:
    found = {str(item["name"]): item for item in items if isinstance(item, Mapping) and "name" in item}
    return found if len(found) == len(items) else {}


def _same(old: Any, new: Any, path: str) -> bool:
    if path.rpartition(".")[2] in _UNORDERED and isinstance(old, list) and isinstance(new, list):
        return Counter(map(repr, old)) == Counter(map(repr, new))
    return bool(old == new) and (type(old) is type(new) or not isinstance(old, bool | int))
