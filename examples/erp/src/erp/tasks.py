"""What happens in the background. Any task may be delivered twice, and has its effect once."""

import logging
import socket
from datetime import timedelta

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from erp.database import sync_engine
from erp.models import Invoice, Order, Tick
from erp.worker import app, settings

logger = logging.getLogger(__name__)


@app.task(
    name="erp.invoice_order",
    autoretry_for=(OperationalError,),
    max_retries=5,
    retry_backoff=True,
)
def invoice_order(order_id: int) -> None:
    order = select(Order.id, Order.amount, literal(settings.release)).where(Order.id == order_id)
    invoice = (
        insert(Invoice)
        .from_select(["order_id", "amount", "release"], order)
        .on_conflict_do_nothing(index_elements=["order_id"])
        .returning(Invoice.id)
    )
    with sync_engine().begin() as connection:
        invoice_id = connection.scalar(invoice)
    if invoice_id is not None:
        logger.info("order invoiced", extra={"order_id": order_id, "invoice_id": invoice_id})


@app.task(name="erp.requeue_orders")
def requeue_orders() -> None:
    """Queue again what has no invoice: its task was never queued, or was lost with the queue."""
    waiting = (
        select(Order.id)
        .where(
            ~select(Invoice.id).where(Invoice.order_id == Order.id).exists(),
            Order.queued_at < func.now() - timedelta(seconds=settings.requeue_seconds),
        )
        .order_by(Order.id)
        .limit(1000)
        .with_for_update(skip_locked=True)
    )
    statement = (
        update(Order).where(Order.id.in_(waiting)).values(queued_at=func.now()).returning(Order.id)
    )
    with sync_engine().begin() as connection:
        order_ids = connection.scalars(statement).all()
    for order_id in order_ids:
        invoice_order.delay(order_id)
    if order_ids:
        logger.warning("orders queued again", extra={"order_ids": order_ids})


@app.task(name="erp.tick")
def tick(release: str, host: str) -> None:
    with sync_engine().begin() as connection:
        connection.execute(
            insert(Tick).values(
                release=release,
                host=host,
                worker_release=settings.release,
                worker_host=socket.gethostname(),
            )
        )
        connection.execute(delete(Tick).where(Tick.created_at < func.now() - timedelta(days=1)))


@app.task(name="erp.probe", ignore_result=False)
def probe() -> str:
    """Say which release took it, whatever queue it was put into."""
    return settings.release
