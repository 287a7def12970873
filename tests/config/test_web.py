import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config import Secret
from exporter.config.web import RateLimit, WebConfig, load_web
from exporter.errors import ConfigError
from tests.searching import examples
from tests.web.toolkit import RefusedError, toolkit

TESTDATA = Path(__file__).parent / "testdata" / "web"


def names(pattern):
    return sorted(path.name for path in TESTDATA.glob(pattern))


@pytest.fixture(autouse=True)
def _among_the_files(web_files, monkeypatch):
    monkeypatch.chdir(web_files)


def written(tmp_path, text):
    file = tmp_path / "web.yml"
    file.write_text(text, encoding="utf-8")
    return load_web(file)


@pytest.mark.parametrize("name", names("*.ok.yml"))
def test_a_good_file_loads(name):
    assert isinstance(load_web(name), WebConfig)


@pytest.mark.parametrize("name", names("*.bad.yml"))
def test_a_bad_file_has_exactly_the_problems_written_beside_it(name):
    with pytest.raises(ConfigError) as caught:
        load_web(name)
    assert f"{caught.value}\n" == Path(name).with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", names("*.bad.yml"))
def test_no_problem_tells_a_secret(name):
    with pytest.raises(ConfigError) as caught:
        load_web(name)
    assert "hunter2" not in str(caught.value)


# Keys that exporter-toolkit has learned since the promtool of some distributions was made.
YOUNG = r"line \d+: field (rate_limit|cert|key|client_ca|client_allowed_sans) not found in type web\.\w+"


@pytest.mark.tool("promtool")
@pytest.mark.parametrize("name", names("*.yml"))
def test_promtool_has_the_same_verdict(name, tool):
    arguments = [tool("promtool"), "check", "web-config", name]
    ran = subprocess.run(arguments, check=False, capture_output=True, text=True)
    complaints = [line.strip() for line in ran.stderr.splitlines()[1:] if line.strip()]
    too_old = bool(complaints) and all(re.fullmatch(YOUNG, line) for line in complaints)
    assert (ran.returncode == 0) == (".ok." in name) or too_old, ran.stderr


@pytest.mark.tool("node_exporter")
@pytest.mark.parametrize("name", names("*.yml"))
def test_an_exporter_of_today_starts_with_the_same_files(name, tool):
    try:
        with toolkit(tool("node_exporter"), name):
            good = True
    except RefusedError:
        good = False
    assert good == (".ok." in name)


@pytest.mark.parametrize("name", ["empty.ok.yml", "comments.ok.yml", "nulls.ok.yml"])
def test_a_file_that_says_nothing_protects_nothing(name):
    assert load_web(name) == WebConfig()


def test_every_key_arrives():
    config = load_web("tls_everything.ok.yml")
    assert config.tls.client_auth_type == "RequireAndVerifyClientCert"
    assert config.tls.client_allowed_sans == ("client.example.org", "10.0.0.1", "1")
    assert config.tls.cipher_suites == ("TLS_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA")
    assert config.tls.curve_preferences == ("CurveP256", "CurveP384", "CurveP521", "X25519")
    assert (config.tls.min_version, config.tls.max_version) == ("TLS12", "TLS13")
    assert not config.tls.prefer_server_cipher_suites
    assert not config.http2
    assert config.headers["X-XSS-Protection"] == "1"
    assert list(config.users) == ["alice", "123"]
    assert config.rate_limit == RateLimit(60.5, 20)


def test_a_folded_header_is_one_line():
    policy = load_web("tls_everything.ok.yml").headers["Content-Security-Policy"]
    assert policy == "default-src 'self'; img-src *"


def test_a_header_cannot_smuggle_another_one(tmp_path):
    config = written(tmp_path, 'http_server_config: {headers: {X-XSS-Protection: "1\\r\\nSet-Cookie: a=b"}}')
    assert config.headers["X-XSS-Protection"] == "1  Set-Cookie: a=b"


