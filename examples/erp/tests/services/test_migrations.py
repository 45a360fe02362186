from pathlib import Path

import httpx
from sqlalchemy import create_engine, text

from erp.schema import Schema
from processes import run, running

HEAD = ", ".join(Schema().heads)


def test_goes_up_and_down_and_matches_the_models(empty: dict[str, str]) -> None:
    for command in ("upgrade head", "check", "downgrade base", "upgrade head"):
        run(["alembic", *command.split()], empty)
    assert run(["alembic", "current"], empty).stdout == f"{HEAD} (head)\n"


def test_is_ready_on_its_schema_or_a_newer_one(empty: dict[str, str], tmp_path: Path) -> None:
    engine = create_engine(empty["DATABASE_URL"])
    with running(empty, tmp_path) as server:

        def answer() -> tuple[int, str]:
            response = httpx.get(f"{server.url}/healthz/ready")
            return response.status_code, response.json()["checks"]["database"]

        assert answer() == (503, "the schema is missing: run `alembic upgrade head`")
        run(["alembic", "upgrade", "0001_orders"], empty)
        assert answer() == (503, f"the database is at 0001_orders, this release needs {HEAD}")
        run(["alembic", "upgrade", "head"], empty)
        assert answer() == (200, "ok")
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))
        assert answer() == (200, "ok")
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE orders RENAME customer TO buyer"))
        assert answer() == (503, "the database lacks orders.customer")
    engine.dispose()
