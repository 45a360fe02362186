"""Makes an application start in two seconds and say which version of it answered."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

START_SECONDS = 2.0


class Version:
    """Puts the version into every answer, also into those that report an error."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Bench-Version"] = os.environ["BENCH_VERSION"]
            await send(message)

        await self.app(scope, receive, marked)


def slow_down(app: FastAPI) -> FastAPI:
    """Uvicorn opens its port when the lifespan has begun."""
    begin = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        await asyncio.sleep(START_SECONDS)
        async with begin(app) as state:
            yield state

    app.router.lifespan_context = lifespan
    app.add_middleware(Version)
    return app