def test_files_are_sought_beside_the_configuration(web_files, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert load_web(web_files / "tls_files.ok.yml").tls.key_file == web_files / "server.key"


def test_a_certificate_and_key_may_stand_in_the_file(web_files, tmp_path):
    lines = [
        "tls_server_config:",
        "  cert: |",
        *("    " + line for line in (web_files / "server.crt").read_text().splitlines()),
        "  key: |",
        *("    " + line for line in (web_files / "server.key").read_text().splitlines()),
    ]
    config = written(tmp_path, "\n".join(lines))
    assert config.tls.cert.startswith("-----BEGIN CERTIFICATE-----")
    assert "PRIVATE KEY" not in repr(config)
    assert "PRIVATE KEY" in config.tls.key.reveal()


def test_hashes_of_passwords_do_not_print():
    config = load_web("tls_everything.ok.yml")
    assert "$2y$" not in repr(config)
    assert isinstance(config.users["alice"], Secret)


def test_the_older_word_for_any_client_certificate_is_understood():
    assert load_web("old_word.ok.yml").tls.client_auth_type == "RequireAnyClientCert"


def test_a_version_alone_does_not_ask_for_tls():
    assert load_web("version_alone.ok.yml").tls is None


@pytest.mark.parametrize(
    ("interval", "seconds"),
    [
        ("1s", 1),
        ("1h1m1s", 3661),
        ("250ms", 0.25),
        ("1.5h", 5400),
        (".5s", 0.5),
        ("500000000", 0.5),
        ("100µs", 1e-4),
    ],
)
def test_an_interval_is_a_go_duration_or_nanoseconds(tmp_path, interval, seconds):
    config = written(tmp_path, f"rate_limit: {{interval: {interval}, burst: 1}}")
    assert config.rate_limit.interval == pytest.approx(seconds)


def test_numbers_are_read_as_go_reads_them():
    assert load_web("go_numbers.ok.yml").rate_limit == RateLimit(1.0, 19)


@pytest.mark.parametrize(
    ("burst", "number"),
    [("1_000", 1000), ("017", 15), ("-017", -15), ("+017", 15), ("0x1f", 31), ("0b11", 3), ("1e3", 1000)],
)
def test_a_number_may_be_written_as_go_takes_it(tmp_path, burst, number):
    config = written(tmp_path, f"rate_limit: {{interval: 1s, burst: {burst}}}")
    assert config.rate_limit == RateLimit(1.0, number)


def test_an_interval_may_be_negative_as_in_go(tmp_path):
    assert written(tmp_path, "rate_limit: {interval: -1m30s, burst: 1}").rate_limit.interval == -90


@pytest.mark.parametrize(("length", "taken"), [(100, True), (101, False)])
def test_an_interval_has_at_most_a_hundred_characters(tmp_path, length, taken):
    text = f"rate_limit: {{interval: {'1s'.rjust(length, '0')}, burst: 1}}"
    if taken:
        assert written(tmp_path, text).rate_limit.interval == 1
    else:
        with pytest.raises(ConfigError, match="is not a duration such as"):
            written(tmp_path, text)


@pytest.mark.parametrize(("interval", "kind"), [("[1s]", "a list"), ("{a: 1s}", "a mapping")])
def test_what_is_no_text_is_no_interval(tmp_path, interval, kind):
    with pytest.raises(ConfigError, match=f"{kind} is not a duration such as 1s, 200ms or 1m30s"):
        written(tmp_path, f"rate_limit: {{interval: {interval}}}")


REST = "x" * 53


@pytest.mark.parametrize("begin", ["$2$10$", "$2$04$", "$2y$04$", "$2a$31$", "$2b$10$"])
def test_a_hash_of_bcrypt_is_taken_as_go_takes_it(tmp_path, begin):
    config = written(tmp_path, f"basic_auth_users: {{a: '{begin}{REST}'}}")
    assert config.users["a"].reveal() == f"{begin}{REST}"


@pytest.mark.parametrize(
    ("hashed", "why"),
    [
        (f"$2$10${REST[1:]}", "it is too short"),
        ("", "it is too short"),
        (f"$3y$10${REST}", "it does not begin with $2"),
        (f"y2y$10${REST}", "it does not begin with $2"),
        (f"$2y$03${REST}", "its cost is not a number from 4 to 31"),
        (f"$2y$32${REST}", "its cost is not a number from 4 to 31"),
        (f"$2y$1a${REST}", "its cost is not a number from 4 to 31"),
    ],
)
def test_what_is_no_hash_of_bcrypt_is_refused(tmp_path, hashed, why):
    with pytest.raises(ConfigError) as refused:
        written(tmp_path, f"basic_auth_users: {{a: '{hashed}'}}")
    assert refused.value.problems[0].message == f"not a bcrypt hash: {why}"


def test_of_a_header_blanks_go_at_both_ends_and_nothing_else(tmp_path):
    text = 'http_server_config: {headers: {X-XSS-Protection: " \\tX\\u00a0\\n"}}'
    assert written(tmp_path, text).headers["X-XSS-Protection"] == "X\u00a0"


@pytest.mark.parametrize("interval", ["0", "0s", '"0"', "-0", '"+0"', '"-0"'])
def test_an_interval_of_nothing_is_no_limit(tmp_path, interval):
    assert written(tmp_path, f"rate_limit: {{interval: {interval}, burst: 1}}").rate_limit is None


@pytest.mark.parametrize("interval", ["1", "1d", "s", "1s ", "1 s", ""])
def test_what_go_does_not_take_for_a_duration_is_refused(tmp_path, interval):
    with pytest.raises(ConfigError, match="not a duration"):
        written(tmp_path, f'rate_limit: {{interval: "{interval}"}}')


def test_a_missing_file_is_a_problem():
    with pytest.raises(ConfigError, match=r"none\.yml: cannot be read: no such file or directory"):
        load_web("none.yml")


PIECES = st.sampled_from(
    [
        *(
            "tls_server_config",
            "basic_auth_users",
            "rate_limit",
            "http_server_config",
            "headers",
            "interval",
            "burst",
        ),
        *(
            ": ",
            ":\n  ",
            "\n",
            "\n  ",
            ", ",
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a",
            "<<: ",
            "- ",
            "!!int ",
            "'",
            '"',
        ),
        *("1s", "0", "1e9", "~", "yes", "cert_file", "min_version", "TLS12", "\t", "0x1f", "1_000", "é"),
    ]
)


@settings(max_examples=examples(300))
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_yaml_like_text_loads_or_is_refused(tmp_path_factory, text):
    file = tmp_path_factory.getbasetemp() / "any-web.yml"
    file.write_text(text, encoding="utf-8")
    try:
        verdict = load_web(file)
    except ConfigError as error:
        verdict = error.problems
    assert verdict
