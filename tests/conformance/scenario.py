"""Conversations with an API server, as ``scenarios/*.yaml`` writes them, and what is kept of the answers.

A file has ``definitions`` (CustomResourceDefinitions, group ``$GROUP``, made once per run), ``scenarios``: a name and
its steps, and ``tables``: a name and steps that are each a scenario of their own. A step is
``VERB resource[/name[/subresource]][?query]: body`` with these verbs:

    GET POST PUT DELETE        as they are
    APPLY MERGE STRATEGIC JSON the four patches (APPLY: fieldManager is ``suite`` unless the query names one)
    EDIT                       GET, merge the body into it, PUT

and beside it

    show          dotted paths of the answer to keep, else everything but managedFields; none: the code only
    show headers  names of headers to keep
    until         a GET is repeated until these dotted paths have these values, or until it is 404
    as            names the answer
    headers       to send

A body gets apiVersion and kind where it has none. ``$NS`` and ``$GROUP`` stand for this run's; ``${name:path}`` for a
value of an earlier answer, ``${last:...}`` for one of the latest. A refusal is kept whole, but for ``show: []``.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml

from tests.conformance import http
from tests.conformance.http import Answer, Api
from tests.conformance.masks import mask
from tests.conformance.places import BUILTIN, Place, custom_places, path_of

FOLDER = Path(__file__).parent
_PATCHES = {
    "APPLY": http.APPLY_PATCH,
    "MERGE": http.MERGE_PATCH,
    "STRATEGIC": http.STRATEGIC_PATCH,
    "JSON": http.JSON_PATCH,
}
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "EDIT", *_PATCHES}
_REFERENCE = re.compile(r"\$\{(\w+):([^}]+)\}")
_UNTIL_SECONDS = 150.0
"""The real garbage collector looks for new kinds every 30 s only, and waits as long for one that went meanwhile."""

_SETTLE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Scenario:
    file: str
    name: str
    steps: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.name}"


@dataclass(frozen=True, slots=True)
class Script:
    name: str
    definitions: list[dict[str, Any]]
    scenarios: list[Scenario]


def load_scripts() -> dict[str, Script]:
    scripts = {}
    for path in sorted((FOLDER / "scenarios").glob("*.yaml")):
        document = yaml.safe_load(path.read_text())
        scenarios = [Scenario(path.stem, name, tuple(steps)) for name, steps in document.get("scenarios", {}).items()]
        for name, rows in document.get("tables", {}).items():
            scenarios += [Scenario(path.stem, f"{name} {number}", (row,)) for number, row in enumerate(rows, 1)]
        scripts[path.stem] = Script(path.stem, document.get("definitions", []), scenarios)
    return scripts


def load_recorded(name: str) -> dict[str, list[Any]]:
    path = FOLDER / "recorded" / f"{name}.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(), loader) if path.exists() else {}


@dataclass
class Conversation:
    """One scenario's namespace, names and memory."""

    api: Api
    namespace: str
    group: str = ""
    places: dict[str, Place] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    patience: float = _UNTIL_SECONDS

    @property
    def names(self) -> dict[str, str]:
        return {self.namespace: "$NS"} | ({self.group: "$GROUP"} if self.group else {})

    async def run(self, scenario: Scenario, recorded: Sequence[Any] = ()) -> list[Any]:
        """``recorded``: the answers to expect, where there are some; what is awaited is given time to become them."""
        return [await self.step(*each) for each in zip_longest(scenario.steps, recorded)]

    async def step(self, step: dict[str, Any], recorded: Any = None) -> Any:
        line, body = next((key, value) for key, value in step.items() if key.partition(" ")[0] in _METHODS)
        verb, _, target = self._filled(line).partition(" ")
        target, _, query_text = target.partition("?")
        query = dict(parse_qsl(query_text, keep_blank_values=True))
        path, place = path_of(target, self.namespace, BUILTIN | self.places)
        body = self._filled(body)
        if place and isinstance(body, dict) and verb in ("POST", "PUT", "APPLY") and not _is_subresource(target):
            body = {"apiVersion": place.api_version, "kind": place.kind} | body
        until = step.get("until")
        answer = await self._ask(verb, path, query, body, step)
        if until is not None:
            answer = await self._awaited(answer, verb, path, query, body, step, until)
        kept = {"asked": line} | self._kept(answer, step)
        if until is not None and recorded is not None:
            # controllers write one field after the other, and take back what was so for a moment only
            deadline = asyncio.get_running_loop().time() + min(self.patience, _SETTLE_SECONDS)
            while kept != recorded and asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(0.1)
                kept = {"asked": line} | self._kept(await self._ask(verb, path, query, body, step), step)
        return kept

    async def _ask(self, verb: str, path: str, query: dict[str, str], body: Any, step: dict[str, Any]) -> Answer:
        content_type = _PATCHES.get(verb, http.JSON)
        method = "PATCH" if verb in _PATCHES else verb
        if verb == "APPLY":
            query = {"fieldManager": "suite"} | query
        if verb == "EDIT":
            found = (await self.api.get(path)).expect(200)
            body, method = _merged(found, body), "PUT"
        if isinstance(body, str):
            body = body.encode()
        headers = dict(step.get("headers", {}))
        return await self.api.request(
            method,
            path,
            body,
            query=query,
            content_type=headers.pop("Content-Type", content_type),
            accept=headers.pop("Accept", http.JSON),
            headers=headers,
        )

    async def _awaited(self, answer: Answer, *request: Any) -> Answer:
        until = request[-1]
        verb, path, query, body, step = request[:-1]
        deadline = asyncio.get_running_loop().time() + self.patience
        while not _is_reached(answer, until):
            assert asyncio.get_running_loop().time() < deadline, f"{path} never: {until}; last: {answer.text[:3000]}"
            await asyncio.sleep(0.05)
            answer = await self._ask(verb, path, query, body, step)
        return answer

    def _kept(self, answer: Answer, step: dict[str, Any]) -> Any:
        is_json = answer.content_type.startswith(http.JSON)
        document = answer.json if is_json and answer.body else answer.text
        self.answers["last"] = document
        if "as" in step:
            self.answers[step["as"]] = document
        kept: dict[str, Any] = {"code": answer.code}
        if answer.warnings:
            kept["warnings"] = list(answer.warnings)
        for header in step.get("show headers", ()):
            kept.setdefault("headers", {})[header] = answer.headers.get(header)
        failure = in_order(_failure(document, answer.code))
        if step.get("show") == []:
            pass
        elif failure:
            kept.update(failure)
        elif "show" in step:
            kept["shown"] = {path: look_up(document, path) for path in step["show"]}
        else:
            kept["body"] = without_managed_fields(document)
        return mask(kept, self.names)

    def _filled(self, value: Any) -> Any:
        match value:
            case dict():
                return {self._filled(key): self._filled(item) for key, item in value.items()}
            case list():
                return [self._filled(item) for item in value]
            case str():
                whole = _REFERENCE.fullmatch(value)
                if whole:
                    return look_up(self.answers[whole[1]], whole[2])
                value = _REFERENCE.sub(lambda found: str(look_up(self.answers[found[1]], found[2])), value)
                return value.replace("$NS", self.namespace).replace("$GROUP", self.group)
            case _:
                return value


