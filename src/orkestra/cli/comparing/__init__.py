"""What is different between two definitions, and what that means for a running cluster.

Owns where definitions come from (``sources``), their normal form (``normal``), the comparison (``changes``), what a
change does (``effects``) and its text (``pages``). Does not own loading; the normal form is made of the model, so that
defaults are filled in, order where it has no meaning is gone, and new fields of the model are compared without a word
here.
"""
