from __future__ import annotations

import pytest

from orkestra.katalog.paths import ABSENT, PathError, find, parse_path

WEBSITE = {
    "metadata": {"labels": {"app.kubernetes.io/name": "web", "team": "shop"}},
    "spec": {"ports": [{"port": 80}, {"port": 81}], "empty": None, "on": False},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.ports[1].port", 81),
        ("spec.ports.0.port", 80),
        (".spec.on", False),
        ("spec.empty", None),
        ('metadata.labels["app.kubernetes.io/name"]', "web"),
        ("metadata.labels['team']", "shop"),
        ("metadata.labels.app.kubernetes.io/name", "web"),
        ("spec.ports[2].port", ABSENT),
        ("spec.nothing.below", ABSENT),
        ("spec.on.below", ABSENT),
        ("spec.ports.first", ABSENT),
    ],
)
def test_paths_lead_to_values(path: str, value: object) -> None:
    assert find(WEBSITE, parse_path(path)) == value


@pytest.mark.parametrize("text", ["", ".", "spec..x", "spec.", "spec[", "a b", "spec[]", "x" * 5000])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(PathError):
        parse_path(text)
