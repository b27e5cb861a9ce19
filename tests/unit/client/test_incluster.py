from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.client.errors import ConfigError
from orkestra.client.incluster import is_in_cluster, load_in_cluster

ENVIRON = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def mount(tmp_path: Path) -> Path:
    for name, content in (("token", "t0ken"), ("ca.crt", "pem"), ("namespace", "shop\n")):
        (tmp_path / name).write_text(content)
    return tmp_path


def test_service_account_gives_everything(mount: Path) -> None:
    config = load_in_cluster(ENVIRON, mount)
    assert (config.server, config.namespace) == ("https://10.0.0.1:443", "shop")
    assert config.auth.token_file == str(mount / "token")
    assert config.ca.file == str(mount / "ca.crt")


def test_address_of_version_6_is_bracketed(mount: Path) -> None:
    config = load_in_cluster(ENVIRON | {"KUBERNETES_SERVICE_HOST": "fd00::1"}, mount)
    assert config.server == "https://[fd00::1]:443"


def test_token_and_variables_make_a_pod(mount: Path, tmp_path: Path) -> None:
    assert is_in_cluster(ENVIRON, mount)
    assert not is_in_cluster({}, mount)
    assert not is_in_cluster(ENVIRON, tmp_path / "nowhere")


def test_pod_without_token_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no service account token"):
        load_in_cluster(ENVIRON, tmp_path / "nowhere")


def test_unusable_port_is_refused(mount: Path) -> None:
    with pytest.raises(ConfigError, match="KUBERNETES_SERVICE_PORT"):
        load_in_cluster(ENVIRON | {"KUBERNETES_SERVICE_PORT": "tcp://10.0.0.1"}, mount)
