"""Remote imports: the only part of ``katalog`` that reaches the network or starts programs.

Owns: HTTP, Git, OCI registries and Helm charts as artifacts, their bounds of time and size, credentials, and the cache
by digest. Does not own what an artifact means (``compose``), nor which of them a lock pins (``compose/lock``).

Invariants: nothing is reached but what a Reference names and its server redirects to; a credential goes to the host
it is for and into no message; what cannot be had is a FetchError with the server's own reason; every wait and every
size is bounded.

Place in the flow: ``fetcher()`` makes the ``Fetch`` that commands give to ``compose``.
"""

from orkestra.katalog.compose.imports.fetcher import fetcher

__all__ = ["fetcher"]
