"""Probes: `live` is about this process alone, `ready` about all that it needs to serve."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

from fastapi import APIRouter, Request, Response, status
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from erp.models import Base
from erp.schema import COLUMNS, Schema, misfit

LIMIT_SECONDS = 2

router = APIRouter(prefix="/healthz", tags=["health"])
logger = logging.getLogger(__name__)


class NotReadyError(Exception):
    """Says why, in words that may be shown to anybody."""


@router.get("/live")
async def live() -> dict[str, str]:
    return {"status": "live"}


@router.get("/ready")
async def ready(request: Request, response: Response) -> dict[str, Any]:
    state = request.app.state
    database, redis = await asyncio.gather(
        outcome(ask_database(state.probe_engine, state.schema)), outcome(ask_redis(state.redis))
    )
    checks = {"database": database, "redis": redis}
    is_ready = all(check == "ok" for check in checks.values())
    if not is_ready:
        logger.warning("not ready", extra={"checks": checks})
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    return {
        "status": "ready" if is_ready else "not ready",
        "release": state.settings.release,
        "checks": checks,
    }


async def outcome(question: Awaitable[None]) -> str:
    """Wait for the answer within the time limit; gives `ok` or the reason why not."""
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await question
    except NotReadyError as error:
        return str(error)
    except TimeoutError:
        return f"no answer within {LIMIT_SECONDS} seconds"
    except (SQLAlchemyError, RedisError, OSError) as error:
        # Its text names hosts and users: something for the log, not for everybody.
        logger.warning("not reachable", extra={"reason": str(error)})
        return "not reachable"
    return "ok"


async def ask_database(engine: AsyncEngine, schema: Schema) -> None:
    async with engine.connect() as connection:
        result = await connection.execute(text("SELECT to_regclass('alembic_version')"))
        if result.scalar() is None:
            raise NotReadyError("the schema is missing: run `alembic upgrade head`")
        rows = await connection.execute(text("SELECT version_num FROM alembic_version"))
        columns = await connection.execute(COLUMNS, {"tables": list(Base.metadata.tables)})
    if problem := schema.behind(set(rows.scalars())) or misfit(columns.tuples()):
        raise NotReadyError(problem)


async def ask_redis(redis: Redis) -> None:
    await redis.ping()
