"""What the embedded API server answers otherwise than a real one: test -> why.

Named as pytest prints them, without the target: ``file: scenario`` for recorded scenarios, else the test function.
These are expected to fail on the embedded server, and must: an entry that passes is an error. What starts with
``open`` is a defect still to be mended, the rest is meant.
"""

from __future__ import annotations

_GO_WORDS = "the real message is worded by a Go parser or names Go types; the verdict and the reason are the same"
_GO_CODES = (
    "the real server calls a malformed strategic merge patch a failure of its own (500); here it is the client's"
)

DIFFERENCES: dict[str, str] = {
    "definitions: a new definition is not established yet": "a definition is established by the time it is answered",
    "namespaces: the authority that signed the server is published": "there is no certificate authority to publish",
    "patches: a strategic merge without the merge key": _GO_CODES,
    "patches: a strategic merge against its own order": _GO_CODES,
    "patches: a strategic merge with an unknown directive": _GO_CODES,
    "patches: strategic merges of the wrong type": _GO_WORDS,
    "protocol: patches that are no patches": _GO_WORDS,
    "protocol: bodies that are no object 3": _GO_WORDS,
    "protocol: bodies that are no object 5": _GO_WORDS,
    "protocol: bodies that are no object 6": _GO_WORDS,
    "protocol: bodies that are no object 7": _GO_WORDS,
    "protocol: bodies that are no object 10": _GO_WORDS,
    "test_a_replica_set_tells_of_every_pod": "events tell what explains a state, not of every pod",
    "test_the_old_form_of_a_watch_path": "the /watch/ paths, deprecated since 1.11, are not served",
}
