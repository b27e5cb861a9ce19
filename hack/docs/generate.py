"""Writes the generated regions of docs/ from the code's tables, and new codes into their ledger.

Run: python hack/docs/generate.py [--check]

``--check`` writes nothing, names the pages that are out of date, and exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys

from reference import ledger
from reference.regions import DOCS, pages, updated


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the generated regions of docs/.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 where a page is out of date")
    check = parser.parse_args().check
    stale: list[str] = []
    for page in pages():
        before, after = updated(page)
        if before != after:
            stale.append(f"docs/{page}")
            if not check:
                (DOCS / page).write_text(after)
    stale += ledger.renewed(write=not check)
    for page in stale:
        print(f"{page} {'is out of date: run hack/docs/generate.py' if check else 'written'}")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main())
