import signal
import socket
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from processes import NOWHERE, running, wait_until


def test_finishes_requests_and_tells_web_sockets_to_come_again(tmp_path: Path) -> None:
    environment = {"UPLOAD_DIR": str(tmp_path), "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": "30"}
    with (
        running(NOWHERE | environment, tmp_path) as server,
        connect(f"ws://127.0.0.1:{server.port}/ws") as web_socket,
        socket.create_connection(("127.0.0.1", server.port)) as upload,
    ):
        web_socket.recv()
        head = b"PUT /api/v1/files/slow HTTP/1.1\r\nHost: erp\r\nContent-Length: 10\r\n\r\n"
        upload.sendall(head + b"first")
        wait_until(lambda: any(tmp_path.glob(".*")))
        server.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            web_socket.recv(timeout=20)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1012
        upload.sendall(b"later")
        assert b" 201 Created" in upload.recv(1000)
        assert server.process.wait(20) == -signal.SIGTERM
    assert (tmp_path / "slow").read_bytes() == b"firstlater"
