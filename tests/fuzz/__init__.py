"""Seeded generators of good, nearly good and bad input, and the promises that everything which takes input must keep.

``python -m tests.fuzz`` runs a million cases of each target; a slice of them runs with the other tests. The judges
(``tests/judges``) take their corpora from the same generators.
"""
