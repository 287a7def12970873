"""What other programs than Prometheus make of a page: every sample, whatever is in names."""

import contextlib
import json
import math
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from exporter.exposition import Format, answer, organization_sections
from exporter.model import JobStatus, JobView, Report, ServiceAccess, Standing, Subject
from exporter.telemetry.instruments import Instruments
from tests.exposition import reference
from tests.exposition.conftest import ALL, NOW, entity, publication

pytestmark = [pytest.mark.slow, pytest.mark.tool("readers")]

AWKWARD = ['"', "\\", "\n", "\\n", '{a="b"} 1', "# EOF", " ", "\N{ROCKET}", *reference.SIGNS]
ENTITIES = [entity(number, f"one{text}two") for number, text in enumerate(["", *AWKWARD], 1)]


def standing(item):
    services = (
        ServiceAccess("s3", f"Amazon S3 {item.name}", "eu-west-1", item.path, NOW - 3600.5, 2),
        ServiceAccess(f"iam{item.name}", "AWS IAM", "", "", None, 0),
    )
    report = Report(NOW - 120, NOW - 111.5, 2**53 - 1, 1, services)
    return Standing(Subject(item.id), report, JobView(JobStatus.FAILED, NOW - 20, NOW - 19, item.name, "no"))


@pytest.fixture(scope="module")
def current():
    return publication(ENTITIES, {item.id: standing(item) for item in ENTITIES}).current


@pytest.fixture(scope="module")
def instruments():
    """The daemon's own counters and histograms, those of the process left out: they move."""
    made = Instruments(with_process=False)
    made.prepare("org")
    for text in AWKWARD:
        made.api_failures.labels("org", "iam", "GetOrganizationsAccessReport", text).inc(2)
    for seconds in (0.004, 0.3, 70):
        made.api_duration.labels("org", "iam", "GetOrganizationsAccessReport").observe(seconds)
    return made


@pytest.fixture(scope="module")
def truth(current, instruments):
    """Every sample: name and labels, and the value."""
    views = current.snapshot.organizations
    known = [
        (family.name, *sample) for family, samples in reference.everything(views, NOW) for sample in samples
    ]
    own = [sample[:3] for family in instruments.registry.collect() for sample in family.samples]
    return dict(series(*sample) for sample in [*known, *own])


def series(name, labels, value):
    """As every reader should see it: with signs in the place of what some cannot take, and no empty label."""
    shown = {label: reference.signed(text) for label, text in labels.items() if text}
    if "le" in shown:
        shown["le"] = bound(shown["le"])
    return (name, frozenset(shown.items())), float(value)


def bound(text):
    return f"{float(text):g}"


@pytest.fixture(scope="module")
def pages(current, instruments):
    def page(fmt):
        sections = [*organization_sections(current.snapshot.organizations, ALL), *instruments.sections(ALL)]
        return b"".join(answer([current.exposition.whole(ALL, fmt)], sections, fmt).inflated())

    return {fmt: page(fmt) for fmt in Format}


@pytest.fixture(scope="module")
def address(pages):
    """Where each page is served: at ``address/<format>``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            fmt = Format[self.path[1:]]
            self.send_response(200)
            self.send_header("Content-Type", fmt.value)
            self.send_header("Content-Length", str(len(pages[fmt])))
            self.end_headers()
            self.wfile.write(pages[fmt])

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, contextlib.ExitStack() as stack:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        yield f"http://127.0.0.1:{server.server_port}"


def read(*command, text=None):
    """What a reader wrote: each series once, with its value."""
    ran = subprocess.run(command, input=text, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    samples = [json.loads(line) for line in ran.stdout.split(b"\n") if line]
    found = [series(sample["name"], sample["labels"], sample["value"]) for sample in samples]
    assert len(dict(found)) == len(found)
    return dict(found)


def differences(found, truth):
    """What is missing, what is too much, and what has another value; NaN is no value of ours."""
    assert not any(math.isnan(value) for value in truth.values())
    return {
        key: (truth.get(key), found.get(key)) for key in truth | found if truth.get(key) != found.get(key)
    }


EITHER = pytest.mark.parametrize("fmt", Format, ids=["text", "openmetrics"])


@EITHER
def test_opentelemetrys_receiver_has_every_sample(tool, address, truth, fmt):
    assert differences(read(tool("readers"), "opentelemetry", f"{address}/{fmt.name}"), truth) == {}


@EITHER
def test_vmagent_has_every_sample(tool, pages, truth, fmt):
    assert differences(read(tool("readers"), "vmagent", text=pages[fmt]), truth) == {}


def test_telegraf_has_every_sample(tool, pages, truth):
    assert differences(read(tool("readers"), "telegraf", text=pages[Format.TEXT]), truth) == {}


@EITHER
@pytest.mark.tool("datadog")
def test_datadogs_check_has_every_sample(tool, address, truth, fmt):
    # Of two samples of a histogram that say the same, last bucket and count, the agent takes the count.
    expected = {key: value for key, value in truth.items() if ("le", "inf") not in key[1]}
    assert differences(read(tool("datadog"), f"{address}/{fmt.name}"), expected) == {}
