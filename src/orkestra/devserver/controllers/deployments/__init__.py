"""Deployment -> ReplicaSets.

``revisions`` names, finds and prunes ReplicaSets; ``scaling`` decides sizes, purely; ``conditions`` says what is told;
``controller`` puts them in order. Rules: kubernetes pkg/controller/deployment/{sync,rolling,recreate,progress}.go.
"""

from orkestra.devserver.controllers.deployments.controller import Deployments

__all__ = ["Deployments"]
