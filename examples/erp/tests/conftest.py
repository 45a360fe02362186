from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from processes import NOWHERE, Server, running


@pytest.fixture(scope="session")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, uploads: Path) -> Iterator[Server]:
    """The API without a database and without Redis: it has to start and to say what is missing."""
    environment = {
        **NOWHERE,
        "UPLOAD_DIR": str(uploads),
        "UPLOAD_MAX_BYTES": "1000000",
        "RELEASE": "r1",
        "ENVIRONMENT": "test",
        "UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN": "5",
    }
    with running(environment, tmp_path_factory.mktemp("api")) as server:
        yield server


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url) as client:
        yield client
