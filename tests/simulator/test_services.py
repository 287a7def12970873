import botocore.session

from exporter.simulator import services
from exporter.simulator.services import service_names


def test_there_are_hundreds_of_services_in_the_order_of_their_namespaces():
    namespaces = list(service_names())
    assert len(namespaces) > 300
    assert namespaces == sorted(namespaces)


def test_names_and_namespaces_are_botocores_own():
    model = botocore.session.get_session().get_service_model("rds")
    assert service_names()[model.signing_name] == model.metadata["serviceFullName"]


def test_every_service_has_a_name():
    assert all(service_names().values())


def test_metadata_beyond_the_head_of_a_model_are_found(tmp_path):
    import gzip  # noqa: PLC0415 - only this test writes a model

    model = tmp_path / "service-2.json.gz"
    text = f'{{"documentation": "{"x" * 10_000}", "metadata": {{"endpointPrefix": "late"}}}}'
    model.write_bytes(gzip.compress(text.encode()))
    assert services._metadata(model) == {"endpointPrefix": "late"}
