"""What is made from a definition, offline: CRDs, sample objects, starting Katalogs, JSON Schemas.

Owns the documents themselves, as plain data. Does not own reading definitions (``katalog``) nor printing (``cli``).

Invariants: no cluster, no network, no clock; the same input gives the same bytes; what is made is accepted by whoever
it is for, and tests hold it to that. Place in the flow: Katalog -> a generator -> data -> ``k8s.manifests`` -> text.
"""
