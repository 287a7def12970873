import io
import json
import logging
import shlex
import warnings
from datetime import UTC, datetime, timedelta, timezone

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from exporter.config import Secret
from exporter.telemetry.lines import json_line, logfmt_line
from exporter.telemetry.logging import FORMATS, LEVELS, configure

MOMENT = datetime(2026, 11, 23, 12, 30, 15, 250_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _logging_as_it_was():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def log():
    """A function that logs with one set-up and gives back the lines."""

    def lines_of(act, level="info", format="logfmt", now=lambda: MOMENT):  # noqa: A002 - as in configure
        stream = io.StringIO()
        configure(level, format, stream, now=now)
        act(structlog.get_logger())
        return stream.getvalue().splitlines()

    return lines_of


def broken():
    raise ValueError("first\nsecond")


def failing(logger):
    try:
        broken()
    except ValueError:
        logger.exception("it.failed", subject="r-1")


def test_logfmt_has_time_level_and_event_first_and_then_the_fields(log):
    (line,) = log(lambda logger: logger.info("report.completed", entity_id="ou-1", seconds=1.5, fresh=True))
    assert line == (
        "ts=2026-11-23T12:30:15.250Z level=info event=report.completed entity_id=ou-1 seconds=1.5 fresh=true"
    )


def test_json_has_the_same_fields_in_the_same_order(log):
    (line,) = log(lambda logger: logger.info("report.completed", entity_id="ou-1", n=1), format="json")
    assert list(json.loads(line).items()) == [
        ("ts", "2026-11-23T12:30:15.250Z"),
        ("level", "info"),
        ("event", "report.completed"),
        ("entity_id", "ou-1"),
        ("n", 1),
    ]


def test_times_are_utc_whatever_the_clock_says(log):
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=45)))
    (line,) = log(lambda logger: logger.info("x"), now=lambda: elsewhere)
    assert line.startswith("ts=2026-11-23T12:30:15.250Z ")


@pytest.mark.parametrize("format", FORMATS)
def test_a_library_line_has_the_same_shape(log, format):  # noqa: A002 - as in configure
    (line,) = log(lambda _: logging.getLogger("botocore.hooks").warning("odd %s", "thing"), format=format)
    fields = json.loads(line) if format == "json" else dict(part.split("=", 1) for part in shlex.split(line))
    assert fields == {
        "ts": "2026-11-23T12:30:15.250Z",
        "level": "warning",
        "event": "odd thing",
        "logger": "botocore.hooks",
    }


@pytest.mark.parametrize("library", ["aiohttp.access", "apscheduler.scheduler", "botocore.credentials"])
def test_libraries_are_heard_from_warning_up(log, library):
    assert not log(lambda _: logging.getLogger(library).info("chatter"))
    assert log(lambda _: logging.getLogger(library).warning("trouble"))


def test_what_shows_in_the_outcome_of_a_call_is_not_told_by_urllib3_as_well(log):
    assert not log(lambda _: logging.getLogger("urllib3.connection").warning("Failed to parse headers"))
    assert log(lambda _: logging.getLogger("urllib3.connection").error("trouble"))


def test_libraries_are_no_louder_than_the_program(log):
    assert not log(lambda _: logging.getLogger("aiohttp").warning("trouble"), level="error")


def test_at_debug_libraries_say_what_they_do(log):
    assert log(lambda _: logging.getLogger("apscheduler").debug("chatter"), level="debug")


@pytest.mark.parametrize(
    "library", ["botocore.auth", "botocore.parsers", "botocore.endpoint", "urllib3.connectionpool"]
)
def test_not_even_at_debug_are_signed_requests_and_answers_logged(log, library):
    assert not log(lambda _: logging.getLogger(library).debug("x-amz-security-token:abc"), level="debug")


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_hides_what_is_below_it(log, level):
    def speak(logger):
        for name in LEVELS:
            getattr(logger, name)(f"at.{name}")

    shown = [line.split("event=at.")[1] for line in log(speak, level=level)]
    assert shown == list(LEVELS[LEVELS.index(level) :])


