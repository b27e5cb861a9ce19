"""Table answers: the columns kubectl prints.

Owns columns and cells of built-in kinds, as k8s.io/kubernetes pkg/printers/internalversion prints them, and printer
columns of custom kinds. Does not own the envelope (``handlers``). Cells are pure functions of an object and the time.
"""

from orkestra.devserver.tables.columns import Column, TableLayout, layout_of

__all__ = ["Column", "TableLayout", "layout_of"]
