"""Times as a Katalog writes them: durations, cron expressions, time stamps and Go's layouts.

Owns their grammars and their printing. Does not own the clock: every function is given the moment it needs.
Invariants: text that does not parse raises the module's own ValueError, in bounded time. Place: read by the template
functions, by the Katalog's scalars and by the rules; ``cron`` is imported only where a cron expression is at hand,
because its calendar library costs start-up time.
"""
