"""Kubeconfig files: what they mean, how they merge, and how they fail."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from orkestra.client.config import ClusterConfig
from orkestra.client.errors import ConfigError
from orkestra.client.sources import load_config

Load = Callable[..., ClusterConfig]
EXEC = "client.authentication.k8s.io"


def kubeconfig(cluster: Any = None, user: Any = None, **extra: Any) -> dict[str, Any]:
    """A kubeconfig of one context, ``main``."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "main",
        "contexts": [{"name": "main", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://api.example:6443"} | (cluster or {})}],
        "users": [{"name": "u", "user": user or {}}],
    } | extra


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(content: Any, context: str | None = None, **environ: str) -> ClusterConfig:
        text = content if isinstance(content, str) else yaml.safe_dump(content)
        (tmp_path / "config").write_text(text)
        return load_config(tmp_path / "config", context, environ=environ)

    return load


def test_context_names_cluster_namespace_and_user(load: Load) -> None:
    content = kubeconfig(user={"token": "t0ken"})
    content["contexts"][0]["context"]["namespace"] = "shop"
    config = load(content)
    assert (config.server, config.namespace, config.context) == ("https://api.example:6443", "shop", "main")
    assert config.auth.token == "t0ken"


def test_namespace_defaults(load: Load) -> None:
    assert load(kubeconfig()).namespace == "default"


def test_chosen_context_wins_over_the_current_one(load: Load) -> None:
    content = kubeconfig()
    content["contexts"].append({"name": "other", "context": {"cluster": "d"}})
    content["clusters"].append({"name": "d", "cluster": {"server": "https://other.example"}})
    assert load(content, "other").server == "https://other.example"


def test_unknown_context_suggests_a_near_one(load: Load) -> None:
    with pytest.raises(ConfigError, match=r"no context named 'mian'.*did you mean 'main'"):
        load(kubeconfig(), "mian")


def test_no_current_context_lists_what_there_is(load: Load) -> None:
    with pytest.raises(ConfigError, match=r"no current-context.*contexts: main"):
        load(kubeconfig(**{"current-context": ""}))


def test_repr_shows_no_secret(load: Load) -> None:
    secret = "hunter2-hunter2"
    data = base64.b64encode(secret.encode()).decode()
    users: list[dict[str, Any]] = [
        {"token": secret},
        {"username": "admin", "password": secret},
        {"client-certificate-data": data, "client-key-data": data},
        {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1",
                "interactiveMode": "Never",
                "command": "login",
                "args": ["--token", secret],
                "env": [{"name": "TOKEN", "value": secret}],
            }
        },
        {
            "auth-provider": {
                "name": "oidc",
                "config": {
                    "idp-issuer-url": "https://idp",
                    "client-id": "ork",
                    "client-secret": secret,
                    "refresh-token": secret,
                    "id-token": secret,
                },
            }
        },
    ]
    for user in users:
        shown = repr(load(kubeconfig({"proxy-url": f"http://me:{secret}@proxy.example"}, user)))
        assert secret not in shown
        assert data not in shown


def test_paths_belong_to_the_folder_of_the_file(load: Load, tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("pem")
    (tmp_path / "token").write_text("t")
    config = load(kubeconfig({"certificate-authority": "ca.crt"}, {"tokenFile": "./token"}))
    assert config.ca.file == str(tmp_path / "ca.crt")
    assert Path(config.auth.token_file) == tmp_path / "token"


def test_inline_data_wins_over_a_file(load: Load) -> None:
    data = base64.b64encode(b"pem").decode()
    config = load(kubeconfig({"certificate-authority": "gone.crt", "certificate-authority-data": data}))
    assert (config.ca.data, config.ca.file) == (b"pem", "")


def test_impersonation_is_read_whole(load: Load) -> None:
    user = {"as": "ann", "as-uid": "7", "as-groups": ["devs"], "as-user-extra": {"scopes": ["view", "edit"]}}
    who = load(kubeconfig(user=user)).auth.impersonate
    assert (who.user, who.uid, who.groups) == ("ann", "7", ("devs",))
    assert who.extra == (("scopes", ("view", "edit")),)


def test_exec_command_with_a_slash_belongs_to_the_file(load: Load, tmp_path: Path) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "bin/login"}
    found = load(kubeconfig(user={"exec": plugin})).auth.exec
    assert found is not None
    assert (found.command, found.interactive_mode) == (str(tmp_path / "bin/login"), "IfAvailable")


