"""What commands that rewrite files do with them: reading, replacing, showing differences, telling what was done.

Owns: a file's bytes around its text (``originals``), replacing it so that it is never half there (``replacing``), the
difference as a patch (``differences``), and the run over many files with its report (``runs``). Does not own any
rewriting; ``katalog.edits`` does.

Invariants: a file that needs no change is not written; one that cannot be rewritten soundly stays as it is, and the
report says why; mode and owner stay.

Place in the flow: ``cli.migrate``, ``cli.fmt`` and ``cli.validate`` (``--fix``) parse options and hand a
rewriting over.
"""
