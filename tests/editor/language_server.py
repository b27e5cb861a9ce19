"""A client of yaml-language-server over its standard input and output: as much of LSP as the tests ask for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from queue import Queue
from typing import Any

DEADLINE_SECONDS = 60


def find_server() -> list[str] | None:
    """The command of the server that ``hack/editor/build`` installed, or None."""
    cache = os.environ.get("ORK_EDITOR_CACHE") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "orkestra", "editor"
    )
    script = Path(cache) / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
    node = shutil.which("node")
    return [node, str(script), "--stdio"] if node and script.is_file() else None


class LanguageServer:
    """One running server. The schema goes to every document."""

    def __init__(self, command: list[str], schema: Path) -> None:
        self.schema = schema
        self.diagnostics: dict[str, Queue[list[dict[str, Any]]]] = {}
        self.replies: dict[int, Queue[Any]] = {}
        self.last = 0
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.ask("initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": CAPABILITIES})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": self._settings()})

    def _settings(self) -> dict[str, Any]:
        return {
            "yaml": {
                "schemas": {self.schema.as_uri(): "*"},
                "validate": True,
                "hover": True,
                "completion": True,
                "schemaStore": {"enable": False},
                "kubernetesCRDStore": {"enable": False},
            }
        }

    def close(self) -> None:
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(DEADLINE_SECONDS)
        self.reader.join(DEADLINE_SECONDS)
        for stream in (self.process.stdin, self.process.stdout):
            assert stream is not None
            stream.close()

    def open(self, text: str) -> str:
        """Opens a new document; its URI."""
        uri = f"file:///{len(self.diagnostics)}.yaml"
        self.diagnostics[uri] = Queue()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def findings(self, uri: str) -> list[dict[str, Any]]:
        """What the server finds wrong with a document."""
        return self.diagnostics[uri].get(timeout=DEADLINE_SECONDS)

    def at(self, method: str, uri: str, line: int, column: int) -> Any:
        """The answer to ``method`` (``hover``, ``completion``) at a place that counts from 0."""
        place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}
        return self.ask(f"textDocument/{method}", place)

    def ask(self, method: str, params: Any) -> Any:
        self.last += 1
        reply = self.replies[self.last] = Queue()
        self._send({"id": self.last, "method": method, "params": params})
        return reply.get(timeout=DEADLINE_SECONDS)

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            assert "error" not in message, message
            self.replies[message["id"]].put(message["result"])
        elif message["method"] == "workspace/configuration":
            items = message["params"]["items"]
            settings = self._settings()
            self._send({"id": message["id"], "result": [settings.get(item.get("section")) for item in items]})
        elif message["method"] == "textDocument/publishDiagnostics":
            known = self.diagnostics.get(message["params"]["uri"])
            if known is not None:
                known.put(message["params"]["diagnostics"])
        elif "id" in message:
            self._send({"id": message["id"], "result": None})


CAPABILITIES = {
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {"relatedInformation": True},
    },
}
