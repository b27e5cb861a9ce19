from __future__ import annotations

from typing import Any

import pytest

from orkestra.observe.masking import MASK, mask, mask_text


@pytest.mark.parametrize(
    "name",
    ["password", "db_password", "token", "refresh-token", "clientSecret", "Authorization", "apiKey", "private_key",
     "client-key-data", "credentials", "Set-Cookie"],
)  # fmt: skip
def test_field_with_the_name_of_a_secret_is_masked(name: str) -> None:
    assert mask({name: "hunter2"}) == {name: MASK}
    assert mask({name: {"nested": ["hunter2"]}}) == {name: MASK}


@pytest.mark.parametrize("name", ["name", "secretName", "tokenExpiry", "key", "passed", "namespace"])
def test_other_field_is_shown(name: str) -> None:
    assert mask({name: "web"}) == {name: "web"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-123", f"Authorization: Bearer {MASK}"),
        ("basic dXNlcjpwYXNzd29yZA==", "basic dXNlcjpwYXNzd29yZA=="),
        ("Basic dXNlcjpwYXNzd29yZA==", f"Basic {MASK}"),
        ("proxy http://me:hunter2@proxy:3128 failed", f"proxy http://me:{MASK}@proxy:3128 failed"),
        ("jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl.", f"jwt {MASK}."),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- end", f"{MASK} end"),
        ("-----BEGIN PRIVATE KEY-----\ncut off", MASK),
        ("an ordinary sentence", "an ordinary sentence"),
    ],
)
def test_text_that_looks_like_a_secret_is_masked(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_data_of_a_secret_object_is_masked_and_its_name_shown() -> None:
    secret: dict[str, Any] = {
        "kind": "Secret",
        "metadata": {"name": "db"},
        "data": {"user": "YWRtaW4="},
        "stringData": {"user": "admin"},
    }
    shown = mask({"object": secret})["object"]
    assert shown == {"kind": "Secret", "metadata": {"name": "db"}, "data": MASK, "stringData": MASK}


def test_values_become_json() -> None:
    shown = mask({"count": 3, "ratio": 0.5, "on": True, "none": None, "bytes": b"abc", "tuple": ("a",)})
    assert shown == {
        "count": 3,
        "ratio": 0.5,
        "on": True,
        "none": None,
        "bytes": "<3 bytes>",
        "tuple": ["a"],
    }


def test_depth_and_length_are_bounded() -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless
    assert "…" in str(mask(endless))
    assert len(mask("x" * 100_000)) < 3000
