"""What ``ork explain`` says about the language.

Owns finding a field by an imprecise path (``places``) and telling what the tables know of it (``pages``). Does not own
the tables; those are ``katalog.schema``. Place: ``cli.explain`` -> places -> pages -> standard output.
"""