async def new_namespace(api: Api) -> str:
    name = f"suite-{secrets.token_hex(4)}"
    (await api.create("/api/v1/namespaces", {"metadata": {"name": name}})).expect(201)
    return name


async def define(api: Api, script: Script) -> tuple[str, dict[str, Place]]:
    """Install a script's definitions in a new group; returns the group and where its resources are."""
    group = f"g{secrets.token_hex(4)}.example.com"
    text = yaml.safe_dump(script.definitions).replace("$GROUP", group)
    definitions = yaml.safe_load(text)
    collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    for definition in definitions:
        definition = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"} | definition
        name = (await api.create(collection, definition)).expect(201)["metadata"]["name"]
        await api.until(f"{collection}/{name}", is_established)
    places = custom_places(definitions)
    for short, place in places.items():
        path = place.path("default", short.partition(".")[0])
        await api.until(path, lambda found: found.get("kind", "").endswith("List"))
    return group, places


def is_established(definition: dict[str, Any]) -> bool:
    return bool(look_up(definition, "status.conditions[type=Established].status") == "True")


def look_up(document: Any, path: str) -> Any:
    """``spec.ports[0].port``; ``[type=Ready]`` finds an item, ``[*]`` all; ``a\\.b`` is one name; None where absent."""
    parts = re.findall(r"\[([^\]]+)\]|((?:\\.|[^.\[])+)", path)
    found = [document]
    is_many = False
    for index, name in parts:
        name = re.sub(r"\\(.)", r"\1", name)
        if index == "*":
            is_many = True
            found = [item for value in found for item in (value or [])]
        elif "=" in index:
            key, _, wanted = index.partition("=")
            found = [next((item for item in value or [] if item.get(key) == wanted), None) for value in found]
        elif index:
            found = [value[int(index)] if value and len(value) > int(index) else None for value in found]
        else:
            found = [value.get(name) if isinstance(value, dict) else None for value in found]
    return found if is_many else found[0]


def _failure(document: Any, code: int) -> dict[str, Any]:
    """What tells one well-formed refusal from another; empty for anything else."""
    common = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code}
    if not isinstance(document, dict) or not common.items() <= document.items():
        return {}
    return {key: value for key, value in document.items() if key not in common}


def in_order(failure: dict[str, Any]) -> dict[str, Any]:
    """Several causes sorted, in the message too: a real server tells those of custom resources in no order."""
    details = failure.get("details") or {}
    causes = details.get("causes", ())
    before, bracket, _ = failure.get("message", "").partition(": [")
    if len(causes) < 2 or not bracket or "conflicts" in before:
        return failure
    causes = sorted(causes, key=lambda cause: (cause.get("field", ""), cause["message"]))
    told = ", ".join(f"{cause.get('field', '')}: {cause['message']}" for cause in causes)
    return failure | {"message": f"{before}: [{told}]", "details": details | {"causes": causes}}


def without_managed_fields(document: Any) -> Any:
    if not isinstance(document, dict):
        return document
    kept = dict(document)
    if isinstance(kept.get("metadata"), dict):
        kept["metadata"] = {key: value for key, value in kept["metadata"].items() if key != "managedFields"}
    for key in ("items", "rows"):
        if isinstance(kept.get(key), list):
            kept[key] = [without_managed_fields(item) for item in kept[key]]
    if isinstance(kept.get("object"), dict):
        kept["object"] = without_managed_fields(kept["object"])
    return kept


def _is_reached(answer: Answer, until: Any) -> bool:
    if isinstance(until, int):
        return answer.code == until
    if answer.code != 200:
        return False
    document = answer.json
    return all(look_up(document, path) == value for path, value in until.items())


def _is_subresource(target: str) -> bool:
    return target.count("/") > 1 and not target.startswith("/") and not target.endswith("/status")


def _merged(document: Any, changes: Any) -> Any:
    if not isinstance(changes, dict) or not isinstance(document, dict):
        return changes
    merged = dict(document)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), value)
    return merged
