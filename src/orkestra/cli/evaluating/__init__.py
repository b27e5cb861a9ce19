"""Templates evaluated on an object at hand, for ``ork notes`` and ``ork play``.

Owns what data and functions an expression sees (``session``), what is known of functions (``catalogue``), and the loop
of ``ork play`` (``console``). Does not own templates; those are ``orkestra.template``, with its limits.
"""
