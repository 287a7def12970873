"""The web configuration under a running server: renewed, extended, broken and mended."""

import base64
import errno
import os
import socket
import ssl
import tempfile
from types import SimpleNamespace

import pytest
import structlog

from exporter.errors import ConfigError
from exporter.web import Listeners, WebSettings
from tests.web.certificates import Pair, write_all
from tests.web.protection_cases import USERS, Client, hash_of

TLS = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"


@pytest.fixture
def folder(tmp_path):
    write_all(tmp_path)
    return tmp_path


@pytest.fixture
def file(folder):
    return folder / "web.yml"


@pytest.fixture
def protected(file, world, serving):
    """A server with this web configuration."""

    def start(text, **settings):
        file.write_text(text)
        return serving(world.filled(), config_file=str(file), **settings)

    return start


@pytest.fixture
def log():
    with structlog.testing.capture_logs() as lines:
        yield lines


def certificate_of(running):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(running.place) as plain, context.wrap_socket(plain) as connected:
        return connected.getpeercert(binary_form=True)


def login(user, password):
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def test_a_renewed_certificate_is_shown_to_the_next_client(folder, protected):
    with protected(TLS) as running:
        before = certificate_of(running)
        renewed = Pair("localhost").write(folder, "server")
        assert certificate_of(running) == renewed.der != before


def test_a_renewed_certificate_behind_a_link_is_noticed(folder, protected):
    for name in ("old", "new"):
        (folder / name).mkdir()
        pair = Pair("localhost").write(folder / name, "server")
    (folder / "now").symlink_to("old")
    with protected(TLS.replace("server.", "now/server.")) as running:
        assert certificate_of(running) != pair.der
        (folder / "next").symlink_to("new")
        (folder / "next").replace(folder / "now")
        assert certificate_of(running) == pair.der


def test_a_client_ca_that_is_exchanged_shuts_out_its_clients(folder, protected):
    text = TLS.replace("}", ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.crt}")
    client = Client(certificate="trusted")
    with protected(text) as running:
        assert client.ask(running.place, folder) == 200
        Pair("another CA", authority=True).write(folder, "ca")
        assert client.ask(running.place, folder) == "refused"


def test_a_new_user_is_let_in_and_one_that_went_is_not(file, protected):
    with protected(USERS) as running:
        assert running.get("/metrics", headers=login("alice", "sesame")).status == 200
        file.write_text(f"basic_auth_users: {{carol: '{hash_of('new')}'}}")
        assert running.get("/metrics", headers=login("carol", "new")).status == 200
        assert running.get("/metrics", headers=login("alice", "sesame")).status == 401


