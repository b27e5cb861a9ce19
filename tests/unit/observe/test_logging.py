from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import msgspec
import pytest

from orkestra.observe.logging import configure_logging, get_logger


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("orkestra")
    kept = root.handlers[:], root.level, ours.level, logging.raiseExceptions
    yield
    root.handlers[:], level, our_level, logging.raiseExceptions = kept
    root.setLevel(level)
    ours.setLevel(our_level)


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in stream.getvalue().splitlines()]


def test_record_is_one_json_line_off_a_terminal() -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    get_logger("operator", crd="websites").bind(namespace="shop").info("applied", name="web", replicas=3)
    (line,) = lines(stream)
    assert str(line.pop("time")).endswith("Z")
    assert line == {
        "level": "info",
        "logger": "orkestra.operator",
        "message": "applied",
        "crd": "websites",
        "namespace": "shop",
        "name": "web",
        "replicas": 3,
    }


def test_record_is_readable_on_a_terminal() -> None:
    stream = Terminal()
    configure_logging(stream=stream)
    get_logger("operator").warning("not ready", reason="pods are missing", count=2)
    line = stream.getvalue()
    assert "not ready" in line
    assert line.endswith('reason="pods are missing" count=2\n')
    assert "\x1b[33m" in line


def test_a_group_is_told_by_what_is_inside_it() -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    group = ExceptionGroup("unhandled errors in a TaskGroup", [ExceptionGroup("inner", [ValueError("no such key")])])
    get_logger("operator").error("broke", cause=group)
    (line,) = lines(stream)
    assert (line["error"], line["error_type"]) == ("no such key", "ValueError")


def test_format_can_be_chosen() -> None:
    stream = Terminal()
    configure_logging(format="json", stream=stream)
    get_logger("x").info("hello")
    assert lines(stream)[0]["message"] == "hello"
    plain = io.StringIO()
    configure_logging(format="human", stream=plain)
    get_logger("x").info("hello")
    assert "\x1b" not in plain.getvalue()


def test_level_filters() -> None:
    stream = io.StringIO()
    configure_logging(level="warning", stream=stream)
    log = get_logger("x")
    log.info("quiet")
    log.error("loud")
    assert [line["message"] for line in lines(stream)] == ["loud"]
    assert not log.is_debug()


@pytest.mark.parametrize(("argument", "value"), [("level", "verbose"), ("format", "xml")])
def test_unknown_choice_says_what_is_known(argument: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{value}.*expected"):
        configure_logging(**{argument: value})  # type: ignore[arg-type]  # a keyword by name


@pytest.mark.parametrize(("level", "has_traceback"), [("info", False), ("debug", True)])
def test_traceback_is_for_debugging_only(level: str, has_traceback: bool) -> None:
    stream = io.StringIO()
    configure_logging(level=level, stream=stream)
    try:
        raise LookupError("no such thing")
    except LookupError as error:
        get_logger("x").error("failed", cause=error)
    (line,) = lines(stream)
    assert (line["error"], line["error_type"]) == ("no such thing", "LookupError")
    assert ("traceback" in line) is has_traceback


def test_library_warning_keeps_its_traceback_to_itself() -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    try:
        raise LookupError("inside")
    except LookupError:
        logging.getLogger("some.library").exception("it broke")
    logging.getLogger("some.library").info("chatter")
    (line,) = lines(stream)
    assert (line["message"], line["error"]) == ("it broke", "inside")
    assert "Traceback" not in stream.getvalue()


def test_secret_of_any_field_and_message_is_masked() -> None:
    for stream in (io.StringIO(), Terminal()):
        configure_logging(level="debug", stream=stream)
        try:
            raise ValueError("Bearer s3cr3t-s3cr3t")
        except ValueError as error:
            get_logger("x", token="s3cr3t").error(
                "sent Authorization: Bearer s3cr3t-s3cr3t", cause=error, headers={"Authorization": "s3cr3t"}
            )
        assert stream.getvalue().strip()
        assert "s3cr3t" not in stream.getvalue().replace('raise ValueError("Bearer s3cr3t-s3cr3t")', "")


def test_field_cannot_replace_what_the_record_says_of_itself() -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    get_logger("x").info("real", level="fake", time="never", logger="other")
    (line,) = lines(stream)
    assert (line["level"], line["logger"], line["message"]) == ("info", "orkestra.x", "real")


def test_line_stays_one_line_and_leaves_the_terminal_alone() -> None:
    stream = Terminal()
    configure_logging(stream=stream)
    get_logger("x").info("two\nlines \x1b[2J", value="a\r\nb\x07")
    text = stream.getvalue().replace("\x1b[36m", "").replace("\x1b[0m", "")
    assert text.count("\n") == 1
    assert "\x1b" not in text
    assert r"two\nlines \x1b[2J" in text


def test_percent_sign_is_text() -> None:
    stream = io.StringIO()
    configure_logging(stream=stream)
    get_logger("x").info("100% done %s")
    assert lines(stream)[0]["message"] == "100% done %s"
