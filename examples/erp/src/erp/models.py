"""The tables. Alembic compares them with the database: `alembic revision --autogenerate`."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, MetaData, Numeric, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import BigInteger, String


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        int: BigInteger,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(12, 2),
    }


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    customer: Mapped[str] = mapped_column(String(200))
    amount: Mapped[Decimal]
    idempotency_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # When its task was last put into the queue, as far as we know.
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())

    invoice: Mapped["Invoice | None"] = relationship(lazy="joined", viewonly=True)


class Invoice(Base):
    __tablename__ = "invoices"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    # Unique: whatever is queued or delivered twice, an order has one invoice.
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    amount: Mapped[Decimal]
    issued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    release: Mapped[str] = mapped_column(String(100))


class Tick(Base):
    """A sign of life: which beat asked for it, and which worker wrote it."""

    __tablename__ = "ticks"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    release: Mapped[str] = mapped_column(String(100))
    host: Mapped[str] = mapped_column(String(255))
    worker_release: Mapped[str] = mapped_column(String(100))
    worker_host: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
