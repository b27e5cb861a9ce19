"""All that a definition needs in a cluster beside the runtime's Deployment, as files by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orkestra.generate.configmap import configmap_document
from orkestra.generate.rbac import Account, metadata


def bundle_files(account: Account, rbac: list[Any], data: Mapping[str, str], configmap: str) -> dict[str, list[Any]]:
    """File name -> its documents, in the order they can be applied in."""
    return {
        "namespace.yaml": [{"apiVersion": "v1", "kind": "Namespace", "metadata": metadata(account.namespace)}],
        "service-account.yaml": [
            {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": metadata(account.service_account, account.namespace),
            }
        ],
        "rbac.yaml": rbac,
        "katalog-configmap.yaml": [configmap_document(data, configmap, account.namespace)],
    }
