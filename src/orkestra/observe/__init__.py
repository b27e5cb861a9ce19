"""What the runtime says of itself: logs, metrics, and the report its HTTP endpoints serve.

Owns the form of it (``logging`` and ``masking``, ``metrics``, ``report``), not the occasion: who logs or counts decides
when. Invariants: no secret leaves through a log line; a traceback only at debug level; importing a module here loads no
exporter and no server. Knows ``k8s`` at most, so every folder above may use it.
"""
