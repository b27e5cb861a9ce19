"""Functions over plain values: collections, randomness, networks, quantities, validation, domains."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template import Environment, TemplateError
from tests.unit.template.functions.examples import value_of

DATA: dict[str, Any] = {
    "list": ["a", 1, True, None, {"k": 1}],
    "map": {"b": 2, "a": {"x": [1]}, "c": None},
    "none": None,
    "sizes": ["1Gi", "512Mi"],
    "deep": "[" * 5000,
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('listHas .list "1"', True),
        ('listHas .list "true"', True),
        ("listHas .list .none", True),
        ('listHas .list ""', False),
        ("listHas .list .map.a", False),
        ('listHas .none "a"', False),
        ("listGet .list 0", "a"),
        ("listGet .list -2", None),
        ("listGet .list 99", None),
        ("listGet .none 0", None),
        ("listLen .list", 5),
        ("listLen .none", 0),
        ('mapGet .map "b"', 2),
        ('mapGet .map "none"', None),
        ('mapGet .none "a"', None),
        ("mapKeys .map", ["a", "b", "c"]),
        ("mapKeys .none", []),
        ("mapValues .map", [{"x": [1]}, 2, None]),
        ('mapPick .map "b" "none"', {"b": 2}),
        ("mapPick .map", {}),
        ('mapOmit .map "a" "c"', {"b": 2}),
        ("mapOmit .none", {}),
        ("asList .map", []),
        ("asList .sizes", ["1Gi", "512Mi"]),
        ("asMap .list", {}),
        ("asMap .none", {}),
        ("asString .map", ""),
        ("asString .none", ""),
        ("asString true", "true"),
        ("asString 1.0", "1"),
        # random: bytes 0, 1, 2, … come from the Environment
        ("randomHex 4", "00010203"),
        ("randomHex 0", ""),
        ("randomBase64 2", "AAE="),
        ("randomAlphanumeric 0", ""),
        ("len (randomAlphanumeric 1024)", 1024),
        # networks
        ('cidrContains "10.0.0.0/8" "11.0.0.1"', False),
        ('cidrContains "10.1.2.3/8" "10.0.0.1"', True),
        ('cidrContains "2001:db8::/32" "2001:db8::1"', True),
        ('cidrContains "2001:db8::/32" "10.0.0.1"', False),
        ('cidrContains "10.0.0.0/8" "::ffff:10.0.0.1"', True),
        ('cidrContains .none "10.0.0.1"', False),
        ('cidrContains "10.0.0.0/8" ""', False),
        ('ipValid "::1"', True),
        ('ipValid "010.0.0.1"', False),
        ('ipValid "fe80::1%eth0"', False),
        ("ipValid .none", False),
        ('ipIsPrivate "172.31.255.255"', True),
        ('ipIsPrivate "172.32.0.1"', False),
        ('ipIsPrivate "127.0.0.1"', False),
        ('ipIsPrivate "fd00::1"', True),
        ('ipIsPrivate "no"', False),
        # quantities
        ('parseQuantity "100m"', 0.1),
        ('parseQuantity "1Ki"', 1024),
        ("parseQuantity .none", 0),
        ("parseQuantity 1.5", 1.5),
        ('formatQuantity "1024Mi"', "1Gi"),
        ('formatQuantity "1500m" "decimal"', "1500m"),
        ('formatQuantity "2147483648" "binary"', "2Gi"),
        ("formatQuantity .none", "0"),
        ("sumQuantity .sizes", "1536Mi"),
        ("sumQuantity", "0"),
        ('sumQuantity "1" .none "500m"', "1500m"),
        ('subtractQuantity "1" "1500m"', "-500m"),
        ('subtractQuantity "1Gi" .sizes', "-512Mi"),
        ("subtractQuantity .none", "0"),
        # validation
        ('isValidEmail "a@b"', True),
        ('isValidEmail "a b@example.com"', False),
        ("isValidEmail .none", False),
        ('isValidGitRepository "https://example.com/acme/web.git"', True),
        ('isValidGitRepository "ssh://git@example.com:2222/acme/web"', True),
        ('isValidGitRepository "https://example.com"', False),
        ('isValidGitRepository "ftp://example.com/a"', False),
        ('isValidGitRepository "example.com/acme/web"', False),
        ("isValidGitRepository .none", False),
        ('isValidURL "ftp://example.com"', True),
        ('isValidURL "https://[::1]:8443/"', True),
        ('isValidURL "https://"', False),
        ('isValidURL "https://a b/"', False),
        ('isValidURL "https://example.com:99999/"', False),
        ('isValidURL "example.com"', False),
        ('isValidURL "mailto:a@b"', False),
        ("isValidURL .none", False),
        ('isValidImageRef "nginx"', True),
        ('isValidImageRef "registry.example.com:5000/a/b_c/d:v1.2-x"', True),
        ('isValidImageRef "web@sha256:0000000000000000000000000000000000000000000000000000000000000000"', True),
        ('isValidImageRef "Nginx"', False),
        ('isValidImageRef "nginx:"', False),
        ('isValidImageRef "nginx@sha256:0"', False),
        ('isValidImageRef "a//b"', False),
        ("isValidImageRef .none", False),
        ('isValidJSON "3"', True),
        ('isValidJSON "{a: 1}"', False),
        ("isValidJSON .deep", False),
        ("isValidJSON .none", False),
        ('isValidPort "443"', True),
        ("isValidPort 0", False),
        ("isValidPort 65536", False),
        ('isValidPort "http"', False),
        ("isValidPort .map", False),
        ('isValidLabelValue ""', True),
        ('isValidLabelValue "-a"', False),
        ("isValidLabelValue .list", False),
        ('isValidLabelKey "a/b/c"', False),
        ('isValidLabelKey "Example.com/a"', False),
        ("isValidLabelKey .none", False),
        ('isValidAnnotationKey "Example.com/a"', True),
        ('isValidAnnotationKey "/a"', False),
        ("isValidAnnotationKey .none", False),
        ('isDNS1123Subdomain "Web"', False),
        ('isDNS1123Subdomain "a..b"', False),
        ("isDNS1123Subdomain .none", False),
        # domains
        ('domainHost "user:pw@Example.com:80/a?b#c"', "example.com"),
        ('domainHost "https://[2001:db8::1]:443/"', "2001:db8::1"),
        ('domainHost "example.com."', "example.com"),
        ("domainHost .none", ""),
        ('domainBare "www.example.com/x"', "example.com"),
        ('domainBare "www2.example.com"', "www2.example.com"),
        ("domainBare .none", ""),
    ],
)
def test_results(text: str, expected: Any) -> None:
    found = value_of(text, **DATA)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('listGet "a" 0', 'error calling listGet: expected a list; got "a"'),
        ('listGet .list "x"', 'error calling listGet: expected a number; got "x"'),
        ("listLen .map", "error calling listLen: expected a list; got a map"),
        ("mapKeys .list", "error calling mapKeys: expected an object; got a list"),
        ("mapPick .map .list", "error calling mapPick: expected text; got a list"),
        ("randomHex -1", "error calling randomHex: the length must be from 0 to 1024"),
        ("randomAlphanumeric 99999999", "error calling randomAlphanumeric: the length must be from 0 to 1024"),
        ('randomBase64 "x"', 'error calling randomBase64: expected a number; got "x"'),
        ('cidrContains "10.0.0.0" "10.0.0.1"', 'error calling cidrContains: "10.0.0.0" is no network'),
        ('cidrContains "10.0.0.0/33" "10.0.0.1"', 'error calling cidrContains: "10.0.0.0/33" is no network'),
        ('cidrContains "10.0.0.0/8" "here"', 'error calling cidrContains: "here" is no IP address'),
        ('parseQuantity "lots"', "error calling parseQuantity: 'lots' is no quantity"),
        ('parseQuantity "1e999"', "error calling parseQuantity: the result is not a finite number"),
        (
            'formatQuantity "1" "bytes"',
            'error calling formatQuantity: expected "binary" or "decimal" units; got "bytes"',
        ),
        ("sumQuantity true", "error calling sumQuantity: 'true' is no quantity"),
        ("subtractQuantity .map", "error calling subtractQuantity: expected text; got a map"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        value_of(text, **DATA)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("name", ["randomAlphanumeric", "randomHex", "randomBase64"])
def test_without_a_source_there_is_no_randomness(name: str) -> None:
    with pytest.raises(TemplateError, match=f"error calling {name}: no source of randomness is available here"):
        value_of(f"{name} 8", Environment())


def test_every_letter_and_digit_comes_up_and_nothing_else() -> None:
    seen: set[str] = set()
    for seed in range(1, 40):
        environment = Environment(random=lambda size, seed=seed: bytes((at * seed + at) % 251 for at in range(size)))
        seen |= set(value_of("randomAlphanumeric 200", environment))
    assert len(seen) == 62
    assert all(char.isascii() and char.isalnum() for char in seen)
