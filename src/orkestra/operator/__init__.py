"""What one Katalog entry does at run time: keep children, tell the truth in status, clean up.

Owns the reconcile stages (observe, desired, plan, apply, status), ownership and inventory of children, deletion, and
the supervisor that runs one operatorBox per entry. Does not own caches and queues (``informer``, ``controller``), the
meaning of conditions (``rules``) or the parsing of definitions (``katalog``).

Invariants: a reconcile that changes nothing writes nothing; nothing is deleted that does not carry this CR's
ownership; a failure in one box never delays another. ``reconciler.py`` shows the stages in order.
"""
