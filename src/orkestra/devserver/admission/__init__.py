"""Admission webhooks: which ones a write concerns, what they are asked, what their answers do.

Owns matching of registrations, AdmissionReview, failure policies, deadlines. Does not own the server's own admission
(``writes``, ``kinds.lifecycle``) nor the order of a write's steps. Writes of the controllers in process do not pass
here: only requests over HTTP are reviewed.

Invariants: mutating hooks run one after the other in order of their configurations' names, validating ones at once
after the last mutation; a review sees the object as it would be stored but for what the server itself adds at commit.
Rules: k8s.io/apiserver pkg/admission/plugin/webhook. Not supported: matchConditions, reinvocation.
"""

from orkestra.devserver.admission.webhooks import Webhooks

__all__ = ["Webhooks"]
