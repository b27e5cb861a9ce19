"""What a template would do, as far as that is certain without running it.

Owns: the shapes of values (``shapes``), what functions take and give (``signatures``), and the walk over a template's
tree that tells calls that fail, branches that are never taken and comparisons that never hold (``analysis``), and the
other way round, what types a template takes its data to have (``uses``). Does not
own where the data's types come from: a ``Lookup`` gives the shape of a path, so that this package needs no schema.

Invariants: what is not certain is not told; one cause gives one problem; work is bounded by the size of the tree.
"""

from orkestra.template.inference.analysis import Analysis, analyse
from orkestra.template.inference.problems import Problem, Trouble
from orkestra.template.inference.shapes import UNKNOWN, Lookup, Shape

__all__ = ["UNKNOWN", "Analysis", "Lookup", "Problem", "Shape", "Trouble", "analyse"]
