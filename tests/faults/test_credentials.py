"""Credentials that expire under the runtime: a token file rotated, an exec plugin asked again."""

from __future__ import annotations

import sys

import msgspec

from orkestra.k8s.errors import Unauthorized
from tests.faults.proxy import Proxy
from tests.processes import ork_run
from tests.scenes import CONFIG_MAPS, Scene

BOX = 'onReconcile: {configMaps: [{name: "{{ .metadata.name }}", data: {v: "{{ .spec.v }}"}}]}'


async def test_a_rotated_token_file_is_read_again(scene: Scene, proxy: Proxy) -> None:
    await scene.define()
    token = scene.folder / "token"
    token.write_text("first")
    proxy.tokens = {"first"}
    async with scene.running(BOX, config=proxy.client_config(token_file=str(token))):
        await scene.create("shop", {"v": "1"})
        await scene.ready("shop")
        token.write_text("second")
        proxy.tokens = {"second"}
        proxy.cut_all()
        await scene.change("shop", {"v": "2"})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"v": "2"})
        await scene.ready("shop")


async def test_an_expired_token_of_a_plugin_is_asked_for_again(scene: Scene, proxy: Proxy) -> None:
    await scene.define()
    token, plugin = scene.folder / "token", scene.folder / "plugin.py"
    token.write_text("first")
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": "TOKEN"},
    }
    text = msgspec.json.encode(credential).decode()
    plugin.write_text(f"print({text!r}.replace('TOKEN', open({str(token)!r}).read()))")
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": [str(plugin)],
            "interactiveMode": "Never",
        }
    }
    katalog = scene.folder / "katalog.yaml"
    katalog.write_text(scene.source(BOX))
    proxy.tokens = {"first"}
    async with ork_run(katalog, proxy.kubeconfig(user)):
        await scene.create("shop", {"v": "1"})
        await scene.ready("shop")
        token.write_text("second")
        proxy.tokens = {"second"}
        proxy.cut_all()
        await scene.change("shop", {"v": "2"})
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"v": "2"})


async def test_a_token_that_is_no_longer_good_is_told_and_waited_out(scene: Scene, proxy: Proxy) -> None:
    await scene.define()
    proxy.tokens = {"good"}
    async with scene.running(BOX, config=proxy.client_config(token="good")) as run:
        await scene.create("shop", {"v": "1"})
        await scene.ready("shop")
        proxy.tokens = set()
        proxy.cut_all()
        await scene.change("shop", {"v": "2"})
        await scene.eventually(
            lambda: isinstance(run.box().running.crs.last_error, Unauthorized), "the informer shows it"
        )
        proxy.tokens = {"good"}
        await scene.until(CONFIG_MAPS, "shop", lambda o: o and o["data"] == {"v": "2"}, within=90)
