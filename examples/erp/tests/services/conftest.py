"""Postgres and Redis are those of DATABASE_URL, whose role may create databases, and REDIS_URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from processes import run, running

Environment = dict[str, str]


@contextmanager
def new_environment(directory: Path) -> Iterator[Environment]:
    """Settings with a database of its own, which is empty."""
    if not {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys():
        pytest.skip("DATABASE_URL and REDIS_URL are not set")
    server = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"erp_test_{uuid4().hex}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        yield {
            "DATABASE_URL": server.set(database=name).render_as_string(hide_password=False),
            "REDIS_URL": os.environ["REDIS_URL"],
            "UPLOAD_DIR": str(directory),
            "RELEASE": "r1",
            "TICK_SECONDS": "1",
            "REQUEUE_SECONDS": "2",
        }
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Environment]:
    with new_environment(tmp_path) as environment:
        yield environment


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    with new_environment(tmp_path_factory.mktemp("uploads")) as environment:
        run(["alembic", "upgrade", "head"], environment)
        yield environment


@pytest.fixture(scope="module")
def engine(migrated: Environment) -> Iterator[Engine]:
    engine = create_engine(migrated["DATABASE_URL"])
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def client(
    migrated: Environment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    with (
        running(migrated, tmp_path_factory.mktemp("api")) as server,
        httpx.Client(base_url=server.url) as client,
    ):
        yield client
