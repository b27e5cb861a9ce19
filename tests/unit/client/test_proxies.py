from __future__ import annotations

import pytest

from orkestra.client.errors import ConfigError
from orkestra.client.proxies import choose_proxy, is_bypassed

PROXY = {"HTTPS_PROXY": "http://proxy.example:3128", "http_proxy": "plain.example:80"}


def test_proxy_follows_the_scheme() -> None:
    assert choose_proxy("https://api.example:6443", PROXY) == "http://proxy.example:3128"
    assert choose_proxy("http://api.example", PROXY) == "http://plain.example:80"
    assert choose_proxy("https://api.example", {}) == ""


@pytest.mark.parametrize("server", ["https://localhost:6443", "https://127.0.0.1:6443", "https://[::1]:6443"])
def test_this_machine_is_never_proxied(server: str) -> None:
    assert choose_proxy(server, PROXY) == ""


@pytest.mark.parametrize(
    ("host", "no_proxy", "expected"),
    [
        ("api.example", "*", True),
        ("api.example", "example", True),
        ("api.example", ".example", True),
        ("api.example", "*.example", True),
        ("api.example", "API.EXAMPLE", True),
        ("example", ".example", False),
        ("badexample", "example", False),
        ("api.example", "api.example:6443", True),
        ("api.example", "api.example:443", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:6443", True),
        ("fd00::1", "fd00::/8", True),
        ("api.example", "10.0.0.0/8, ,other", False),
        ("api.example", "nonsense/99", False),
        ("api.example", "", False),
    ],
)
def test_no_proxy(host: str, no_proxy: str, expected: bool) -> None:
    assert is_bypassed(host, 6443, no_proxy) is expected


@pytest.mark.parametrize("proxy", ["socks5://proxy:1080", "http://", "http://proxy:port"])
def test_unusable_proxy_is_refused_without_repeating_it(proxy: str) -> None:
    with pytest.raises(ConfigError, match="HTTPS_PROXY") as raised:
        choose_proxy("https://api.example", {"HTTPS_PROXY": proxy.replace("//", "//me:hunter2@")})
    assert "hunter2" not in str(raised.value)
