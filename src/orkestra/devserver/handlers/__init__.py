"""HTTP requests answered: paths, options, content types, and a handler per verb.

Owns the wire: what a request asks for, in which form the answer goes out, watch streams, discovery and OpenAPI
documents. Does not own what verbs do (``cluster``) or the socket (``app``).

Invariants: a handler raises ``StatusError``s and never renders them; list and watch bodies are joined from stored
bytes, never re-encoded, unless another version or form is asked for.
"""
