"""Rules of the workload kinds: sigs.k8s.io/cli-utils pkg/kstatus/status/core.go."""

from __future__ import annotations

from orkestra.k8s.kstatus.verdict import EMPTY, Facts, KStatus, current, failed_for, in_progress, number

_NO_DEADLINE = 2**31 - 1


def deployment(facts: Facts) -> KStatus:
    # Without a deadline the controller never writes Progressing: absence then means nothing.
    is_progressing = number(facts.spec, "progressDeadlineSeconds", _NO_DEADLINE) == _NO_DEADLINE
    for condition in facts.conditions:
        if condition.get("type") == "Progressing":
            if condition.get("reason") == "ProgressDeadlineExceeded":
                return failed_for("ProgressDeadlineExceeded", "progress deadline exceeded")
            if condition.get("status") == "True" and condition.get("reason") == "NewReplicaSetAvailable":
                is_progressing = True
    wanted, total = number(facts.spec, "replicas", 1), number(facts.status, "replicas")
    updated, available = number(facts.status, "updatedReplicas"), number(facts.status, "availableReplicas")
    ready = number(facts.status, "readyReplicas")
    if wanted > total:
        return in_progress("LessReplicas", f"{total} of {wanted} replicas exist")
    if wanted > updated:
        return in_progress("LessUpdated", f"{updated} of {wanted} replicas are updated")
    if total > wanted:
        return in_progress("ExtraPods", f"{total - wanted} replicas are yet to go")
    if updated > available:
        return in_progress("LessAvailable", f"{available} of {updated} replicas are available")
    if wanted > ready:
        return in_progress("LessReady", f"{ready} of {wanted} replicas are ready")
    if not is_progressing:
        return in_progress("ReplicaSetNotAvailable", "the new replica set is not available")
    if not facts.is_true("Available"):
        return in_progress("DeploymentNotAvailable", "the deployment is not available")
    return current(f"{total} replicas are available")


def stateful_set(facts: Facts) -> KStatus:
    strategy = facts.spec.get("updateStrategy")
    strategy = strategy if isinstance(strategy, dict) else EMPTY
    if strategy.get("type") == "OnDelete":
        return current("updates wait for pods to be deleted by hand")
    rolling = strategy.get("rollingUpdate")
    partition = number(rolling if isinstance(rolling, dict) else EMPTY, "partition", -1)
    wanted, total = number(facts.spec, "replicas", 1), number(facts.status, "replicas")
    ready, in_revision = number(facts.status, "readyReplicas"), number(facts.status, "currentReplicas")
    updated = number(facts.status, "updatedReplicas")
    if wanted > total:
        return in_progress("LessReplicas", f"{total} of {wanted} replicas exist")
    if wanted > ready:
        return in_progress("LessReady", f"{ready} of {wanted} replicas are ready")
    if total > wanted:
        return in_progress("ExtraPods", f"{total - wanted} replicas are yet to go")
    if partition != -1:
        if updated < wanted - partition:
            return in_progress("PartitionRollout", f"{updated} of {wanted - partition} replicas are updated")
        return current(f"{updated} replicas of the partition are updated")
    if wanted > in_revision:
        return in_progress("LessCurrent", f"{in_revision} of {wanted} replicas are current")
    if (facts.status.get("currentRevision") or "") != (facts.status.get("updateRevision") or ""):
        return in_progress("RevisionMismatch", "the updated revision is not the current one yet")
    return current(f"{total} replicas are ready")


def daemon_set(facts: Facts) -> KStatus:
    if facts.metadata.get("generation") is None:
        return in_progress("NoGeneration", "metadata.generation is missing")
    if facts.status.get("observedGeneration") is None:
        return in_progress("NoObservedGeneration", "status.observedGeneration is missing")
    wanted = number(facts.status, "desiredNumberScheduled", -1)
    if wanted == -1:
        return in_progress("NoDesiredNumber", "status.desiredNumberScheduled is missing")
    for field, reason, words in (
        ("currentNumberScheduled", "LessCurrent", "scheduled"),
        ("updatedNumberScheduled", "LessUpdated", "updated"),
        ("numberAvailable", "LessAvailable", "available"),
        ("numberReady", "LessReady", "ready"),
    ):
        count = number(facts.status, field)
        if wanted > count:
            return in_progress(reason, f"{count} of {wanted} pods are {words}")
    return current(f"{wanted} pods are ready")


def replica_set(facts: Facts) -> KStatus:
    if facts.is_true("ReplicaFailure"):
        return in_progress("ReplicaFailure", "pods cannot be created or deleted")
    wanted, total = number(facts.spec, "replicas", 1), number(facts.status, "replicas")
    for field, reason, words in (
        ("fullyLabeledReplicas", "LessLabelled", "labelled"),
        ("availableReplicas", "LessAvailable", "available"),
        ("readyReplicas", "LessReady", "ready"),
    ):
        count = number(facts.status, field)
        if wanted > count:
            return in_progress(reason, f"{count} of {wanted} replicas are {words}")
    if total > wanted:
        return in_progress("ExtraPods", f"{total - wanted} replicas are yet to go")
    return current(f"{total} replicas are available")


def job(facts: Facts) -> KStatus:
    completions = number(facts.spec, "completions", number(facts.spec, "parallelism", 1))
    succeeded, failed = number(facts.status, "succeeded"), number(facts.status, "failed")
    for condition in facts.conditions:
        if condition.get("status") != "True":
            continue
        match condition.get("type"):
            case "Complete":
                return current(f"complete: {succeeded} of {completions} succeeded")
            case "Failed":
                return failed_for("JobFailed", f"{failed} of {completions} failed")
            case "Suspended" if facts.spec.get("suspend") is True:
                return current("suspended")
    if not facts.status.get("startTime"):
        return in_progress("JobNotStarted", "not started")
    active = number(facts.status, "active")
    return current(f"running: {succeeded} succeeded, {active} active, {failed} failed")
