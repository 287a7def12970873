"""One table, several replicas: who may write, who sees what, and what is refused."""

import random
from dataclasses import replace

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from exporter.credentials.look import Looks
from exporter.errors import LeaseLostError, StateError, StateUnavailableError
from exporter.model import Discovery, Entity, EntityType, Report, ServiceAccess, Standing, Subject
from exporter.permissions.statements import TABLE
from exporter.store import Pulse, open_store
from exporter.store.address import TableAddress
from exporter.store.dynamodb.items import Head, chunked, joined
from exporter.store.dynamodb.store import DynamoDbStore
from exporter.store.dynamodb.table import Table, client_for

TERM = 30.0
ROOT = Entity("r-exam", EntityType.ROOT, "Root", "o-org/r-exam")
UNIT = Entity("ou-exam-1", EntityType.ORGANIZATIONAL_UNIT, "Unit", "o-org/r-exam/ou-exam-1", "r-exam")
FOUND = Discovery("o-org", "999999999999", "aws", (ROOT, UNIT), at=5.0, duration=0.25)


def standing(entity_id="r-exam", **more):
    return Standing(Subject(entity_id), Report(1.5, 9.5, 2, 1, (ServiceAccess("s3"),)), **more)


@pytest.fixture
def replica(table_url, clock):
    """Makes one replica after another, all on the same table and the same clock."""
    address = TableAddress.parsed(table_url)
    client = client_for(address)
    Table(client, address.table).create()

    def made(name="one", term=TERM):
        return DynamoDbStore(Table(client, address.table), term=term, clock=clock, holder=name)

    yield made
    client.close()


@pytest.fixture
def one(replica):
    return replica("one")


@pytest.fixture
def two(replica):
    return replica("two")


@pytest.fixture
def lease(one):
    return one.acquire("org")


def test_a_lease_that_another_holds_is_not_granted(lease, two):
    assert two.acquire("org") is None


def test_leases_of_different_organizations_may_have_different_holders(lease, two):
    assert two.acquire("other")


def test_a_lease_that_was_not_renewed_for_a_whole_term_is_granted(lease, two, clock):
    two.acquire("org")
    clock.now += TERM - 0.1
    assert two.acquire("org") is None
    clock.now += 0.1
    assert two.acquire("org").token == lease.token + 1


def test_whoever_looks_for_the_first_time_waits_a_whole_term(lease, two, clock):
    clock.now += 10 * TERM
    assert two.acquire("org") is None


def test_a_renewal_makes_the_others_wait_for_another_term(one, lease, two, clock):
    two.acquire("org")
    clock.now += TERM - 0.1
    one.renew(lease, Pulse())
    two.changes("org", 0)
    clock.now += TERM - 0.1
    assert two.acquire("org") is None


def test_a_write_is_as_good_a_sign_of_life_as_a_renewal(one, lease, two, clock):
    two.acquire("org")
    clock.now += TERM
    one.keep(lease, standing())
    assert two.acquire("org") is None


def test_the_longer_of_two_terms_counts(one, lease, replica, clock):
    hasty = replica("hasty", term=1.0)
    hasty.acquire("org")
    clock.now += TERM - 0.1
    assert hasty.acquire("org") is None


def test_a_lease_that_was_released_is_granted_at_once(one, lease, two):
    one.release(lease)
    assert two.acquire("org").token == lease.token + 1


def test_of_two_that_want_an_abandoned_lease_one_gets_it(lease, two, replica, clock):
    three = replica("three")
    for each in (two, three):
        each.acquire("org")
    clock.now += TERM
    assert [bool(each.acquire("org")) for each in (two, three)] == [True, False]


def test_whoever_holds_a_lease_already_gets_a_new_one_and_the_old_is_over(one, lease):
    again = one.acquire("org")
    assert again.token == lease.token + 1
    with pytest.raises(LeaseLostError):
        one.keep(lease, standing())


@pytest.fixture
def successor(lease, two, clock):
    """``two`` has taken the lease of ``one``, which does not know it."""
    two.acquire("org")
    clock.now += TERM
    return two.acquire("org")


