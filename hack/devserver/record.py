"""Record a real API server's answers to the requests the embedded one is held to.

Run: python hack/devserver/record.py KUBECONFIG, against a fresh kube-apiserver without controllers (the kubeconfig as
hack/cluster writes it: client certificate files). Requests come from tests/unit/devserver/verdicts/requests.json, in
order, since later ones see what earlier ones did; answers go to answers.json beside it.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

import aiohttp
import yaml

FOLDER = Path(__file__).parents[2] / "tests/unit/devserver/verdicts"


def answer_of(code: int, body: bytes) -> dict[str, Any]:
    """What a client can rely on: the code, and of a failure its reason, message and causes."""
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


async def record(url: str, context: ssl.SSLContext) -> list[dict[str, Any]]:
    answers = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
        for request in json.loads((FOLDER / "requests.json").read_text()):
            headers = {"Accept": "application/json", "Content-Type": request.get("type", "application/json")}
            async with session.request(
                request["method"], url + request["path"], data=request.get("body"), headers=headers
            ) as response:
                answers.append(answer_of(response.status, await response.read()))
            if "customresourcedefinitions" in request["path"]:
                await asyncio.sleep(2)  # a real server establishes in its own time
    return answers


def main() -> None:
    config = yaml.safe_load(Path(sys.argv[1]).read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cafile=cluster["certificate-authority"])
    context.load_cert_chain(user["client-certificate"], user["client-key"])
    answers = asyncio.run(record(cluster["server"], context))
    lines = ",\n".join(json.dumps(answer) for answer in answers)
    (FOLDER / "answers.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(answers)} answers recorded")


if __name__ == "__main__":
    main()
