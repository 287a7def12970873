"""How long a real Prometheus takes to evaluate the rules at 1,000 accounts and a week of news.

Prometheus scrapes what an exporter would show, and has a week of samples of the news and of the time up to
which they were told. The rules read nothing else over so long.
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.panels import groups, prometheus, write_history
from benchmarks.table import table

ACCOUNTS, UNITS, ROWS = 1_000, 50, 40
NEWS, NEW = 600, 20  # pieces within a week, of which so many are told now
_EVALUATIONS = 5
_EVERY = 60.0  # s
_LAST_USED = "aws_org_access_service_last_authenticated_timestamp_seconds"
_NEWEST = "organization:aws_org_access_service_news_told_timestamp_seconds:newest"


def _entities() -> Iterator[tuple[str, str, str]]:
    """(id, type, parent's id)."""
    yield "r-exam", "ROOT", ""
    for unit in range(UNITS):
        yield f"ou-exam-{unit:08}", "ORGANIZATIONAL_UNIT", "r-exam"
    for account in range(ACCOUNTS):
        yield f"{account:012}", "ACCOUNT", f"ou-exam-{account % UNITS:08}"


def exposition(now: float) -> list[str]:
    """Lines of the text format: what rules read, and the rows of services that they do not read any more."""
    lines = [
        'aws_org_access_up{organization="prod"} 1',
        'aws_org_access_reports{organization="prod",state="fresh"} 1051',
        'aws_org_access_news_total{organization="prod",kind="returned"} 300',
    ]
    lines += [f'aws_org_access_sweep_estimated_seconds{{organization="prod"}} {9 * 1051}']
    for target, refresh in (("root", 1800), ("ous", 21_600), ("accounts", 86_400)):
        lines.append(
            f'aws_org_access_refresh_interval_seconds{{organization="prod",target="{target}"}} {refresh}'
        )
    for id_, kind, parent in _entities():
        key = f'organization="prod",entity_id="{id_}"'
        name = f'entity_name="name of {id_}",entity_type="{kind}",parent_id="{parent}"'
        lines += [
            f"aws_org_access_entity_info{{{key},{name}}} 1",
            f"aws_org_access_services_accessible{{{key}}} 450",
            f"aws_org_access_services_not_accessed{{{key}}} 410",
            f"aws_org_access_report_generated_timestamp_seconds{{{key}}} {now:.0f}",
            *(f'{_LAST_USED}{{{key},service_namespace="s{i}"}} 1' for i in range(ROWS)),
        ]
    lines += [
        f'aws_org_access_service_info{{service_namespace="s{i}",service_name="Service {i}"}} 1'
        for i in range(450)
    ]
    return lines


def news(numbers: range, now: float) -> list[str]:
    """Lines of pieces of news: of the root, of OUs and of accounts."""
    entities = list(_entities())
    return [line for number in numbers for line in _piece(number, entities[number * 7 % len(entities)], now)]


def _piece(number: int, entity: tuple[str, str, str], now: float) -> Iterator[str]:
    entity_id, type_, parent = entity
    account = entity_id if entity_id.isdecimal() else f"{number:012}"
    kind = "first_used" if number % 2 else "returned"
    key = (
        f'organization="prod",entity_id="{entity_id}",service_namespace="s{number % 450}",'
        f'access_region="eu-central-1",accessed_from="{account}"'
    )
    place = f'kind="{kind}",entity_type="{type_}",parent_id="{parent}"'
    yield f"aws_org_access_service_{kind}_timestamp_seconds{{{key}}} {now - 600:.0f}"
    yield f"aws_org_access_service_news_told_timestamp_seconds{{{key},{place}}} {now:.0f}"
    if kind == "returned":
        yield f"aws_org_access_service_returned_after_seconds{{{key}}} 8640000"


@contextmanager
def _target(text: bytes) -> Iterator[str]:
    """Host and port of a server that answers with this."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def measure() -> dict[str, list[float]]:
    """Milliseconds of some evaluations of each group."""
    now = time.time()
    old, new = news(range(NEWS - NEW), now - 86_400), news(range(NEWS - NEW, NEWS), now - 3600)
    text = "\n".join([*exposition(now), *old, *new, ""]).encode()
    with tempfile.TemporaryDirectory() as name, _target(text) as target:
        folder = Path(name)
        with prometheus(folder) as url:
            write_history(url, [*old, f'{_NEWEST}{{organization="prod"}} {now - 86_400:.0f}'], target)
        taken: dict[str, list[float]] = {}
        with prometheus(folder, target) as url:
            time.sleep(2 * _EVERY)
            for _ in range(_EVALUATIONS):
                time.sleep(_EVERY)
                for group, _, milliseconds in groups(url):
                    taken.setdefault(group, []).append(milliseconds)
    return taken


def report() -> str:
    """The section of the results."""
    rows = [
        (group, f"{min(each):.1f}", f"{sorted(each)[len(each) // 2]:.1f}")
        for group, each in measure().items()
    ]
    return "\n\n".join(
        [
            "## Rules at 1,000 accounts and a week of news",
            (
                f"A real Prometheus, {NEWS} pieces of news within a week, of which {NEW} are told now; "
                f"{_EVALUATIONS} evaluations, names in the annotations included, at a load of "
                f"{os.getloadavg()[0]:.0f}."
            ),
            table(("group of rules", "least ms", "median ms"), rows),
        ]
    )
