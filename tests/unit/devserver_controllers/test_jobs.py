from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orkestra.devserver.controllers.jobs.indexes import format_indexes, parse_indexes
from orkestra.devserver.controllers.jobs.schedule import ScheduleError, parse_schedule
from orkestra.k8s.objects import Object

from .fake import World, condition, pod_template


@pytest.fixture
def world() -> World:
    return World()


def job_body(outcome: str = "", restart: str = "Never", **spec: Any) -> Object:
    template = pod_template(annotations={"devserver.orkestra.io/outcome": outcome} if outcome else None)
    template["spec"]["restartPolicy"] = restart
    return {"spec": {"template": template, **spec}}


def test_a_job_completes_and_says_why_first(world: World) -> None:
    told: list[list[str]] = []
    world.cluster.subscribe(
        lambda change: (
            told.append([each["type"] for each in change.obj.get("status", {}).get("conditions", ())])
            if change.info.kind == "Job"
            else None
        )
    )
    world.create("jobs.batch", "once", job_body())
    world.advance(2)
    once = world.get("jobs.batch", "once")
    status = {key: value for key, value in once["status"].items() if key != "conditions"}
    assert status.pop("startTime") <= status.pop("completionTime")
    assert status == {"succeeded": 1, "terminating": 0, "uncountedTerminatedPods": {}, "ready": 0}
    assert [each["type"] for each in once["status"]["conditions"]] == ["SuccessCriteriaMet", "Complete"]
    assert condition(once, "Complete")["message"] == "Reached expected number of succeeded pods"
    assert ["SuccessCriteriaMet"] in told
    (pod,) = world.all("pods")
    assert "finalizers" not in pod["metadata"]
    assert pod["status"]["phase"] == "Succeeded"


def test_a_pod_named_as_ended_but_not_counted_is_counted_after_a_restart(world: World) -> None:
    job = world.create("jobs.batch", "slow", job_body("hang", completions=2, parallelism=1))
    world.advance(1)
    held = world.get("jobs.batch", "slow")
    status = {**held["status"], "uncountedTerminatedPods": {"succeeded": ["a-pod-let-go"]}}
    world.cluster.update(world.info("jobs.batch"), {**held, "status": status}, subresource="status")
    world.advance(1)
    status = world.get("jobs.batch", "slow")["status"]
    assert (status["succeeded"], status["uncountedTerminatedPods"]) == (1, {})
    assert world.get("jobs.batch", "slow")["metadata"]["uid"] == job["metadata"]["uid"]


def test_an_indexed_job_runs_each_index_once(world: World) -> None:
    world.create("jobs.batch", "many", job_body(parallelism=2, completions=3, completionMode="Indexed"))
    world.advance(3)
    many = world.get("jobs.batch", "many")
    assert (many["status"]["succeeded"], many["status"]["completedIndexes"]) == (3, "0-2")
    pods = sorted(world.all("pods"), key=lambda pod: pod["metadata"]["name"])
    assert [pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"] for pod in pods] == [
        "0",
        "1",
        "2",
    ]
    assert [pod["spec"]["hostname"] for pod in pods] == ["many-0", "many-1", "many-2"]
    assert pods[0]["spec"]["containers"][0]["env"][0]["name"] == "JOB_COMPLETION_INDEX"


def test_a_job_fails_past_its_back_off_limit(world: World) -> None:
    world.create("jobs.batch", "bad", job_body("fail", backoffLimit=1))
    world.advance(10)
    bad = world.get("jobs.batch", "bad")
    assert bad["status"]["failed"] == 2
    assert [each["type"] for each in bad["status"]["conditions"]] == ["FailureTarget", "Failed"]
    assert condition(bad, "Failed")["reason"] == "BackoffLimitExceeded"
    assert "completionTime" not in bad["status"]


def test_restarts_count_as_failures_where_pods_restart(world: World) -> None:
    world.create("jobs.batch", "bad", job_body("fail", restart="OnFailure", backoffLimit=2))
    world.advance(60, step=1)
    bad = world.get("jobs.batch", "bad")
    assert condition(bad, "Failed")["reason"] == "BackoffLimitExceeded"
    assert world.engine.view.all("pods") == []


def test_a_late_job_is_stopped(world: World) -> None:
    world.create("jobs.batch", "late", job_body("hang", activeDeadlineSeconds=5))
    world.advance(4)
    assert "conditions" not in world.get("jobs.batch", "late")["status"]
    world.advance(3)
    late = world.get("jobs.batch", "late")
    assert condition(late, "Failed")["message"] == "Job was active longer than specified deadline"
    assert late["status"]["failed"] == 1
    assert "active" not in late["status"]


