"""Orkestra: a declarative operator runtime for Kubernetes, made for GitOps."""

__version__ = "0.1.0"
