"""docs/installing.md: every value of the chart is told, the schema knows them, and commands are the judges'."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml

from tests.unit.docs.pages import ROOT, names, read, section

PAGE = read("installing.md")
CHART = ROOT / "charts" / "orkestra"
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())


def test_every_value_of_the_runtime_is_told() -> None:
    told = {name.partition(".")[0] for name in names(section(PAGE, "Values"))}
    assert set(VALUES["runtime"]) <= told


def below(values: Any, schema: dict[str, Any], path: str) -> Iterator[tuple[str, bool]]:
    """(path, does the schema name it) of every value, as deep as the schema describes maps."""
    properties = schema.get("properties")
    if isinstance(values, dict) and properties is not None:
        for key, value in values.items():
            yield f"{path}.{key}", key in properties
            yield from below(value, properties.get(key, {}), f"{path}.{key}")


def test_the_schema_names_every_value_and_no_other() -> None:
    found = dict(below(VALUES, SCHEMA, ""))
    assert [path for path, is_known in found.items() if not is_known] == []
    assert set(SCHEMA["properties"]) == set(VALUES)
    assert set(SCHEMA["properties"]["runtime"]["properties"]) == set(VALUES["runtime"])


def test_maps_of_the_schema_are_closed_but_for_globals() -> None:
    def open_maps(schema: dict[str, Any], path: str) -> Iterator[str]:
        if "properties" in schema and schema.get("additionalProperties") is not False:
            yield path
        for key, found in schema.get("properties", {}).items():
            yield from open_maps(found, f"{path}.{key}")

    assert list(open_maps(SCHEMA, "")) == [".global"]


def test_helm_is_called_as_the_judges_call_it() -> None:
    judged = (ROOT / "tests" / "gitops" / "test_helm.py").read_text()
    told = [line.split() for line in PAGE.splitlines() if line.startswith("    helm ")]
    assert [words[1] for words in told] == ["install", "upgrade", "rollback"]
    assert all(f'"{words[1]}", "{words[2]}"' in judged for words in told)


def test_options_of_the_installer_are_all_told() -> None:
    script = (ROOT / "install.sh").read_text()
    usage = next(line for line in script.splitlines() if "[--version V]" in line)
    asked = {word.strip("[") for word in usage.split() if word.startswith("[--")}
    assert set(names(section(PAGE, "The command"))) == asked


def test_workflow_inputs_are_the_action_s() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    (example,) = [step for step in yaml.safe_load(section_block(PAGE)) if "with" in step]
    assert set(example["with"]) <= set(action["inputs"])


def section_block(page: str) -> str:
    return page.split("```yaml\n")[1].split("```")[0]
