"""Orders: written to the database at once, invoiced by a worker."""

import logging
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Header, HTTPException, Query, Response
from kombu.exceptions import OperationalError as QueueAway
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from erp.dependencies import CurrentSettings, DatabaseSession
from erp.models import Order
from erp.tasks import invoice_order

router = APIRouter(prefix="/orders", tags=["orders"])
logger = logging.getLogger(__name__)


class OrderRequest(BaseModel):
    customer: str = Field(min_length=1, max_length=200)
    amount: Decimal = Field(gt=0, max_digits=12, decimal_places=2)


class InvoiceResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    amount: Decimal
    issued_at: datetime
    release: str


class OrderResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    customer: str
    amount: Decimal
    created_at: datetime
    invoice: InvoiceResponse | None


IdempotencyKey = Annotated[str | None, Header(min_length=1, max_length=200)]


@router.post("", status_code=201)
async def place_order(
    body: OrderRequest,
    response: Response,
    background: BackgroundTasks,
    session: DatabaseSession,
    settings: CurrentSettings,
    idempotency_key: IdempotencyKey = None,
) -> OrderResponse:
    """Place an order. The same `Idempotency-Key` again gives the first order, with status 200."""
    statement = (
        insert(Order)
        .values(**body.model_dump(), idempotency_key=idempotency_key)
        .on_conflict_do_nothing(index_elements=["idempotency_key"])
        .returning(Order.id)
    )
    async with session.begin():
        order_id = await session.scalar(statement)
    if order_id is None:
        order = await session.scalar(select(Order).filter_by(idempotency_key=idempotency_key))
        if order is None or (order.customer, order.amount) != (body.customer, body.amount):
            raise HTTPException(422, "this Idempotency-Key belongs to another order")
        response.status_code = 200
    else:
        order = await session.get_one(Order, order_id)
        background.add_task(queue_invoice, order_id)
    path = f"{settings.api_v1_prefix}/orders/{order.id}"
    response.headers["Location"] = str(settings.base_url).rstrip("/") + path
    return OrderResponse.model_validate(order)


def queue_invoice(order_id: int) -> None:
    """Ask a worker for the invoice. If Redis is away, `requeue_orders` finds the order later."""
    try:
        invoice_order.apply_async((order_id,), retry=False)
    except QueueAway as error:
        logger.warning("order not queued", extra={"order_id": order_id, "reason": str(error)})


@router.get("")
async def list_orders(
    session: DatabaseSession,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[OrderResponse]:
    """List orders, newest first; `before` is the last id of the page before."""
    statement = select(Order).order_by(Order.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Order.id < before)
    return [OrderResponse.model_validate(order) for order in await session.scalars(statement)]


@router.get("/{order_id}")
async def read_order(order_id: int, session: DatabaseSession) -> OrderResponse:
    order = await session.get(Order, order_id)
    if order is None:
        raise HTTPException(404, f"no order {order_id}")
    return OrderResponse.model_validate(order)
