"""Credentials: what a request carries to prove who sends it, and how that is renewed.

Owns tokens, token files, basic auth, exec plugins, OIDC refresh. Does not own TLS contexts (``client.tls``) nor when
a credential is asked for (``client.transport``: before each attempt, and ``renew`` once after a 401).
"""
