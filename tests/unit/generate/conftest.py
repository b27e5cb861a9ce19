"""Lets the tests import the generator, which is a script folder and no package of ours."""

import sys

from tests.unit.docs.pages import ROOT

sys.path.insert(0, str(ROOT / "hack" / "docs"))
