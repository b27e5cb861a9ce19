"""What users may write, as tables, and how a table turns a YAML tree into decoded values.

Owns: the field types, the tables of every block (type, default, tier, state, documentation) and the decoder. A field
that exists in the language but is not run yet has a row in state ``later``; another generation's spelling has a row
that names today's. Reference docs and the JSON Schema are made from the same rows. Does not own rules that look at
more than one block; those are ``checks``.

Invariants: tables are data, decided nowhere else; decoding reports everything wrong in a file and returns what could be
read; no field is dropped without a finding.

Place in the flow: after ``source``, before ``compile``.
"""

from orkestra.katalog.schema.blocks import Block, Decoded, Field, State
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType

__all__ = ["MISSING", "Block", "Decoded", "Decoder", "Field", "FieldType", "State"]
