"""The commands of ``ork generate``, a file each; what they print is made by ``orkestra.generate``."""
