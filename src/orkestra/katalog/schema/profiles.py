"""What a profile of each class may say: the rows of the block it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orkestra.katalog.schema.blocks import Block, Field
from orkestra.katalog.schema.operator_box import QUEUE
from orkestra.katalog.schema.pods import CONTAINER_SECURITY, POD_SECURITY, PROBE, RESOURCES, ROLLING_UPDATE
from orkestra.katalog.schema.policies import LIMITS, NETWORK_POLICY, QUOTA
from orkestra.katalog.schema.scalars import Duration, Int, IntOrText
from orkestra.katalog.schema.scaling import AUTOSCALER

_SCALER: Final = {row.name: row for row in AUTOSCALER}
_BEHAVIOR: Final = _SCALER["behavior"].type
assert isinstance(_BEHAVIOR, Block)


def _rows(fields: Mapping[str, Field] | tuple[Field, ...]) -> tuple[Field, ...]:
    rows = fields.values() if isinstance(fields, Mapping) else fields
    return tuple(row for row in rows if row.name != "profile")


PROFILE_BLOCKS: Final[Mapping[str, Block]] = {
    class_: Block(f"a profile of {class_}", rows, exclusive=exclusive)
    for class_, rows, exclusive in (
        ("networkPolicies", _rows(NETWORK_POLICY), ()),
        ("resourceQuotas", _rows(QUOTA), ()),
        ("limitRanges", _rows(LIMITS), ()),
        ("hpa", (_SCALER["targetCPUUtilizationPercentage"], *_rows(_BEHAVIOR.fields)), ()),
        (
            "pdb",
            (
                Field("minAvailable", IntOrText(templated=True), "pods that must stay"),
                Field("maxUnavailable", IntOrText(templated=True), "pods that may go"),
            ),
            (("minAvailable", "maxUnavailable"),),
        ),
        ("rollingUpdate", _rows(ROLLING_UPDATE.fields), ()),
        (
            "reconciler",
            (
                Field("workers", Int(1, 50), "objects reconciled at once"),
                Field("resync", Duration(), "how often every object is looked at again"),
                Field("queue", QUEUE, "the work queue"),
            ),
            (),
        ),
        ("resources", _rows(RESOURCES.fields), ()),
        ("probes", _rows(PROBE.fields), ()),
        ("containerSecurity", _rows(CONTAINER_SECURITY.fields), ()),
        ("podSecurity", _rows(POD_SECURITY.fields), ()),
    )
}