@pytest.mark.parametrize(
    "late",
    [
        lambda store, lease: store.keep(lease, standing(failures=7)),
        lambda store, lease: store.discovered(lease, replace(FOUND, entities=())),
        lambda store, lease: store.renew(lease, Pulse(up=True)),
    ],
    ids=["keep", "discovered", "renew"],
)
def test_what_a_former_holder_writes_is_refused_and_changes_nothing(one, two, lease, successor, late):
    two.discovered(successor, FOUND)
    two.keep(successor, standing())
    before = two.recall("org")
    with pytest.raises(LeaseLostError):
        late(one, lease)
    assert two.recall("org") == before


def test_a_former_holder_cannot_write_even_before_its_successor_does(one, two, lease, successor):
    with pytest.raises(LeaseLostError):
        one.keep(lease, standing())
    assert dict(two.recall("org").standings) == {}


def test_a_former_holder_that_lets_go_takes_nothing_from_its_successor(one, two, lease, successor):
    one.release(lease)
    two.keep(successor, standing())
    assert set(two.recall("org").standings) == {Subject("r-exam")}


def test_a_follower_sees_what_changed_and_nothing_else(one, lease, two):
    one.discovered(lease, FOUND)
    one.keep(lease, standing("r-exam"))
    seen = two.recall("org")
    one.keep(lease, standing("ou-exam-1"))
    found = two.changes("org", seen.position)
    assert (found.discovery, set(found.standings)) == (None, {Subject("ou-exam-1")})
    assert two.changes("org", found.position).standings == {}


def test_a_follower_sees_a_discovery(one, lease, two):
    seen = two.recall("org")
    one.discovered(lease, FOUND)
    assert two.changes("org", seen.position).discovery == FOUND


def test_a_follower_that_was_away_for_long_misses_nothing(one, lease, two):
    one.keep(lease, standing("000000000000"))
    seen = two.recall("org")
    for number in range(1, 60):
        one.keep(lease, standing(f"{number:012}"))
    assert set(two.changes("org", seen.position).standings) == {Subject(f"{n:012}") for n in range(1, 60)}


def test_a_follower_sees_who_holds_the_lease_and_what_it_says_of_itself(one, lease, two):
    one.renew(lease, Pulse(up=True, job_seconds=8.25))
    found = two.changes("org", two.recall("org").position)
    assert (found.holder, found.pulse) == ("one", Pulse(up=True, job_seconds=8.25))


def test_a_released_lease_has_no_holder(one, lease, two):
    one.release(lease)
    assert two.recall("org").holder == ""


def test_a_successor_goes_on_from_where_its_predecessor_was(one, two, lease, clock):
    one.keep(lease, standing("r-exam"))
    two.acquire("org")
    clock.now += TERM
    successor = two.acquire("org")
    two.keep(successor, standing("ou-exam-1"))
    assert set(one.recall("org").standings) == {Subject("r-exam"), Subject("ou-exam-1")}


def test_a_discovery_forgets_what_another_replica_kept(one, two, lease, clock):
    one.keep(lease, standing("ou-exam-1"))
    two.acquire("org")
    clock.now += TERM
    two.discovered(two.acquire("org"), replace(FOUND, entities=(ROOT,)))
    assert dict(one.recall("org").standings) == {}


def test_a_discovery_that_forgets_a_hundred_forgets_them_all(one, lease):
    for number in range(100):
        one.keep(lease, Standing(Subject(f"{number:012}")))
    one.discovered(lease, FOUND)
    assert dict(one.recall("org").standings) == {}


def test_a_write_whose_answer_was_lost_can_be_made_again(one, lease, two):
    table = one._table
    real = table.transact

    def lost(*arguments):
        real(*arguments)
        table.transact = real
        raise StateUnavailableError("no answer")

    table.transact = lost
    with pytest.raises(StateUnavailableError):
        one.keep(lease, standing("r-exam"))
    one.keep(lease, standing("ou-exam-1"))
    assert set(two.recall("org").standings) == {Subject("r-exam"), Subject("ou-exam-1")}


def huge(entity_id, size):
    """A report that does not compress."""
    name = random.Random(1).randbytes(size).decode("latin-1")
    return Standing(Subject(entity_id), Report(1.0, 2.0, 1, 1, (ServiceAccess("s3", name),)))


def test_a_report_beyond_the_size_of_an_item_is_kept_in_several(one, lease, two):
    seen = two.recall("org")
    kept = huge("r-exam", 400_000)
    one.keep(lease, kept)
    assert two.changes("org", seen.position).standings == two.recall("org").standings == {kept.subject: kept}


