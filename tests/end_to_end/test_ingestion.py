"""A real Prometheus ingests each of the four ways in which the same samples are served."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from exporter.exposition import Format, answer
from tests.end_to_end.prometheus import prometheus_of, query
from tests.exposition.conftest import ALL, publication
from tests.exposition.examples import KNOWN, SMALL

WAYS = [(fmt, packed) for fmt in Format for packed in (True, False)]


def path_of(fmt, packed):
    return f"/{fmt.name}/{'gzip' if packed else 'identity'}"


@contextlib.contextmanager
def fixed_answers():
    """A server that pays no attention to what is asked for; gives its address."""
    current = publication(SMALL, KNOWN).current
    bodies = {}
    for fmt, packed in WAYS:
        body = answer([current.exposition.whole(ALL, fmt)], (), fmt)
        bodies[path_of(fmt, packed)] = (b"".join(body.pieces if packed else body.inflated()), fmt, packed)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            data, fmt, packed = bodies[self.path]
            self.send_response(200)
            self.send_header("Content-Type", fmt.value)
            self.send_header("Content-Length", str(len(data)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory, tool):
    with fixed_answers() as address:
        jobs = {path_of(*way): (address, path_of(*way)) for way in WAYS}
        with prometheus_of(tool("prometheus"), tmp_path_factory.mktemp("ingestion"), jobs) as url:
            yield url


@pytest.mark.tool("prometheus")
@pytest.mark.parametrize(("fmt", "packed"), WAYS)
def test_every_sample_arrives(prometheus, fmt, packed):
    job = path_of(fmt, packed)
    series = publication(SMALL, KNOWN).current.exposition.series
    [scraped] = query(prometheus, f'scrape_samples_scraped{{job="{job}"}}')
    assert int(scraped["value"][1]) == series


@pytest.mark.tool("prometheus")
@pytest.mark.parametrize(("fmt", "packed"), WAYS)
def test_names_arrive_as_they_are(prometheus, fmt, packed):
    selector = f'aws_org_access_entity_info{{job="{path_of(fmt, packed)}", entity_id="{SMALL[0].id}"}}'
    [found] = query(prometheus, selector)
    assert found["metric"]["entity_name"] == SMALL[0].name
