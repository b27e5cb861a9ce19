"""Informers: a local copy of what the API server holds, kept current by list and watch, shared by all who look.

Owns: the state machine that lists, watches and resumes (`reflector`, `states`, `backoff`, `listing`), the cache
(`store`, `cached`, `index`, `lister`), telling handlers (`informer`) and sharing watches (`factory`). Does not own:
requests and decoding of the wire (`client/`), or what is done about a change (`controller/`).

Invariants: the store is changed before any handler is told; a handler hears of every object, if not of every version;
what we wrote ourselves is readable at once and never undone by an older event or list; cached metadata is read-only;
no failure ends an informer, it shows in `state` and `last_error`.

Flow: `client.watch` events -> `reflector` -> `store` -> handlers(old, new) -> `controller.sources`.
"""
