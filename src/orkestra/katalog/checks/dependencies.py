"""``dependsOn`` names entries that exist and start, and never leads back to itself."""

from __future__ import annotations

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.suggest import hint_for


def check_dependencies(checked: Checked) -> None:
    boxes = {box.name: box for box in checked.entries}
    told: set[str] = set()
    for box in checked.entries:
        for dependency in box.depends_on:
            at = checked.span(dependency.position)
            if dependency.name in told:
                continue
            if dependency.name not in checked.declared:
                told.add(dependency.name)
                hint = hint_for(dependency.name, sorted(checked.declared - {box.name})) or "declare it under spec.crds"
                checked.report(1201, f'dependsOn: there is no entry "{dependency.name[:80]}"', at, hint)
            elif box.enabled and dependency.name in boxes and not boxes[dependency.name].enabled:
                checked.report(1201, f"dependsOn: {dependency.name} is disabled, so {box.name} would never start", at)
    for cycle in find_cycles(boxes):
        first = boxes[cycle[0]]
        position = next(d.position for d in first.depends_on if d.name == cycle[1])
        checked.report(1202, f"dependsOn: a cycle: {' → '.join(cycle)}", checked.span(position))


def find_cycles(boxes: dict[str, OperatorBox]) -> list[list[str]]:
    """Cycles, each from its alphabetically first entry and back to it: ``[a, b, a]``."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in sorted(boxes):
        if start in done:
            continue
        path: list[str] = []
        place: dict[str, int] = {}
        stack: list[tuple[str, list[str]]] = [(start, _targets(boxes, start))]
        path.append(start)
        place[start] = 0
        while stack:
            name, targets = stack[-1]
            if not targets:
                stack.pop()
                path.pop()
                del place[name]
                done.add(name)
                continue
            target = targets.pop(0)
            if target in place:
                found.append(_rotated(path[place[target] :]))
            elif target not in done:
                stack.append((target, _targets(boxes, target)))
                place[target] = len(path)
                path.append(target)
    return found


def _targets(boxes: dict[str, OperatorBox], name: str) -> list[str]:
    return sorted({d.name for d in boxes[name].depends_on} & boxes.keys())


def _rotated(cycle: list[str]) -> list[str]:
    at = cycle.index(min(cycle))
    turned = cycle[at:] + cycle[:at]
    return [*turned, turned[0]]
