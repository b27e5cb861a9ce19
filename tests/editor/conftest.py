"""The language server as a fixture; without it the suite is left out, unless it is asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import pytest

from orkestra.generate.jsonschema import schema_of
from tests.editor.language_server import LanguageServer, find_server
from tests.unit.docs.pages import ROOT

sys.path.insert(0, str(ROOT / "hack" / "docs"))


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    command = find_server()
    if command is None:
        if request.config.getoption("--require-editor"):
            pytest.fail("no yaml-language-server: hack/editor/build")
        pytest.skip("no yaml-language-server: make test-editor")
    schema = tmp_path_factory.mktemp("editor") / "orkestra.schema.json"
    schema.write_text(json.dumps(schema_of()))
    running = LanguageServer(command, schema)
    assert running.findings(running.open("kind: Nonsense\n")), "the server has not taken its settings"
    yield running
    running.close()
