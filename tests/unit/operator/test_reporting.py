"""The one status write of a reconcile, against a server that refuses a value."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from orkestra.k8s.errors import Invalid
from orkestra.k8s.objects import Object, ObjectKey
from orkestra.operator import reporting
from orkestra.operator.context import Memory
from orkestra.operator.observe import Observed
from orkestra.operator.outcome import Outcome, Reason
from orkestra.operator.status import FieldWrite

CR: Object = {"kind": "Website", "metadata": {"name": "shop", "namespace": "a", "uid": "u", "generation": 1}}


async def test_a_value_the_schema_refuses_is_told_in_the_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []

    async def patch_cr(info: Any, key: ObjectKey, patch: Object, *, subresource: str) -> Object:
        sent.append(patch["status"])
        if "size" in patch["status"]:
            raise Invalid("status.size: must be of type integer")
        return {**CR, "status": patch["status"]}

    cx: Any = SimpleNamespace(
        box=SimpleNamespace(ignore_status_patch=False, status=SimpleNamespace(conditions=True)),
        info=SimpleNamespace(subresources={"status"}),
        crs=SimpleNamespace(writing=lambda key: nullcontext(), record_write=lambda written: None),
        writer=SimpleNamespace(patch_cr=patch_cr),
        memory=Memory(),
        now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    monkeypatch.setattr(reporting, "render_fields", lambda *_: [FieldWrite(("size",), "many")])
    outcome = Outcome()
    report = await reporting.report_status(cx, Observed(ObjectKey("a", "shop"), CR, {}), outcome)
    assert report.is_written and len(sent) == 2
    (ready,) = (c for c in sent[1]["conditions"] if c["type"] == "Ready")
    assert (ready["status"], ready["reason"]) == ("False", Reason.INVALID_STATUS)
    assert outcome.failure is not None and not outcome.failure.is_retried
