"""Our verdicts on CustomResourceDefinitions, held against a real kube-apiserver's."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from orkestra.k8s.schema.crd import default_crd, validate_crd

CASES = json.loads((Path(__file__).parent / "verdicts" / "crds.json").read_text())["cases"]
WORDED_OTHERWISE = {
    "status root": "the server prints the schema in its internal form",
    "rule: self.a == 'x": "the server goes on parsing after a token it cannot read",
    "rule: '\\q' == 'q'": "the server goes on parsing after a token it cannot read",
    "rule: @": "the server goes on parsing after a token it cannot read",
}


def _comparable(cause: dict[str, str]) -> tuple[str, str, str]:
    """The server names the type of ``self`` anew at each start (``selfType123``)."""
    message = re.sub(r"selfType\d+", "self", cause["message"])
    return cause.get("field", ""), cause["reason"], message


def _ours(case: dict[str, Any]) -> list[tuple[str, str, str]]:
    crd = copy.deepcopy(case["crd"])
    default_crd(crd)
    return sorted(_comparable(cause.as_dict()) for cause in validate_crd(crd))


def _servers(case: dict[str, Any]) -> list[tuple[str, str, str]]:
    return sorted(map(_comparable, case["verdict"].get("causes", [])))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_crd_verdict_is_the_api_servers(case: dict[str, Any]) -> None:
    ours, servers = _ours(case), _servers(case)
    if case["name"] in WORDED_OTHERWISE:
        assert [cause[:2] for cause in ours] == [cause[:2] for cause in servers]
    else:
        assert ours == servers