def test_suspending_stops_pods_without_failing_them(world: World) -> None:
    world.create("jobs.batch", "slow", job_body("hang"))
    world.advance(1)
    assert world.get("jobs.batch", "slow")["status"]["active"] == 1
    world.change("jobs.batch", "slow", suspend=True)
    world.advance(1)
    slow = world.get("jobs.batch", "slow")
    assert condition(slow, "Suspended")["reason"] == "JobSuspended"
    assert "failed" not in slow["status"]
    assert "startTime" not in slow["status"]
    assert world.all("pods") == []
    world.change("jobs.batch", "slow", suspend=False)
    world.advance(1)
    slow = world.get("jobs.batch", "slow")
    resumed = condition(slow, "Suspended")
    assert (resumed["status"], resumed["reason"]) == ("False", "JobResumed")
    assert slow["status"]["active"] == 1
    assert "startTime" in slow["status"]


def test_a_finished_job_goes_after_its_time_to_live(world: World) -> None:
    world.create("jobs.batch", "once", job_body(ttlSecondsAfterFinished=10))
    world.advance(5)
    assert world.find("jobs.batch", "once")
    world.advance(10)
    assert world.find("jobs.batch", "once") is None
    assert world.all("pods") == []


def test_a_deleted_job_lets_its_pods_go(world: World) -> None:
    world.create("jobs.batch", "slow", job_body("hang"))
    world.advance(1)
    world.delete("jobs.batch", "slow")
    world.advance(1)
    assert world.all("pods") == []


def cron_body(schedule: str = "* * * * *", outcome: str = "", **spec: Any) -> Object:
    return {"spec": {"schedule": schedule, "jobTemplate": {"spec": job_body(outcome)["spec"]}, **spec}}


def test_a_cron_job_starts_a_job_each_time(world: World) -> None:
    world.create("cronjobs.batch", "cj", cron_body())
    world.advance(61, step=1)
    (job,) = world.all("jobs.batch")
    minutes = int(datetime(2030, 1, 1, 12, 1, tzinfo=UTC).timestamp()) // 60
    assert job["metadata"]["name"] == f"cj-{minutes}"
    assert job["metadata"]["annotations"] == {"batch.kubernetes.io/cronjob-scheduled-timestamp": "2030-01-01T12:01:00Z"}
    world.advance(5)
    status = world.get("cronjobs.batch", "cj")["status"]
    assert status["lastScheduleTime"] == "2030-01-01T12:01:00Z"
    assert status["lastSuccessfulTime"] >= "2030-01-01T12:01:00Z"
    assert "active" not in status
    world.advance(600, step=5)
    assert len(world.all("jobs.batch")) <= 4  # three kept, one perhaps under way


@pytest.mark.parametrize(("policy", "expected"), [("Allow", 3), ("Forbid", 1), ("Replace", 1)])
def test_the_concurrency_policy_decides_beside_a_running_job(world: World, policy: str, expected: int) -> None:
    world.create("cronjobs.batch", "cj", cron_body(outcome="hang", concurrencyPolicy=policy))
    world.advance(185, step=1)
    jobs = world.all("jobs.batch")
    assert len(jobs) == expected
    newest = max(job["metadata"]["name"] for job in jobs)
    minute = 1 if policy == "Forbid" else 3
    assert newest == f"cj-{int(datetime(2030, 1, 1, 12, minute, tzinfo=UTC).timestamp()) // 60}"


def test_a_suspended_cron_job_starts_nothing(world: World) -> None:
    world.create("cronjobs.batch", "cj", cron_body(suspend=True))
    world.advance(200, step=5)
    assert world.all("jobs.batch") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*/15 * * * *", "2030-01-01T12:15"),
        ("@hourly", "2030-01-01T13:00"),
        ("0 0 ? JAN FRI", "2030-01-04T00:00"),
        ("@every 90s", "2030-01-01T12:01"),
        ("@weekly", "2030-01-06T00:00"),
    ],
)
def test_schedules(text: str, expected: str) -> None:
    moment = datetime(2030, 1, 1, 12, 0, 10, tzinfo=UTC)
    following = parse_schedule(text).next_after(moment, moment)
    assert following is not None
    assert following.isoformat().startswith(expected)


def test_a_time_zone_moves_the_schedule() -> None:
    moment = datetime(2030, 1, 1, 12, tzinfo=UTC)
    following = parse_schedule("0 8 * * *", "America/New_York").next_after(moment, moment)
    assert following == datetime(2030, 1, 1, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "* * * *", "61 * * * *", "@often", "* * * * * *", "0 0 L * *", "@every soon", "é * * * *"]
)
def test_a_bad_schedule_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError):
        parse_schedule(text)


@pytest.mark.parametrize(
    ("text", "indexes"), [("0-2", {0, 1, 2}), ("1,2", {1, 2}), ("1,3-5,7", {1, 3, 4, 5, 7}), ("", set())]
)
def test_completed_indexes_read_and_write(text: str, indexes: set[int]) -> None:
    assert parse_indexes(text) == indexes
    assert format_indexes(indexes) == text


def test_hostile_indexes_are_bounded() -> None:
    assert parse_indexes("x,-,5-,9-99999999999999999,3") >= {3}
    assert len(parse_indexes("0-99999999999999999")) <= 100_001
