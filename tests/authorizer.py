"""What RBAC would say to the requests of a runtime, by the rights its definition is said to need.

Held against everything that scenarios make a runtime do: a request that no right allows fails the scenario.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from orkestra.client.api import ApiClient
from orkestra.client.requests import PatchType, Request
from orkestra.operator.access import Right


@dataclass(frozen=True, slots=True)
class Asked:
    """Attributes of a request, as k8s.io/apiserver pkg/endpoints/request/requestinfo.go tells them."""

    verb: str
    group: str
    resource: str
    namespace: str
    name: str

    def __str__(self) -> str:
        place = f" in {self.namespace}" if self.namespace else ""
        return f"{self.verb} {self.resource}.{self.group} {self.name}{place}"


def attributes(request: Request) -> list[Asked]:
    """None for what is no resource (discovery); two for an apply, which may create."""
    url = urlsplit(request.target)
    parts = url.path.strip("/").split("/")
    group, rest = ("".join(parts[1:2]), parts[3:]) if parts[0] == "apis" else ("", parts[2:])
    namespace = ""
    if len(rest) > 2 and rest[0] == "namespaces":
        namespace, rest = rest[1], rest[2:]
    if not rest:
        return []
    resource, name, subresource = (*rest, "", "")[:3]
    query = parse_qs(url.query)
    verb = "patch" if request.verb == "apply" else request.verb
    narrowed = query.get("fieldSelector", [""])[0]
    if not name and narrowed.startswith("metadata.name="):
        name = narrowed.removeprefix("metadata.name=")
    resource = f"{resource}/{subresource}" if subresource else resource
    asked = [Asked(verb, group, resource, namespace, name)]
    if request.content_type == PatchType.APPLY.value:
        asked.append(Asked("create", group, resource, namespace, name))
    return asked


def allows(rights: Iterable[Right], asked: Asked) -> bool:
    return any(
        asked.verb in right.verbs
        and (right.group, right.resource) == (asked.group, asked.resource)
        and right.namespace in ("", asked.namespace)
        and (not right.objects or asked.name in right.objects)
        for right in rights
    )


@dataclass
class Watched:
    """Everything a client asks for from now on."""

    asked: set[Asked] = field(default_factory=set)

    def follow(self, api: ApiClient) -> None:
        transport = api._open
        send, stream = transport.send, transport.stream

        async def sending(request: Request) -> bytes:
            self.asked.update(attributes(request))
            return await send(request)

        def streaming(request: Request, **limits: float):  # type: ignore[no-untyped-def]
            self.asked.update(attributes(request))
            return stream(request, **limits)

        transport.send, transport.stream = sending, streaming  # type: ignore[method-assign]

    def refused(self, rights: Iterable[Right]) -> list[str]:
        rights = list(rights)
        return sorted(str(asked) for asked in self.asked if not allows(rights, asked))
