"""Which kinds are served, under which paths and versions: built-in ones always, custom ones while established.

Owns the lookup tables and the life of a CustomResourceDefinition's kinds. Does not own the definitions as objects
(they are stored like any other) nor discovery documents (``handlers``), which read it.

Invariants: ``generation`` grows with every change, so that what is derived (discovery, OpenAPI) can be cached by it;
all versions of a resource share one table of the store.
"""

from orkestra.devserver.registry.registry import Registry

__all__ = ["Registry"]
