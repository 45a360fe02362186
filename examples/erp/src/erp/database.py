"""Engines: an asynchronous one for the API, a synchronous one for Celery's tasks."""

from functools import cache
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from erp.settings import Settings, get_settings


def async_engine(settings: Settings) -> AsyncEngine:
    return create_async_engine(settings.sqlalchemy_url, pool_timeout=5, **options(settings))


def async_engine_without_pool(settings: Settings) -> AsyncEngine:
    return create_async_engine(settings.sqlalchemy_url, poolclass=NullPool, **options(settings))


@cache
def sync_engine() -> Engine:
    """Make the engine of this process; it must not be called before a worker has forked."""
    settings = get_settings()
    return create_engine(settings.sqlalchemy_url, pool_size=1, **options(settings))


def options(settings: Settings) -> dict[str, Any]:
    return {
        # A restarted database costs a new connection, not a failed request for each pooled one.
        "pool_pre_ping": True,
        # What customers sent stands in no log and no error report.
        "hide_parameters": True,
        "connect_args": {
            "connect_timeout": 5,
            "tcp_user_timeout": 15_000,
            "application_name": f"{settings.service_name} {settings.release}",
            "options": "-c statement_timeout=10s -c idle_in_transaction_session_timeout=30s",
        },
    }
