"""Record the real control plane's answers: ``python -m tests.conformance.record [FILE ...]`` (without .yaml).

``--kubeconfig`` asks a cluster that is already up instead of starting one. Read the difference before committing it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.http import Api
from tests.conformance.scenario import FOLDER, Conversation, Script, define, load_scripts, new_namespace

sys.path.insert(0, str(FOLDER.parents[1] / "hack" / "cluster"))

from controlplane import ControlPlane


async def answers(api: Api, script: Script) -> dict[str, Any]:
    group, places = await define(api, script)
    found: dict[str, Any] = {}
    for scenario in script.scenarios:
        namespace = await new_namespace(api)
        try:
            found[scenario.name] = await Conversation(api, namespace, group, places).run(scenario)
        finally:
            await api.delete(f"/api/v1/namespaces/{namespace}")
    for definition in script.definitions:
        name = f"{definition['spec']['names']['plural']}.{group}"
        await api.delete(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}")
    return found


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def dump(found: dict[str, Any]) -> str:
    return yaml.dump(found, Dumper=_Dumper, sort_keys=False, width=118, allow_unicode=True)


async def record(kubeconfig: Path, files: list[str], folder: Path) -> None:
    async with Api(kubeconfig) as api:
        for name, script in load_scripts().items():
            if not files or name in files:
                (folder / f"{name}.yaml").write_text(dump(await answers(api, script)))
                print(f"{name}: {len(script.scenarios)} scenarios")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kubeconfig", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER / "recorded")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        kubeconfig = options.kubeconfig or stack.enter_context(ControlPlane()).kubeconfig
        asyncio.run(record(kubeconfig, options.files, options.out))


if __name__ == "__main__":
    main()
