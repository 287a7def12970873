import pytest


def test_there_is_one_target_group_per_entity(server):
    groups = server.get("/sd").json
    assert [group["labels"]["__param_target"] for group in groups] == [
        "r-root",
        "ou-root-unit",
        "111111111111",
    ]


def test_a_group_tells_all_that_is_known_of_its_entity(server):
    authority = server.url.removeprefix("http://")
    assert server.get("/sd").json[2] == {
        "targets": [authority],
        "labels": {
            "instance": f"{authority}/111111111111",
            "__metrics_path__": "/probe",
            "__param_target": "111111111111",
            "__meta_org_access_organization": "default",
            "__meta_org_access_entity_id": "111111111111",
            "__meta_org_access_entity_type": "ACCOUNT",
            "__meta_org_access_entity_name": "One",
            "__meta_org_access_entity_path": "o-org/r-root/ou-root-unit/111111111111",
            "__meta_org_access_parent_id": "ou-root-unit",
            "__meta_org_access_account_state": "ACTIVE",
        },
    }


def test_the_list_is_json_and_empty_before_a_discovery(world, serving):
    with serving(world) as running:
        answer = running.get("/sd")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == []


@pytest.mark.parametrize("host", ["exporter.example:1234", "exporter.example", "[2001:db8::1]:80"])
def test_the_target_is_the_host_that_was_asked(server, host):
    assert server.get("/sd", headers={"Host": host}).json[0]["targets"] == [host]


@pytest.mark.parametrize("host", ['a"b', "a b", "<x>", "x" * 5 + "/y", ""])
def test_a_host_that_is_none_is_not_repeated(server, host):
    received = server.ask_raw(f"GET /sd HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    own = server.url.removeprefix("http://").encode()
    assert b'["%s"]' % own in received or received.startswith(b"HTTP/1.1 400")


def test_the_external_url_says_where_targets_are(world, serving):
    with serving(world.filled(), external_url="https://example.org/access", route_prefix="/") as running:
        group = running.get("/sd").json[0]
    assert group["targets"] == ["example.org:443"]
    assert group["labels"]["__scheme__"] == "https"
    assert group["labels"]["__metrics_path__"] == "/access/probe"


def test_no_two_targets_are_one_instance(server):
    instances = [group["labels"]["instance"] for group in server.get("/sd").json]
    assert len(set(instances)) == len(instances) == 3


def test_labels_are_strings_only(server):
    for group in server.get("/sd").json:
        assert {type(value) for value in group["labels"].values()} == {str}
