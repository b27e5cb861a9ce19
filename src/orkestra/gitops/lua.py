"""Argo CD health checks run here, without Argo CD: Lua with nothing but its own tables and texts.

Needs the extra ``orkestra[lua]``. The interpreter gets no library that could reach a file, a process or Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orkestra.k8s.objects import Object

MAX_BYTES = 16 << 20


def lua_runner() -> Callable[[str, Object], str]:
    """A function of script and object to ``hs.status``. Raises ImportError without the extra.

    What it returns raises ValueError for a script that fails or gives no status.
    """
    from lupa import LuaError, LuaRuntime  # type: ignore[import-not-found, import-untyped, unused-ignore]

    def run(script: str, obj: Object) -> str:
        runtime = LuaRuntime(
            unpack_returned_tuples=True, register_eval=False, register_builtins=False, max_memory=MAX_BYTES
        )
        for name in ("os", "io", "package", "require", "dofile", "loadfile", "load", "debug", "python"):
            runtime.globals()[name] = None
        try:
            health = runtime.eval(f"function(obj) {script} end")(_table(runtime, obj))
        except LuaError as error:
            raise ValueError(f"the health check failed: {error}") from None
        status = None if health is None else health["status"]
        if not isinstance(status, str):
            raise ValueError("the health check gave no status")
        return status

    return run


def _table(runtime: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return runtime.table_from({key: _table(runtime, item) for key, item in value.items() if item is not None})
    if isinstance(value, list):
        return runtime.table_from([_table(runtime, item) for item in value])
    return value
