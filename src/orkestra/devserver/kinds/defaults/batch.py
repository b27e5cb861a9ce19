"""Jobs and CronJobs (pkg/apis/batch/v1/defaults.go, pkg/registry/batch/job/strategy.go)."""

from __future__ import annotations

from orkestra.devserver.kinds.defaults.pods import default_template
from orkestra.k8s.objects import Object


def default_job_spec(spec: Object, *, is_stored: bool) -> None:
    """``is_stored`` tells a Job of its own from the template inside a CronJob, which stays as it was written."""
    template = spec.setdefault("template", {})
    has_policy = bool((template.get("spec") or {}).get("restartPolicy"))
    default_template(template)
    if not has_policy:
        # Required to be said: the pod default, Always, is refused by validation.
        template["spec"]["restartPolicy"] = ""
    if not is_stored:
        return
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
        spec["parallelism"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 2147483647 if "backoffLimitPerIndex" in spec else 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("manualSelector", False)
    spec.setdefault("podReplacementPolicy", "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed")


def default_job(obj: Object) -> None:
    default_job_spec(obj.setdefault("spec", {}), is_stored=True)


def default_cron_job(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    default_job_spec(spec.setdefault("jobTemplate", {}).setdefault("spec", {}), is_stored=False)
