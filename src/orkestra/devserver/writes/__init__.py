"""The verbs that write, as steps: draft (pure preparation) and commit.

A `Draft` is a write that has been decoded, stamped, defaulted and admitted by the server's own plugins, but is not
stored. Between draft and commit the HTTP side may send it to webhooks; in-process callers commit at once. A commit
validates, settles field ownership, and stores, and fails if the object changed meanwhile.

Owns: order of the steps, metadata stamping, generation, finalizer and deletion semantics, dry run. Does not own what
differs between kinds (``kinds``) nor bytes and revisions (``storage``).
Rules: k8s.io/apiserver pkg/registry/rest/{create,update,delete}.go and pkg/registry/generic/registry/store.go.
"""

from orkestra.devserver.writes.creating import draft_create
from orkestra.devserver.writes.deleting import delete
from orkestra.devserver.writes.draft import Backend, DeleteOptions, Draft, WriteOptions
from orkestra.devserver.writes.finishing import commit
from orkestra.devserver.writes.patching import draft_patch
from orkestra.devserver.writes.updating import draft_update

__all__ = [
    "Backend",
    "DeleteOptions",
    "Draft",
    "WriteOptions",
    "commit",
    "delete",
    "draft_create",
    "draft_patch",
    "draft_update",
]
