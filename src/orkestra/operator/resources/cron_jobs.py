"""``cronJobs`` -> batch/v1 CronJob."""

from __future__ import annotations

from orkestra.k8s.objects import Object
from orkestra.operator.resources import fields as f
from orkestra.operator.resources import pods


def build(fields: f.Fields, cx: f.ChildContext) -> Object:
    labels = f.text_map(fields, "labels")
    image = f.required_text(fields, "image")
    template = pods.template(fields, cx, image=image, labels=dict(labels), restartPolicy="Never")
    spec: Object = {
        "schedule": f.required_text(fields, "schedule"),
        "suspend": f.boolean(fields, "suspend"),
        "concurrencyPolicy": _policy(fields),
        "successfulJobsHistoryLimit": f.integer(fields, "successfulJobsHistoryLimit", 3),
        "failedJobsHistoryLimit": f.integer(fields, "failedJobsHistoryLimit", 1),
        "jobTemplate": {"metadata": {"labels": dict(labels)}, "spec": {"template": template}},
    }
    if (deadline := f.integer(fields, "startingDeadlineSeconds")) is not None:
        spec["startingDeadlineSeconds"] = deadline
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": f.described(fields), "spec": spec}


def _policy(fields: f.Fields) -> str:
    policy = f.text(fields, "concurrencyPolicy", "Allow").capitalize()
    if policy not in ("Allow", "Forbid", "Replace"):
        raise f.FieldError("concurrencyPolicy", "allow, forbid or replace", policy)
    return policy
