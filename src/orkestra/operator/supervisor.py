"""All boxes of a Katalog, side by side: started together, stopped in reverse order of dependence.

A dependency that does not hold keeps its dependents pending; it never keeps anybody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from orkestra.katalog.model import Dependency, Katalog
from orkestra.operator.box import Box
from orkestra.operator.gate import Gate
from orkestra.operator.services import Services


class Supervisor:
    def __init__(self, katalog: Katalog, services: Services) -> None:
        self.katalog = katalog
        self.services = services
        self.boxes: Mapping[str, Box] = {
            definition.name: Box(definition, services, Gate(_unmet(definition.depends_on)))
            for definition in katalog.boxes
            if definition.enabled
        }
        for box in self.boxes.values():
            box.health.listeners.append(self._judge_dependencies)
        self._judge_dependencies()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name, box in self.boxes.items():
                group.create_task(box.run(), name=f"box {name}")

    async def stop(self) -> None:
        """Let every box finish what it is doing: dependents first, so that nothing works without what it needs."""
        for wave in reversed(waves(self.katalog)):
            await asyncio.gather(*(self.boxes[name].stop() for name in wave if name in self.boxes))

    def holds(self, dependency: Dependency) -> bool:
        box = self.boxes.get(dependency.name)
        if box is None:
            return False
        if dependency.condition == "started":
            return box.health.is_started
        has_none = box.running is not None and not len(box.running.crs.lister)
        return box.health.is_started and box.health.state != "degraded" and (box.health.has_succeeded or has_none)

    def _judge_dependencies(self) -> None:
        for box in self.boxes.values():
            missing = [d for d in box.definition.depends_on if not self.holds(d)]
            if missing and (box.dependencies.is_open or box.dependencies.reason != _unmet(missing)):
                box.dependencies.close(_unmet(missing))
            elif not missing and not box.dependencies.is_open:
                box.dependencies.open()


def _unmet(dependencies: Iterable[Dependency]) -> str:
    first = next(iter(dependencies), None)
    return f"{first.name} to be {first.condition}" if first else ""


def waves(katalog: Katalog) -> list[list[str]]:
    """Box names in start order: each wave depends only on those before it (the loader has refused cycles)."""
    left = {box.name: {d.name for d in box.depends_on} for box in katalog.boxes}
    out: list[list[str]] = []
    while left:
        wave = sorted(name for name, needs in left.items() if not needs & left.keys())
        if not wave:  # a cycle cannot get here; without this a bug would hang the process
            wave = sorted(left)
        out.append(wave)
        for name in wave:
            del left[name]
    return out
