"""Rows of ``gateway``: its API and tokens, other clusters, webhooks of code hosts."""

from __future__ import annotations

import re
from typing import Any, Final

from orkestra.katalog.schema.blocks import Block, Field, State
from orkestra.katalog.schema.containers import ListOf, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder
from orkestra.katalog.schema.records import NamedList, NamedMap, Settings
from orkestra.katalog.schema.scalars import Duration, Flag, Text
from orkestra.katalog.schema.shared import ANY, NameList
from orkestra.katalog.source.nodes import Node

_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$[A-Za-z_][A-Za-z0-9_]*")
_TOKEN_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


def token_name(text: str) -> tuple[int, str] | None:
    return None if _TOKEN_NAME.fullmatch(text) else (1110, f'"{text[:60]}" cannot name a token')


def _token(text: str) -> tuple[int, str] | None:
    return None if _REFERENCE.fullmatch(text) else (1701, "a token stands in the file: write ${NAME} or a secretRef")


def _secret(title: str, *rows: Field) -> Block:
    return Settings(
        title,
        (
            Field("name", Text(), "the Secret", required=True, tier="W"),
            Field("key", Text(), "the key in it", required=True, tier="W"),
            Field("namespace", Text(), "its namespace; the gateway's unless given", tier="W"),
            *rows,
        ),
    )


_SECRET: Final = _secret("a Secret of the gateway")


def _issuer(title: str, doc: str, *rows: Field) -> Field:
    return Field(
        title,
        Settings(title, (*rows, Field("allow", ANY, "which identities are let in", tier="F", required=True))),
        doc,
        tier="F",
    )


_KINDS: Final = ("token", "secretRef", "githubOIDC", "gitlabOIDC", "vaultOIDC", "oidc")

TOKEN: Final = Settings(
    "a token",
    (
        Field("name", Text(check=token_name), "what serve calls it", required=True, tier="W"),
        Field("token", Text(check=_token), "from the environment: ${NAME}", tier="W"),
        Field(
            "secretRef",
            _secret(
                "the Secret of a token",
                Field("rotateAfter", Duration(60.0), "made anew at this age", tier="W"),
            ),
            "from a Secret, which is made when it is not there",
            tier="W",
        ),
        _issuer("githubOIDC", "identities of GitHub Actions"),
        _issuer("gitlabOIDC", "identities of GitLab CI"),
        _issuer(
            "vaultOIDC",
            "identities of Vault",
            Field("url", Text(), "where Vault is", required=True, tier="F"),
            Field("namespace", Text(), "Vault's own namespace", tier="F"),
            Field("audience", Text(), "for whom they are made", tier="F"),
        ),
        _issuer(
            "oidc",
            "identities of any issuer",
            Field("issuer", Text(), "its URL", required=True, tier="F"),
            Field("audience", Text(), "for whom they are made", tier="F"),
        ),
    ),
    exclusive=(_KINDS,),
    one_of=(_KINDS,),
    doc="Who may call the API.",
)

API: Final = Settings(
    "api",
    (
        Field("enabled", Flag(), "the API is served", False, tier="W"),
        Field(
            "auth",
            Settings(
                "auth of the api",
                (
                    Field("include", Text(), "a file of tokens", tier="W"),
                    Field("tokens", NamedList(TOKEN, "name", what="the token"), "who may call", (), tier="W"),
                ),
            ),
            "who may call",
            tier="W",
        ),
    ),
)


class ClusterBlock(Settings):
    """A cluster and how its API server is known: by a secretRef, or by a token and a CA or none."""

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        found = super().decode(node, decoder, where)
        if found is not MISSING and found["tokenRef"] and not found["caRef"] and not found["insecure"]:
            decoder.report(1103, "a cluster with tokenRef: one of caRef, insecure is required", node.span)
        return found


CLUSTER: Final = ClusterBlock(
    "a cluster",
    (
        Field("endpoint", Text(), "its API server's URL", required=True, tier="F"),
        Field("secretRef", _SECRET, "a kubeconfig", tier="F"),
        Field("tokenRef", _SECRET, "a bearer token", tier="F"),
        Field("caRef", _SECRET, "its certificate authority", tier="F"),
        Field("insecure", Flag(), "its certificate is not checked", False, tier="F"),
    ),
    exclusive=(("secretRef", "tokenRef"), ("secretRef", "caRef"), ("caRef", "insecure")),
    one_of=(("secretRef", "tokenRef"),),
)

_HOOK_ROWS: Final = (
    Field("name", Text(), "what messages call it", tier="F"),
    Field("enabled", Flag(), "it is served", True, tier="F"),
    Field("path", Text(), "the path it is served at", tier="F"),
    Field("branch", Text(), "pushes to this branch only", tier="F"),
    Field("watch", NameList(), "paths in the repository", (), tier="F"),
    Field("secretRef", _SECRET, "what requests are signed with", tier="F"),
    Field("contentTokenRef", _SECRET, "a token to read the repository with", tier="F"),
    Field("signingSecretRef", _SECRET, "Slack's signing secret", tier="F"),
    Field("commands", ANY, "what commands of a chat do", tier="F"),
)
CODE_HOOK: Final = Settings("a webhook of a code host", _HOOK_ROWS)

GATEWAY: Final = Settings(
    "gateway",
    (
        Field("enabled", Flag(), "there is a gateway", False, tier="W"),
        Field("standalone", Flag(), "without a runtime", False, tier="W"),
        Field("api", API, "the self-service API", tier="W"),
        Field(
            "clusters",
            NamedMap(CLUSTER, Field("include", Text(), "a file of clusters", tier="F")),
            "other clusters to apply to, by name",
            {},
            tier="F",
        ),
        Field(
            "webhooks",
            Settings(
                "webhooks of the gateway",
                (
                    Field("github", CODE_HOOK, "pushes on GitHub", tier="F"),
                    Field("gitlab", CODE_HOOK, "pushes on GitLab", tier="F"),
                    Field("slack", CODE_HOOK, "commands in Slack", tier="F"),
                    Field("generic", ListOf(CODE_HOOK), "anything that signs its requests", (), tier="F"),
                ),
            ),
            "webhooks of code hosts and chats",
            tier="F",
        ),
        Field("admission", Raw(), state=State.NEWER, target="gateway.webhooks", moves_to="."),
    ),
    doc="The gateway: self-service over HTTP, and admission.",
)
