"""What the embedded API server answers otherwise than a real one, on purpose: test -> why.

Named as pytest prints them, without the target: ``file: scenario`` for recorded scenarios, else the test function.
These are expected to fail on the embedded server, and must: an entry that passes is an error.
"""

from __future__ import annotations

DIFFERENCES: dict[str, str] = {}
