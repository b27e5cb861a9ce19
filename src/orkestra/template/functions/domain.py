"""The host in an address, whole and bare."""

from __future__ import annotations

import re
from typing import Any, Final

from orkestra.template.functions.arguments import text
from orkestra.template.functions.function import Domain

DOMAIN: Final = Domain("domain", [])
function = DOMAIN.function

_END: Final = re.compile(r"[/?#]")


@function(
    "domainHost(address string) string",
    "The host of a URL or address, in lower case, without scheme, user, port and path.",
    '{{ domainHost "https://Web.example.com:8443/a" }}',
    "web.example.com",
)
def domain_host(address: Any) -> str:
    rest = text(address).strip().rpartition("://")[2] if "://" in text(address)[:32] else text(address).strip()
    host = _END.split(rest, maxsplit=1)[0].rpartition("@")[2]
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return (host if host.count(":") > 1 else host.partition(":")[0]).lower().rstrip(".")


@function(
    "domainBare(address string) string",
    "Likewise, also without a leading www.",
    '{{ domainBare "https://www.example.com/" }}',
    "example.com",
)
def domain_bare(address: Any) -> str:
    return domain_host(address).removeprefix("www.")
