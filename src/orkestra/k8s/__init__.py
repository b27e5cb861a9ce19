"""Kubernetes words as data: objects, types, errors, selectors, patches, apply, schemas, readiness.

Pure: no I/O, no clock, no logging, and no import of any other folder of ours. Everything above speaks in these
terms; what a rule takes from Kubernetes names the place it is defined there.
"""
