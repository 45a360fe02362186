import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Empty, Queue

import httpx
import pytest

from processes import NOWHERE, running


class Collector(BaseHTTPRequestHandler):
    reports: Queue[str] = Queue()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "gzip":
            body = gzip.decompress(body)
        self.reports.put(body.decode())
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        threading.Thread(target=collector.serve_forever).start()
        yield collector
        collector.shutdown()


def test_reports_an_error_without_secrets(collector: HTTPServer, tmp_path: Path) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    environment = {
        **NOWHERE,
        "UPLOAD_DIR": str(uploads),
        "SENTRY_DSN": f"http://key@127.0.0.1:{collector.server_port}/1",
        "RELEASE": "r1",
    }
    with running(environment, tmp_path) as server:
        uploads.rmdir()
        assert httpx.get(f"{server.url}/api/v1/files").status_code == 500
        try:
            report = Collector.reports.get(timeout=30)
        except Empty:
            pytest.fail(server.log.read_text())
    assert "FileNotFoundError" in report
    assert '"release":"r1"' in report
    assert "planted-password" not in report
