"""Field conflicts as the API words them: k8s.io/apimachinery pkg/util/managedfields/internal/conflict.go."""

from __future__ import annotations

from orkestra.k8s.apply.fieldset import FieldSet, path_text, paths
from orkestra.k8s.apply.managers import ManagerKey
from orkestra.k8s.errors import Cause, Conflict


def conflict_error(fields: dict[ManagerKey, FieldSet]) -> Conflict:
    """The 409 for fields of other managers: one cause per field, managers in order of name."""
    found = [(str(key), path_text(path)) for key in sorted(fields) for path in paths(fields[key])]
    causes = [Cause("FieldManagerConflict", f"conflict with {manager}", path) for manager, path in found]
    if len(found) == 1:
        manager, path = found[0]
        return Conflict(f"Apply failed with 1 conflict: conflict with {manager}: {path}", causes=causes)
    lines: list[str] = []
    named = ""
    for manager, path in found:
        if manager != named:
            lines.append(f"conflicts with {manager}:")
            named = manager
        lines.append(f"- {path}")
    return Conflict(f"Apply failed with {len(found)} conflicts: " + "\n".join(lines), causes=causes)
