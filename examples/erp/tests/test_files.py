import os
import socket
from pathlib import Path

import httpx

from erp.files import prepare_directory
from processes import Server, wait_until


def test_stores_and_returns_a_file(client: httpx.Client) -> None:
    content = os.urandom(300_000)
    answer = client.put("/api/v1/files/report.pdf", content=content)
    assert (answer.status_code, answer.json()) == (201, {"name": "report.pdf", "bytes": 300_000})
    answer = client.get("/api/v1/files/report.pdf")
    assert answer.content == content
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert {"name": "report.pdf", "bytes": 300_000} in client.get("/api/v1/files").json()


def test_replaces_a_file(client: httpx.Client) -> None:
    client.put("/api/v1/files/note.txt", content=b"first")
    client.put("/api/v1/files/note.txt", content=b"second")
    assert client.get("/api/v1/files/note.txt").content == b"second"


def test_refuses_names_that_leave_the_directory(client: httpx.Client, uploads: Path) -> None:
    before = sorted(uploads.parent.iterdir())
    for name in ("..", ".hidden", "..%2Fescape", "%2Fetc%2Fpasswd", "a%00b", "a b", "x" * 101):
        assert client.put(f"/api/v1/files/{name}", content=b"x").status_code in (404, 405, 422)
        assert client.get(f"/api/v1/files/{name}").status_code in (404, 405, 422)
    assert sorted(uploads.parent.iterdir()) == before


def test_keeps_nothing_of_a_file_that_is_too_large(client: httpx.Client, uploads: Path) -> None:
    before = sorted(uploads.iterdir())
    answer = client.put("/api/v1/files/large", content=b"x" * 1_000_001)
    assert answer.status_code == 413
    assert sorted(uploads.iterdir()) == before


def test_clears_away_what_a_crash_left(tmp_path: Path) -> None:
    for name in (".of-a-crash", ".under-way", "stored"):
        (tmp_path / name).touch()
    for name in (".of-a-crash", "stored"):
        os.utime(tmp_path / name, (0, 0))
    prepare_directory(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".under-way", "stored"}


def test_keeps_nothing_of_an_upload_that_breaks_off(server: Server, uploads: Path) -> None:
    before = sorted(uploads.iterdir())
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        head = b"PUT /api/v1/files/broken HTTP/1.1\r\nHost: erp\r\nContent-Length: 5000\r\n\r\n"
        connection.sendall(head + b"x" * 100)
        wait_until(lambda: len(list(uploads.iterdir())) == len(before) + 1)
    wait_until(lambda: sorted(uploads.iterdir()) == before)
    assert "Traceback" not in server.log.read_text()
