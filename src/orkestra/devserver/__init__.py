"""An embedded Kubernetes API server: discovery, storage, verbs, watches, admission, for stock clients and operators.

Owns: every answer a client of the API sees. Does not own: what a katalog means; the operator runtime is a stranger
to it and talks to it over HTTP like any other client. It imports the Kubernetes words (``k8s``) and ``observe`` only.

Flow of a write: ``app`` (bytes, limits) -> ``requests`` (path, options) -> ``handlers`` (content types, webhooks) ->
``cluster`` (admission, defaulting, validation, managedFields; synchronous, one event loop, hence atomic) ->
``storage`` (revision, journal, history) -> subscribers: watches over HTTP and the ``controllers`` in process.

Invariants: an answered write is in the journal (when there is one) and in the history before anyone sees it; a
revision's bytes are encoded once and shared by reads, lists, watches and the journal; objects handed out are
read-only.
"""
