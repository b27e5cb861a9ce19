"""What GitOps tools are given: health rules for the kinds of a definition, and repositories ready to sync.

Owns: what Argo CD, Flux and kstatus make of our statuses, in their own languages, and the layout of a repository. Does
not own the statuses (``operator.status``), the objects of a bundle (``generate``), nor printing (``cli``).

Invariants: no cluster, no network, no clock; the same input gives the same bytes; nothing names an entry that writes no
conditions as one whose health can be read. Place in the flow: Katalog -> health rules, scaffold -> text.
"""