def test_a_report_that_shrinks_is_recalled_as_it_is_now(one, lease, two):
    one.keep(lease, huge("r-exam", 400_000))
    one.keep(lease, standing("r-exam"))
    assert two.recall("org").standings == {Subject("r-exam"): standing("r-exam")}


def test_a_report_that_no_transaction_can_hold_is_refused_with_its_size(one, lease):
    with pytest.raises(StateError, match=r"standing/r-exam/: \d+ bytes"):
        one.keep(lease, huge("r-exam", 4_000_000))


def test_chunks_of_two_versions_are_not_joined():
    old = chunked("org", "discovery", 1, b"a" * 800_000)
    new = chunked("org", "discovery", 2, b"b" * 800_000)
    assert joined([new[0], *old[1:]]) is None
    assert joined(new) == {"discovery": b"b" * 800_000}


def test_the_lease_stays_within_one_write_unit_whatever_the_names():
    head = Head()
    for number in range(100):
        head = replace(
            head, version=number, recent=head.wrote([f"standing/ou-abcd-{number:08}/p-{'x' * 40}"])
        )
    assert sum(map(len, head.recent)) < 700


# What is refused, and how it is said.


def test_a_table_that_is_not_there_is_refused(table_url):
    with pytest.raises(StateError, match="there is no table"):
        open_store(table_url)


def test_a_table_is_created_once_and_found_by_the_next(table_url):
    open_store(table_url, create=True).close()
    open_store(table_url, create=True).close()
    open_store(table_url).close()


