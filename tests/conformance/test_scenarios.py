"""Every recorded conversation, answered by the target as the real control plane answered it."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
import yaml

from tests.conformance.conftest import Defined
from tests.conformance.http import Api
from tests.conformance.scenario import Conversation, Scenario, Script, load_recorded, load_scripts

SCRIPTS = load_scripts()
SCENARIOS = [scenario for script in SCRIPTS.values() for scenario in script.scenarios]


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
async def test_the_answers_are_those_of_a_real_control_plane(
    api: Api, namespace: str, defined: Defined, scenario: Scenario, request: pytest.FixtureRequest
) -> None:
    recorded = load_recorded(scenario.file)
    assert scenario.name in recorded, "not recorded yet: python -m tests.conformance.record"
    group, places = await defined(scenario.file)
    conversation = Conversation(api, namespace, group, places)
    if request.node.get_closest_marker("xfail"):
        conversation.patience = 3  # what is known never to come is not waited for
    answers = await conversation.run(scenario, recorded[scenario.name])
    assert answers == recorded[scenario.name], difference(recorded[scenario.name], answers)


def difference(expected: Any, given: Any) -> str:
    real, found = (yaml.safe_dump(answer, width=500).splitlines() for answer in (expected, given))
    return "\n" + "\n".join(difflib.unified_diff(real, found, "real", "given", lineterm="", n=3))


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=lambda script: script.name)
def test_every_recorded_answer_has_its_scenario(script: Script) -> None:
    assert list(load_recorded(script.name)) == [scenario.name for scenario in script.scenarios]
