"""Pure decisions about objects, shared by the reconciler, plans, simulations and webhooks.

Owns: evaluating what the Katalog declares against data: conditions (``when``), later normalisation, mutation,
validation and conversion. Does not own reading the Katalog (``katalog``) nor acting on a decision (``operator``,
``gateway``).

Invariants: no I/O, no clock but the Environment's, data never changed, work bounded by the templates' limits; the same
scope gives the same answer everywhere.

Place in the flow: the reconciler asks whether a box, a block, an entry or a status field applies; its answer decides
what is desired.
"""

from orkestra.rules.inputs import Inputs
from orkestra.rules.when import Facts, first_unmet, is_met

__all__ = ["Facts", "Inputs", "first_unmet", "is_met"]