@pytest.mark.parametrize(("level", "format"), [("loud", "logfmt"), ("info", "xml"), ("INFO", "logfmt")])
def test_an_unknown_level_or_format_is_an_error(level, format):  # noqa: A002 - as in configure
    with pytest.raises(ValueError, match="no such log level or format"):
        configure(level, format)


@pytest.mark.parametrize(
    "key",
    [
        *(
            "external_id",
            "ExternalId",
            "secret_access_key",
            "SecretAccessKey",
            "session_token",
            "SessionToken",
        ),
        *("Authorization", "password", "X-Amz-Security-Token", "client_secret", "private-key"),
    ],
)
def test_what_a_key_calls_secret_is_masked(log, key):
    (line,) = log(lambda logger: logger.info("x", **{key: "hunter2"}, nested={"deep": [{key: "hunter2"}]}))
    assert "hunter2" not in line
    assert line.count("<secret>") == 2


def test_a_secret_is_masked_under_any_key(log):
    (line,) = log(
        lambda logger: logger.info("x", value=Secret("hunter2"), values=[Secret("hunter2")]), format="json"
    )
    assert json.loads(line)["values"] == ["<secret>"]
    assert "hunter2" not in line


def test_an_exception_is_one_line_without_a_traceback(log):
    (line,) = log(failing)
    assert line.endswith(r'level=error event=it.failed subject=r-1 error="ValueError: first\nsecond"')


def test_an_exception_has_its_traceback_at_debug_on_the_same_line(log):
    (line,) = log(failing, level="debug", format="json")
    assert "in failing" in json.loads(line)["traceback"]


def test_the_exception_of_a_library_is_one_line(log):
    def fail(_):
        try:
            broken()
        except ValueError:
            logging.getLogger("apscheduler").exception("job failed")

    (line,) = log(fail)
    assert line.endswith(r'event="job failed" logger=apscheduler error="ValueError: first\nsecond"')


def test_an_exception_may_be_given_as_a_value(log):
    (line,) = log(lambda logger: logger.error("x", exc_info=OSError("gone")))
    assert line.endswith('error="OSError: gone"')


def test_a_warning_of_python_is_a_line(log):
    def warn(_):
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging.captureWarnings(True)
            warnings.warn("old\nthing", stacklevel=1)

    (line,) = log(warn)
    assert "level=warning" in line
    assert "logger=py.warnings" in line


def test_configuring_again_replaces_the_first_set_up(log):
    logger = structlog.get_logger()
    log(lambda _: None)
    assert len(log(lambda _: logger.info("once"), format="json")) == 1


def test_bound_fields_come_along(log):
    (line,) = log(lambda logger: logger.bind(organization="prod").info("x"))
    assert line.endswith("event=x organization=prod")


def test_what_has_no_word_in_json_is_written_as_text(log):
    values = {"nan": float("nan"), "path": {1, "a"} - {1}, 7: object}
    (line,) = log(lambda logger: logger.info("x", values=values), format="json")
    assert json.loads(line)["values"] == {"nan": "nan", "path": ["a"], "7": "<class 'object'>"}


def test_a_value_that_contains_itself_is_cut_off(log):
    endless = []
    endless.append(endless)
    (line,) = log(lambda logger: logger.info("x", endless=endless), format="json")
    assert json.loads(line)["endless"]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(st.characters(), max_size=20)
    | st.binary(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
EVENTS = st.dictionaries(st.text(st.characters(), max_size=8), VALUES, max_size=4)


@given(EVENTS)
def test_whatever_is_logged_is_one_line_of_logfmt(event):
    line = logfmt_line(event)
    assert len(line.splitlines()) <= 1
    line.encode()


@given(EVENTS)
def test_whatever_is_logged_is_one_line_of_json_with_every_key(event):
    line = json_line(event)
    assert len(line.splitlines()) == 1
    assert json.loads(line).keys() == event.keys()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_text_can_be_read_back_from_logfmt(text):
    _, value = logfmt_line({"key": text}).split("=", 1)
    assert (json.loads(value) if value.startswith('"') else value) == text