PATHS = ["/", "/metrics", "/-/healthy", "/-/ready", "/config", "/api/v1/entities", "/sd", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
def test_every_path_asks_for_the_password(protected, path):
    with protected(USERS) as running:
        answer = running.get(path)
        assert (answer.status, answer.headers["WWW-Authenticate"].partition(" ")[0]) == (401, "Basic")


def test_a_reload_asks_for_the_password(protected, world):
    with protected(USERS) as running:
        assert running.get("/-/reload", method="POST").status == 401
    assert world.reloads == 0


@pytest.mark.parametrize("path", ["/-/healthy", "/-/ready"])
def test_probes_on_the_health_address_need_neither_tls_nor_password(protected, path):
    with protected(
        f"{TLS}{USERS}\nrate_limit: {{interval: 1h}}", health_listen_address="127.0.0.1:0"
    ) as running:
        assert running.get(path, base=running.listeners.health_address).status == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_broken_file_answers_500_until_it_is_mended(file, protected, path):
    with protected("{}") as running:
        file.write_text("nonsense: [")
        assert running.get(path).status == 500
        file.write_text("{}")
        assert running.get(path).status != 500


def test_a_broken_file_is_told_to_the_log_once_and_to_no_client(file, protected, log):
    with protected("{}") as running:
        file.write_text(f"nonsense: 1\n{USERS}")
        answers = [running.get("/metrics").text for _ in range(3)]
        file.write_text("{}")
        running.get("/metrics")
    assert [line["event"] for line in log] == ["web_config.refused", "web_config.loaded"]
    assert "web.yml:1:1: nonsense: unknown key" in log[0]["reason"]
    assert "nonsense" not in "".join(answers)


def test_a_file_that_vanished_is_a_broken_one(file, protected):
    with protected("{}") as running:
        file.unlink()
        assert running.get("/metrics").status == 500


def test_under_tls_a_broken_file_is_told_over_tls(file, folder, protected):
    with protected(TLS) as running:
        file.write_text("nonsense: [")
        assert Client().ask(running.place, folder) == 500


def test_a_certificate_without_its_key_is_a_broken_file_until_the_key_comes(folder, protected):
    with protected(TLS) as running:
        renewed = Pair("localhost")
        (folder / "server.crt").write_bytes(renewed.certificate_pem)
        assert Client(tls=True).ask(running.place, folder) == "refused"  # it trusts the new certificate only
        before = certificate_of(running)
        (folder / "server.key").write_bytes(renewed.key_pem)
        assert Client().ask(running.place, folder) == 200
        assert certificate_of(running) == renewed.der != before


@pytest.mark.parametrize("change", [("{}", TLS), (TLS, "{}")])
def test_tls_is_not_switched_on_or_off_in_silence(file, folder, protected, log, change):
    before, after = change
    with protected(before) as running:
        file.write_text(after)
        assert Client(tls=before == TLS).ask(running.place, folder) == 500
    assert "takes a restart" in log[-1]["reason"]


def test_a_broken_file_at_the_start_is_a_user_error(file, world):
    file.write_text("nonsense: 1")
    with pytest.raises(ConfigError, match="unknown key"):
        Listeners(world.surface, WebSettings((":0",), config_file=str(file)))


def test_departures_are_warned_of_at_the_start(protected, log):
    text = TLS.replace(
        "}", ", client_auth_type: RequireAnyClientCert, curve_preferences: [CurveP256, X25519]}"
    )
    with protected(text):
        reasons = [line["reason"] for line in log if line["event"] == "web_config.departed"]
    assert [reason.partition(":")[0] for reason in reasons] == [
        "tls_server_config.client_auth_type",
        "tls_server_config.curve_preferences",
    ]


HEADERS = """
http_server_config:
  headers:
    Strict-Transport-Security: max-age=60
    X-Frame-Options: deny
    X-XSS-Protection: ""
    Content-Security-Policy: default-src 'self'
"""


@pytest.mark.parametrize("path", ["/", "/metrics", "/nothing", "/-/healthy"])
def test_configured_headers_are_on_every_answer(protected, path):
    with protected(HEADERS) as running:
        headers = running.get(path).headers
    assert headers["Strict-Transport-Security"] == "max-age=60"
    assert headers["X-Frame-Options"] == "deny"
    assert headers["Content-Security-Policy"] == "default-src 'self'"
    assert "X-XSS-Protection" not in headers


def test_too_many_requests_are_told_when_to_come_again(file, protected):
    with protected("rate_limit: {interval: 1h, burst: 1}") as running:
        assert [running.get("/metrics").status for _ in range(2)] == [200, 429]
        assert 3590 <= int(running.get("/metrics").headers["Retry-After"]) <= 3600
        file.write_text("{}")
        assert running.get("/metrics").status == 200


def test_an_error_below_the_api_is_json_whatever_its_cause(protected):
    with protected(USERS) as running:
        assert running.get("/api/v1/entities").json == {"status": "error", "error": "401: Unauthorized"}


def test_no_secret_is_shown_by_the_error_of_a_broken_file(file, protected, log):
    secret = hash_of("sesame")
    with protected("{}") as running:
        file.write_text(f"basic_auth_users: {{alice: ['{secret}']}}\n{TLS.replace('server.key', 'none.key')}")
        running.get("/metrics")
    assert log
    assert secret not in str(log)


@pytest.fixture
def no_memory_files(monkeypatch):
    """A moment without descriptors: what OpenSSL would read cannot be written anywhere."""

    def fail(*_):
        raise OSError(errno.EMFILE, "Too many open files")

    def begin():
        monkeypatch.setattr(os, "memfd_create", fail)

    return SimpleNamespace(begin=begin, end=monkeypatch.undo)


def test_a_change_that_cannot_be_taken_up_is_taken_up_as_soon_as_it_can(
    file, folder, protected, no_memory_files
):
    with protected(f"{TLS}{USERS}") as running:
        client = Client(login="alice:sesame")
        assert client.ask(running.place, folder) == 200
        no_memory_files.begin()
        file.write_text(f"{TLS}basic_auth_users: {{alice: {hash_of('another')}}}")
        assert [client.ask(running.place, folder) for _ in range(3)] == [500] * 3
        no_memory_files.end()
        assert client.ask(running.place, folder) == 401
        assert Client(login="alice:another").ask(running.place, folder) == 200


def test_what_cannot_be_taken_up_is_logged_once_and_counted_each_time(
    folder, protected, no_memory_files, log, world
):
    with protected(TLS) as running:
        no_memory_files.begin()
        Pair("localhost").write(folder, "server")
        for _ in range(2):
            certificate_of(running)
        no_memory_files.end()
        certificate_of(running)
    assert [line["event"] for line in log] == ["web_config.refused", "web_config.loaded"]
    assert "too many open files" in log[0]["reason"]
    assert world.instruments.web_config_failures._value.get() == 2


def test_tls_needs_no_place_to_write_to(folder, protected, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    with protected(TLS) as running:
        assert Client().ask(running.place, folder) == 200


def test_without_files_in_memory_tls_says_that_it_needs_a_place_to_write_to(file, folder, world, monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    file.write_text(TLS)
    with pytest.raises(ConfigError, match="certificate cannot be loaded at this moment"):
        Listeners(world.surface, WebSettings((":0",), config_file=str(file)))


def test_without_files_in_memory_tls_is_served_from_a_directory(folder, protected, monkeypatch):
    monkeypatch.delattr(os, "memfd_create")
    with protected(TLS) as running:
        assert Client().ask(running.place, folder) == 200


def test_a_web_configuration_from_a_pipe_is_refused_by_its_name(folder, world):
    os.mkfifo(folder / "pipe")
    with pytest.raises(ConfigError, match="pipe: is a pipe"):
        Listeners(world.surface, WebSettings((":0",), config_file=str(folder / "pipe")))


@pytest.mark.parametrize(
    "request_text",
    [
        b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n",
        b"post /-/reload HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"G",
    ],
)
@pytest.mark.parametrize("more", ["", f"{USERS}\n", "rate_limit: {interval: 1h}\n"])
def test_a_request_without_tls_is_told_that_tls_is_spoken_here(protected, request_text, more):
    with protected(f"{TLS}{more}") as running:
        head, _, text = running.ask_raw(request_text).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.0 400 Bad Request\r\n")
    assert text == b"400: Client sent an HTTP request to an HTTPS server.\n"


def test_a_request_without_tls_where_client_certificates_are_asked_for_is_told_the_same(folder, protected):
    config = (
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt, "
        "client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [client]}"
    )
    with protected(config) as running:
        assert running.ask_raw(b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.0 400 ")


@pytest.mark.parametrize("received", [b"\x16\x03", b"\x80\x2e\x01", b"\0", b"\r\n"])
def test_what_is_neither_tls_nor_http_gets_no_answer_in_plain_text(protected, received):
    with protected(TLS) as running:
        client = running.raw(received)
        client.shutdown(socket.SHUT_WR)
        assert not running.rest(client).startswith(b"HTTP")
