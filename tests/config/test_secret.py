import copy
import dataclasses
import json
import logging

import pytest

from exporter.config import OrganizationConfig, Secret, default, parse

TEXT = "organizations: [{external_id: hunter2-hunter2}]"


@pytest.mark.parametrize(
    "show", [repr, str, "{}".format, "%s".__mod__, "{:>12}".format, lambda secret: f"{secret!r}"]
)
def test_a_secret_does_not_print(show):
    assert "hunter2" not in show(Secret("hunter2"))


def test_a_secret_says_that_it_is_one():
    assert str(Secret("hunter2")) == "<secret>"


def test_a_secret_is_laid_out_like_any_text():
    assert f"{Secret('hunter2'):>10}" == "  <secret>"


def test_a_secret_is_handed_out_when_asked_for():
    assert Secret("hunter2").reveal() == "hunter2"


def test_secrets_compare_by_value():
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert Secret("a") != "a"
    assert hash(Secret("a")) != hash(Secret("b"))


def test_an_empty_secret_is_no_secret():
    assert Secret("a")
    assert not Secret("")


def test_a_copied_secret_is_the_same_secret():
    assert copy.deepcopy(Secret("a")) == Secret("a")


def test_a_configuration_does_not_print_its_external_id():
    config = parse(TEXT, "f.yml")
    assert config.organizations[0].external_id == Secret("hunter2-hunter2")
    assert "hunter2" not in repr(config)


def test_taking_a_configuration_apart_does_not_reveal_its_secret():
    assert "hunter2" not in str(dataclasses.asdict(parse(TEXT, "f.yml")))


def test_json_refuses_a_secret():
    with pytest.raises(TypeError):
        json.dumps(Secret("hunter2"))


def test_the_log_shows_a_configuration_without_its_secret(caplog):
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("config %s", parse(TEXT, "f.yml"))
    assert "hunter2" not in caplog.text


def test_without_a_file_there_is_no_secret():
    organization: OrganizationConfig = default().organizations[0]
    assert organization.external_id is None