def test_a_table_with_other_keys_is_refused_and_left_alone(table_url):
    address = TableAddress.parsed(table_url)
    client = client_for(address)
    client.create_table(
        TableName=address.table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    with pytest.raises(StateError, match="is not ours: its key is id"):
        open_store(table_url, create=True)
    assert client.scan(TableName=address.table)["Count"] == 0


def test_a_table_of_a_later_format_is_refused_and_left_alone(table_url, one, lease):
    address = TableAddress.parsed(table_url)
    key = {"organization": {"S": "org"}, "item": {"S": "lease"}}
    client = client_for(address)
    client.update_item(
        TableName=address.table,
        Key=key,
        UpdateExpression="SET #f = :two",
        ExpressionAttributeNames={"#f": "format"},
        ExpressionAttributeValues={":two": {"N": "2"}},
    )
    before = client.get_item(TableName=address.table, Key=key)["Item"]
    for attempt in (one.recall, one.acquire):
        with pytest.raises(StateError, match="format 2"):
            attempt("org")
    assert client.get_item(TableName=address.table, Key=key)["Item"] == before


def test_a_damaged_item_is_named(table_url, one, lease):
    one.keep(lease, standing())
    address = TableAddress.parsed(table_url)
    client_for(address).update_item(
        TableName=address.table,
        Key={"organization": {"S": "org"}, "item": {"S": "standing/r-exam/"}},
        UpdateExpression="SET #d = :bad",
        ExpressionAttributeNames={"#d": "data"},
        ExpressionAttributeValues={":bad": {"B": b"bad"}},
    )
    with pytest.raises(StateError, match="'standing/r-exam/'"):
        one.recall("org")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("dynamodb://", "a table is dynamodb://TABLE"),
        ("dynamodb:reports", "a table is dynamodb://TABLE"),
        ("dynamodb://x?region=eu-west-1", "a table is dynamodb://TABLE"),
        ("dynamodb://reports/more?region=eu-west-1", "a table is dynamodb://TABLE"),
        ("dynamodb://reports?region", "is not made of NAME=VALUE"),
        ("dynamodb://reports?region=", "region is empty"),
        ("dynamodb://reports?regoin=eu-west-1", "unknown parameter 'regoin'"),
        ("dynamodb://reports?region=eu-west-1&region=eu-west-2", "stands there twice"),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_reason(url, why):
    with pytest.raises(StateError, match=why):
        open_store(url)


def test_an_address_without_a_region_takes_it_from_where_boto3_does(moto_url, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    open_store("dynamodb://reports", create=True).close()
    assert boto3.client("dynamodb", region_name="eu-central-1").list_tables()["TableNames"] == ["reports"]


def test_without_any_region_it_is_refused(credentials, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StateError, match="needs a region"):
        open_store("dynamodb://reports")


# What goes wrong for a while, and what it needs.


class Refusing:
    """A client that answers everything with one error."""

    def __init__(self, error):
        self._error = error

    def __getattr__(self, name):
        def refuse(**_):
            raise self._error

        return refuse


def refusal(code, status=400, **more):
    response = {"Error": {"Code": code, "Message": "why"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError({**response, **more}, "Some")


@pytest.mark.parametrize(
    "error",
    [
        refusal("ThrottlingException"),
        refusal("ProvisionedThroughputExceededException"),
        refusal("InternalServerError", 500),
        refusal("Odd", 503),
        refusal("ExpiredTokenException"),
        refusal("AccessDeniedException"),
        refusal("ResourceNotFoundException"),
        refusal("TransactionConflictException"),
        refusal("TransactionCanceledException", CancellationReasons=[{"Code": "TransactionConflict"}]),
        refusal(
            "TransactionCanceledException",
            CancellationReasons=[{"Code": "None"}, {"Code": "ThrottlingError"}],
        ),
        EndpointConnectionError(endpoint_url="http://x"),
        ValueError("what a parser raises"),
    ],
    ids=str,
)
def test_what_may_pass_is_told_from_what_will_not(error):
    with pytest.raises(StateUnavailableError):
        Table(Refusing(error), "reports").get("org", "lease")


def test_what_dynamodb_finds_nonsensical_stays_so():
    with pytest.raises(StateError) as caught:
        Table(Refusing(refusal("ValidationException")), "reports").get("org", "lease")
    assert not isinstance(caught.value, StateUnavailableError)


@pytest.mark.parametrize(
    ("code", "passes"), [("AccessDeniedException", False), ("ThrottlingException", True)]
)
def test_at_the_start_only_what_may_pass_by_itself_is_waited_for(code, passes):
    with pytest.raises(StateError, match=code) as caught:
        Table(Refusing(refusal(code)), "reports").check()
    assert isinstance(caught.value, StateUnavailableError) is passes


def test_a_table_out_of_reach_at_the_start_is_looked_at_when_it_is_needed(credentials):
    store = open_store("dynamodb://reports?region=eu-west-1&endpoint=http://127.0.0.1:9")
    with pytest.raises(StateUnavailableError, match="DynamoDB DescribeTable"):
        store.acquire("org")
    store.close()


def test_exactly_the_permissions_that_are_printed_are_needed(moto_url):
    """A transaction needs the permission of each action in it."""
    open_store(moto_url, create=True).close()
    address = TableAddress.parsed(moto_url)
    client = client_for(address)
    asked = set()

    def hear(params, model, **_):
        actions = {f"{kind}Item" for item in params.get("TransactItems", ()) for kind in item}
        asked.update(actions or {model.name})

    client.meta.events.register("provide-client-params.dynamodb", hear)
    store = DynamoDbStore(Table(client, address.table), term=TERM)
    lease = store.acquire("org")
    position = store.recall("org").position
    store.keep(lease, standing("ou-gone-1"))
    store.changes("org", position)
    store.discovered(lease, replace(FOUND, entities=(ROOT,)))
    store.renew(lease, Pulse())
    store.release(lease)
    store.check()
    assert {f"dynamodb:{action}" for action in asked} == set(TABLE)


def test_organizations_do_not_wait_one_after_the_other_for_a_table_out_of_reach():
    asked = []

    class Unreachable:
        def check(self):
            asked.append("check")
            raise StateUnavailableError("no answer")

    store = DynamoDbStore(Unreachable(), term=TERM, clock=lambda: 5.0)
    for name in ("one", "two", "three"):
        with pytest.raises(StateUnavailableError, match="no answer"):
            store.recall(name)
    assert asked == ["check"]


def test_credentials_of_a_table_are_looked_for_no_longer_than_some_seconds(
    credentials, monkeypatch, tmp_path
):
    """A program that hangs must not keep the listener closed for ever."""
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    (tmp_path / "config").write_text("[default]\ncredential_process = sleep 86393\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    address = TableAddress("reports", "eu-west-1", "http://127.0.0.1:9")
    table = Table(client_for(address, Looks(1.0)), "reports")
    with pytest.raises(StateUnavailableError, match="sleep did not answer"):
        table.check()
