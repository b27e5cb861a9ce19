"""The parts of docs/ that are made from the code's own tables.

Owns: one module for each table that has a reference page, and the regions of the pages they fill. Does not own the
prose around the regions, which is written by hand. A module here turns a table into lines of Markdown and nothing
else: the same code gives the same lines, whatever the clock and the machine.

Flow: ``regions.REGIONS`` names every region -> ``generate.py`` writes them; the tests hold the pages against them.
"""