def test_exec_command_without_a_slash_is_looked_up_on_path(load: Load) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "login"}
    found = load(kubeconfig(user={"exec": plugin})).auth.exec
    assert found is not None
    assert found.command == "login"


def test_static_token_wins_over_a_plugin(load: Load) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "login"}
    auth = load(kubeconfig(user={"exec": plugin, "token": "t"})).auth
    assert (auth.token, auth.exec) == ("t", None)


def test_server_without_scheme_is_https_where_tls_is_configured(load: Load) -> None:
    assert load(kubeconfig({"server": "localhost:8080"})).server == "http://localhost:8080"
    tls = {"server": "localhost:6443", "insecure-skip-tls-verify": True}
    assert load(kubeconfig(tls)).server == "https://localhost:6443"


def test_proxy_of_the_cluster_wins_over_the_environment(load: Load) -> None:
    config = load(kubeconfig({"proxy-url": "http://a:1"}), HTTPS_PROXY="http://b:2")
    assert config.proxy_url == "http://a:1"
    assert load(kubeconfig(), HTTPS_PROXY="http://b:2").proxy_url == "http://b:2"


def test_dates_stay_text(load: Load) -> None:
    content = kubeconfig()
    content["contexts"][0]["context"]["namespace"] = "NAMESPACE"
    assert load(yaml.safe_dump(content).replace("NAMESPACE", "2026-01-01")).namespace == "2026-01-01"


def test_user_may_be_absent(load: Load) -> None:
    content = kubeconfig()
    del content["contexts"][0]["context"]["user"]
    assert load(content).auth.token == ""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: [", r"not valid YAML at line \d+, column \d+"),
        ("\x00", "not valid YAML"),
        ("- a", "the file must be a mapping, not a list"),
        ("just text", "the file must be a mapping, not a string"),
        ("", "no current-context"),
        ("{a: " * 3000, "not valid YAML"),
        ("!!python/object/apply:os.system ['true']", "not valid YAML"),
        ({"kind": "Pod"}, "kind is 'Pod'"),
        (kubeconfig(clusters={}), "clusters must be a list, not a mapping"),
        (kubeconfig(clusters=["c"]), r"clusters\[0\] must be a mapping, not a string"),
        (kubeconfig(users=[{"name": "u", "user": []}]), r"users\[0\].user must be a mapping"),
        (kubeconfig(clusters=[]), "no cluster named 'c'"),
        (kubeconfig(users=[]), "no user named 'u'"),
        (kubeconfig({"server": ""}), "server is empty"),
        (kubeconfig({"server": 6443}), "server must be a string, not a number"),
        (kubeconfig({"server": "ftp://x"}), "server is not a usable URL"),
        (kubeconfig({"server": "https://x:99999999"}), "server is not a usable URL"),
        (kubeconfig({"server": "https://user:pw@x"}), "server is not a usable URL"),
        (kubeconfig({"insecure-skip-tls-verify": "yes"}), "must be true or false, not a string"),
        (kubeconfig({"certificate-authority": "gone.crt"}), "file that does not exist"),
        (kubeconfig({"certificate-authority-data": "?"}), "certificate-authority-data is not base64"),
        (kubeconfig({"certificate-authority-data": "eA==", "insecure-skip-tls-verify": True}), "cannot be combined"),
        (kubeconfig({"proxy-url": "socks5://x:1"}), "not a usable proxy"),
        (kubeconfig(user={"password": 12345}), "password must be a string, not a number"),
        (kubeconfig(user={"token": "a\nb"}), "token contains characters"),
        (kubeconfig(user={"token": "t", "username": "u"}), "both set"),
        (kubeconfig(user={"client-certificate-data": "eA=="}), "client-key is missing"),
        (kubeconfig(user={"client-key-data": "eA=="}), "client-certificate is missing"),
        (kubeconfig(user={"as-groups": ["x"]}), "as is missing"),
        (kubeconfig(user={"as-groups": "x"}), "as-groups must be a list"),
        (kubeconfig(user={"exec": {"apiVersion": f"{EXEC}/v1alpha1"}}), "v1alpha1"),
        (
            kubeconfig(user={"exec": {"apiVersion": f"{EXEC}/v1", "command": "x"}}),
            "interactiveMode",
        ),
        (kubeconfig(user={"exec": {"apiVersion": f"{EXEC}/v1"}}), "command is empty"),
        (kubeconfig(user={"auth-provider": {"name": "gcp"}}), "only oidc is supported"),
        (kubeconfig(user={"auth-provider": {"name": "oidc"}}), "idp-issuer-url is not a URL"),
    ],
)
def test_unusable_file_says_what_is_wrong_where(load: Load, tmp_path: Path, content: Any, expected: str) -> None:
    with pytest.raises(ConfigError, match=expected) as raised:
        load(content)
    assert str(tmp_path / "config") in str(raised.value)


