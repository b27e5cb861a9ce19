"""The only client of an API server: configuration, credentials, transport, verbs, discovery.

Owns everything between a kubeconfig and bytes on a socket. ``config`` reads kubeconfigs and the in-cluster account;
``auth`` turns them into headers and client certificates; ``requests`` builds requests without any I/O; ``transport``
sends them (deadlines, retries, size bounds); ``api`` offers the verbs; ``watch`` and ``lists`` decode what comes back
no further than metadata; ``discovery`` answers which resource serves a kind.

Does not own caching, resuming or back-off between watches (that is ``informer``), nor any opinion on what to write.

Invariants: every wait has a deadline; every body has a size bound; failures are ``k8s.errors.StatusError`` when the
server answered and ``client.errors.TransportError`` when it did not; secrets appear in no repr, log or message.
Importing this package or ``client.config`` loads neither aiohttp nor asyncio; an opened ``ApiClient`` does.
"""
