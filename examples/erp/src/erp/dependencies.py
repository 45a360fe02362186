"""What a route may ask for."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from erp.settings import Settings


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(request.app.state.engine, expire_on_commit=False) as session:
        yield session


def current_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


DatabaseSession = Annotated[AsyncSession, Depends(open_session)]
CurrentSettings = Annotated[Settings, Depends(current_settings)]
