"""What ``/version`` says."""

from __future__ import annotations

import platform
import sys

from orkestra.k8s.builtin import kubernetes_version
from orkestra.k8s.objects import Object


def version_document() -> Object:
    """As k8s.io/apimachinery pkg/version Info; the release this server behaves like, marked as its own build."""
    release = kubernetes_version()
    major, minor, *_ = release.removeprefix("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "emulationMajor": major,
        "emulationMinor": minor,
        "minCompatibilityMajor": major,
        "minCompatibilityMinor": str(int(minor) - 1),
        "gitVersion": f"{release}-orkestra",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": f"python{platform.python_version()}",
        "compiler": sys.implementation.name,
        "platform": f"{sys.platform}/{platform.machine()}",
    }
