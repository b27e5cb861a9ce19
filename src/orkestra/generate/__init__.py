"""What is made from a definition, offline: CRDs, sample objects, starting Katalogs, JSON Schemas, roles, bundles.

Owns the documents themselves, and how those with comments are written (``writer``). Does not own reading definitions
(``katalog``), what the runtime needs (``operator.access``), nor printing (``cli``).

Invariants: no cluster, no network, no clock; the same input gives the same bytes; what is made is accepted by whoever
it is for, and tests hold it to that. Place in the flow: Katalog -> a generator -> data -> ``writer`` -> text.
"""
