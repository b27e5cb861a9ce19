"""A second way to render: the frequent case of one template as one generated Python function.

Owns what counts as frequent (maps that are dicts, texts and lists of ordinary size, no errors) and the writing of
functions for it. Does not own meaning: wherever a value is not what the frequent case has, the function gives up, by
None or by an exception, and the closures render from the start. So errors, places, limits and odd values have one
implementation, and a shortcut can be wrong only where it answers.

Invariants: a shortcut's answer is what the closures answer; it changes no data and calls only functions that depend
on their arguments alone, so rendering again does no harm; it holds at most 4,096 characters of result and makes at
most 1,000 steps before it gives up; no text of a template ever becomes Python source: names, keys and texts are
constants that the function is made with. Place: Template asks for one after some renders; validation never does.

    nodes -> bodies, operands, calls -> code (source, constants) -> a function (data, environment) -> text or None
"""

from orkestra.template.shortcut.bodies import shortcut_of
from orkestra.template.shortcut.code import Shortcut

__all__ = ["Shortcut", "shortcut_of"]
