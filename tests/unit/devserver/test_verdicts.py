"""A real API server's recorded answers (hack/devserver/record.py), request by request."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aiohttp

from orkestra.devserver.app import DevServer

FOLDER = Path(__file__).parent / "verdicts"
OWN_WORDS = {
    "malformed", "empty", "not obj", "no kind CR", "job template immut", "pod immut", "pdb bad", "patch kind",
    "jsonpatch bad", "jsonpatch test", "jsonpatch notlist", "merge malformed", "list labels bad", "list cont bad",
    "unknown resource api group",
}  # fmt: skip
"""Where the real text is Go's own (structs printed, parser errors): only code, reason and causes are compared."""
VARIES = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
    (re.compile(r"current: \d+|in record \(\d+\)"), "REVISION"),
)


def settled(message: str) -> str:
    """Without what differs from run to run; the entries of a list of errors in order, as Go prints maps in none."""
    for pattern, text in VARIES:
        message = pattern.sub(text, message)
    head, bracket, rest = message.partition(" is invalid: [")
    return head + " ".join(sorted(rest.rstrip("]").split(", "))) if bracket else message


def answer_of(code: int, body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {"code": code}
    if document.get("kind") != "Status" or document.get("status") != "Failure":
        return {"code": code, "kind": document.get("kind")}
    causes = (document.get("details") or {}).get("causes") or []
    return {
        "code": code,
        "reason": document.get("reason", ""),
        "message": document.get("message", ""),
        "causes": sorted({f"{cause.get('field', '')} {cause.get('reason', '')}" for cause in causes}),
    }


async def test_requests_are_answered_as_a_real_server_answered_them() -> None:
    requests = json.loads((FOLDER / "requests.json").read_text())
    answers = json.loads((FOLDER / "answers.json").read_text())
    differences: list[str] = []
    async with DevServer(controllers=False) as server, aiohttp.ClientSession() as session:
        for request, wanted in zip(requests, answers, strict=True):
            headers = {"Accept": "application/json", "Content-Type": request.get("type", "application/json")}
            async with session.request(
                request["method"], server.url + request["path"], data=request.get("body"), headers=headers
            ) as response:
                found = answer_of(response.status, await response.read())
            if request["about"] in OWN_WORDS:
                found.pop("message", None)
                wanted.pop("message", None)
            for answer in (found, wanted):
                if "message" in answer:
                    answer["message"] = settled(answer["message"])
            if found != wanted:
                differences.append(f"{request['about']}: {found} instead of {wanted}")
    assert not differences, "\n".join(differences)
