import pytest

from exporter.__main__ import main
from exporter.cli.options import environment_variable
from tests.web.certificates import write_all

GOOD = "organizations: [{name: prod}, {name: lab}]\n"
BAD = "organizations: [{nam: prod}]\ncollection: {job_timeout: 5}\n"
GOOD_WEB = "http_server_config: {headers: {X-Frame-Options: deny}}\n"
BAD_WEB = "basic_auth_users: {a: b}\n"


@pytest.fixture
def check(tmp_path, monkeypatch, capsys):
    """Checks the given texts as files; gives the exit code and the lines on stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(config=None, web=None):
        arguments = []
        for flag, name, text in (("--config.file", "c.yml", config), ("--web.config.file", "w.yml", web)):
            if text is not None:
                (tmp_path / name).write_text(text, encoding="utf-8")
                arguments += [flag, name]
        code = main(["check-config", *arguments])
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err.splitlines()

    return run


def test_a_good_file_is_a_success(check):
    assert check(GOOD) == (0, ["c.yml: SUCCESS: 2 organizations: prod, lab"], [])


def test_a_good_web_file_is_a_success(check):
    assert check(web=GOOD_WEB) == (0, ["w.yml: SUCCESS: TLS is disabled, 0 users, 1 headers"], [])


def test_each_file_has_its_line(check):
    code, out, err = check(GOOD, GOOD_WEB)
    assert (code, [line.split(":")[0] for line in out], err) == (0, ["c.yml", "w.yml"], [])


def test_every_problem_is_a_line_with_its_place(check):
    code, out, err = check(BAD)
    assert (code, out) == (1, [])
    unit = "a unit is missing (ms, s, m, h, d, w, y)"
    assert err == [
        "error: c.yml:1:18: organizations[0].nam: unknown key, did you mean name?",
        f"error: c.yml:2:27: collection.job_timeout: 5 is not a duration: {unit}",
    ]


def test_problems_of_both_files_are_told(check):
    code, _, err = check(BAD, BAD_WEB)
    assert code == 1
    assert [line.split(":")[1].strip() for line in err] == ["c.yml", "c.yml", "w.yml"]


def test_one_good_file_does_not_excuse_the_other(check):
    code, out, err = check(GOOD, BAD_WEB)
    assert (code, len(out), len(err)) == (1, 1, 1)


def test_a_missing_file_is_one_line(capsys, tmp_path):
    name = str(tmp_path / "none.yml")
    assert main(["check-config", "--config.file", name]) == 1
    assert capsys.readouterr().err == f"error: {name}: cannot be read: no such file or directory\n"


def test_nothing_to_check_is_a_usage_error(check):
    code, out, err = check()
    assert (code, out) == (2, [])
    assert "--config.file" in err[-1]


def test_the_files_may_come_from_the_environment(tmp_path, monkeypatch, capsys):
    file = tmp_path / "c.yml"
    file.write_text(GOOD)
    monkeypatch.setenv("ORG_ACCESS_EXPORTER_CONFIG_FILE", str(file))
    assert main(["check-config"]) == 0
    assert "SUCCESS" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flag", "variable"),
    [
        ("--config.file", "ORG_ACCESS_EXPORTER_CONFIG_FILE"),
        ("--web.listen-address", "ORG_ACCESS_EXPORTER_WEB_LISTEN_ADDRESS"),
        ("--state.url", "ORG_ACCESS_EXPORTER_STATE_URL"),
    ],
)
def test_dots_and_dashes_become_underscores_in_the_environment(flag, variable):
    assert environment_variable(flag) == variable


def test_what_python_cannot_do_is_a_warning(check, tmp_path):
    write_all(tmp_path)
    files = "cert_file: server.crt, key_file: server.key"
    web = f"tls_server_config: {{{files}, client_auth_type: RequireAnyClientCert}}"
    code, out, err = check(web=web)
    assert (code, out) == (0, ["w.yml: SUCCESS: TLS is enabled, 0 users, 0 headers"])
    assert [line.split(": ")[:3] for line in err] == [
        ["w.yml", "warning", "tls_server_config.client_auth_type"]
    ]


def test_what_a_good_file_says_without_effect_is_a_warning(check):
    code, out, err = check("organizations: [{name: prod, region: us-esat-1, include: [' x']}]")
    assert (code, out) == (0, ["c.yml: SUCCESS: 1 organization: prod"])
    assert [line.partition(": ")[2].partition(":")[0] for line in err] == ["warning", "warning"]
    assert "did you mean us-east-1?" in err[0]
