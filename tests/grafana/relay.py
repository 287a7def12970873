"""What stands between Prometheus and an exporter, and shows it with other names or not at all."""

import contextlib
import re
import threading
import urllib.request
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_LABEL = re.compile(r'(?<=[{,])\w+="[^"]*"')


@dataclass
class Relay:
    """Answers as the exporter at ``origin`` does, with labels in place of others; 503 while that is ""."""

    origin: str
    renamed: dict[str, str] = field(default_factory=dict)
    address: str = ""

    def text(self, path):
        with urllib.request.urlopen(f"{self.origin}{path}", timeout=10) as answer:
            body = answer.read().decode()
        return _LABEL.sub(lambda found: self.renamed.get(found[0], found[0]), body) if self.renamed else body


@contextlib.contextmanager
def relay(origin):
    """A relay that answers, under an address of its own."""
    one = Relay(origin)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = one.text(self.path).encode() if one.origin else b""
            self.send_response(200 if one.origin else 503)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # a scrape that has waited long enough
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            one.address = f"127.0.0.1:{server.server_port}"
            yield one
        finally:
            server.shutdown()
            thread.join()
