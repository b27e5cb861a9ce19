"""The commands of ``ork gitops``."""
