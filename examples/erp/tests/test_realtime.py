import json

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from processes import Server


def test_echoes_and_says_the_release(server: Server) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/ws") as socket:
        assert json.loads(socket.recv()) == {"release": "r1"}
        socket.send("hello")
        assert json.loads(socket.recv()) == {"echo": "hello"}


def test_closes_on_what_is_no_text(server: Server) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/ws") as socket:
        socket.recv()
        socket.send(b"\x00")
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1003
