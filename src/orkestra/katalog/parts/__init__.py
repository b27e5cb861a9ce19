"""The frozen model of what not every entry has: calls, admission, gates, scaling, protection; and of files that become
no Katalog by themselves: Motifs, Simulate, E2E.

Owns: the shapes, with their defaults. Does not own how they are written (``schema``) nor what is done with them.

Invariants: immutable; templates and conditions are compiled; durations are seconds; an absent block is None or empty on
the box, a block that is there has all its defaults.

Place in the flow: ``schema`` decodes into these, ``model.OperatorBox`` and ``model.Katalog`` hold them. Modules are
imported when a file has such a block: most have none.
"""
