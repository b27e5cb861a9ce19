"""One suite, two targets: what an API server promises, asked of the embedded one and of a real control plane.

Owns the requests and the answers both must give. ``scenarios/*.yaml`` holds conversations with the server, request by
request; ``recorded/*.yaml`` what a real control plane 1.37 answered (``python -m tests.conformance.record``), with the
parts that differ from run to run masked. Watches, controllers and kubectl, where order and time matter, are written
out as tests. Where the two targets differ, the real one is right; the few differences the embedded server means to
keep are in ``differences.py``, each with its reason.

Every test works in a namespace (and API group) of its own, so any order and any number of workers will do.
"""
