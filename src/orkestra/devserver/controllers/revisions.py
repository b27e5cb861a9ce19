"""ControllerRevisions: the pod templates a StatefulSet or DaemonSet has had, one object each
(rules: kubernetes pkg/controller/history/controller_history.go)."""

from __future__ import annotations

from collections.abc import Callable

from orkestra.devserver.controllers.engine import Controller
from orkestra.devserver.controllers.workload import adopt, template_hash, whole
from orkestra.k8s.errors import AlreadyExists
from orkestra.k8s.objects import Object, annotations_of, key_of, labels_of, name_of, namespace_of, uid_of
from orkestra.k8s.owners import owner_reference

REVISIONS = "controllerrevisions.apps"


def current_and_newest(
    controller: Controller, owner: Object, hash_label: str, keep: Callable[[Object], bool]
) -> tuple[list[Object], Object]:
    """(all revisions from old to new, the one of the owner's template), made or renumbered where needed.

    ``keep`` tells which ones pods or the status still need; others go beyond ``revisionHistoryLimit``.
    """
    held = sorted(adopt(controller, REVISIONS, owner), key=lambda each: (whole(each.get("revision")), name_of(each)))
    template = {**owner["spec"]["template"], "$patch": "replace"}
    meta = {key: value for key, value in (template.get("metadata") or {}).items() if key != "creationTimestamp"}
    data = {"spec": {"template": {**template, "metadata": meta}}}
    number = whole(held[-1].get("revision")) + 1 if held else 1
    same = next((each for each in reversed(held) if each.get("data") == data), None)
    if same is None:
        newest = _make(controller, owner, data, number, hash_label)
        held.append(newest)
    elif same is not held[-1]:
        newest = controller.engine.update(REVISIONS, {**same, "revision": number})
        held = [*(each for each in held if each is not same), newest]
    else:
        newest = same
    limit = whole(owner["spec"].get("revisionHistoryLimit"), 10)
    spare = [each for each in held if uid_of(each) != uid_of(newest) and not keep(each)]
    for each in spare[: max(0, len(spare) - limit)]:
        controller.engine.delete(REVISIONS, each)
    return held, newest


def _make(controller: Controller, owner: Object, data: Object, number: int, hash_label: str) -> Object:
    collisions = whole((owner.get("status") or {}).get("collisionCount"))
    inherited = dict(annotations_of(owner))
    inherited.pop("kubectl.kubernetes.io/last-applied-configuration", None)
    for _ in range(10):
        digest = template_hash(data, collisions)
        meta: Object = {
            "name": f"{name_of(owner)}-{digest}",
            "namespace": namespace_of(owner),
            "labels": {**((owner["spec"]["template"].get("metadata") or {}).get("labels") or {}), hash_label: digest},
            "ownerReferences": [owner_reference(owner)],
        }
        if inherited:
            meta["annotations"] = inherited
        body = {
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": meta,
            "data": data,
            "revision": number,
        }
        try:
            return controller.engine.create(REVISIONS, body)
        except AlreadyExists:
            held = controller.view.get(REVISIONS, key_of(body))
            if held is not None and held.get("data") == data:
                return held
            collisions += 1
    raise AlreadyExists(f'controllerrevisions.apps of "{name_of(owner)}" collide')


def hash_of(revision: Object, hash_label: str) -> str:
    return str(labels_of(revision).get(hash_label) or "")


def template_of(revision: Object) -> Object:
    template = dict(revision["data"]["spec"]["template"])
    template.pop("$patch", None)
    return template
