"""The task for ECS, against what AWS's own model and the program say."""

import json
import re
import tomllib
from pathlib import Path

import botocore.session
import pytest
from botocore.validate import ParamValidator

from exporter.cli.serve import serve
from tests.deploy.test_image import of

ECS = Path(__file__).parents[2] / "deploy" / "ecs"
TASK = json.loads((ECS / "task-definition.json").read_text())
CONFIG, EXPORTER = TASK["containerDefinitions"]


def test_aws_knows_every_field():
    model = botocore.session.get_session().get_service_model("ecs")
    shape = model.operation_model("RegisterTaskDefinition").input_shape
    assert ParamValidator().validate(TASK, shape).generate_report() == ""


def test_the_program_takes_the_flags():
    command, *given = EXPORTER["command"]
    assert serve.make_context(command, given)


def test_the_exporter_runs_as_in_the_image_and_is_asked_the_same():
    assert EXPORTER["user"] == of("USER")[0]
    assert EXPORTER["readonlyRootFilesystem"] is True
    assert EXPORTER["healthCheck"]["command"][1:] == json.loads(of("HEALTHCHECK")[0].partition("CMD ")[2])


def test_the_configuration_is_written_where_it_is_read(tmp_path, monkeypatch):
    path = "/etc/org-access-exporter/config.yml"
    assert f"--config.file={path}" in EXPORTER["command"]
    monkeypatch.setenv(CONFIG["secrets"][0]["name"], "organizations: []")
    [script] = CONFIG["command"]
    exec(script.replace(path, str(tmp_path / "c.yml")))
    assert (tmp_path / "c.yml").read_text() == "organizations: []"


@pytest.mark.parametrize("container", [CONFIG, EXPORTER], ids=lambda item: item["name"])
def test_what_is_written_to_is_a_volume(container):
    mounted = {item["sourceVolume"]: item for item in container["mountPoints"]}
    assert set(mounted) <= {item["name"] for item in TASK["volumes"]}
    assert (container is CONFIG) == ("readOnly" not in mounted["config"])


def test_the_commands_name_files_that_are_there():
    root = ECS.parents[1]
    named = re.findall(r"\bdeploy/\S+\.(?:yaml|json)", (ECS / "README.md").read_text())
    assert len(named) == 3
    assert [name for name in named if not (root / name).exists()] == []


def test_the_image_is_of_this_version():
    now = tomllib.loads((ECS.parents[1] / "pyproject.toml").read_text())["project"]["version"]
    assert {item["image"].rpartition(":")[2] for item in TASK["containerDefinitions"]} == {now}