def test_same_name_twice_in_one_file_is_refused(load: Load) -> None:
    content = kubeconfig()
    content["clusters"] *= 2
    with pytest.raises(ConfigError, match="'c' appears twice"):
        load(content)


def test_broken_entry_nobody_uses_does_no_harm(load: Load) -> None:
    content = kubeconfig()
    content["users"].append({"name": "old", "user": {"auth-provider": {"name": "gcp"}}})
    assert load(content).context == "main"


def write(folder: Path, name: str, content: Any) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(yaml.safe_dump(content))
    return path


def test_first_file_of_a_merge_wins_entry_by_entry(tmp_path: Path) -> None:
    first = write(
        tmp_path / "a",
        "config",
        {"users": [{"name": "u", "user": {"token": "first"}}], "current-context": "main"},
    )
    second = kubeconfig(user={"username": "u", "password": "p"}) | {"current-context": "elsewhere"}
    config = load_config(environ={"KUBECONFIG": f"{first}:{write(tmp_path / 'b', 'config', second)}"})
    assert (config.context, config.auth.token, config.auth.username) == ("main", "first", "")


def test_merged_paths_belong_to_their_own_file(tmp_path: Path) -> None:
    first = write(tmp_path / "a", "config", {"current-context": "main"})
    second = write(tmp_path / "b", "config", kubeconfig({"certificate-authority": "ca.crt"}))
    (tmp_path / "b" / "ca.crt").write_text("pem")
    config = load_config(environ={"KUBECONFIG": f"{first}:{second}"})
    assert config.ca.file == str(tmp_path / "b" / "ca.crt")


def test_file_of_a_merge_may_be_missing(tmp_path: Path) -> None:
    path = write(tmp_path, "config", kubeconfig())
    assert load_config(environ={"KUBECONFIG": f"{tmp_path / 'gone'}:{path}"}).context == "main"


def test_merge_of_missing_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no file that exists"):
        load_config(environ={"KUBECONFIG": str(tmp_path / "gone")})


def test_explicit_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone: cannot read the kubeconfig: No such file"):
        load_config(tmp_path / "gone", environ={})


def test_home_is_the_last_resort(tmp_path: Path) -> None:
    write(tmp_path / ".kube", "config", kubeconfig())
    assert load_config(environ={"HOME": str(tmp_path)}).source == str(tmp_path / ".kube" / "config")


def test_nothing_configured_says_what_can_be_done(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no cluster is configured.*--kubeconfig"):
        load_config(environ={"HOME": str(tmp_path)})
