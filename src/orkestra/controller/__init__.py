"""Controllers: from "something changed" to ``reconcile(key)``, once at a time per key, again on failure.

Owns: the work queue (`backlog`, `workqueue`, `ratelimit`), the workers (`controller`), what feeds the queue
(`sources`, `predicates`, `resync`), who may act (`leader`) and what is told to users (`recorder`). Does not own: what a
reconcile does (`operator/`), the order of start and stop (`operator/runtime`), or how objects are cached (`informer/`).

Invariants: reconcile gets a key, never an event; a key never runs twice at once; a change during a run makes it run
again; a failing key backs off alone; a crash in one worker or one controller never delays another.

Flow: `informer` handlers -> `sources` -> `workqueue.add` -> a worker of `controller` -> `reconcile(key)` -> forget,
add_after or add_rate_limited.
"""
