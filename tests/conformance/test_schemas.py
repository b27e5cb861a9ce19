"""Structural schemas and CEL rules, made at random: our verdicts against the API server's.

One request carries many schemas, rules or values; where the answers differ, what is told is the part that does.
"""

from __future__ import annotations

import asyncio
import copy
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from controlplane import ControlPlane

from orkestra.k8s.schema.crd import default_crd, validate_crd
from orkestra.k8s.schema.structural import Structural, compile_schema
from tests.conformance.http import Answer, Api
from tests.conformance.scenario import is_established
from tests.judges import rules, schemas
from tests.judges.agreement import TIMES, Agreement, names

pytestmark = [pytest.mark.timeout(60 + 60 * TIMES), pytest.mark.cluster, pytest.mark.asyncio(loop_scope="session")]

GROUP = "judged.example.com"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
AT_ONCE = 8
PROPERTY = r"\bproperties\[(s\d+)\]"
SLOT = r"\bspec\.(s\d+)"
RULE = r"x-kubernetes-validations\[(\d+)\]"
MEANT = {
    "internal error": "the server's engine gives up on an error within a list",
    "reference to undefined type": "timestamp and duration are names of types to the server's checker alone",
    "illegal base64 data": "rules of the server cannot read + and / in what format: byte takes",
}
Cause = tuple[str, str, str]
"""Field, reason, message."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def api(control_plane: ControlPlane) -> AsyncIterator[Api]:
    async with Api(control_plane.kubeconfig) as client:
        yield client


def crd_of(plural: str, properties: dict[str, Any], checks: list[dict[str, str]] | None = None) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": "object", "properties": properties}
    if checks:
        spec["x-kubernetes-validations"] = checks
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    version = {"name": "v1", "served": True, "storage": True, "schema": schema}
    names_of = {"plural": plural, "kind": plural.capitalize()}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {"group": GROUP, "scope": "Namespaced", "names": names_of, "versions": [version]},
    }


def comparable(field: str, reason: str, message: str) -> Cause:
    """The server names the type of ``self`` anew at each start, and quotes numbers of defaults as they were before they
    are stored: 1e+10. Of the keys of a map any may be the first that another map lacks."""
    message = re.sub(r"no such key: (a|b|c d|) evaluating", "no such key: … evaluating", message)
    if field.endswith(".default"):
        message = re.sub(r"\b1e\+(\d+)", lambda found: str(10 ** int(found[1])), message)
    return field, reason, re.sub(r"selfType\d+", "self", message)


def causes_of(answer: Answer) -> list[Cause]:
    assert answer.code in (200, 201, 422), answer.text[:2000]
    if answer.code != 422:
        return []
    found = answer.json["details"].get("causes") or []
    return sorted({comparable(each.get("field", ""), each["reason"], each["message"]) for each in found})


def ours_on(crd: dict[str, Any]) -> list[Cause]:
    mine = copy.deepcopy(crd)
    default_crd(mine)
    return sorted({comparable(each.field, each.reason, each.message) for each in validate_crd(mine)})


def compiled_of(crd: dict[str, Any]) -> Structural:
    mine = copy.deepcopy(crd)
    default_crd(mine)
    return compile_schema(mine["spec"]["versions"][0]["schema"]["openAPIV3Schema"])


async def at_once(work: Iterable[Awaitable[None]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(each: Awaitable[None]) -> None:
        async with gate:
            await each

    await asyncio.gather(*map(one, work))


def parts_of(causes: Iterable[Cause], pattern: str) -> dict[str, list[Cause]]:
    """By the part of the request they are about."""
    found: dict[str, list[Cause]] = defaultdict(list)
    for each in causes:
        part = re.search(pattern, each[0]) or re.search(pattern, each[2])
        found[part.group(1) if part else ""].append(each)
    return found


async def test_definitions_are_taken_or_refused_alike(api: Api) -> None:
    agreement = Agreement("API server, schemas of definitions")

    async def judge(batch: list[str]) -> None:
        made = {f"s{n}": schemas.spoilt(Random(name)) for n, name in enumerate(batch)}
        crd = crd_of("things", made)
        theirs = parts_of(causes_of(await api.create(DEFINITIONS, crd, dryRun="All")), PROPERTY)
        ours = parts_of(ours_on(crd), PROPERTY)
        for name in ("", *made):
            agreement.hold(ours.get(name, []), theirs.get(name, []), made.get(name, ""))

    await at_once(judge(batch) for batch in batches("crd", 1200, 12))
    print(agreement.summary())
    agreement.check()


def batches(judge: str, count: int, size: int) -> Iterable[list[str]]:
    for listed in names(judge, count):
        for first in range(0, len(listed), size):
            yield listed[first : first + size]


async def test_values_are_judged_alike(api: Api, namespace: str) -> None:
    """Refused for the same reasons at the same places; pruned and defaulted to the same object otherwise."""
    agreement = Agreement("API server, values")
    for number, batch in enumerate(batches("kind", 120, 60)):
        made = {f"s{n}": schemas.sound(Random(name)) for n, name in enumerate(batch)}
        refused = parts_of(ours_on(crd_of("values", made)), PROPERTY)
        assert "" not in refused, refused[""]
        properties = {name: schema for name, schema in made.items() if name not in refused}
        crd = crd_of(f"values{number}", properties)
        async with served(api, crd, namespace) as path:
            judge = partial(judge_values, api, crd, path, properties, agreement)
            await at_once(judge(Random(f"{batch[0]}:{n}")) for n in range(50))
    print(agreement.summary())
    agreement.check()


async def judge_values(
    api: Api, crd: dict[str, Any], path: str, properties: dict[str, Any], agreement: Agreement, random: Random
) -> None:
    compiled = compiled_of(crd)
    spec = {slot: schemas.value(random, each) for slot, each in properties.items() if random.random() < 0.7}
    obj = custom_object(crd, spec)
    answer = await api.create(path, obj, dryRun="All")
    ours, theirs = parts_of(judged(compiled, obj), SLOT), parts_of(causes_of(answer), SLOT)
    for slot in ("", *spec):
        agreement.hold(ours.get(slot, []), theirs.get(slot, []), properties.get(slot, ""), spec.get(slot))
    kept = {slot: value for slot, value in spec.items() if slot not in theirs}
    obj = custom_object(crd, kept)
    answer = await api.create(path, obj, dryRun="All")
    agreement.hold(judged(compiled, obj), causes_of(answer), "what is left", kept)
    if answer.code == 422:  # defaults may be wrong where lists have keys
        return
    stored = answer.expect(201)["spec"]
    compiled.default(obj)
    compiled.prune(obj)
    for slot in obj["spec"].keys() | stored.keys():
        agreement.hold(obj["spec"].get(slot), stored.get(slot), properties.get(slot, ""), kept.get(slot))


def judged(compiled: Structural, obj: dict[str, Any]) -> list[Cause]:
    mine = copy.deepcopy(obj)
    compiled.default(mine)
    compiled.prune(mine)
    return sorted({comparable(each.field, each.reason, each.message) for each in compiled.validate(mine)})


def custom_object(crd: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    kind = crd["spec"]["names"]["kind"]
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": "a"}, "spec": copy.deepcopy(spec)}


@asynccontextmanager
async def served(api: Api, crd: dict[str, Any], namespace: str) -> AsyncIterator[str]:
    """The path of its objects."""
    place = f"{DEFINITIONS}/{crd['metadata']['name']}"
    (await api.create(DEFINITIONS, crd)).expect(201)
    try:
        await api.until(place, is_established)
        path = f"/apis/{GROUP}/v1/namespaces/{namespace}/{crd['spec']['names']['plural']}"
        await api.until(path, lambda found: found.get("kind", "").endswith("List"))
        yield path
    finally:
        await api.delete(place)


async def test_rules_are_compiled_alike(api: Api) -> None:
    agreement = Agreement("API server, rules")

    async def judge(number: int, batch: list[str]) -> None:
        listed = [{"rule": rules.rule(Random(name), 0.4)} for name in batch]
        shapes = rules.shapes(listed)
        crd = crd_of("ruled", shapes[number % len(shapes)])
        theirs = parts_of(causes_of(await api.create(DEFINITIONS, crd, dryRun="All")), RULE)
        ours = parts_of(ours_on(crd), RULE)
        for index, told in [("", ""), *((str(n), each["rule"]) for n, each in enumerate(listed))]:
            mine, said = verdicts(ours.get(index, [])), verdicts(theirs.get(index, []))
            agreement.hold(mine, said, told, number, why=meant(theirs.get(index, []), told))

    await at_once(judge(number, batch) for number, batch in enumerate(batches("rule", 1500, 15)))
    print(agreement.summary())
    agreement.check()


def verdicts(causes: list[Cause]) -> list[Cause]:
    """Without the words of the compiler, of which one mistake draws several."""
    return [(field, reason, said.partition("compilation failed")[0]) for field, reason, said in causes]


async def test_rules_hold_alike(api: Api, namespace: str) -> None:
    agreement = Agreement("API server, values of rules")
    for number, batch in enumerate(batches("held", 120, 60)):
        listed = [{"rule": rules.rule(Random(name), 0)} for name in batch]
        answer = await api.create(DEFINITIONS, crd_of("held", rules.FIELDS, listed), dryRun="All")
        refused = parts_of(causes_of(answer), RULE)
        kept = [each for n, each in enumerate(listed) if str(n) not in refused]
        crd = crd_of(f"held{number}", rules.FIELDS, [{**each, "message": f"rule {n}"} for n, each in enumerate(kept)])
        async with served(api, crd, namespace) as path:
            judge = partial(judge_rules, api, crd, path, kept, agreement)
            await at_once(judge(Random(f"{batch[0]}:{n}")) for n in range(80))
    print(agreement.summary())
    agreement.check()


async def judge_rules(
    api: Api, crd: dict[str, Any], path: str, kept: list[dict[str, str]], agreement: Agreement, random: Random
) -> None:
    obj = custom_object(crd, rules.spec(random))
    found = causes_of(await api.create(path, obj, dryRun="All"))
    ours, theirs = by_rule(judged(compiled_of(crd), obj), kept), by_rule(found, kept)
    for number, told in [("", ""), *((str(n), each["rule"]) for n, each in enumerate(kept))]:
        said = theirs.get(number, [])
        agreement.hold(ours.get(number, []), said, told, obj["spec"], why=meant(said, told))


async def test_changes_are_judged_alike(api: Api, namespace: str) -> None:
    """Rules with oldSelf, and that a failing rule is forgiven where its value is what it was."""
    agreement = Agreement("API server, changes")
    for number, batch in enumerate(batches("changed", 80, 40)):
        listed = [{"rule": rules.transition(Random(name))} for name in batch]
        below = {name: {**each} for name, each in rules.FIELDS.items()}
        below["obj"] |= {"x-kubernetes-validations": [{"rule": "self.v > 4", "message": "rule obj"}]}
        below["s"] |= {"x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "rule s"}]}
        answer = await api.create(DEFINITIONS, crd_of("changed", below, listed), dryRun="All")
        refused = parts_of(causes_of(answer), RULE)
        kept = [each for n, each in enumerate(listed) if str(n) not in refused]
        kept = [{**each, "message": f"rule {n}"} for n, each in enumerate(kept)]
        crd, strict = crd_of(f"changed{number}", below, kept), f"{DEFINITIONS}/changed{number}.{GROUP}"
        async with served(api, crd_of(f"changed{number}", rules.FIELDS), namespace) as path:
            before = {**rules.spec(Random(batch[0])), "blob": "aGk="}
            stored = (await api.create(path, custom_object(crd, before))).expect(201)
            held = (await api.get(strict)).expect(200)
            (await api.replace(strict, {**held, "spec": {**held["spec"], "versions": crd["spec"]["versions"]}})).expect(
                200
            )
            await until_strict(api, f"{path}/a", stored)
            judge = partial(judge_change, api, crd, f"{path}/a", stored, agreement)
            await at_once(judge(Random(f"{batch[0]}:{n}")) for n in range(60))
    print(agreement.summary())
    agreement.check()


async def until_strict(api: Api, path: str, stored: dict[str, Any]) -> None:
    """Once the rules are in force, the text of ``s`` may not change."""
    async with asyncio.timeout(60):
        spec = {**stored["spec"], "s": "changed", "obj": {"k": "a", "v": 0}}
        is_refused = False
        while not is_refused:
            await asyncio.sleep(0.1)
            is_refused = (await api.replace(path, {**stored, "spec": spec}, dryRun="All")).code == 422


async def judge_change(
    api: Api, crd: dict[str, Any], path: str, stored: dict[str, Any], agreement: Agreement, random: Random
) -> None:
    share = random.choice((0.0, 0.4, 0.4, 0.4))
    spec = {**stored["spec"], **{n: each for n, each in rules.spec(random).items() if random.random() < share}}
    answer = await api.replace(path, {**stored, "spec": spec}, dryRun="All")
    compiled = compiled_of(crd)
    old, new = copy.deepcopy(stored), {**copy.deepcopy(stored), "spec": copy.deepcopy(spec)}
    for each in (old, new):
        compiled.default(each)
        compiled.prune(each)
    found = sorted({comparable(each.field, each.reason, each.message) for each in compiled.validate(new, old)})
    listed = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["x-kubernetes-validations"]
    ours, theirs = by_rule(found, listed), by_rule(causes_of(answer), listed)
    for number in ours.keys() | theirs.keys():
        said, told = theirs.get(number, []), listed[int(number)]["rule"] if number else ""
        agreement.hold(ours.get(number, []), said, told, stored["spec"], spec, why=meant(said, told))


def meant(theirs: list[Cause], rule: str) -> str | None:
    if re.search(r"quantity.*==.*(add|sub)\(", rule) and any("no such overload" in each[2] for each in theirs):
        return "sums of quantities cannot be compared on the right of =="
    return next((why for words, why in MEANT.items() for each in theirs if words in each[2]), None)


def by_rule(causes: Iterable[Cause], kept: list[dict[str, str]]) -> dict[str, list[Cause]]:
    """By the number of the rule: a rule that fails says its message, one that cannot be evaluated its text."""
    texts = {each["rule"]: str(n) for n, each in enumerate(kept)}
    found: dict[str, list[Cause]] = defaultdict(list)
    for each in causes:
        number = re.search(r"rule (\d+)$", each[2])
        evaluated = each[2].partition(" evaluating rule: ")[2]
        found[number.group(1) if number else texts.get(evaluated, "")].append(each)
    return found
