"""Names that entries and the whole file use of each other: cross, tokens of serve, teams."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.source.nodes import ListNode, MapNode, Node, ScalarNode
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.terms import Condition


def check_cross(box: OperatorBox, checked: Checked) -> None:
    for cross in box.cross:
        if cross.crd is not None and cross.source is None and cross.crd not in checked.declared:
            hint = partial(hint_for, cross.crd, sorted(checked.declared - {box.name}))
            checked.report(1201, f'cross: there is no entry "{cross.crd[:80]}"', checked.span(cross.position), hint)
        target = next((each for each in checked.entries if each.name == cross.crd), None) if not cross.source else None
        if target is not None and not target.cross_access:
            message = f"cross: {target.name} says crossAccess: false, so .cross.{cross.alias}.found is always false"
            checked.report(1502, message, checked.span(cross.position))


def check_serve(box: OperatorBox, checked: Checked) -> None:
    serve = box.serve
    if serve is None:
        return
    node = checked.node_at(box, "serve")
    gateway = checked.top["gateway"] if checked.top is not None else None
    if serve["enabled"] and isinstance(node, MapNode) and not (gateway and gateway["enabled"]):
        message = "serve: there is no gateway that would serve it"
        checked.report(1513, message, node.entries["enabled"][0].span, "write gateway: {enabled: true} at the top")
    _check_namespace(box, serve, node, checked)
    targets = serve["target"] if not isinstance(serve["target"], str | None) else {}
    known = _tokens(gateway)
    for holder in (node, *(_child(node, "target", name) for name in targets)):
        _check_clusters(holder, gateway, checked)
        tokens = _child(holder, "tokens")
        for name, (key, _) in tokens.entries.items() if isinstance(tokens, MapNode) else ():
            if known is not None and name != "include" and name not in known:
                hint = partial(hint_for, name, sorted(known))
                checked.report(1208, f'tokens: the gateway has no token "{name[:60]}"', key.span, hint)


def _check_clusters(holder: Node | None, gateway: Any, checked: Checked) -> None:
    top = checked.top.node if checked.top is not None else None
    written = _child(top, "gateway", "clusters")
    if not gateway or (isinstance(written, MapNode) and "include" in written.entries):
        return  # others may stand in the included file
    clusters = _child(holder, "clusters")
    for item in clusters.items if isinstance(clusters, ListNode) else ():
        if isinstance(item, ScalarNode) and item.text not in gateway["clusters"]:
            hint = partial(hint_for, item.text, sorted(gateway["clusters"]))
            checked.report(1208, f'clusters: the gateway has no cluster "{item.text[:60]}"', item.span, hint)


def check_teams(checked: Checked) -> None:
    """Conditions tell teams that the Katalog has."""
    notification = checked.top["notification"] if checked.top is not None else None
    known = notification.teams if notification is not None else {}
    for box in checked.boxes:
        for _, _, tested in checked.evaluated(box):
            notify = tested.notify if isinstance(tested, Condition) else None
            if notify is None:
                continue
            for team in notify.teams:
                if team not in known:
                    hint = partial(hint_for, team, sorted(known))
                    message = f'notify: there is no team "{team[:60]}"'
                    checked.report(1208, message, checked.span(notify.position), hint)


def _check_namespace(box: OperatorBox, serve: Any, node: Node | None, checked: Checked) -> None:
    if not isinstance(node, MapNode) or not serve["enabled"] or "include" in node.entries:
        return
    if box.namespaced is False and serve["namespace"] is not None:
        message = f"namespace: {box.gvk.kind} is cluster-scoped"
        checked.report(1118, message, node.entries["namespace"][0].span, "leave it out")
    if box.namespaced and serve["namespace"] is None:
        checked.report(1103, "serve: namespace is required (text): the kind is namespaced", node.span)


def _tokens(gateway: Any) -> Iterable[str] | None:
    """The names of the gateway's tokens; None where they are not all in this file."""
    if not gateway or gateway["api"] is None or gateway["api"]["auth"] is None:
        return None if not gateway else ()
    return [token["name"] for token in gateway["api"]["auth"]["tokens"]]


def _child(node: Node | None, *path: str) -> Node | None:
    for key in path:
        node = node.get(key) if isinstance(node, MapNode) else None
    return node
