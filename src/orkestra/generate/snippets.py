"""Starting points that editors offer: by the title of the block they are offered in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orkestra.katalog.schema.documents import API_VERSION


def _quoted(path: str) -> str:
    """A template with the quotes YAML needs before a brace: language servers insert texts as they are."""
    return f'"{{{{ {path} }}}}"'


_DEPLOYMENT: Final = {"name": _quoted(".metadata.name"), "image": _quoted(".spec.${4:image}")}

SNIPPETS: Final[Mapping[str, list[dict[str, Any]]]] = {
    "a Katalog": [
        {
            "label": "Katalog with one operator",
            "description": "One kind, one Deployment for each of its objects",
            "body": {
                "apiVersion": API_VERSION,
                "kind": "Katalog",
                "metadata": {"name": "${1:name}"},
                "spec": {
                    "crds": {
                        "${2:website}": {
                            "crdFile": "${3:./crd.yaml}",
                            "operatorBox": {"onReconcile": {"deployments": [_DEPLOYMENT]}},
                        }
                    }
                },
            },
        }
    ],
    "a condition": [
        {
            "label": "field exists",
            "description": "The field is there and not empty",
            "body": {"field": "${1:spec.host}", "exists": True},
        },
        {
            "label": "field equals",
            "description": "The field has this value",
            "body": {"field": "${1:spec.mode}", "equals": "${2:production}"},
        },
    ],
    "a status field": [
        {
            "label": "status field",
            "description": "One field of the CR's status",
            "body": {"path": "${1:url}", "value": "${2:value}"},
        }
    ],
}
