"""The API: `uvicorn erp.main:app`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from redis.asyncio import Redis
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.requests import ClientDisconnect

from erp import files, health, orders, realtime, ticks
from erp.auth import require_token
from erp.database import async_engine, async_engine_without_pool
from erp.error_reports import configure_error_reports
from erp.logs import configure_logging
from erp.schema import Schema
from erp.settings import Settings, get_settings

logger = logging.getLogger(__name__)


def create_app(settings: Settings) -> FastAPI:
    app = FastAPI(
        title=settings.service_name,
        version=settings.release,
        debug=settings.debug,
        lifespan=lifespan,
        openapi_url="/openapi.json" if settings.debug else None,
    )
    app.state.settings = settings
    app.include_router(health.router)
    app.include_router(realtime.router, dependencies=[Depends(require_token)])
    api = APIRouter(prefix=settings.api_v1_prefix, dependencies=[Depends(require_token)])
    for module in (orders, files, ticks):
        api.include_router(module.router)
    app.include_router(api)

    @app.get("/")
    async def describe() -> dict[str, str]:
        return {
            "service": settings.service_name,
            "environment": settings.environment,
            "release": settings.release,
        }

    @app.exception_handler(OperationalError)
    @app.exception_handler(PoolTimeoutError)
    async def database_away(_: Request, error: Exception) -> JSONResponse:
        logger.error("database away", extra={"reason": str(error).split("\n", 1)[0]})
        return JSONResponse(
            {"detail": "the database does not answer"}, 503, headers={"Retry-After": "5"}
        )

    @app.exception_handler(ClientDisconnect)
    async def client_gone(_: Request, __: Exception) -> Response:
        return Response(status_code=400)

    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    app.state.schema = Schema()
    app.state.engine = async_engine(settings)
    # A probe neither waits for a free connection nor trusts an old one.
    app.state.probe_engine = async_engine_without_pool(settings)
    app.state.redis = Redis.from_url(settings.redis_url.get_secret_value())
    yield
    await app.state.redis.aclose()
    await app.state.engine.dispose()


settings = get_settings()
configure_logging(settings)
configure_error_reports(settings)
files.prepare_directory(settings.upload_dir)
app = create_app(settings)
