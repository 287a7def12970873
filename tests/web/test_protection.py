"""``--web.config.file`` applied: real handshakes and requests, and exporter-toolkit beside us."""

import pytest

from exporter.config.departures import departures
from exporter.config.web import load_web
from tests.web.certificates import write_all
from tests.web.protection_cases import CASES
from tests.web.toolkit import toolkit

old_versions = pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("protection")
    write_all(made)
    return made


def config_of(folder, case):
    file = folder / "web.yml"
    file.write_text(case.config)
    return file


def named(case):
    return case.name


@old_versions
@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_client_gets_what_the_file_has_for_it(case, folder, world, serving):
    with serving(world.filled(), config_file=str(config_of(folder, case))) as running:
        assert case.client.ask(running.place, folder) == case.answer


@pytest.mark.parametrize("case", [case for case in CASES if case.departs], ids=named)
def test_where_we_depart_a_warning_names_the_key(case, folder):
    lines = departures(load_web(config_of(folder, case)))
    assert [line.partition(":")[0] for line in lines] == ["tls_server_config.client_auth_type"]


@pytest.mark.tool("node_exporter")
@pytest.mark.parametrize("case", CASES, ids=named)
def test_exporter_toolkit_answers_the_same_where_we_do_not_depart(case, folder, tool):
    with toolkit(tool("node_exporter"), config_of(folder, case)) as place:
        assert case.client.ask(place, folder) == (case.departs or case.answer)
