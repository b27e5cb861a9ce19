from __future__ import annotations

import msgspec
import pytest

from orkestra.client.errors import ProtocolError
from orkestra.client.lists import decode_page


def test_page_keeps_items_undecoded() -> None:
    page = decode_page(
        b'{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"9","continue":"t",'
        b'"remainingItemCount":3},"items":[{"metadata":{"name":"a"}} , {"metadata":{"name":"b"}}]}'
    )
    assert [bytes(item) for item in page.items] == [b'{"metadata":{"name":"a"}}', b'{"metadata":{"name":"b"}}']
    assert isinstance(page.items[0], msgspec.Raw)
    assert (page.resource_version, page.continue_token, page.remaining) == ("9", "t", 3)
    assert (page.api_version, page.kind) == ("v1", "ConfigMap")


def test_last_page_has_no_token_and_null_items_are_none() -> None:
    page = decode_page(b'{"kind":"FooList","metadata":{"resourceVersion":"9","continue":null},"items":null}')
    assert (page.items, page.continue_token, page.remaining) == ([], "", 0)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"kind":"Status"}', b'{"kind":"FooList","items":{}}'])
def test_anything_else_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_page(body)
