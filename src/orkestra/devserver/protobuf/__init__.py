"""Kubernetes' protobuf encoding of API objects, for clients that send nothing else.

Owns the envelope (``application/vnd.kubernetes.protobuf``) and the translation of messages to and from the JSON form.
Does not own validation: a decoded object goes the way of any JSON body. Custom resources have no protobuf form.

``table`` holds the field numbers (data, derived by ``hack/protobuf_messages.py``), ``wire`` reads and writes fields,
``scalars`` the types whose JSON form is no object (times, quantities, int-or-string ...), ``decoder`` and ``encoder``
walk messages. Invariants: hostile bytes raise BadRequest and nothing else; depth is bounded; unknown fields are passed
over, as protobuf demands; a decoded object equals what the client's JSON would have been, but that fields at their
zero value are left out where Go's ``omitempty`` leaves them out.
"""

from orkestra.devserver.protobuf.codec import CONTENT_TYPE, decode, encode

__all__ = ["CONTENT_TYPE", "decode", "encode"]
