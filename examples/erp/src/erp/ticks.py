"""What the beat left behind: who asked for a tick and who wrote it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from erp.dependencies import DatabaseSession
from erp.models import Tick

router = APIRouter(prefix="/ticks", tags=["ticks"])


class TickResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: datetime
    release: str
    host: str
    worker_release: str
    worker_host: str


@router.get("")
async def list_ticks(
    session: DatabaseSession, limit: Annotated[int, Query(ge=1, le=1000)] = 20
) -> list[TickResponse]:
    """List the last ticks, newest first."""
    ticks = await session.scalars(select(Tick).order_by(Tick.id.desc()).limit(limit))
    return [TickResponse.model_validate(tick) for tick in ticks]
