"""What the embedded API server answers otherwise than a real one: test -> why.

Named as pytest prints them, without the target: ``file: scenario`` for recorded scenarios, else the test function.
These are expected to fail on the embedded server, and must: an entry that passes is an error. What starts with
``open`` is a defect still to be mended, the rest is meant.
"""

from __future__ import annotations

_GO_WORDS = "the real message is worded by a Go parser or names Go types; the verdict and the reason are the same"

DIFFERENCES: dict[str, str] = {
    "definitions: a new definition is not established yet": "a definition is established by the time it is answered",
    "namespaces: the authority that signed the server is published": "there is no certificate authority to publish",
    "protocol: patches that are no patches": _GO_WORDS,
    "protocol: bodies that are no object 3": _GO_WORDS,
    "protocol: bodies that are no object 5": _GO_WORDS,
    "protocol: bodies that are no object 6": _GO_WORDS,
    "protocol: bodies that are no object 7": _GO_WORDS,
    "protocol: bodies that are no object 10": _GO_WORDS,
    "test_a_replica_set_tells_of_every_pod": "events tell what explains a state, not of every pod",
}
